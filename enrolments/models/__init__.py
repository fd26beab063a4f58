"""Models of the app."""

from enrolments.models.absence import AttendanceChange, Excuse, MonthClosing, OwnMark, SessionCode
from enrolments.models.application import Application
from enrolments.models.cases import Dispute, GroupMove
from enrolments.models.certificate import Certificate, CertificateTemplate
from enrolments.models.log import EnrolmentLog
from enrolments.models.participation import Attendance, Participation

__all__ = [
    "Application",
    "Attendance",
    "AttendanceChange",
    "Certificate",
    "CertificateTemplate",
    "Dispute",
    "EnrolmentLog",
    "Excuse",
    "GroupMove",
    "MonthClosing",
    "OwnMark",
    "Participation",
    "SessionCode",
]
