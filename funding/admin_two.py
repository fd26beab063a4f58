"""Two people: what every page of an approval has in common (STA-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stars.common import formats
from stars.common.admin import SHOWN, Action, AgencyAdmin, Section, actor, link_to
from stars.common.dates import riga_date
from stars.common.names import columns

_ANSWER = {None: _("Waiting for the second person"), True: _("Yes"), False: _("No")}


class SecondPerson(forms.Form):
    """Yes or no, and why; a subclass says in its own words what each answer does."""

    yes: ClassVar[str | Promise] = _("Yes, I agree")
    no: ClassVar[str | Promise] = _("No, send it back")

    approved = forms.TypedChoiceField(
        label=_("Decision"), coerce=lambda value: value == "yes", widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decision: Any = self.fields["approved"]
        decision.choices = [("yes", self.yes), ("no", self.no)]


def _day(at: datetime) -> str:
    return formats.day(riga_date(at), formats.language(), year=True)


def approvals_of(request: HttpRequest, row: Model) -> Section:
    """Who put a row forward and who decided, the first one first."""
    approvals: Any = row.approvals  # type: ignore[attr-defined]
    rows = approvals.select_related("requested_by", "decided_by").order_by("requested_at", "pk")
    return Section(
        _("Two people"),
        columns("Asked", "Who", "Decided", "Second person", "Answer", "Note"),
        [
            [
                link_to(one, _day(one.requested_at)),
                actor(one.requested_by),
                one.decided_at,
                actor(one.decided_by) if one.decided_by else None,
                _ANSWER[one.approved],
                one.note,
            ]
            for one in rows[:SHOWN]
        ],
    )


def waits(row: Any) -> bool:
    """Nobody has decided about it yet."""
    return row.decided_at is None


def decision(
    *,
    explains: str | Promise,
    permission: str,
    run: Callable[[HttpRequest, Any, dict[str, Any]], str | Promise],
    form: type[SecondPerson] = SecondPerson,
    when: Callable[[Any], bool] = waits,
) -> Action:
    """The one thing that can be done with an approval."""
    return Action(
        code="decide",
        label=_("Decide"),
        explains=explains,
        permission=permission,
        run=run,
        form=form,
        when=when,
    )


class ApprovalAdmin(AgencyAdmin):
    """What waits for the second person: `subject` names the row that was put forward."""

    subject: ClassVar[str]

    hidden = ("subject_hash",)
    list_filter = ("approved",)
    ordering = ("-requested_at", "pk")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.list_display = (
            *(cls.subject, "requested_at", "requested_by", "decided_at", "approved"),
        )
        cls.list_select_related = (cls.subject, "requested_by")
