"""Nobody meets an English sentence on a Latvian page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import polib
from django.utils import translation

from stars.common import names
from stars.common import translatable as messages
from stars.common.translatable import Message
from tests.architecture import code

CATALOGUE = code.ROOT / messages.CATALOGUE
PLACE = re.compile(r"%\((\w+)\)[sd]|%[sd]|{(\w*)}")


@cache
def catalogue() -> dict[Message, polib.POEntry]:
    """The Latvian catalogue's living entries."""
    entries = polib.pofile(str(CATALOGUE), encoding="utf-8")
    return {
        Message(e.msgid, e.msgctxt, e.msgid_plural or None): e for e in entries if not e.obsolete
    }


@cache
def found() -> messages.Found:
    """Every text of the portal."""
    return messages.collect()


def _wordings(entry: polib.POEntry) -> list[str]:
    if not entry.msgid_plural:
        return [entry.msgstr]
    return [entry.msgstr_plural.get(form, "") for form in range(3)]


def test_texts_are_written_out() -> None:
    assert not found().unreadable, "A text put together while running cannot be translated"


def test_every_text_is_in_latvian() -> None:
    missing = {
        message.text: places
        for message, places in found().places.items()
        if message not in catalogue()
    }
    assert not missing, f"{len(missing)} texts are not in {code.name(CATALOGUE)}: {missing}"


def test_no_entry_is_empty_or_guessed() -> None:
    unfinished = [
        message.text
        for message, entry in catalogue().items()
        if entry.fuzzy or not all(_wordings(entry))
    ]
    assert not unfinished


def test_translations_keep_the_places_of_their_values() -> None:
    wrong = []
    for message, entry in catalogue().items():
        allowed = _places(message.text) | _places(message.plural or "")
        if entry.msgid_plural:  # "one day" may leave the number out; nothing may add a place
            right = all(_places(wording) <= allowed for wording in _wordings(entry))
        else:
            right = _places(entry.msgstr) == allowed
        if not right:
            wrong.append(message.text)
    assert not wrong


def _places(text: str) -> set[str]:
    return {m.group(0) for m in PLACE.finditer(text.replace("%%", ""))}


def test_plurals_have_three_forms() -> None:
    header = polib.pofile(str(CATALOGUE), encoding="utf-8").metadata["Plural-Forms"]
    assert "nplurals=3" in header


def test_nobody_is_addressed_by_gender_or_as_strangers() -> None:
    """Plain Latvian says "tu"; "Jūs" belongs to an office (design language, Tone)."""
    formal = [text for text in _latvian() if re.search(r"\b(Jūs|Jums|Jūsu)\b", text)]
    assert not formal


def _latvian() -> Iterator[str]:
    for entry in catalogue().values():
        yield from _wordings(entry)


def test_extraction_sees_what_there_is() -> None:
    source = (
        "{% load i18n %}{% translate 'A' %}{% translate 'B' context 'c' %}"
        "{% blocktranslate trimmed count n=x %}\n one {{ n }}\n{% plural %}\n many {{ n }}\n"
        "{% endblocktranslate %}{% include 'x' with t=_('D') %}"
    )
    assert set(messages.template(source)) == {
        Message("A"),
        Message("B", "c"),
        Message("one %(n)s", None, "many %(n)s"),
        Message("D"),
    }


def test_names_of_models_are_shown_in_latvian() -> None:
    """Django's plural of a name is lazy already and once stayed English in the agency's menu."""
    with translation.override("lv"):
        shown = {str(model._meta.verbose_name_plural) for model in names._ours()}
    with translation.override("en"):
        english = {str(model._meta.verbose_name_plural) for model in names._ours()}
    assert not shown & english
