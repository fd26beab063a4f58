"""Models of the app."""

from enrolments.models.application import Application
from enrolments.models.log import EnrolmentLog
from enrolments.models.participation import Attendance, Participation

__all__ = ["Application", "Attendance", "EnrolmentLog", "Participation"]
