"""docs/locking.md names every place that locks, and nothing that does not."""

from __future__ import annotations

import re

from tests.architecture import code

LOCKS = re.compile(r"select_for_update\(|FOR (?:NO KEY )?UPDATE\b|pg_advisory_xact_lock")
OURS = tuple(package for package in code.PACKAGES if package != "tests")


def _named() -> set[str]:
    """Paths in the tables; a name without a folder lies beside the one before it."""
    page = (code.ROOT / "docs" / "locking.md").read_text(encoding="utf-8")
    places = page.partition("## Without a lock")[0]
    found: set[str] = set()
    folder = ""
    for name in re.findall(r"`([\w/]+\.py)`", places):
        head, slash, tail = name.rpartition("/")
        folder = head if slash else folder
        found.add(f"{folder}/{tail}")
    return found


def test_every_place_that_locks_is_on_the_page() -> None:
    locking = {
        code.name(path)
        for path in code.files(".py", under=OURS)
        if LOCKS.search(path.read_text(encoding="utf-8"))
    }
    assert locking == _named()
