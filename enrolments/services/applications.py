"""Applying: a draft that survives, and sending it, which takes place and money at once."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState, ProviderState, VersionState
from catalogue.exceptions import GroupFull
from catalogue.models import Group, Offer
from catalogue.services.places import take_place
from enrolments import messages, messages_disputes
from enrolments.enums import LIVING, UNDER_WAY, UNSENT, ApplicationState
from enrolments.exceptions import AlreadyApplied, DraftChanged
from enrolments.locks import lock_account, lock_for_application
from enrolments.models import Application
from funding.enums import PayerKind
from funding.exceptions import QuoteChanged
from funding.services.commitments import hold
from funding.services.quote import quote
from learning_accounts.enums import AccountState
from learning_accounts.models import LearningAccount
from stars.common.dates import add_working_days, riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service


@service
def start_draft(
    *, account_id: UUID, offer_id: UUID, group_id: UUID, actor: Any, at: datetime
) -> Application:
    """Begin, or take up again, an application to `group_id` under `offer_id` (ENR-1).

    There is one draft for each person and offer; choosing another group changes it. Raises
    `AlreadyApplied` where one is already sent, `Conflict` where nobody can apply any more.
    """
    account = lock_account(account_id)
    require(actor, "enrolments.apply", account)
    offer = offer_of(offer_id)
    group = Group.objects.get(pk=group_id)
    check_open(account, offer, group, at)
    refuse_second(account, offer, except_for=None)
    if other := _living_in(account, group).exclude(state=ApplicationState.DRAFT).first():
        raise AlreadyApplied(other.pk)
    drafts = Application.objects.select_for_update(of=("self",), no_key=True).filter(
        account=account, state=ApplicationState.DRAFT
    )
    draft = drafts.filter(offer=offer).order_by("pk").first()
    same_group = drafts.filter(group=group).exclude(offer=offer).first()
    if same_group is not None:
        # The same group under another offer: that draft goes on, one per group (ENR-9).
        draft = same_group
    if draft is None:
        draft = Application.objects.create(account=account, offer=offer, group=group)
        draft.log_birth(by=actor_or_none(actor), at=at)
    elif (draft.group_id, draft.offer_id) != (group.pk, offer.pk):
        draft.group, draft.offer = group, offer
        draft.save(update_fields=["group", "offer", "updated_at"])
    return draft


@service
def update_draft(
    *,
    application_id: UUID,
    group_id: UUID | None = None,
    use_support: bool | None = None,
    payer: str | None = None,
    knows_consequences: bool | None = None,
    actor: Any,
    at: datetime,
) -> Application:
    """Save a step of the draft; what is None stays. `payer` is a PayerKind or "".

    Raises `Conflict` once the application was sent, in this window or another.
    """
    account_id = Application.objects.values_list("account_id", flat=True).get(pk=application_id)
    account = lock_account(account_id)
    draft = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("offer__version__programme__provider", "group")
        .get(pk=application_id)
    )
    draft.account = account
    require(actor, "enrolments.apply", draft)
    if draft.state not in UNSENT:
        raise Conflict(_("You have already sent this application."), code="already_sent")
    if draft.state == ApplicationState.OFFERED and group_id not in (None, draft.group_id):
        raise Conflict(
            _("The place is kept in this group. To choose another one, withdraw first."),
            code="offered",
            field="group",
        )
    if group_id is not None and group_id != draft.group_id:
        group = Group.objects.get(pk=group_id)
        check_open(account, draft.offer, group, at)
        if other := _living_in(account, group).exclude(pk=draft.pk).first():
            raise AlreadyApplied(other.pk)
        draft.group = group
    if use_support is not None:
        draft.use_support = use_support
    if payer is not None:
        draft.payer = PayerKind(payer) if payer else ""
    if knows_consequences is not None:
        draft.knows_consequences = knows_consequences
    draft.save(update_fields=["group", "use_support", "payer", "knows_consequences", "updated_at"])
    return draft


@service
def submit(
    *,
    application_id: UUID,
    expected_group_id: UUID,
    expected_support: Decimal,
    actor: Any,
    at: datetime,
    expected_employer: Decimal | None = None,
) -> Application:
    """Send the application: place and money in one transaction (rule 17, ENR-5).

    `expected_group_id`, `expected_support` and `expected_employer` (EUR that an employer pays of
    the own part; None asks for no comparison) are what the person saw when confirming. A
    second sending of the same application returns the first. Raises `DraftChanged` or
    `QuoteChanged` where what was seen no longer holds, `GroupFull`, `AlreadyApplied`, and
    `Invalid` or `Conflict` with the field or reason; then nothing was written.
    """
    locked = lock_for_application(application_id)
    account, group, application = locked.account, locked.group, locked.application
    require(actor, "enrolments.apply", application)
    if application.state in (ApplicationState.SUBMITTED, ApplicationState.APPROVED):
        return application
    if application.group_id != expected_group_id:
        raise DraftChanged()
    offer = offer_of(application.offer_id)
    offered = _was_offered(application, at)
    check_open(account, offer, group, at, full=offered)
    refuse_second(account, offer, except_for=application)
    _check_said(application)
    answer = quote(offer=offer, account=account, at=at, use_support=application.use_support)
    if answer.support != expected_support:
        raise QuoteChanged()
    if answer.rest and not application.payer:
        raise Invalid(_("Choose who pays the rest."), code="payer", field="payer")
    if not offered:
        take_place(group, at=at)
    application.commitment = hold(
        account_id=account.pk,
        offer_id=offer.pk,
        application_id=application.pk,
        expected_support=expected_support,
        payer=application.payer,
        use_support=application.use_support,
        actor=actor,
        at=at,
        expected_employer=expected_employer,
    )
    application.submitted_at = at
    application.decide_by = add_working_days(riga_date(at), answer.decision_days)
    application.quote = answer.as_json()
    application.move(
        "submit",
        by=actor_or_none(actor),
        at=at,
        also=("commitment", "submitted_at", "decide_by", "quote", "updated_at"),
    )
    messages.submitted(application, at=at)
    messages_disputes.money_held(application, at=at)
    return application


def _was_offered(application: Application, at: datetime) -> bool:
    """Whether a place out of the queue is kept for them. Raises `Conflict` once that is over."""
    if application.state != ApplicationState.OFFERED:
        return False
    if application.offered_until is not None and application.offered_until <= at:
        raise Conflict(_("The time to take this place is over."), code="offer_over")
    return True


def _check_said(application: Application) -> None:
    """What the person has to have said before anything is sent."""
    if not application.knows_consequences:
        raise Invalid(
            _("Confirm that you know what happens if you stop."),
            code="consequences",
            field="knows_consequences",
        )
    if not (application.account.person.email or application.account.person.phone):
        raise Invalid(
            _("Write an e-mail address or a telephone number, so that the provider can reach you."),
            code="contact",
            field="email",
        )


def offer_of(offer_id: UUID) -> Offer:
    """An offer with everything that decides about it: one query."""
    return Offer.objects.select_related(
        "version__type", "version__programme__provider", "version__programme__current", "source"
    ).get(pk=offer_id)


def check_open(
    account: LearningAccount, offer: Offer, group: Group, at: datetime, *, full: bool = False
) -> None:
    """Whether this account may apply to this group under this offer at all today.

    `full`: the group may be full, because they wait for a place in it or hold an offered one.
    """
    today = riga_date(at)
    if account.state != AccountState.ACTIVE or account.person.deceased:
        raise Conflict(_("This learning account is closed."), code="account_closed")
    if group.version_id != offer.version_id:
        raise Invalid(_("Choose one of these groups."), code="group", field="group")
    provider = offer.version.programme.provider
    current = offer.version.programme.current
    # An earlier version goes on in its groups, as long as the programme itself is offered.
    offered = (
        current is not None
        and current.state == VersionState.PUBLISHED
        and offer.version.state in (VersionState.PUBLISHED, VersionState.ARCHIVED)
    )
    if not offered or provider.state != ProviderState.ACTIVE:
        raise Conflict(_("This training is not offered now."), code="not_offered")
    if not offer.open_from <= today <= offer.open_until:
        raise Conflict(
            _("Nobody can apply for this training under this project now."), code="offer_closed"
        )
    if group.state != GroupState.OPEN:
        raise Conflict(
            _("This group takes no applications any more. Choose another group."),
            code="group_closed",
            field="group",
        )
    if today > group.apply_until:
        raise Conflict(
            _("The last day for applying to this group is over. Choose another group."),
            code="apply_until_over",
            field="group",
        )
    if group.taken >= group.capacity and not full:
        raise GroupFull()


def _living_in(account: LearningAccount, group: Group) -> QuerySet[Application]:
    """Applications that the constraint `one_living_application_per_group` counts."""
    return Application.objects.filter(account=account, group=group, state__in=LIVING)


def refuse_second(
    account: LearningAccount, offer: Offer, *, except_for: Application | None
) -> None:
    """One group for each programme at a time (ENR-9); the account's lock makes this binding."""
    others = Application.objects.filter(
        account=account, offer__version__programme_id=offer.version.programme_id
    )
    if except_for is not None:
        others = others.exclude(pk=except_for.pk)
    living = others.filter(state=ApplicationState.SUBMITTED) | others.filter(
        state=ApplicationState.APPROVED, participation__state__in=UNDER_WAY
    )
    other = living.order_by("pk").first()
    if other is not None:
        raise AlreadyApplied(other.pk)
