"""The provider's workspace: admitting many at once, proposing another group (ENR-9, L3131)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.models import Group
from enrolments.enums import UNDER_WAY, ApplicationState, MoveState
from enrolments.forms import posted, refuse
from enrolments.forms_groups import REASON_LETTERS
from enrolments.models import Application, GroupMove, Participation
from enrolments.services import decisions, moves
from enrolments.views.workspace import look, own_group, providers_of_visitor, work
from stars.common import formats
from stars.common.dates import now
from stars.common.errors import DomainError


@require_POST
def admit(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Admit everybody who was chosen in the list of a group (L3131)."""
    this = own_group(request, group_id)
    chosen = set(request.POST.getlist("application"))
    waiting = Application.objects.filter(group=this, state=ApplicationState.SUBMITTED)
    ids = [pk for pk in waiting.values_list("pk", flat=True) if str(pk) in chosen]
    if not ids:
        messages.error(request, _("Choose whom to admit."))
        return redirect("enrolments:provider_group", group_id=this.pk)
    done = decisions.approve_many(application_ids=ids, actor=request.user, at=now())
    if done.places:
        words = ngettext(
            "%(n)s person is admitted. We have told them.",
            "%(n)s people are admitted. We have told them.",
            len(done.places),
        )
        messages.success(request, words % {"n": len(done.places)})
    for error in done.refused.values():
        messages.error(request, str(error.message))
    return redirect("enrolments:provider_group", group_id=this.pk)


class MoveForm(forms.Form):
    """Another group for a person, and why."""

    group = forms.ChoiceField(
        label=gettext_lazy("To which group"),
        error_messages={"required": gettext_lazy("Choose a group.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The person will read it and say yes or no."),
        max_length=REASON_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("Write the reason: the person will read it."),
        },
    )

    def __init__(self, *args: Any, groups: list[Group], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["group"].choices = [  # type: ignore[attr-defined]
            ("", gettext_lazy("Choose")),
            *(
                (str(g.pk), f"{g.code}, {g.starts_on:%d.%m.%Y.} ({g.taken}/{g.capacity})")
                for g in groups
            ),
        ]


def groups_to_move_to(this: Group) -> list[Group]:
    """Other groups of the programme that take people and have a place: one query."""
    rows = Group.objects.filter(
        version__programme=this.version.programme_id, state__in=moves.TAKES_PEOPLE
    )
    return [g for g in rows.exclude(pk=this.pk).order_by("starts_on", "code") if g.places_left > 0]


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """Propose another group of the programme to one person."""
    mine = Participation.objects.filter(
        group__version__programme__provider__in=providers_of_visitor(request)
    )
    row = get_object_or_404(
        mine.select_related("account__person", "group__version__programme__provider"),
        pk=participation_id,
    )
    form = MoveForm(posted(request), groups=groups_to_move_to(row.group))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                moves.propose(
                    participation_id=row.pk,
                    to_group_id=UUID(form.cleaned_data["group"]),
                    reason=form.cleaned_data["reason"],
                    actor=request.user,
                    at=now(),
                )
                messages.success(request, _("We have asked the person. You will see the answer."))
                return redirect("enrolments:provider_group", group_id=row.group_id)
            except DomainError as error:
                status = refuse(form, error)
    else:
        look(request, [row.account.person_id], "move")
        if row.state not in UNDER_WAY:
            return redirect("enrolments:provider_group", group_id=row.group_id)
    return render(
        request,
        "enrolments/provider_ask.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": {
                "url": reverse("enrolments:provider_group", args=[row.group_id]),
                "text": f"{row.group.version.title}, {row.group.code}",
            },
            "heading": _("Move %(name)s to another group") % {"name": row.account.person.full_name},
            "consequences": [
                {
                    "icon": "person",
                    "title": _("The person has to agree"),
                    "text": _("They have three days. Until then nothing changes."),
                },
                {
                    "icon": "card",
                    "title": _("The money goes along"),
                    "text": _("A place there is taken and the one here freed at once."),
                },
            ],
            "form": form,
            "action_text": _("Ask the person"),
        },
        status=status,
    )


@require_POST
def take_back(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """Take a proposal back that was not answered yet."""
    row = get_object_or_404(
        GroupMove.objects.filter(
            participation__group__version__programme__provider__in=providers_of_visitor(request)
        ).select_related("participation"),
        participation=participation_id,
        state=MoveState.PROPOSED,
    )
    try:
        moves.withdraw_proposal(move_id=row.pk, actor=request.user, at=now())
        messages.success(request, _("The proposal is taken back."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("enrolments:provider_group", group_id=row.participation.group_id)


def move_words(row: GroupMove) -> str:
    """How a proposal stands: "Asked to move to Spring 2, answer by 6 May"."""
    language = formats.language()
    match row.state:
        case MoveState.PROPOSED:
            return _("Asked to move to %(group)s, answers by %(day)s") % {
                "group": row.to_group.code,
                "day": formats.day(row.answer_by, language, "dative"),
            }
        case MoveState.ACCEPTED:
            return _("Moved to %(group)s") % {"group": row.to_group.code}
        case MoveState.DECLINED:
            return _("Does not want to move to %(group)s") % {"group": row.to_group.code}
        case MoveState.LAPSED:
            return _("Did not answer about moving to %(group)s") % {"group": row.to_group.code}
    return ""


def proposals(group: Group) -> dict[UUID, GroupMove]:
    """Open and past proposals of the people in a group, the last of each: one query."""
    rows = GroupMove.objects.filter(participation__group=group).select_related("to_group")
    return {row.participation_id: row for row in rows.order_by("proposed_at", "pk")}
