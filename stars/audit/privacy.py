"""The privacy register: every model field that can hold personal data says why it does.

Each app has a `privacy.py` with `REGISTER`, made with `of` and `nothing`. A test fails when a
field is missing there, or when a registered one no longer exists; docs/privacy-register.md is
written from it (`manage.py privacy_register --apply`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.module_loading import module_has_submodule

from stars.audit import retention


class Category(StrEnum):
    """What kind of personal data it is."""

    IDENTITY = "identity"
    CONTACT = "contact"
    LEARNING = "learning"
    WORK = "work and income"
    SENSITIVE = "health and social status"
    MONEY = "money"
    SIGN_IN = "sign-in"
    CONDUCT = "acts in the portal"


@dataclass(frozen=True)
class Entry:
    """Why a field may hold personal data, for how long, and who sees it."""

    category: Category
    purpose: str
    basis: str
    retention: str
    seen_by: str


# The field holds no personal data.
NONE = None

Register = Mapping[str, Entry | None]

# Fields of these kinds can hold personal data; numbers, keys and moments say nothing alone.
_SUSPECT = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.DateField,
    models.FileField,
    models.BinaryField,
    models.GenericIPAddressField,
)


def of(model: str, fields: Mapping[str, Entry]) -> dict[str, Entry | None]:
    """Personal fields of `model` ("app_label.model")."""
    return {f"{model}.{name}": entry for name, entry in fields.items()}


def nothing(model: str, *names: str) -> dict[str, Entry | None]:
    """Fields of `model` that hold no personal data."""
    return dict.fromkeys((f"{model}.{name}" for name in names), NONE)


def transition_log(model: str, note: Entry) -> dict[str, Entry | None]:
    """The fields of an app's log of moves; `note` is the one that people write."""
    return {
        **nothing(model, "object_type", "transition", "from_state", "to_state"),
        **of(model, {"note": note}),
    }


@cache
def register() -> Register:
    """All apps' registers. ValueError where two of them name the same field."""
    whole: dict[str, Entry | None] = {}
    for app in apps.get_app_configs():
        if app.module and module_has_submodule(app.module, "privacy"):
            part: Register = import_module(f"{app.name}.privacy").REGISTER
            if twice := whole.keys() & part.keys():
                raise ValueError(f"Registered twice: {sorted(twice)}")
            whole.update(part)
    return whole


def suspects() -> Iterator[str]:
    """Every model field of a kind that can hold personal data, as "app_label.model.field"."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, _SUSPECT) and not isinstance(field, models.DateTimeField):
                yield f"{model._meta.label_lower}.{field.name}"


def existing_fields() -> set[str]:
    """Every field of every model."""
    found: list[models.Field[Any, Any]] = []
    for model in apps.get_models(include_auto_created=True):
        found.extend(model._meta.concrete_fields)
    return {f"{field.model._meta.label_lower}.{field.name}" for field in found}


def render() -> str:
    """docs/privacy-register.md as it has to be."""
    lines = [
        "# Privacy register",
        "",
        "Written from the `privacy.py` of each app by `./dev manage privacy_register --apply`;",
        "a test fails when it is stale. Periods that no regulation gives are marked (A): they",
        "are ours until the agency's lawyers confirm them.",
        "",
    ]
    lines += [
        "## What goes by itself",
        "",
        "| what | kept for | counted from | then | done by |",
        "|---|---|---|---|---|",
    ]
    for t in retention.terms():
        length = t.length + (" (A)" if t.assumed else "")
        lines.append(f"| {t.what} | {length} | {t.after} | {t.goes} | `{t.task}` |")
    lines.append("")
    by_model: dict[str, list[tuple[str, Entry]]] = {}
    for field, entry in sorted(register().items()):
        if entry is not None:
            model, _, name = field.rpartition(".")
            by_model.setdefault(model, []).append((name, entry))
    for model, rows in by_model.items():
        lines += [
            f"## {model}",
            "",
            "| field | category | purpose | legal basis | kept | seen by |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {name} | {e.category} | {e.purpose} | {e.basis} | {e.retention} | {e.seen_by} |"
            for name, e in rows
        ]
        lines.append("")
    clear = sum(entry is None for entry in register().values())
    lines.append(f"{clear} further fields were looked at and hold no personal data.")
    return "\n".join(lines) + "\n"


# Of this app, and of the framework's own tables that no other app answers for.
_ACT = Entry(
    Category.CONDUCT,
    "proof of who did what",
    "GDPR 6(1)(c), 32: security of processing",
    "10 years (A)",
    "administrator, auditor",
)
_ADMIN = Entry(
    Category.CONDUCT,
    "history of a record in the admin",
    "GDPR 6(1)(c), 32: security of processing",
    "10 years (A)",
    "agency staff",
)
_HISTORY = Entry(
    Category.CONDUCT,
    "who caused a change of roles or policies",
    "GDPR 6(1)(c), 32: security of processing",
    "10 years (A)",
    "administrator, auditor",
)

REGISTER: Register = {
    **of("audit.auditentry", {"changes": _ACT}),
    **nothing("audit.auditentry", "action", "object_type"),
    **nothing("audit.lookentry", "what", "purpose"),
    **of("admin.logentry", {"object_repr": _ADMIN, "change_message": _ADMIN}),
    **nothing("admin.logentry", "object_id"),
    **of("pghistory.context", {"metadata": _HISTORY}),
    **nothing("contenttypes.contenttype", "app_label", "model"),
    **nothing("auth.permission", "name", "codename"),
    **nothing("auth.group", "name"),
}
