"""Statements: what a provider is owed for a month, collected in one moment (FUN-12).

What was captured before the end of the month and stands in no statement yet comes into the next
one, also when it is late. A statement is never edited: differences stand in a later one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from catalogue.enums import ProviderState
from catalogue.models import Provider
from funding.enums import LineKind
from funding.models import FundingSource, Statement, StatementLine
from funding.rules.settlement import first_of_month, month_end
from funding.services.bank_accounts import current
from funding.services.holds import OPEN, lock_provider
from stars.common.errors import Conflict, DomainError
from stars.common.money import ZERO
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

# What is owed and stands in no statement, with its provider. One statement of SQL sees one moment:
# money that moves meanwhile is in it with all its rows, or not at all (2.7, case 26).
OWED = """
    SELECT 'completed' AS kind, c.id AS commitment_id, NULL::uuid AS stage_id,
           NULL::uuid AS correction_id, c.captured_at AS at, c.source_id, p.provider_id,
           c.support - coalesce((SELECT sum(s.amount) FROM funding_stagepayment s
                                 WHERE s.commitment_id = c.id), 0) AS amount
    FROM funding_commitment c
    JOIN catalogue_offer o ON o.id = c.offer_id
    JOIN catalogue_programmeversion v ON v.id = o.version_id
    JOIN catalogue_programme p ON p.id = v.programme_id
    WHERE c.state = 'captured' AND c.captured_at < %(until)s
      AND NOT EXISTS (SELECT 1 FROM funding_statementline l WHERE l.commitment_id = c.id
                      AND l.kind = 'completed' AND l.counts)
    UNION ALL
    SELECT 'stage', s.commitment_id, s.id, NULL, s.at, c.source_id, p.provider_id, s.amount
    FROM funding_stagepayment s
    JOIN funding_commitment c ON c.id = s.commitment_id
    JOIN catalogue_offer o ON o.id = c.offer_id
    JOIN catalogue_programmeversion v ON v.id = o.version_id
    JOIN catalogue_programme p ON p.id = v.programme_id
    WHERE c.state <> 'payable_held' AND s.at < %(until)s
      AND NOT EXISTS (SELECT 1 FROM funding_statementline l WHERE l.stage_id = s.id AND l.counts)
    UNION ALL
    SELECT 'difference', r.commitment_id, NULL, r.id, r.at, c.source_id, p.provider_id, r.amount
    FROM funding_correction r
    JOIN funding_commitment c ON c.id = r.commitment_id
    JOIN catalogue_offer o ON o.id = c.offer_id
    JOIN catalogue_programmeversion v ON v.id = o.version_id
    JOIN catalogue_programme p ON p.id = v.programme_id
    WHERE c.state <> 'payable_held' AND r.at < %(until)s
      AND NOT EXISTS (SELECT 1 FROM funding_statementline l
                      WHERE l.correction_id = r.id AND l.counts)"""

# Negative differences, oldest first, as far as the rest bears them (rules.settlement.borne).
COLLECT = f"""
WITH owed AS ({OWED}),
mine AS (
    SELECT o.*,
           sum(amount) FILTER (WHERE amount > 0) OVER () AS positive,
           sum(amount) FILTER (WHERE amount < 0)
               OVER (ORDER BY at, correction_id) AS negative
    FROM owed o WHERE provider_id = %(provider)s AND source_id = %(source)s
)
INSERT INTO funding_statementline
    (statement_id, kind, commitment_id, stage_id, correction_id, amount, counts)
