"""Stopping a provider or programme from its page in the agency's workplace (ENR-8)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState, ProviderState, RunningGroups, VersionState
from catalogue.models import Group, Programme, Provider, Suspension
from catalogue.services import suspensions as catalogue
from enrolments.services import suspensions
from stars.common.admin import Action, Reason, add_action
from stars.common.dates import now


class Stop(forms.Form):
    """What becomes of the groups, and why."""

    running = forms.ChoiceField(
        label=_("What becomes of groups under way"),
        choices=RunningGroups.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The provider and the people in its groups read it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class GroupChoice(forms.ModelChoiceField):
    """A group by its words."""

    def label_from_instance(self, obj: Group) -> str:
        provider = obj.version.programme.provider.name
        return f"{obj.version.title} – {provider}, {obj.code}, {obj.starts_on} ({obj.places_left})"


class OtherGroup(forms.Form):
    """Where the people may go."""

    to_group = GroupChoice(
        label=_("The other group"),
        queryset=Group.objects.filter(
            state=GroupState.OPEN,
            taken__lt=F("capacity"),
            version__programme__provider__state=ProviderState.ACTIVE,
        )
        .select_related("version__programme__provider")
        .order_by("starts_on", "code"),
    )


EXPLAINS = _(
    "Nothing of it can be applied to. Undecided applications end; groups under way go on, move or"
    " stop, as you choose."
)
DONE = _("It is suspended. What was decided about its groups is done.")


def _stop_provider(request: HttpRequest, row: Provider, answers: dict[str, Any]) -> Any:
    suspensions.suspend_provider(provider_id=row.pk, actor=request.user, at=now(), **answers)
    return DONE


def _stop_programme(request: HttpRequest, row: Programme, answers: dict[str, Any]) -> Any:
    suspensions.suspend_programme(programme_id=row.pk, actor=request.user, at=now(), **answers)
    return DONE


def _lift(request: HttpRequest, row: Suspension, answers: dict[str, Any]) -> Any:
    catalogue.lift(suspension_id=row.pk, reason=answers["note"], actor=request.user, at=now())
    return _("The suspension is lifted.")


def _move(request: HttpRequest, row: Group, answers: dict[str, Any]) -> Any:
    suspensions.move_people(
        group_id=row.pk, to_group_id=answers["to_group"].pk, actor=request.user, at=now()
    )
    return _("Its people have been told, and drafts are made.")


def _is_published(row: Programme) -> bool:
    return row.current is not None and row.current.state == VersionState.PUBLISHED


def _may_move(row: Group) -> bool:
    living = (GroupState.OPEN, GroupState.CLOSED, GroupState.RUNNING)
    return row.state in living and suspensions.in_force(row) is not None


add_action(
    Provider,
    Action(
        code="suspend",
        label=_("Suspend the provider"),
        explains=EXPLAINS,
        permission="catalogue.suspend",
        run=_stop_provider,
        form=Stop,
        when=lambda row: row.state == ProviderState.ACTIVE,
    ),
)
add_action(
    Programme,
    Action(
        code="suspend",
        label=_("Suspend the programme"),
        explains=EXPLAINS,
        permission="catalogue.suspend",
        run=_stop_programme,
        form=Stop,
        when=_is_published,
    ),
)
add_action(
    Suspension,
    Action(
        code="lift",
        label=_("Lift the suspension"),
        explains=_("People can apply again. Groups that were stopped stay so."),
        permission="catalogue.lift_suspension",
        run=_lift,
        form=Reason,
        when=lambda row: row.lifted_at is None,
    ),
)
add_action(
    Group,
    Action(
        code="move-people",
        label=_("Suggest another group to its people"),
        explains=_(
            "The group ends; places and money are free. Each person gets a message and a draft for"
            " the other group."
        ),
        permission="catalogue.suspend",
        run=_move,
        form=OtherGroup,
        when=_may_move,
    ),
)
