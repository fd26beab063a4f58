"""Whose files pictures are: everybody's to see, editors' to write."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import rules

from stars.content.services.pictures import OWNER
from stars.files import owners


def _may_write(actor: Any, picture_id: UUID) -> bool:
    return bool(rules.has_perm("content.edit", actor, picture_id))


def _may_read(actor: Any, picture_id: UUID) -> bool:
    return True


def _nobody(actor: Any, picture_id: UUID) -> None:
    return None


def register() -> None:
    """Called once, when the app is ready."""
    owners.register(owners.OwnerKind(OWNER, _may_read, _may_write, _nobody, "publishing"))
