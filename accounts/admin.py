"""People, organisations and who may act for them. Personal codes are never shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.enums import FactKind
from accounts.models import LegalText, Membership, Organisation, Person, User
from accounts.services import erasure, identity, staff
from stars.audit import words
from stars.audit.selectors import changes_of, looks_at
from stars.common.admin import SHOWN, Action, AgencyAdmin, Section, actor, actors, link_to
from stars.common.dates import now, today
from stars.common.errors import Invalid
from stars.common.forms import DayInput
from stars.common.names import columns
from stars.vocabularies.models import Term

# Where the words for a fact's value stand.
VOCABULARIES: dict[str, str] = {
    FactKind.EMPLOYMENT: "employment_status",
    FactKind.EDUCATION: "education_level",
    FactKind.REGION: "region",
    FactKind.SECTOR: "economic_sector",
    FactKind.OCCUPATION: "occupation_group",
}


def codes(request: HttpRequest, person: Person) -> Section:
    """How many codes there are and since when; the codes themselves nobody needs to read."""
    return Section(
        _("Personal codes"),
        columns("Kind", "Recorded"),
        [[code.get_kind_display(), code.recorded_at] for code in person.codes.order_by("kind")],
        note=_("Codes are kept encrypted. Find a person by a code with the button above the list."),
    )


def facts(request: HttpRequest, person: Person) -> Section:
    """What is known about the person, from where and since when."""
    rows = person.facts.order_by("kind", "-observed_at")[:SHOWN]
    terms = Term.objects.filter(
        vocabulary__code__in=VOCABULARIES.values(), vocabulary__current=True
    ).select_related("vocabulary")
    said = {(term.vocabulary.code, term.code): term.name for term in terms}
    said |= {("", "yes"): pgettext("answer", "Yes"), ("", "no"): pgettext("answer", "No")}
    return Section(
        _("Facts"),
        columns("Fact", "Value", "Source", "Observed"),
        [
            [
                fact.get_kind_display(),
                said.get((VOCABULARIES.get(fact.kind, ""), fact.value), fact.value),
                fact.get_source_display(),
                fact.observed_at,
            ]
            for fact in rows
        ],
    )


def acceptances(request: HttpRequest, person: Person) -> Section:
    """Which texts the person accepted."""
    rows = person.acceptances.select_related("text").order_by("-at")
    return Section(
        _("Accepted texts"),
        columns("Text", "Version", "Time"),
        [[row.text.get_kind_display(), row.text.version, row.at] for row in rows],
    )


def looks(request: HttpRequest, person: Person) -> Section:
    """Who looked at the person's data, latest first; the person can read the same."""
    rows = list(looks_at(person.pk)[:SHOWN])
    who = actors(row.actor_id for row in rows)
    return Section(
        _("Looks at this person's data"),
        columns("Time", "What", "Why", "Who"),
        [
            [row.at, words.shown(row.what), words.purpose(row.purpose), who.get(row.actor_id)]
            for row in rows
        ],
    )


def changes(request: HttpRequest, row: Any) -> Section:
    """Changes that have no log of their own."""
    entries = list(changes_of(row.pk)[:SHOWN])
    who = actors(entry.actor_id for entry in entries)
    names = {field.name: str(field.verbose_name) for field in row._meta.concrete_fields}
    return Section(
        _("Changes"),
        columns("Time", "What", "Fields", "Who"),
        [
            [
                entry.at,
                words.action(entry.action),
                ", ".join(names.get(name, name) for name in entry.changes),
                who.get(entry.actor_id),
            ]
            for entry in entries
        ],
    )


class Code(forms.Form):
    """A personal code; sent in the body, so that it stands in no address and no log."""

    personal_code = forms.CharField(
        label=_("Personal code"), max_length=20, widget=forms.TextInput({"autocomplete": "off"})
    )


class Erasing(forms.Form):
    """Why the agency does it, and the last word."""

    ground = forms.ChoiceField(
        label=_("Why"),
        choices=[
            ("letter", _("The person asked us, and we made sure that it is they")),
            ("died", _("The person has died")),
        ],
    )
    sure = forms.BooleanField(label=_("I understand that this cannot be taken back"))


def _erase(request: HttpRequest, person: Person, answers: dict[str, Any]) -> Any:
    erasure.erase_person(
        person_id=person.pk, actor=request.user, at=now(), ground=answers["ground"]
    )
    return _("The person is erased.")


def _find(request: HttpRequest, row: None, answers: dict[str, Any]) -> HttpResponse:
    person = identity.find(answers["personal_code"])
    if person is None:
        raise Invalid(_("Nobody here has or had this code."), field="personal_code")
    return HttpResponseRedirect(reverse("admin:accounts_person_change", args=[person.pk]))


