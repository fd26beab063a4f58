"""What each check of the nightly proof says, in words (funding.services.reconcile)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funding.models import ReconciliationRun

WORDS: dict[str, str | Promise] = {
    "balances": _("Every balance is the sum of its movements"),
    "nothing_lost": _("All money of a source adds up to nothing lost and nothing made"),
    "never_negative": _("No place holds less than nothing"),
    "commitment_parts": _("Price is support and own part together"),
    "commitment_money": _("Money is held exactly for what is held"),
    "commitment_lines": _("Support is what was taken from the grants"),
    "owed": _("What is owed and paid is what was earned"),
    "claims": _("Every claim for a refund has the money that its state says"),
    "aid": _("Stipends and other aid are what their months give"),
    "statement_totals": _("A statement's total is the sum of its lines"),
    "settled_within_owed": _("No statement asks for more than is owed"),
    "statement_states": _("Statements and what they pay for are equally far"),
    "statement_payments": _("A payment is as large as its statement"),
    "paid_by_the_bank": _("What counts as paid, the bank has paid"),
    "on_hold": _("Money on hold is that of payments on hold"),
    "ended_lots_empty": _("Nothing is left on grants that ended"),
    "postings_have_lines": _("Every booking moves money"),
}


@dataclass(frozen=True)
class Invariant:
    """One check of a run: its name, what it says, how many rows it looked at, what broke it."""

    name: str
    says: str
    rows: int
    problems: list[dict[str, str]]

    @property
    def ok(self) -> bool:
        """Nothing breaks it."""
        return not self.problems

    def as_data(self) -> dict[str, Any]:
        """For `reconcile --json`."""
        return {
            "name": self.name,
            "says": self.says,
            "rows": self.rows,
            "ok": self.ok,
            "problems": self.problems,
        }


def invariants(run: ReconciliationRun) -> list[Invariant]:
    """Every check of a run, those that broke first."""
    found = [
        Invariant(
            name,
            str(WORDS.get(name, name)),
            rows,
            [
                {"key": problem["key"], "what": problem["what"]}
                for problem in run.problems
                if problem["check"] == name
            ],
        )
        for name, rows in run.checked.items()
    ]
    return sorted(found, key=lambda one: (one.ok, one.name))
