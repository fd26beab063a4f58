"""Tables of money below the rows of the admin: every movement with its posting."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funding import refusals
from funding.enums import AccountKind
from funding.models import (
    AllocationRound,
    Commitment,
    FundingSource,
    Grant,
    LedgerAccount,
    Posting,
    ReconciliationRun,
    RoundApproval,
    RoundRun,
    Transfer,
)
from funding.proof_words import invariants
from funding.selectors import budget_by_source
from learning_accounts.models import LearningAccount
from stars.common.admin import SHOWN, Link, Section, actor, link_to
from stars.common.admin_words import cell
from stars.common.dates import riga_date, start_of_day
from stars.common.money import ZERO
from stars.common.names import columns

MOVEMENT_HEADS = columns("Counts from", "Written", "Who", "Kind", "From", "To", "Amount")


def _movements(transfers: QuerySet[Transfer]) -> list[list[Any]]:
    rows = transfers.select_related("posting__by", "debit", "credit")
    return [
        [
            row.posting.effective_at,
            row.posting.booked_at,
            actor(row.posting.by),
            link_to(row.posting, row.posting.get_kind_display()),
            link_to(row.debit, row.debit.get_kind_display()),
            link_to(row.credit, row.credit.get_kind_display()),
            row.amount,
        ]
        for row in rows.order_by("-posting__effective_at", "-pk")[:SHOWN]
    ]


def movements_of_person(request: HttpRequest, account: LearningAccount) -> Section:
    """Every transfer of one person's money."""
    own = (
        Q(debit__grant__account=account)
        | Q(credit__grant__account=account)
        | Q(debit__commitment__account=account)
        | Q(credit__commitment__account=account)
    )
    return Section(
        _("Movements of money"), MOVEMENT_HEADS, _movements(Transfer.objects.filter(own))
    )


def movements_of_place(request: HttpRequest, place: LedgerAccount) -> Section:
    """Every transfer of one ledger account."""
    own = Transfer.objects.filter(Q(debit=place) | Q(credit=place))
    return Section(_("Movements of money"), MOVEMENT_HEADS, _movements(own))


def movements_of_lot(request: HttpRequest, row: Grant | Commitment) -> Section:
    """Every transfer of a grant or a commitment."""
    return movements_of_place(request, row.ledger_account)


def lines_of_posting(request: HttpRequest, posting: Posting) -> Section:
    """What one posting moved."""
    return Section(
        _("Movements of money"),
        MOVEMENT_HEADS,
        _movements(Transfer.objects.filter(posting=posting)),
    )


def statement_of_person(request: HttpRequest, account: LearningAccount) -> Section:
    """The account as its person may print it."""
    url = reverse("web:statement_of", args=[account.pk])
    return Section(
        _("Account statement"), columns("Document"), [[Link(_("Statement as PDF"), url)]]
    )


def grants_of_person(request: HttpRequest, account: LearningAccount) -> Section:
    """The lots of one person."""
    rows = account.grants.select_related("round", "ledger_account").order_by("-granted_at")
    return Section(
        _("Grants"),
        columns("Grant", "Round", "State", "Granted", "Amount", "Free", "Ends"),
        [
            [
                link_to(row, row.get_state_display()),
                link_to(row.round),
                row.get_state_display(),
                row.granted_at,
                row.amount,
                row.ledger_account.balance,
                row.ends_at,
            ]
            for row in rows
        ],
    )


def commitments_of_person(request: HttpRequest, account: LearningAccount) -> Section:
    """What is held and spent."""
    rows = account.commitments.select_related("offer__version", "claim__what").order_by("-held_at")
    return Section(
        _("Money for applications"),
        columns("Training", "State", "Held", "Price", "Support", "Own part"),
        [
            [
                link_to(row, row.title),
                row.get_state_display(),
                row.held_at,
                row.price,
                row.support,
                row.own_part,
            ]
            for row in rows
        ],
    )


def requests_of_person(request: HttpRequest, account: LearningAccount) -> Section:
    """When the person asked for the periodic money and when they stopped."""
    rows = account.standing_requests.order_by("-asked_at")
    return Section(
        _("Requests for the periodic money"),
        columns("Asked", "Ended"),
        [[row.asked_at, row.ended_at] for row in rows],
    )


def commitment_lines(request: HttpRequest, row: Commitment) -> Section:
    """Which lots the money came from."""
    lines = row.lines.select_related("grant__round").order_by("order")
    return Section(
        _("Lots used"),
        columns("Number", "Grant", "Amount"),
        [
            [line.order + 1, link_to(line.grant, line.grant.round.code), line.amount]
            for line in lines
        ],
    )


