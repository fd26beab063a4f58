"""Code words of the two logs as people read them; what has no words yet stays as it is."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stars.audit.models import AuditEntry
from stars.common.admin_words import NOTHING

ACTIONS: dict[str, Any] = {
    "accessibility_report_settled": _("Report on accessibility settled"),
    "api_key_made": _("Key for a system made"),
    "api_key_revoked": _("Key for a system revoked"),
    "contacts_changed": _("Contacts changed"),
    "content_removed": _("Text removed"),
    "content_saved": _("Text saved"),
    "describe_provider": _("Provider described"),
    "dispute_dismissed": _("“This was not me”: it was the person"),
    "dispute_opened": _("“This was not me” said"),
    "dispute_upheld": _("“This was not me”: it was somebody else"),
    "employer_recorded": _("Employer recorded"),
    "enterprise_register_asked": _("Enterprise register asked"),
    "file_removed": _("File removed"),
    "file_stored": _("File added"),
    "membership_added": _("Role given"),
    "membership_ended": _("Role taken away"),
    "money_forgotten": _("Personal data in payments deleted"),
    "news_mailed": _("News sent to subscribers"),
    "person_erased": _("Person's data erased"),
    "person_erased_after_death": _("Data of somebody who died erased"),
    "person_erased_by_letter": _("Person's data erased, asked for by letter"),
    "person_updated": _("Person's data updated"),
    "picture_described": _("Picture described"),
    "pledge_ended": _("Employer's promise ended"),
    "pledge_extended": _("Employer's promise extended"),
    "pledge_joined": _("Employer's promise taken up"),
    "pledge_recorded": _("Employer's promise recorded"),
    "provider_recorded": _("Provider recorded"),
    "refundable_saved": _("Line of the list of refunds saved"),
    "refundables_exported": _("List of refunds taken as a file"),
    "refundables_imported": _("List of refunds loaded from a file"),
    "second_factor_reset": _("Second factor of signing in reset"),
    "second_factor_set": _("Second factor of signing in set"),
    "sign_in_several_persons": _("Signed in under codes of several persons"),
    "sign_in_subject_changed": _("Signed in with another identity than before"),
    "staff_created": _("Member of staff added"),
    "staff_invitation_accepted": _("Invitation to work accepted"),
    "staff_invitation_withdrawn": _("Invitation to work withdrawn"),
    "staff_invited": _("Member of staff invited"),
}
SHOWN: dict[str, Any] = {
    "account_statement": _("Account statement"),
    "application": _("Application"),
    "application_list": _("List of applications"),
    "attendance": _("Attendance"),
    "certificates": _("Certificates"),
    "excuse": _("Excuse for an absence"),
    "group_people": _("People of a group"),
    "move": _("Move to another group"),
    "own_parts": _("Own parts of the price"),
    "results": _("Results"),
    "stored_file": _("File"),
}
PURPOSES: dict[str, Any] = {
    "agency_work": _("Work of the agency with support and accounts"),
    "certificate": _("Certificate"),
    "checking_own_part": _("Checking the own part of a price"),
    "decide_claim": _("Deciding on a refund"),
    "payment": _("Paying"),
    "publishing": _("Publishing texts"),
    "run_group": _("Running a group"),
    "settlement": _("Settling with a provider"),
}
# Subjects that are no tables.
_THINGS: dict[str, Any] = {"funding.list": _("List of money as a file")}
# What the admin logs is the name of the page's table.
ADMIN = "admin_"
# Which list of money was taken as a file, and of which months.
EXPORT = "export_"


def action(code: str) -> Any:
    """What was done, in words.

    >>> action("something_new")
    'something_new'
    """
    if code.startswith(EXPORT):
        months = " – ".join(code.split(":")[1:])
        return format_lazy("{what} {months}", what=_("Money taken as a file"), months=months)
    return ACTIONS.get(code, code)


def subject(label: str) -> Any:
    """What it was done to: "catalogue.provider" is a provider."""
    if label in _THINGS:
        return _THINGS[label]
    try:
        return capfirst(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def changes(entry: AuditEntry) -> Any:
    """Fields that changed, with what they were and are where the register lets that be kept."""
    try:
        fields = {f.name: f for f in apps.get_model(entry.object_type)._meta.concrete_fields}
    except (LookupError, ValueError):
        fields = {}
    lines = []
    for name, values in entry.changes.items():
        field = fields.get(name)
        label = str(capfirst(field.verbose_name)) if field is not None else name
        if not values:
            lines.append(label)
            continue
        choices = dict(field.flatchoices) if field is not None else {}
        was, became = (str(choices.get(value, value or NOTHING)) for value in values)
        lines.append(f"{label}: {was} → {became}")
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines)) or NOTHING


def shown(code: str) -> Any:
    """What somebody saw of a person, in words."""
    if not code.startswith(ADMIN):
        return SHOWN.get(code, code)
    name = code.removeprefix(ADMIN)
    for model in apps.get_models():
        if model._meta.model_name == name:
            return format_lazy(
                pgettext_lazy("look", "{what}, a page of the agency's workplace"),
                what=capfirst(model._meta.verbose_name),
            )
    return code


def purpose(code: str) -> Any:
    """Why somebody looked, in words."""
    return PURPOSES.get(code, code)