@admin.register(Person)
class PersonAdmin(AgencyAdmin):
    """A natural person. The list has keys only; a page shows data and is logged as a look."""

    view_permission = "agency.view_people"
    list_display = ("id", "created_at", "deceased")
    list_filter = ("deceased",)
    ordering = ("-created_at", "pk")
    search_keys = ("pk", "user_id")
    sections = (codes, facts, acceptances, changes, looks)
    acts = (
        Action(
            code="find",
            label=_("Find by personal code"),
            explains=_("Finds whoever has or had exactly this code. Opening the page is logged."),
            permission="agency.view_people",
            run=_find,
            form=Code,
            of_row=False,
        ),
        Action(
            code="erase",
            label=_("Erase the person"),
            explains=_(
                "For somebody who cannot do it on “My data”. What is open stands in the way and is"
                " said here. Names, codes, contacts, documents and messages go for good; amounts,"
                " days and hours stay."
            ),
            permission="accounts.erase",
            run=_erase,
            form=Erasing,
            when=lambda person: bool(person.given_name),
        ),
    )

    def persons_of(self, row: Person) -> Iterable[UUID]:
        return [row.pk]


def _reset(request: HttpRequest, user: User, answers: dict[str, Any]) -> Any:
    staff.reset_second_factor(user_id=user.pk, actor=request.user, at=now())
    return _("At the next sign-in a new second factor is set up.")


@admin.register(User)
class UserAdmin(AgencyAdmin):
    """Somebody who can sign in."""

    view_permission = "agency.view_people"
    hidden = ("password", "is_superuser")
    list_display = ("id", "work_address", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    ordering = ("-created_at", "pk")
    sections = (changes,)
    acts = (
        Action(
            code="reset-second-factor",
            label=_("Take the second factor away"),
            explains=_("For staff who lost it. First make sure that it is really they who ask."),
            permission="accounts.reset_second_factor",
            run=_reset,
            when=lambda user: user.is_staff or user.memberships.exists(),
        ),
    )

    @admin.display(description=pgettext_lazy("column", "Work address"))
    def work_address(self, user: User) -> str:
        """Residents' addresses are on their own page only."""
        return user.email or "–" if user.is_staff else "–"


def members(request: HttpRequest, organisation: Organisation) -> Section:
    """Who acts for the organisation and who did."""
    rows = organisation.memberships.select_related("user").order_by("-valid_from", "pk")
    return Section(
        _("Members"),
        columns("Who", "Role", "From", "Until"),
        [
            [
                link_to(row, actor(row.user)),
                row.get_role_display(),
                row.valid_from,
                row.valid_to or "–",
            ]
            for row in rows[:SHOWN]
        ],
    )


@admin.register(Organisation)
class OrganisationAdmin(AgencyAdmin):
    """A provider, a municipality, an employer or the agency."""

    list_display = ("name", "kind", "registration_number", "invented")
    list_filter = ("kind", "invented")
    search_fields = ("name", "registration_number")
    ordering = ("name",)
    sections = (members, changes)


def history(request: HttpRequest, membership: Membership) -> Section:
    """Every version of the row, as the database itself recorded it."""
    versions: Any = membership.events  # type: ignore[attr-defined]  # made by pghistory
    return Section(
        _("History"),
        columns("Time", "What", "Role", "From", "Until"),
        [
            [
                event.pgh_created_at,
                event.pgh_label,
                event.get_role_display(),
                event.valid_from,
                event.valid_to or "–",
            ]
            for event in versions.order_by("pgh_id")
        ],
    )


class LastDay(forms.Form):
    """From when the role is no longer held."""

    ends_on = forms.DateField(label=_("First day without the role"), widget=DayInput())


def _end(request: HttpRequest, row: Membership, answers: dict[str, Any]) -> Any:
    staff.end_membership(
        membership_id=row.pk, ends_on=answers["ends_on"], actor=request.user, at=now()
    )
    return _("The role has an end.")


@admin.register(Membership)
class MembershipAdmin(AgencyAdmin):
    """A role for a time."""

    view_permission = "agency.view_people"
    list_display = ("id", "who", "organisation", "role", "valid_from", "valid_to")
    list_filter = ("role",)
    list_select_related = ("user", "organisation")
    ordering = ("-valid_from", "pk")
    search_keys = ("pk", "user_id", "organisation_id")
    sections = (history,)
    acts = (
        Action(
            code="end",
            label=_("End the role"),
            explains=_("Nothing is deleted: the role stays in the history with its last day."),
            permission="agency.administer",
            run=_end,
            form=LastDay,
            when=lambda row: row.valid_to is None or row.valid_to > today(),
        ),
    )

    @admin.display(description=pgettext_lazy("column", "Who"))
    def who(self, membership: Membership) -> str:
        return actor(membership.user)


@admin.register(LegalText)
class LegalTextAdmin(AgencyAdmin):
    """One version of the terms or the privacy notice."""

    list_display = ("kind", "version", "published_at")
    list_filter = ("kind",)
    ordering = ("kind", "-version")