def uses_of_lot(request: HttpRequest, row: Grant) -> Section:
    """What the lot was used for."""
    lines = row.lines.select_related(
        "commitment__offer__version", "commitment__claim__what"
    ).order_by("pk")
    return Section(
        _("Used for"),
        columns("Training", "State", "Amount"),
        [
            [
                link_to(line.commitment, line.commitment.title),
                line.commitment.get_state_display(),
                line.amount,
            ]
            for line in lines
        ],
    )


_RUN_HEADS = columns(
    *("Business time", "Begun", "Ended", "Who", "Expected", "Grants", "Amount", "Waiting"),
    "Not served",
)


def _runs(of: QuerySet[RoundRun]) -> list[list[Any]]:
    return [
        [
            run.at,
            run.started_at,
            run.finished_at,
            actor(run.started_by),
            run.expected,
            _("dry run") if run.dry else run.granted,
            run.amount,
            run.waiting,
            refusals.sentence(run.refusals),
        ]
        for run in of.select_related("started_by").order_by("-started_at")[:SHOWN]
    ]


def runs(request: HttpRequest, row: AllocationRound) -> Section:
    """Every run of a round with its counts, dry ones too; one that was killed has no end."""
    return Section(_("Runs"), _RUN_HEADS, _runs(row.runs.all()))


def dry_runs(request: HttpRequest, row: RoundApproval) -> Section:
    """What was seen on the day on which a run was put forward: the second person decides on it."""
    day = start_of_day(riga_date(row.requested_at))
    seen = RoundRun.objects.filter(
        round_id=row.round_id, dry=True, at__gte=day, at__lte=row.requested_at
    )
    return Section(_("Dry runs before it"), _RUN_HEADS, _runs(seen))


def budgets(request: HttpRequest, source: FundingSource) -> Section:
    """Cash of the source by origin."""
    rows = source.budgets.order_by("origin")
    return Section(
        _("Cash budget"),
        columns("Origin", "Amount"),
        [[row.get_origin_display(), row.amount] for row in rows],
        note=_("What may be promised is another number: see the pool of the source."),
    )


def schemes(request: HttpRequest, source: FundingSource) -> Section:
    """The ways in which the source supports."""
    return Section(
        _("Schemes"),
        columns("Name", "Kind", "Order"),
        [
            [link_to(row, row.name), row.get_kind_display(), row.order]
            for row in source.schemes.all()
        ],
    )


def sources_in_figures() -> Section:
    """Money of each source by what has become of it (FUN-13)."""
    columns = {
        AccountKind.APPROPRIATION: pgettext_lazy("column", "Budget decisions"),
        AccountKind.POOL: pgettext_lazy("column", "Available"),
        AccountKind.LOT: pgettext_lazy("column", "Granted and free"),
        AccountKind.COMMITMENT: pgettext_lazy("column", "Held"),
        AccountKind.PAYABLE: pgettext_lazy("column", "Owed"),
        AccountKind.PAYABLE_HELD: pgettext_lazy("column", "Owed, on hold"),
        AccountKind.PAID: pgettext_lazy("column", "Paid"),
    }
    return Section(
        _("Money by source"),
        [pgettext_lazy("column", "Source"), *columns.values()],
        [
            [link_to(row["source"])]
            # The appropriation is what the others came from: shown as the sum made available.
            + [abs(row.get(kind) or ZERO) for kind in columns]
            for row in budget_by_source()
        ],
    )


def _checks(title: Any, run: ReconciliationRun, note: Any = "") -> Section:
    rows = [
        [
            one.says,
            one.rows,
            _("In order")
            if one.ok
            else "; ".join(f"{bad['key']}: {bad['what']}" for bad in one.problems[:5]),
        ]
        for one in invariants(run)
    ]
    return Section(title, columns("Check", "Rows looked at", "Result"), rows, note=note)


def checks_of(request: HttpRequest, run: ReconciliationRun) -> Section:
    """What one proof looked at, check by check."""
    return _checks(_("Checks"), run)


def last_proof() -> Section:
    """The latest reconciliation, check by check (FUN-6)."""
    run = ReconciliationRun.objects.order_by("-at").first()
    if run is None:
        return Section(_("Last proof of the ledger"), [], [], note=_("It has not run yet."))
    return _checks(
        _("Last proof of the ledger"),
        run,
        note=(
            _("Proved on %(when)s: the ledger adds up.")
            if run.ok
            else _("Looked at on %(when)s: the ledger does NOT prove. Act now.")
        )
        % {"when": cell(run.at)},
    )
