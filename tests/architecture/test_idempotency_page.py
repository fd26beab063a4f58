"""docs/idempotency.md lists the keys that the code makes, and no others."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from funding.enums import PostingKind
from stars.notifications import kinds
from tests.architecture import code

APPS = ("accounts", "catalogue", "enrolments", "funding", "learning_accounts", "stars")
NAMES = {"key", "dedupe_key"}
# What has a key of its own is written by one of these, or by SQL.
WRITERS = {"post", "notify", "tell_person"}


def _page() -> tuple[set[str], set[str]]:
    """Keys of postings and of messages as the page writes them, their parts reduced to "{}"."""
    text = (code.ROOT / "docs" / "idempotency.md").read_text(encoding="utf-8")
    parts = {part.partition("\n")[0]: part for part in text.split("\n## ")}
    rows = (
        re.findall(r"^\| `([^`]+)`", parts[title], re.MULTILINE)
        for title in ("Postings of the ledger", "Messages")
    )
    postings, messages = ({re.sub(r"\{[^}]*\}", "{}", key) for key in keys} for keys in rows)
    return postings, messages


def _shape(node: ast.expr) -> str | None:
    """The key that an f-string makes, its values reduced to "{}"."""
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
    )


def _keys(path: Path) -> set[tuple[str, str]]:
    """(writer, key) for each f-string handed over as a key, by name or by position."""
    tree = code.tree(path)
    places = {
        function.name: [argument.arg for argument in function.args.args]
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
    }
    found = set()
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        name = call.func.id
        handed = [(keyword.arg, keyword.value) for keyword in call.keywords]
        handed += list(zip(places.get(name, []), call.args, strict=False))
        is_writer = name in WRITERS or name in places
        found |= {
            (name, shape)
            for argument, value in handed
            if argument in NAMES and is_writer and (shape := _shape(value))
        }
    return found


def test_keys_of_the_page_are_those_of_the_code() -> None:
    modules = [
        path
        for path in code.files(".py", under=APPS)
        if not code.name(path).startswith(("stars/demo/", "stars/sandbox/"))
    ]
    found = {key for path in modules for key in _keys(path)}
    postings, messages = _page()
    assert {key for name, key in found if name == "post"} == {
        # Rounds and expiry write theirs by SQL.
        key
        for key in postings
        if not key.startswith(("grant:", "annul:"))
    }
    assert {key for name, key in found if name != "post"} == messages - {
        "money_granted:{}",
        "money_ends:{}:{}:{}",
        "news:{}:{}",
    }
    in_sql = {
        prefix
        for path in modules
        for prefix in re.findall(r"'([a-z_]+):' \|\| ", path.read_text(encoding="utf-8"))
    }
    assert in_sql == {"grant", "annul", "money_granted", "money_ends", "news"}


def test_every_kind_of_posting_and_message_has_a_key() -> None:
    postings, messages = _page()
    assert {key.partition(":")[0] for key in postings} == set(PostingKind.values)
    named = {key.partition(":")[0] for key in messages} - {"{}"}
    assert named <= {kind.code for kind in kinds.all_kinds()}
