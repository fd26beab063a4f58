"""Policies, decisions and appeals in the world of permissions, and who may do what with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from funding import policy_form
from funding.admin_policy import seen_as
from funding.enums import Answer
from funding.models import Appeal, Commitment, Decision, Scheme
from funding.services import appeals
from stars.common.dates import riga_date

MONEY = ("finance", "administrator")
OWNER, AGENCY = ("owner",), ("administrator",)
TERMS = {"amount": "500.00", "term_months": 6, "period_months": 6}


def build(world: Any) -> None:
    """A question of the owner about a rejected claim, and a notice that cover is to be lost."""
    account = world.accounts["owner"]
    world.rows["scheme"] = world.rows["round-whole"].policy.scheme
    world.rows["appeal"] = appeals.ask(
        account_id=account.pk,
        reference=f"claim:{world.rows['claim-rejected'].pk}",
        text="Rēķins ir pareizs.",
        actor=account.person.user,
        at=world.at,
    )
    held = Commitment.objects.filter(account=account).order_by("held_at", "pk")[0]
    world.rows["cover"] = Decision.objects.create(
        account=account,
        policy=held.policy,
        reference=f"cover:{held.pk}",
        outcome=Answer.NO,
        lines=[],
        decided_at=world.at,
    )


def _boxes(scheme: Scheme, day: Any) -> dict[str, Any]:
    """What a browser sends of the form in which new rules are written."""
    shown = policy_form.PolicyForm(scheme, initial=policy_form.initial(scheme, None))
    data: dict[str, Any] = {}
    for name, field in shown.fields.items():
        value = field.prepare_value(shown[name].value())
        if value not in (None, False, "", []):
            data[name] = value if isinstance(value, list) else str(value)
    data |= {f"t_{name}": str(value) for name, value in TERMS.items()}
    return data | {"valid_from": (day + timedelta(days=1)).isoformat(), "why": "Jauns"}


def answers(world: Any) -> dict[str, dict[str, Any]]:
    """What the forms are filled in with."""
    data = _boxes(world.rows["scheme"], riga_date(world.at))
    form = policy_form.PolicyForm(world.rows["scheme"], data)
    assert form.is_valid(), form.errors
    seen = seen_as(form)
    return {
        "admin:funding_scheme_new-version": {**data, "save": "1", "shown": seen},
        "admin:funding_appeal_uphold": {"answer": "Paliek."},
        "admin:funding_appeal_alter": {"answer": "Atveram no jauna."},
    }


def _appeal(w: Any, **more: Any) -> dict[str, Any]:
    found: Appeal = w.rows["appeal"]
    return {"appeal_id": found.pk, **more}


Given = Callable[[Any], dict[str, Any]]
SERVICES: dict[str, tuple[tuple[str, ...], Given]] = {
    "funding.services.policies.write_version": (
        MONEY,
        lambda w: {
            "scheme_id": w.rows["scheme"].pk,
            "valid_from": riga_date(w.at),
            "terms": TERMS,
            "criteria": [],
            "why": "Jauna kārtība",
        },
    ),
    "funding.services.appeals.ask": (
        OWNER,
        lambda w: {
            "account_id": w.accounts["owner"].pk,
            "reference": w.rows["cover"].reference.replace("cover", "commitment"),
            "text": "Man ir mācību ceļš.",
        },
    ),
    "funding.services.appeals.withdraw": (OWNER, _appeal),
    "funding.services.appeals.uphold": (AGENCY, lambda w: _appeal(w, answer="Paliek.")),
    "funding.services.appeals.change": (AGENCY, lambda w: _appeal(w, answer="Atveram.")),
}
