"""The transition tables in Python and the triggers in the database say the same."""

from __future__ import annotations

from itertools import product

import pgtrigger
import pytest
from django.apps import apps
from django.db import models

from stars.common.errors import Conflict
from stars.common.models import TransitionLog
from stars.common.workflow import Stateful, Workflow

STATEFUL = [model for model in apps.get_models() if issubclass(model, Stateful)]
WORKFLOWS = sorted(Workflow.registry.values(), key=lambda w: w.name)
one_model = pytest.mark.parametrize("model", STATEFUL, ids=lambda m: m._meta.label_lower)
one_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)


def fsm(model: type[models.Model]) -> pgtrigger.FSM:
    """The one state trigger of a model."""
    found = [t for m, t in pgtrigger.registered() if m is model and isinstance(t, pgtrigger.FSM)]
    assert len(found) == 1, f"{model._meta.label} needs exactly one state trigger"
    return found[0]


def test_every_workflow_has_one_model() -> None:
    used = sorted(model.WORKFLOW.name for model in STATEFUL)
    assert used == [workflow.name for workflow in WORKFLOWS]


@one_model
def test_trigger_equals_table(model: type[Stateful]) -> None:
    assert sorted(fsm(model).transitions) == model.WORKFLOW.pairs()
    assert fsm(model).field == "state"


@one_model
def test_field_equals_table(model: type[Stateful]) -> None:
    field = model._meta.get_field("state")
    assert [value for value, _ in field.choices] == list(model.WORKFLOW.states.values)
    assert field.default in model.WORKFLOW.initial
    assert not field.null


@one_model
def test_moves_are_logged_in_the_apps_own_table(model: type[Stateful]) -> None:
    assert issubclass(model.LOG, TransitionLog)
    assert model.LOG._meta.app_label == model._meta.app_label
    longest = max(len(t.name) for t in model.WORKFLOW.transitions)
    assert longest <= model.LOG._meta.get_field("transition").max_length
    assert len(model._meta.model_name or "") <= model.LOG._meta.get_field("object_type").max_length


@one_workflow
def test_every_state_under_every_transition(workflow: Workflow) -> None:
    allowed = set(workflow.pairs())
    for state, transition in product(workflow.states.values, workflow.transitions):
        if state in transition.sources:
            assert (state, workflow.target(transition.name, state)) in allowed
        else:
            with pytest.raises(Conflict):
                workflow.target(transition.name, state)


@one_workflow
def test_every_state_can_be_reached(workflow: Workflow) -> None:
    reached, before = set(workflow.initial), None
    while reached != before:
        before = set(reached)
        reached |= {to for source, to in workflow.pairs() if source in reached}
    assert reached == set(workflow.states.values)


@pytest.mark.django_db
def test_triggers_are_installed_as_written() -> None:
    wrong = {
        f"{model._meta.label}:{trigger.name}": status
        for model, trigger in pgtrigger.registered()
        if (status := trigger.get_installation_status(model)[0]) != "INSTALLED"
    }
    assert not wrong
