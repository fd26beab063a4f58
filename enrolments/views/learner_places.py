"""The learner's side of places: waiting in line, and moving to another group (ENR-4, ENR-9)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from catalogue.models import Group
from enrolments.enums import MoveState
from enrolments.exceptions import AlreadyApplied
from enrolments.forms import posted, refuse
from enrolments.models import GroupMove
from enrolments.selectors_queue import own_clashes, waiting_for
from enrolments.services import moves, queue
from enrolments.views.applying import offer_for, own_account
from stars.common import formats
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError

YES, NO = "yes", "no"


@require_http_methods(["GET", "POST"])
def wait(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Join the queue of a full group, after it was said what that means."""
    account = own_account(request)
    if account is None and getattr(request.user, "person", None) is None:
        raise PermissionDenied
    group = get_object_or_404(
        Group.objects.select_related("version__programme__provider"), pk=group_id
    )
    if account is None:
        messages.info(request, _("First open your learning account. It takes two minutes."))
        return redirect("web:opening")
    form = forms.Form(posted(request))
    offer = offer_for(group, account)
    status = 200
    if request.method == "POST" and offer is not None:
        try:
            application = queue.join(
                account_id=account.pk,
                offer_id=offer.pk,
                group_id=group.pk,
                actor=request.user,
                at=now(),
            )
            return redirect("enrolments:application", application_id=application.pk)
        except AlreadyApplied as error:
            messages.info(request, str(error.message))
            return redirect("enrolments:application", application_id=error.application_id)
        except DomainError as error:
            status = refuse(form, error)
    if offer is None:
        form = forms.Form({})
        form.is_valid()
        form.add_error(None, _("Nobody can apply for this training now."))
        status = 409
    return render(
        request,
        "enrolments/confirm.html",
        {
            "back": {
                "url": reverse("web:programme", args=[group.version.programme.slug]),
                "text": group.version.title,
            },
            "heading": _("Join the queue?"),
            "consequences": _what_waiting_means(group),
            "form": form,
            "action_text": _("Join the queue"),
        },
        status=status,
    )


def _what_waiting_means(group: Group) -> list[dict[str, str]]:
    language = formats.language()
    ahead = waiting_for([group.pk]).get(group.pk, 0)
    line = _("You would be the first in line")
    if ahead:
        line = ngettext("%(n)s person is in line", "%(n)s people are in line", ahead) % {"n": ahead}
    days = formats.date_range(group.starts_on, group.ends_on, language, today=riga_date(now()))
    return [
        {"icon": "calendar", "title": days, "text": group.place},
        {"icon": "people", "title": line, "text": ""},
        {
            "icon": "bell",
            "title": _("When a place is freed, we write to you"),
            "text": _("We keep it for you for 48 hours. After that it goes to the next in line."),
        },
        {
            "icon": "card",
            "title": _("No money is reserved while you wait"),
            "text": _("You can apply for other training meanwhile."),
        },
    ]


class MoveForm(forms.Form):
    """Whether somebody moves to another group."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[
            (YES, gettext_lazy("Yes, I move to this group")),
            (NO, gettext_lazy("No, I stay in my group")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two answers.")},
    )


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, move_id: UUID) -> HttpResponse:
    """Another group is proposed: look at it, say yes or no."""
    row = get_object_or_404(
        GroupMove.objects.filter(
            participation__account__person__user=request.user.pk
        ).select_related(
            "participation__group__version__programme__provider",
            "participation__account",
            "to_group__version",
            "moved_to",
        ),
        pk=move_id,
    )
    application_id = (row.moved_to or row.participation).application_id
    form = MoveForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                _answer(request, row, yes=form.cleaned_data["answer"] == YES)
                return redirect("enrolments:application", application_id=application_id)
            except DomainError as error:
                status = refuse(form, error)
    elif row.state != MoveState.PROPOSED or row.answer_by < riga_date(now()):
        return redirect("enrolments:application", application_id=application_id)
    return render(
        request,
        "enrolments/confirm.html",
        {
            "back": {
                "url": reverse("enrolments:application", args=[application_id]),
                "text": row.participation.group.version.title,
            },
            "heading": _("Move to another group?"),
            "consequences": _what_moving_means(row),
            "form": form,
            "action_text": _("Send the answer"),
        },
        status=status,
    )


def _answer(request: HttpRequest, row: GroupMove, *, yes: bool) -> None:
    if yes:
        moves.accept(move_id=row.pk, actor=request.user, at=now())
        messages.success(request, _("You are in the other group now."))
    else:
        moves.decline(move_id=row.pk, actor=request.user, at=now())
        messages.success(request, _("You stay in your group. We have told the provider."))


def _what_moving_means(row: GroupMove) -> list[dict[str, Any]]:
    language = formats.language()
    today = riga_date(now())
    group = row.to_group
    times = group.times_en if language == "en" else group.times_lv
    rows = [
        {
            "icon": "calendar",
            "title": formats.date_range(group.starts_on, group.ends_on, language, today=today),
            "text": ", ".join(text for text in (times, group.place, group.teacher) if text),
        },
        {
            "icon": "info",
            "title": row.participation.group.version.programme.provider.name,
            "text": row.reason,
        },
        {
            "icon": "card",
            "title": _("Nothing changes in price and support"),
            "text": _("Your place here goes to somebody else as soon as you say yes."),
        },
        {
            "icon": "clock",
            "title": _("Answer %(until)s")
            % {"until": formats.until(row.answer_by, language, today=today)},
            "text": _("Without an answer you stay in your group."),
        },
    ]
    clashes = own_clashes(row.participation.account, [group]).get(group.pk, [])
    if met := [clash for clash in clashes if clash.other.pk != row.participation.group_id]:
        rows.insert(
            1,
            {
                "icon": "warning",
                "title": _("At the same time you have other training"),
                "text": met[0].other.version.title,
            },
        )
    return rows
