"""States as data: one table says what may follow what, in Python and in the database.

Each app declares its tables in `workflow.py`. The same table checks a move here, becomes a
trigger that also binds bulk updates, is swept by a test and drawn in docs/workflows.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from stars.common.errors import Conflict
from stars.common.models import TransitionLog


@dataclass(frozen=True)
class T:
    """One transition: its name, the states it may leave and the state it reaches."""

    name: str
    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True)
class Workflow:
    """A lifecycle: `states` is a TextChoices class, `initial` the states a new row may have."""

    name: str
    states: type[models.TextChoices]
    initial: tuple[str, ...]
    transitions: tuple[T, ...]
    registry: ClassVar[dict[str, Workflow]] = {}
    by_name: dict[str, T] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {t.name: t for t in self.transitions})
        known = {str(state) for state in self.states.values}
        for t in self.transitions:
            if unknown := {*t.sources, t.target, *self.initial} - known:
                raise ValueError(f"{self.name}.{t.name}: unknown states {unknown}")
        if len(self.by_name) != len(self.transitions):
            raise ValueError(f"{self.name}: a transition's name stands twice")
        Workflow.registry[self.name] = self

    def target(self, transition: str, state: str) -> str:
        """The state reached by `transition` from `state`; raises `Conflict` where not allowed."""
        t = self.by_name[transition]
        if state not in t.sources:
            raise Conflict(
                _("This was already changed by someone else. Look at it again."), code="state"
            )
        return t.target

    def pairs(self) -> list[tuple[str, str]]:
        """Every allowed (from, to) pair, sorted."""
        return sorted({(s, t.target) for t in self.transitions for s in t.sources})

    def trigger(self, field_name: str = "state") -> pgtrigger.FSM:
        """The same table as a database trigger: a bulk UPDATE obeys it too."""
        return pgtrigger.FSM(name=f"{self.name}_states", field=field_name, transitions=self.pairs())


class Stateful(models.Model):
    """Mixin: a row with a `state` field, its `WORKFLOW` table and its app's `LOG` model."""

    WORKFLOW: ClassVar[Workflow]
    LOG: ClassVar[type[TransitionLog]]

    state: Any

    class Meta:
        abstract = True

    def can(self, transition: str) -> bool:
        """Whether the table allows `transition` from the present state."""
        return self.state in self.WORKFLOW.by_name[transition].sources

    def move(
        self,
        transition: str,
        *,
        by: Any,
        at: datetime,
        note: str = "",
        also: Iterable[str] = (),
    ) -> None:
        """Check the table, save the new state (with the fields named in `also`), write the log row.

        The caller holds the row's lock. Raises `Conflict` where the table does not allow the move.
        """
        before = self.state
        self.state = self.WORKFLOW.target(transition, before)
        self.save(update_fields=["state", *also])  # type: ignore[misc]
        self.LOG.objects.create(  # type: ignore[attr-defined]
            object_type=self._meta.model_name,
            object_id=self.pk,
            transition=transition,
            from_state=before,
            to_state=self.state,
            by=by,
            at=at,
            note=note,
        )

    def log_birth(self, *, by: Any, at: datetime, note: str = "") -> None:
        """Write the log row of a row that was just created in one of the initial states."""
        self.LOG.objects.create(  # type: ignore[attr-defined]
            object_type=self._meta.model_name,
            object_id=self.pk,
            transition="create",
            from_state="",
            to_state=self.state,
            by=by,
            at=at,
            note=note,
        )