SELECT %(statement)s, kind, commitment_id, stage_id, correction_id, amount, true
FROM mine WHERE amount > 0 OR coalesce(positive, 0) + negative >= 0
ORDER BY at, commitment_id, kind
"""

SUMMED = f"""
SELECT provider_id, source_id, count(*), sum(amount)
FROM ({OWED}) owed GROUP BY provider_id, source_id ORDER BY provider_id, source_id
"""


@dataclass(frozen=True)
class Owed:
    """What waits for a statement: of whom, under which source, how many lines, how many EUR."""

    provider_id: UUID
    source_id: UUID
    lines: int
    amount: Decimal


def owed(*, month: date) -> list[Owed]:
    """Who would get a statement for the month that begins on `month`; nothing is written."""
    with connection.cursor() as cursor:
        cursor.execute(SUMMED, {"until": month_end(month)})
        return [Owed(*row) for row in cursor.fetchall()]


@service
def make(*, provider_id: UUID, source_id: UUID, month: date, actor: Any, at: datetime) -> Statement:
    """Write the statement of one provider and source for a month that is over.

    `Conflict` where the month is not over, where one of them is not decided yet, where the provider
    is suspended, or where nothing is owed.
    """
    require(actor, "funding.settle", None)
    provider = lock_provider(provider_id)
    month = first_of_month(month)
    if month_end(month) > at:
        raise Conflict(_("The month is not over yet."), code="month", field="month")
    if provider.state == ProviderState.SUSPENDED:
        raise Conflict(_("The provider is suspended: payments are on hold."), code="suspended")
    earlier = Statement.objects.filter(provider=provider, source_id=source_id)
    if earlier.filter(state__in=OPEN).exists():
        raise Conflict(_("An earlier statement is not decided yet."), code="open")
    source = FundingSource.objects.get(pk=source_id)
    version = earlier.filter(month=month).count() + 1
    statement = Statement.objects.create(
        provider=provider,
        source=source,
        month=month,
        version=version,
        number=_number(provider, source, month, version),
        total=ZERO,
        made_at=at,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            COLLECT,
            {
                "until": month_end(month),
                "provider": provider.pk,
                "source": source.pk,
                "statement": statement.pk,
            },
        )
        if not cursor.rowcount:
            raise Conflict(_("Nothing is owed for this month."), code="nothing")
    _freeze(statement, provider, source)
    statement.log_birth(by=actor_or_none(actor), at=at)
    return statement


def _number(provider: Provider, source: FundingSource, month: date, version: int) -> str:
    who = provider.organisation.registration_number or provider.pk.hex[:8]
    return f"{source.code[:24].upper()}-{month:%Y%m}-{who}-{version}"


def _freeze(statement: Statement, provider: Provider, source: FundingSource) -> None:
    """Write down everything that the paper says; later changes elsewhere change nothing here."""
    lines = list(_lines(statement))
    organisation = provider.organisation
    statement.total = sum((Decimal(line["amount"]) for line in lines), ZERO)
    statement.content = {
        "number": statement.number,
        "month": statement.month.isoformat(),
        "made_at": statement.made_at.isoformat(),
        "provider": organisation.name,
        "registration_number": organisation.registration_number,
        "source": source.code,
        "source_lv": source.full_name_lv,
        "source_en": source.full_name_en,
        "project_code": source.project_code,
        **bank_part(statement),
        "lines": lines,
        "sums": _sums(lines),
        "total": str(statement.total),
    }
    statement.save(update_fields=["content", "total", "updated_at"])


def bank_part(statement: Statement) -> dict[str, str]:
    """Where the statement is paid to by now."""
    account = current(organisation_id=statement.provider.organisation_id)
    return {
        "iban": account.iban if account else "",
        "holder": account.holder if account else "",
    }


def _sums(lines: list[dict[str, Any]]) -> dict[str, str]:
    sums = dict.fromkeys(LineKind.values, ZERO)
    for line in lines:
        sums[line["kind"]] += Decimal(line["amount"])
    return {kind: str(amount) for kind, amount in sums.items()}


def _lines(statement: Statement) -> Iterator[dict[str, Any]]:
    rows = (
        statement.lines.select_related("commitment__offer__version", "stage", "correction")
        .order_by("pk")
        .iterator(chunk_size=2000)
    )
    for number, row in enumerate(rows, start=1):
        yield {"no": number, **_said(row)}


def _said(row: StatementLine) -> dict[str, Any]:
    """One line in text values. People stand there by a number, never by name."""
    commitment = row.commitment
    assert commitment.offer is not None
    version = commitment.offer.version
    proof = row.stage.evidence if row.stage else commitment.evidence
    line: dict[str, Any] = {
        "kind": row.kind,
        # The beginning of the application's key: the provider finds the person by it in its
        # workplace, nobody else can.
        "person": str(commitment.application_id)[:8].upper(),
        "title_lv": version.title_lv,
        "title_en": version.title_en or version.title_lv,
        "hours": str(proof.get("hours", version.hours)),
        "attendance_share": str(proof.get("attendance_share", "")),
        "ended_on": str(proof.get("completed_on", "")),
        "price": str(commitment.price),
        "support": str(commitment.support),
        "own_part": str(commitment.own_part),
        "amount": str(row.amount),
    }
    if row.stage:
        line["stage"] = row.stage.number
        line["hours_held"] = str(proof.get("hours_held", ""))
    if row.correction:
        line |= {"reason": row.correction.reason, "evidence": row.correction.evidence}
        line["of"] = _settled_in(row)
    return line


def _settled_in(row: StatementLine) -> str:
    """The number of the statement in which the training was settled; empty: in this one."""
    first = StatementLine.objects.filter(
        commitment_id=row.commitment_id, kind=LineKind.COMPLETED, counts=True
    ).exclude(statement_id=row.statement_id)
    return first.values_list("statement__number", flat=True).first() or ""


@service
def cancel(*, statement_id: UUID, note: str, actor: Any, at: datetime) -> Statement:
    """Throw a draft away; what it collected waits for the next one."""
    key = Statement.objects.values_list("provider_id", flat=True).get(pk=statement_id)
    lock_provider(key)
    statement = Statement.objects.select_for_update(no_key=True).get(pk=statement_id)
    require(actor, "funding.settle", statement)
    statement.move("cancel", by=actor_or_none(actor), at=at, note=note, also=("updated_at",))
    statement.lines.update(counts=False)
    return statement


@dataclass
class Made:
    """What one settlement of a month did: statements, EUR, and who was left out and why."""

    statements: int = 0
    lines: int = 0
    amount: Decimal = ZERO
    left_out: list[tuple[UUID, UUID, str]] | None = None


def settle_month(*, month: date, actor: Any, at: datetime) -> Made:
    """Make every statement of a month, each in its own transaction; safe to run again.

    Providers with an open statement, suspended ones and those with nothing positive are left out.
    """
    require(actor, "funding.settle", None)
    done = Made(left_out=[])
    for each in owed(month=month):
        try:
            statement = make(
                provider_id=each.provider_id,
                source_id=each.source_id,
                month=month,
                actor=actor,
                at=at,
            )
        except DomainError as error:
            assert done.left_out is not None
            done.left_out.append((each.provider_id, each.source_id, error.code))
            continue
        done.statements += 1
        done.lines += each.lines
        done.amount += statement.total
    return done
