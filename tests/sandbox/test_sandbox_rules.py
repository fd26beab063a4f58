"""The rules of the data: codes nobody can have, ages that stay, one-time passwords, texts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.lv import pvn

from stars.sandbox import totp
from stars.sandbox.codes import is_sandbox_code, new_code, normalise
from stars.sandbox.people import People, age_on, birthdate_for, load_residents
from stars.sandbox.texts import TEXTS, years

TODAY = date(2026, 3, 1)


def test_a_dozen_residents_cover_what_the_journey_needs() -> None:
    residents = [who for who in load_residents(TODAY) if who.same_person_as is None]
    ages = [who.age(TODAY) for who in residents]
    assert len(residents) == 12
    assert (min(ages), max(ages), ages.count(15), ages.count(17)) == (15, 79, 1, 1)
    assert [who.key for who in residents if who.historical_personal_codes] == ["skaidrite-vitola"]
    assert [who.key for who in residents if who.vital_status == "deceased"] == ["arvids-krumins"]
    assert [who.key for who in residents if who.facts["refugee"]] == ["olena-kovalenko"]
    assert {"low", "average"} <= {who.facts["income"] for who in residents}
    assert len({who.facts["education_level"] for who in residents}) >= 4
    assert len({who.facts["employment"] for who in residents}) >= 5
    assert all(who.description.keys() == TEXTS.keys() for who in residents)


def test_codes_of_residents_are_nobodys_and_differ() -> None:
    residents = load_residents(TODAY)
    codes = [code for who in residents if who.same_person_as is None for code in who.all_codes]
    assert len(set(codes)) == len(codes)
    assert all(is_sandbox_code(code) and not pvn.is_valid(code) for code in codes)
    older = next(who for who in residents if who.same_person_as)
    now = next(who for who in residents if who.key == older.same_person_as)
    assert (older.personal_code,) == now.historical_personal_codes


@given(st.from_regex(r"00[0-9]{4}-?[0-9]{5}", fullmatch=True))
def test_no_sandbox_code_can_be_real(code: str) -> None:
    assert is_sandbox_code(code)
    assert not pvn.is_valid(code)


@given(
    st.one_of(
        st.dates(date(1900, 1, 1), date(2017, 6, 30)).map(lambda day: f"{day:%d%m%y}"),
        st.from_regex(r"3[2-9][0-9]{4}", fullmatch=True),
    ),
    st.from_regex(r"[0-9]{5}", fullmatch=True),
)
def test_no_code_that_may_have_been_issued_is_a_sandbox_code(start: str, rest: str) -> None:
    assert not is_sandbox_code(f"{start}-{rest}")


@pytest.mark.parametrize("text", ["", "00123", "001234567890", "00123a-56789", "٠٠1234-56789"])
def test_wrong_shape_is_no_code(text: str) -> None:
    assert normalise(text) is None


def test_new_codes_avoid_those_taken() -> None:
    taken: set[str] = set()
    for _ in range(200):
        code = new_code(taken)
        assert is_sandbox_code(code)
        assert code not in taken
        taken.add(code)


@given(st.integers(0, 100), st.dates(date(2020, 1, 1), date(2060, 12, 31)))
def test_age_stays_and_birthday_too(age: int, today: date) -> None:
    born = birthdate_for(age, "06-21", today)
    assert age_on(born, today) == age
    assert (born.month, born.day) == (6, 21)


def test_residents_keep_their_ages_and_codes_on_every_day() -> None:
    def fixed(day: date) -> list[tuple[str, str, int]]:
        return [(who.key, who.personal_code, who.age(day)) for who in load_residents(day)]

    assert fixed(date(2026, 1, 1)) == fixed(date(2028, 2, 29)) == fixed(date(2031, 12, 31))


def test_birth_today_is_possible_and_tomorrow_is_not(tmp_path: Path) -> None:
    people = People(tmp_path, today=lambda: TODAY)
    added = people.add({"given_name": "A", "family_name": "B", "birthdate": "01.03.2026"})
    assert not isinstance(added, dict)
    assert added.age(TODAY) == 0
    refused = people.add({"given_name": "A", "family_name": "B", "birthdate": "02.03.2026"})
    assert isinstance(refused, dict)
    assert refused["birthdate"][0] == "birthdate_future"


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_totp_gives_the_values_of_rfc_6238(at: int, code: str) -> None:
    assert totp.totp(b"12345678901234567890", at) == code


def test_seconds_left() -> None:
    assert [totp.seconds_left(at) for at in (0, 1, 29.9, 30)] == [30, 29, 1, 30]


@pytest.mark.parametrize(
    "text", ["{", "7", '{"a": 1}', '[{"label": "x", "secret": "not base32!"}]']
)
def test_damaged_authenticator_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "authenticator.json"
    file.write_text(text)
    with pytest.raises(totp.BadAuthenticatorFile, match=r"authenticator\.json"):
        totp.read_accounts(file)


def test_both_languages_say_the_same_things() -> None:
    def arguments(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text)} - {None}

    assert TEXTS["lv"].keys() == TEXTS["en"].keys()
    for key, text in TEXTS["lv"].items():
        assert arguments(text) == arguments(TEXTS["en"][key]), key


@pytest.mark.parametrize(
    ("number", "lv"), [(1, "1 gads"), (11, "11 gadi"), (15, "15 gadi"), (41, "41 gads")]
)
def test_years_in_latvian(number: int, lv: str) -> None:
    assert years(number, "lv") == lv
