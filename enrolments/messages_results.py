"""Results that are due, and overdue ones: two working days after the last day (ENR-7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.selectors import provider_staff
from catalogue.enums import GroupState
from catalogue.models import Group
from enrolments.enums import ParticipationState
from enrolments.models import Participation
from enrolments.rules import results_due, results_due_through
from stars.common import formats
from stars.common.dates import is_working_day, riga_date
from stars.notifications import kinds
from stars.notifications.services import notify


def in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """The group that waits longest, its last day and how many others wait: one query."""
    language = formats.language()
    groups = Group.objects.filter(pk__in=[params["group_id"] for params in batch])
    known = {str(group.pk): group for group in groups.select_related("version")}
    found: list[Mapping[str, Any] | None] = []
    for params in batch:
        group = known.get(str(params["group_id"]))
        if group is None:
            found.append(None)
            continue
        others = int(params.get("others", 0))
        words = ngettext("%(n)s more group waits.", "%(n)s more groups wait.", others)
        found.append(
            {
                "group_id": group.pk,
                "title": group.version.title,
                "code": group.code,
                "due": formats.day(results_due(group.ends_on), language, "nominative"),
                "others": words % {"n": others} if others else _("No other group waits."),
            }
        )
    return found


def register() -> None:
    """Make the kind known; called once when the app is ready."""
    kinds.register(
        "results_due",
        subject=gettext_lazy("Enter results"),
        title=gettext_lazy("Enter the results of “%(title)s”"),
        text=gettext_lazy("Group %(code)s. Last day to do it: %(due)s. %(others)s"),
        action=gettext_lazy("Enter results"),
        url_name="enrolments:provider_completion",
        url_kwargs=("group_id",),
        resolver=in_words,
    )


def waiting_for_results(through: Any) -> QuerySet[Group]:
    """Running groups whose last day was `through` or earlier and in which somebody still learns."""
    learning = Participation.objects.filter(group=OuterRef("pk"), state=ParticipationState.LEARNING)
    return Group.objects.filter(Exists(learning), state=GroupState.RUNNING, ends_on__lte=through)


def remind_of_results(*, at: datetime) -> int:
    """Ask providers for results on the last day for them and each working day after it.

    One message a day for everybody who works there, also by e-mail; it names the group that waits
    longest. Returns how many providers have results due.
    """
    today = riga_date(at)
    if not is_working_day(today):
        return 0
    rows = (
        waiting_for_results(results_due_through(today))
        .order_by("version__programme__provider__organisation", "ends_on", "code")
        .values_list("version__programme__provider__organisation", "pk")
    )
    providers = 0
    for organisation_id, groups in groupby(rows, key=lambda row: row[0]):
        _remind(organisation_id, [key for _organisation, key in groups], at)
        providers += 1
    return providers


def _remind(organisation_id: UUID, groups: list[UUID], at: datetime) -> None:
    today = riga_date(at)
    for membership in provider_staff(organisation_id, today):
        notify(
            kind="results_due",
            user_id=membership.user_id,
            language=membership.user.language,
            address=membership.user.email or "",
            params={"group_id": groups[0], "others": len(groups) - 1},
            dedupe_key=f"results_due:{organisation_id}:{today.isoformat()}:{membership.user_id}",
            at=at,
        )
