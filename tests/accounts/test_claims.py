"""What is taken from an answer of the identity provider, and what is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.claims import LEVELS, Claims, read
from stars.common.errors import Invalid, NotAllowed

TODAY = date(2026, 5, 6)
ANSWER: dict[str, Any] = {
    "sub": "elina-berzina",
    "acr": LEVELS[1],
    "given_name": "Elīna",
    "family_name": "Bērziņa",
    "birthdate": "1992-03-14",
    "personal_code": "004417-90263",
    "historical_personal_codes": ["004417-90264"],
    "vital_status": "alive",
}


def test_a_whole_answer() -> None:
    claims = read(ANSWER, on=TODAY)
    assert claims == Claims(
        "Elīna", "Bērziņa", date(1992, 3, 14), "004417-90263", ("004417-90264",), False
    )
    assert claims.all_codes == ("004417-90263", "004417-90264")


def test_a_code_that_is_present_and_former_counts_once() -> None:
    claims = read({**ANSWER, "historical_personal_codes": ["00441790263"]}, on=TODAY)
    assert claims.all_codes == ("004417-90263",)


def test_names_are_composed() -> None:
    assert read({**ANSWER, "given_name": " Eli\u0304na "}, on=TODAY).given_name == "Elīna"


def test_no_former_codes() -> None:
    answer = {k: v for k, v in ANSWER.items() if k != "historical_personal_codes"}
    assert read(answer, on=TODAY).historical_codes == ()


@pytest.mark.parametrize(
    "missing", ["given_name", "family_name", "birthdate", "personal_code", "vital_status"]
)
def test_missing(missing: str) -> None:
    with pytest.raises(Invalid) as caught:
        read({k: v for k, v in ANSWER.items() if k != missing}, on=TODAY)
    assert caught.value.code == "claims"


@pytest.mark.parametrize(
    "wrong",
    [
        {"given_name": ""},
        {"given_name": 5},
        {"family_name": "x" * 101},
        {"family_name": "Bērziņa\u202e"},
        {"birthdate": "14.03.1992"},
        {"birthdate": "1992-02-30"},
        {"birthdate": None},
        {"birthdate": "2026-05-07"},
        {"birthdate": "1890-01-01"},
        {"personal_code": "123"},
        {"personal_code": 441790263},
        {"personal_code": None},
        {"historical_personal_codes": "004417-90264"},
        {"historical_personal_codes": [None]},
        {"historical_personal_codes": ["1"]},
        {"vital_status": "unknown"},
    ],
    ids=str,
)
def test_nonsense(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        read({**ANSWER, **wrong}, on=TODAY)
    assert caught.value.code == "claims"


@pytest.mark.parametrize("acr", [None, "", "http://eidas.europa.eu/LoA/low", "high"])
def test_too_weak_a_sign_in(acr: str | None) -> None:
    with pytest.raises(NotAllowed) as caught:
        read({**ANSWER, "acr": acr}, on=TODAY)
    assert caught.value.code == "level"
