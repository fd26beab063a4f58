"""docs/performance.md: the measured part is replaced, the reading of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stars.common.dates import today

BEGIN = "<!-- measured by ./dev bench: do not edit below -->"
END = "<!-- end of what was measured -->"


def measured(machine: Sequence[str], how: str, sections: Sequence[str]) -> str:
    """The measured part with its machine and the way it was run."""
    facts = "\n".join(f"* {line}" for line in [*machine, how])
    return "\n\n".join([f"Measured on {today():%Y-%m-%d}.", facts, *sections])


def write(path: Path, text: str) -> None:
    """Put `text` between the marks of the file, which is made where it is missing."""
    page = path.read_text() if path.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
    before, _mark, rest = page.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
