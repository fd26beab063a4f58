"""Words of the app that may stand in a column."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """What an organisation is to the portal."""

    PROVIDER = "provider", _("Education provider")
    AGENCY = "agency", _("Agency")
    MUNICIPALITY = "municipality", _("Municipality")
    EMPLOYER = "employer", _("Employer")


class Role(models.TextChoices):
    """What a member may do; the full set of agency roles comes with STA-1."""

    PROVIDER_ADMIN = "provider_admin", _("Provider administrator")
    PROVIDER_USER = "provider_user", _("Provider staff")
    ADMINISTRATOR = "administrator", _("Platform administrator")
    FINANCE_OFFICER = "finance_officer", _("Finance officer")
    AUDITOR = "auditor", _("Auditor")


PROVIDER_ROLES = (Role.PROVIDER_ADMIN, Role.PROVIDER_USER)
AGENCY_ROLES = (Role.ADMINISTRATOR, Role.FINANCE_OFFICER, Role.AUDITOR)


class CodeKind(models.TextChoices):
    """A person's code can change; every one of them finds the same person."""

    CURRENT = "current", _("Current")
    HISTORIC = "historic", _("Historic")


class FactKind(models.TextChoices):
    """What criteria may ask about a person (FUN-8)."""

    BIRTH_DATE = "birth_date", _("Date of birth")
    EMPLOYMENT = "employment", _("Employment")
    EDUCATION = "education", _("Education level")
    LOW_INCOME = "low_income", _("Low income status")
    DISABILITY = "disability", _("Disability")
    REGION = "region", _("Region")
    MUNICIPALITY = "municipality", _("Municipality of residence")
    REFUGEE = "refugee", _("Refugee status")
    SECTOR = "sector", _("Sector of work")
    OCCUPATION = "occupation", _("Occupation")
    YOUNGEST_CHILD = "youngest_child", _("Date of birth of the youngest child")
    DECEASED = "deceased", _("Deceased")


class FactSource(models.TextChoices):
    """Where a fact came from."""

    IDENTITY = "identity", _("Latvija.lv")
    REGISTER = "register", _("State register")
    DECLARATION = "declaration", _("Your own statement")
    DOCUMENT = "document", _("Document")


class TextKind(models.TextChoices):
    """Texts a person accepts; each has versions."""

    TERMS = "terms", _("Terms of use")
    PRIVACY = "privacy", _("Privacy notice")
