"""Translations are compiled without gettext, and only when they have changed."""

import gettext
import os
from pathlib import Path

from stars.devstack import messages

PLURALS = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2)"
CATALOGUE = f"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: {PLURALS};\\n"

msgid "Apply"
msgstr "Piesakies"

msgid "%d course"
msgid_plural "%d courses"
msgstr[0] "%d kurss"
msgstr[1] "%d kursi"
msgstr[2] "%d kursu"

#, fuzzy
msgid "Doubtful"
msgstr "Varbūt"
"""


def write(root: Path) -> Path:
    source = root / "locale" / "lv" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE, encoding="utf-8")
    return source


def test_compiled_with_latvian_plurals_and_without_fuzzy_ones(tmp_path: Path) -> None:
    write(tmp_path)
    (target,) = messages.compile_stale(tmp_path)
    with target.open("rb") as file:
        found = gettext.GNUTranslations(file)
    assert found.gettext("Apply") == "Piesakies"
    assert found.gettext("Doubtful") == "Doubtful"
    counts = {n: found.ngettext("%d course", "%d courses", n) % n for n in (0, 1, 2, 11, 21)}
    assert list(counts.values()) == ["0 kursu", "1 kurss", "2 kursi", "11 kursi", "21 kurss"]
    assert [
        path.name for path in target.parent.iterdir() if path.suffix not in (".po", ".mo")
    ] == []


def test_only_what_changed_is_compiled_again(tmp_path: Path) -> None:
    source = write(tmp_path)
    assert messages.compile_stale(tmp_path) != []
    assert messages.compile_stale(tmp_path) == []
    later = source.with_suffix(".mo").stat().st_mtime + 2
    os.utime(source, (later, later))
    assert messages.compile_stale(tmp_path) != []


def test_catalogues_of_installed_packages_are_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / ".venv" / "package" / "locale" / "lv" / "LC_MESSAGES" / "django.po"
    foreign.parent.mkdir(parents=True)
    foreign.write_text(CATALOGUE, encoding="utf-8")
    assert messages.compile_stale(tmp_path) == []
