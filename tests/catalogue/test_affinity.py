"""What goes with what: likeness by words, counts that tell of nobody, the nightly table."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from catalogue.models import Programme, ProgrammeAffinity
from catalogue.services.affinity import KEPT, Together, pairs, rewrite
from catalogue.similarity import LEAST, Text, lemma, likenesses
from tests import factories as f

A, B, C = (UUID(int=n) for n in (1, 2, 3))


def text(key: UUID, title: str, field: str = "x") -> Text:
    """A programme with nothing but a title."""
    return Text(key, [(1, title)], field)


def alike(*texts: Text) -> dict[frozenset[UUID], float]:
    """Likeness by pair."""
    return {frozenset((a, b)): value for a, b, value in likenesses(texts, 9)}


def test_inflected_words_are_the_same_word() -> None:
    assert lemma("grāmatvedībā") == lemma("grāmatvedība") == "gramatvediba"
    found = alike(
        text(A, "Grāmatvedības pamati"), text(B, "Grāmatvedība"), text(C, "Keramika", "y")
    )
    assert set(found) == {frozenset((A, B))}


def test_rare_words_count_more_than_common_ones() -> None:
    others = [text(uuid4(), f"Pamati {word}", word) for word in ("aušana", "šūšana", "adīšana")]
    found = alike(
        text(A, "Pamati keramika", "k"),
        text(B, "Krāsaina keramika", "l"),
        text(C, "Pamati dārzkopība", "m"),
        *others,
    )
    assert found[frozenset((A, B))] > found.get(frozenset((A, C)), 0)


@given(st.lists(st.text(max_size=30), max_size=8))
def test_likeness_is_a_share_and_mutual(titles: list[str]) -> None:
    texts = [text(UUID(int=n), title) for n, title in enumerate(titles)]
    found = list(likenesses(texts, 9))
    assert all(LEAST <= value <= 1 for _a, _b, value in found)
    assert len({(a, b) for a, b, _value in found}) == len(found)
    # Alike is alike from both sides.
    assert {(a, b) for a, b, _value in found} == {(b, a) for a, b, _value in found}
    assert all(a != b for a, b, _value in found)


def test_few_people_are_never_told_of() -> None:
    joined = dict(pairs([], [Together(A, B, 4, 0.9), Together(A, C, 5, 0.5)]))
    assert [(p.other, p.people) for p in joined[A]] == [(C, 5)]
    assert B not in joined


def test_what_people_did_and_what_texts_say_count_together() -> None:
    joined = dict(
        pairs([(A, B, 0.5), (B, A, 0.5)], [Together(A, C, 7, 0.6), Together(B, A, 9, 0.3)])
    )
    assert [(p.other, p.likeness, p.people) for p in joined[A]] == [(B, 0.5, 9), (C, 0.0, 7)]


def test_only_the_most_alike_are_kept() -> None:
    texts = [text(UUID(int=n), f"Keramika numur{n}") for n in range(20)]
    found = list(likenesses(texts, 3))
    assert len(found) == 60


@pytest.mark.django_db
def test_the_table_is_written_anew() -> None:
    one, two = (published("Keramikas pamati"), published("Keramika lietpratējiem"))
    over = published("Keramika ziemā")
    assert over.current is not None
    over.current.move("archive", by=None, at=f.BEGINNING)
    far = published("Datu bāzes", field=f.TermFactory(code="other"))
    for _ in range(2):
        rewrite(together=[Together(one.pk, far.pk, 6, 0.2)])
    rows = {
        (row.programme, row.other): row
        for row in ProgrammeAffinity.objects.select_related("programme", "other")
    }
    assert {other for mine, other in rows if mine == one} == {two, far}
    assert rows[one, far].together == rows[far, one].together == 6
    assert rows[one, two].together == 0
    # What is over goes with nothing, but what goes with it is known.
    assert over not in {other for _mine, other in rows}
    assert {other for mine, other in rows if mine == over} == {one, two}
    assert {row.rank for row in rows.values()} <= set(range(1, KEPT + 1))


@pytest.mark.django_db
def test_the_database_refuses_small_numbers() -> None:
    one, two = published("Viens"), published("Divi")
    row = {"programme": one, "other": two, "rank": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeAffinity.objects.create(**row, together=4, share="0.5")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeAffinity.objects.create(programme=one, other=one, rank=1)


def published(title: str, **more: object) -> Programme:
    """A programme of this title."""
    made: Programme = f.VersionFactory(published=True, title_lv=title, **more).programme
    return made
