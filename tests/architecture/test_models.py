"""What every model keeps to: foreign keys point down, nothing vanishes with a neighbour."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator

import pghistory.models
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from stars.audit import privacy
from stars.common.models import Approval, TransitionLog
from stars.common.money import MoneyField
from tests.architecture import code

# Rows that live and die with the row they belong to; none of them is money, audit or a decision.
CASCADES = {
    "catalogue.searchgroup.group": "made from the group, for the search",
    "catalogue.searchgroup.programme": "made from the group, for the search",
    "catalogue.searchgroup.version": "made from the group, for the search",
    "catalogue.searchrow.programme": "made from the programme, for the search",
    "catalogue.searchrow.version": "made from the version, for the search",
    "catalogue.suggestion.programme": "made from the programme, for the search",
    "catalogue.suggestion.provider": "made from the provider, for the search",
    "notifications.outboxemail.message": "the letter that carries a message is nothing without it",
}
KEEPS = (models.PROTECT, models.RESTRICT)


def our_models() -> list[type[models.Model]]:
    """The models of our apps, without the history tables that pghistory writes by trigger."""
    ours = {app.label for app in code.our_apps()}
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ours and not issubclass(model, pghistory.models.Event)
    ]


def relations() -> Iterator[tuple[str, models.ForeignKey]]:
    """Every foreign key and one-to-one field as ("app.model.field", field)."""
    for model in our_models():
        if model._meta.auto_created:  # Django's own tables between users, groups and permissions
            continue
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey):
                yield f"{model._meta.label_lower}.{field.name}", field


def floor(model: type[models.Model]) -> int:
    """The floor of a model's app; what is not ours lies below the house."""
    return code.layers().get(apps.get_app_config(model._meta.app_label).name, -1)


def test_every_app_has_a_floor() -> None:
    homeless = [app.name for app in code.our_apps() if app.name not in code.layers()]
    assert not homeless, f"Give these a layer in pyproject.toml: {homeless}"


def test_foreign_keys_point_down() -> None:
    """The linter cannot see string references; settings.AUTH_USER_MODEL may point up."""
    user = settings.AUTH_USER_MODEL.lower()
    wrong = []
    for name, field in relations():
        here, there = field.model, field.related_model
        if there._meta.label_lower == user or here._meta.app_label == there._meta.app_label:
            continue
        if floor(there) >= floor(here):
            wrong.append(f"{name} → {there._meta.label_lower}")
    assert not wrong, f"Keep the key alone (UUIDField) or turn the reference round: {wrong}"


def test_nothing_vanishes_with_a_neighbour() -> None:
    wrong = [
        name
        for name, field in relations()
        if field.remote_field.on_delete not in KEEPS and name not in CASCADES
    ]
    assert not wrong, f"PROTECT or RESTRICT, or a reason in CASCADES: {wrong}"


def test_money_audit_and_decisions_have_no_exception() -> None:
    strict = {"funding", "enrolments", "audit"}
    kept = {
        f"{m._meta.label_lower}.{f.name}"
        for m in our_models()
        for f in m._meta.local_fields
        if m._meta.app_label in strict or issubclass(m, TransitionLog | Approval)
    }
    assert not kept & CASCADES.keys()


def test_audit_rows_keep_keys_only() -> None:
    referring = [name for name, _ in relations() if name.startswith("audit.")]
    assert not referring, f"Audit rows outlive everything they name: {referring}"


def test_no_float_anywhere() -> None:
    floats = [
        f"{model._meta.label_lower}.{field.name}"
        for model in our_models()
        for field in model._meta.local_fields
        if isinstance(field, models.FloatField)
    ]
    assert not floats


def test_amounts_are_money() -> None:
    """A decimal that holds an amount is a MoneyField, so that its unit needs no guessing."""
    words = ("amount", "price", "support", "balance", "cap", "cut", "own_part", "fee", "cost")
    wrong = [
        f"{model._meta.label_lower}.{field.name}"
        for model in our_models()
        for field in model._meta.local_fields
        if field.name in words and not isinstance(field, MoneyField | models.ForeignKey)
    ]
    assert not wrong


def test_text_of_a_row_names_nobody() -> None:
    """`__str__` reaches logs, error mails and the admin's history (architecture: Banned)."""
    personal = {name for name, entry in privacy.register().items() if entry is not None}
    wrong = []
    for model in our_models():
        own = {
            name.rpartition(".")[2]
            for name in personal
            if name.startswith(f"{model._meta.label_lower}.")
        }
        own |= {"full_name", "initials", "person", "user"} if own else set()
        source = ast.parse(textwrap.dedent(inspect.getsource(model.__str__)))
        used = {
            node.attr
            for node in ast.walk(source)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        }
        if named := used & own:
            wrong.append(f"{model._meta.label_lower}: {sorted(named)}")
    assert not wrong


def test_text_of_a_row_is_its_own() -> None:
    wrong = [
        model._meta.label_lower
        for model in our_models()
        if model.__str__ is models.Model.__str__ and not model._meta.auto_created
    ]
    assert not wrong, f"Give these a __str__ without personal data: {wrong}"


@pytest.mark.parametrize(
    "model",
    [m for m in our_models() if issubclass(m, TransitionLog) or m._meta.app_label == "audit"],
    ids=lambda model: model._meta.label_lower,
)
def test_logs_are_append_only(model: type[models.Model]) -> None:
    assert model.GRANTS == "append"  # type: ignore[attr-defined]


def test_ledger_and_decisions_are_append_only() -> None:
    for name in (
        "LedgerAccount",
        "Posting",
        "Transfer",
        "CommitmentLine",
        "Decision",
        "PolicyVersion",
        "ReconciliationRun",
    ):
        assert apps.get_model("funding", name).GRANTS == "append", name  # type: ignore[attr-defined]
