"""Compile translations with polib, so that no gettext program has to be installed."""

import os
from pathlib import Path

import polib

from stars.devstack.paths import PROJECT_ROOT

# Never a walk over everything: .venv has hundreds of catalogues that are not ours.
PLACES = (
    "locale/*/LC_MESSAGES/*.po",
    "*/locale/*/LC_MESSAGES/*.po",
    "*/*/locale/*/LC_MESSAGES/*.po",
)


def compile_stale(root: Path = PROJECT_ROOT) -> list[Path]:
    """Write the ``.mo`` of each catalogue that is newer than it; returns those written."""
    written = []
    for source in sorted({path for place in PLACES for path in root.glob(place)}):
        if source.relative_to(root).parts[0].startswith("."):
            continue
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        draft = target.with_suffix(f".{os.getpid()}.new")
        polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(draft))
        draft.replace(target)  # a reader sees the old file or the new one, never half of it
        written.append(target)
    return written
