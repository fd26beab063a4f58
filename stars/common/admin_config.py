"""How Django finds the agency's site; apart, since models are not loaded yet when this is read."""

from django.contrib.admin.apps import AdminConfig


class AgencyAdminConfig(AdminConfig):
    """Named in INSTALLED_APPS in the place of django.contrib.admin."""

    default_site = "stars.common.admin_site.AgencySite"
