"""docs/workflows.md: every lifecycle as a drawing and as a table."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import override

from stars.common.workflow import Workflow

INTRO = """# Lifecycles

What may follow what. Each table is declared once, in the `workflow.py` of its app; the same table
checks a move in Python, is a trigger in the database and is drawn here. Every move writes a log
row with actor and time.
"""


def render() -> str:
    """The page, in English whatever the active language is."""
    with override("en"):
        parts = [INTRO, *(_section(Workflow.registry[name]) for name in sorted(Workflow.registry))]
    return "\n".join(parts)


def _section(flow: Workflow) -> str:
    return "\n".join(
        [
            f"## {flow.name}",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *_drawing(flow),
            "```",
            "",
            "| transition | from | to |",
            "|---|---|---|",
            *(
                f"| {t.name} | {', '.join(_said(flow, s) for s in t.sources)}"
                f" | {_said(flow, t.target)} |"
                for t in flow.transitions
            ),
            "",
            f"New rows begin as {' or '.join(_said(flow, s) for s in flow.initial)}.",
            "",
        ]
    )


def _said(flow: Workflow, state: str) -> str:
    """The code word and what people read."""
    return f"`{state!s}` ({flow.states(state).label})"


def _drawing(flow: Workflow) -> Iterator[str]:
    left = {str(s) for t in flow.transitions for s in t.sources}
    reached = {str(t.target) for t in flow.transitions} | {str(s) for s in flow.initial}
    for state in flow.states.values:
        if state in left | reached:
            yield f"    {state} : {flow.states(state).label}"
    for state in flow.initial:
        yield f"    [*] --> {state!s}"
    for t in flow.transitions:
        for source in t.sources:
            yield f"    {source!s} --> {t.target!s} : {t.name}"
    for state in flow.states.values:
        if state in reached - left:
            yield f"    {state} --> [*]"
