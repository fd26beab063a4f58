"""The difference of two texts: nothing is lost, nothing that was written becomes markup."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.differences import Change, compare
from catalogue.fields import Shown
from stars.common.differences import Piece, around, compare_words

TEXTS = st.text(alphabet="ab <>&\n'\"ā", max_size=60)


def html(before: str, after: str) -> str:
    return Change("f", "F", compare_words(before, after)).html


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            "Mācies šūt vakaros",
            "Mācies adīt vakaros",
            "Mācies <del>šūt</del><ins>adīt</ins> vakaros",
        ),
        ("", "Jauns", "<ins>Jauns</ins>"),
        ("Vecs", "", "<del>Vecs</del>"),
        ("a\nb", "a\nb", "a<br>b"),
        ("<b>", "<i>", "<del>&lt;b&gt;</del><ins>&lt;i&gt;</ins>"),
    ],
)
def test_words(before: str, after: str, shown: str) -> None:
    assert html(before, after) == shown


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_it(before: str, after: str) -> None:
    pieces = compare_words(before, after)
    assert "".join(p.text for p in pieces if p.kind != "new") == before
    assert "".join(p.text for p in pieces if p.kind != "gone") == after


@given(TEXTS, TEXTS)
def test_only_our_own_marks_are_markup(before: str, after: str) -> None:
    assert "<" not in re.sub(r"</?(?:ins|del)>|<br>", "", html(before, after))


@pytest.mark.parametrize("unit", ["vārds ", "vārds\n"])
def test_long_texts_are_compared_in_good_time(unit: str) -> None:
    before = unit * 3000
    begun = time.perf_counter()
    compare_words(before, before.replace("v", "w"))
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("between", [" ", "\n"])
def test_of_long_texts_words_are_marked_too(between: str) -> None:
    sentences = [f"Šis ir teikums ar numuru {number}." for number in range(700)]
    changed = [*sentences]
    changed[350] = "Šis ir cits teikums ar numuru 350."
    pieces = compare_words(between.join(sentences), between.join(changed))
    assert [p.text.strip() for p in pieces if p.kind == "new"] == ["cits"]
    assert not [p for p in pieces if p.kind == "gone"]


def test_only_what_changed_is_listed_in_order() -> None:
    before = [Shown("a", "A", "1"), Shown("b", "B", "2"), Shown("c", "C", "3")]
    after = [Shown("a", "A", "1"), Shown("b", "B", "4"), Shown("c", "C", "")]
    assert [change.name for change in compare(before, after)] == ["b", "c"]
    assert compare(after, after) == []


@given(TEXTS, TEXTS)
def test_shortened_is_what_changed(before: str, after: str) -> None:
    pieces = compare_words(before, after)
    short = around(pieces, keep=5)
    assert [p for p in short if p.kind != "same"] == [p for p in pieces if p.kind != "same"]
    assert len(short) == len(pieces)


def test_what_stayed_is_shortened_at_words() -> None:
    long = "viens divi trīs četri pieci seši septiņi astoņi deviņi desmit"
    (piece,) = around([Piece("same", long)], keep=12)
    assert piece.text == "viens divi … desmit"
