"""Who is looking at a page: the person, their account and what the header shows of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.enums import AGENCY_ROLES, PROVIDER_ROLES
from accounts.models import Person
from accounts.selectors import active_roles
from funding.selectors import free_money
from funding.services.quote import Quoter
from learning_accounts.enums import AccountState
from learning_accounts.models import LearningAccount
from learning_accounts.selectors import saved_ids
from stars.common.dates import now
from stars.notifications.selectors import unread_count


class Viewer:
    """One request's person; each question costs one query at most, and only when asked."""

    def __init__(self, request: HttpRequest) -> None:
        # The 400 page of a broken request is written before anybody is recognised.
        self.user: Any = getattr(request, "user", None)
        self.at = now()

    @cached_property
    def signed_in(self) -> bool:
        """Somebody is signed in."""
        return bool(self.user is not None and self.user.is_authenticated)

    @cached_property
    def person(self) -> Person | None:
        """The resident, with the account loaded beside; None for visitors and for staff."""
        if not self.signed_in:
            return None
        persons = Person.objects.select_related("learning_account")
        return persons.filter(user=self.user.pk).first()

    @cached_property
    def account(self) -> LearningAccount | None:
        """The person's open learning account."""
        account = getattr(self.person, "learning_account", None)
        if account is None or account.state != AccountState.ACTIVE:
            return None
        account.person = self.person
        return account

    @property
    def has_closed_account(self) -> bool:
        """There was an account, and it is closed."""
        return hasattr(self.person, "learning_account") and self.account is None

    @cached_property
    def initials(self) -> str:
        """Two letters for the signed-in corner; empty for staff."""
        return self.person.initials if self.person else ""

    @cached_property
    def name(self) -> str:
        """Full name, for screen readers and the menu."""
        return self.person.full_name if self.person else ""

    @cached_property
    def free_money(self) -> Decimal | None:
        """EUR the person can use now; None where there is no account."""
        return free_money(self.account, self.at) if self.account else None

    @cached_property
    def saved(self) -> set[UUID]:
        """Keys of the programmes the person has saved."""
        return set(saved_ids(self.account.pk)) if self.account else set()

    @cached_property
    def quoter(self) -> Quoter:
        """What things cost this person; its queries are made once for the page."""
        return Quoter(self.account, self.at)

    @cached_property
    def unread(self) -> int:
        """Messages the user has not seen."""
        return unread_count(self.user.pk) if self.signed_in else 0

    @cached_property
    def roles(self) -> set[str]:
        """Roles the user has today, in whatever organisation."""
        return {role for _organisation, role in active_roles(self.user)}

    @property
    def is_provider(self) -> bool:
        """Works for a provider."""
        return not self.roles.isdisjoint(PROVIDER_ROLES)

    @property
    def is_agency(self) -> bool:
        """Works for the agency."""
        return not self.roles.isdisjoint(AGENCY_ROLES)

    @property
    def is_resident(self) -> bool:
        """Has no role: here to learn. Staff may have an account as well."""
        return self.signed_in and not self.roles

    @property
    def menu(self) -> list[dict[str, str]]:
        """What else a phone's menu holds, for everybody."""
        entries = (
            ("web:fit", _("Which support fits me?"), "question"),
            ("web:providers", _("Education providers"), "people"),
            ("content:news_list", _("News"), "document"),
            ("content:help", _("Help"), "info"),
            ("content:contacts", _("Contacts"), "mail"),
        )
        return [{"url": reverse(name), "text": text, "icon": icon} for name, text, icon in entries]

    @cached_property
    def links(self) -> list[dict[str, Any]]:
        """The account menu."""
        if not self.signed_in:
            return []
        links: list[dict[str, Any]] = []
        if self.account or not self.roles:
            links.append({"url": reverse("web:account"), "text": _("My account"), "icon": "card"})
        if self.account:
            links.append({"url": reverse("web:data"), "text": _("My data"), "icon": "document"})
            links.append({"url": reverse("web:saved"), "text": _("Saved"), "icon": "heart"})
        links.append(
            {
                "url": reverse("web:inbox"),
                "text": _("Messages"),
                "icon": "bell",
                "count": self.unread,
            }
        )
        if self.is_provider:
            url = reverse("enrolments:provider_home")
            links.append({"url": url, "text": _("Provider’s workspace"), "icon": "people"})
        if self.is_agency:
            links.append({"url": reverse("admin:index"), "text": _("Agency"), "icon": "document"})
        return links


def home_of(who: Viewer) -> str:
    """Where somebody who is signed in begins: account, workspace, admin, or opening an account."""
    if who.account:
        return reverse("web:account")
    if who.is_provider:
        return reverse("enrolments:provider_home")
    if who.is_agency:
        return reverse("admin:index")
    return reverse("web:opening")


def viewer(request: HttpRequest) -> Viewer:
    """The viewer of this request, made once."""
    kept = getattr(request, "_viewer", None)
    if kept is None:
        kept = Viewer(request)
        request._viewer = kept  # type: ignore[attr-defined]
    return kept
