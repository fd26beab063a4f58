"""How numbers, money, dates and counted nouns are written: tables of cases in both languages."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from stars.common import formats

TODAY = date(2026, 5, 6)


def plain(text: str) -> str:
    """No-break spaces made visible, so that a table shows where a line may not break."""
    return text.replace(formats.NBSP, "_")


@pytest.mark.parametrize(
    ("value", "places", "lv", "en"),
    [
        (0, None, "0", "0"),
        (999, None, "999", "999"),
        (1204, None, "1_204", "1_204"),
        (61488, None, "61_488", "61_488"),
        (1234567, None, "1_234_567", "1_234_567"),
        (-1204, None, "−1_204", "−1_204"),
        (Decimal("4.6"), 1, "4,6", "4.6"),
        (Decimal("4.65"), None, "4,65", "4.65"),
        (Decimal("1204.5"), 2, "1_204,50", "1_204.50"),
        (Decimal("-0.001"), 2, "0,00", "0.00"),
    ],
)
def test_number(value: int | Decimal, places: int | None, lv: str, en: str) -> None:
    assert plain(formats.number(value, "lv", places)) == lv
    assert plain(formats.number(value, "en", places)) == en


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        formats.number(0.1, "lv")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "lv", "en"),
    [
        (0, "0_€", "0_€"),
        (Decimal("500.00"), "500_€", "500_€"),
        (Decimal("1000.00"), "1_000_€", "1_000_€"),
        (Decimal("92.50"), "92,50_€", "92.50_€"),
        (Decimal("0.05"), "0,05_€", "0.05_€"),
        (Decimal("-500.00"), "−500_€", "−500_€"),
    ],
)
def test_money(value: int | Decimal, lv: str, en: str) -> None:
    assert plain(formats.money(value, "lv")) == lv
    assert plain(formats.money(value, "en")) == en


def test_money_in_columns_always_shows_cents() -> None:
    assert plain(formats.money(Decimal("592"), "lv", cents=True)) == "592,00_€"
    assert plain(formats.money(0, "en", cents=True)) == "0.00_€"


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("500"), "+500_€"), (Decimal("-92.50"), "−92,50_€"), (Decimal("0"), "0_€")],
)
def test_signed_money(value: Decimal, text: str) -> None:
    assert plain(formats.signed_money(value, "lv")) == text


@given(st.decimals(min_value=-(10**7), max_value=10**7, places=2))
def test_money_can_be_read_back(amount: Decimal) -> None:
    text = formats.money(amount, "lv", cents=True)
    read = text.replace(formats.NBSP, "").replace("€", "").replace(",", ".")
    assert Decimal(read.replace(formats.MINUS, "-")) == amount


def test_percent() -> None:
    assert plain(formats.percent(67, "lv")) == "67_%"
    assert formats.percent(67, "en") == "67%"


# Months: the cases a sentence may ask for


@pytest.mark.parametrize(
    ("number", "forms"),
    [
        (1, "janvāris janvāra janvārim janvāri janvārī"),
        (2, "februāris februāra februārim februāri februārī"),
        (3, "marts marta martam martu martā"),
        (4, "aprīlis aprīļa aprīlim aprīli aprīlī"),
        (5, "maijs maija maijam maiju maijā"),
        (6, "jūnijs jūnija jūnijam jūniju jūnijā"),
        (7, "jūlijs jūlija jūlijam jūliju jūlijā"),
        (8, "augusts augusta augustam augustu augustā"),
        (9, "septembris septembra septembrim septembri septembrī"),
        (10, "oktobris oktobra oktobrim oktobri oktobrī"),
        (11, "novembris novembra novembrim novembri novembrī"),
        (12, "decembris decembra decembrim decembri decembrī"),
    ],
)
def test_months_in_latvian(number: int, forms: str) -> None:
    cases: list[formats.Case] = ["nominative", "genitive", "dative", "accusative", "locative"]
    assert [formats.month(number, "lv", case) for case in cases] == forms.split()


@pytest.mark.parametrize(
    ("value", "case", "lv", "en"),
    [
        (date(2026, 5, 19), "nominative", "19._maijs", "19_May"),
        (date(2026, 5, 19), "locative", "19._maijā", "19_May"),
        (date(2026, 5, 14), "dative", "14._maijam", "14_May"),
        (date(2026, 4, 1), "genitive", "1._aprīļa", "1_April"),
        (date(2025, 3, 14), "locative", "2025._gada 14._martā", "14_March_2025"),
    ],
)
def test_day_says_the_year_when_it_is_another(
    value: date, case: formats.Case, lv: str, en: str
) -> None:
    assert plain(formats.day_near(value, "lv", case, today=TODAY)) == lv
    assert plain(formats.day_near(value, "en", case, today=TODAY)) == en


def test_until_and_weekdays() -> None:
    assert plain(formats.until(date(2026, 6, 9), "lv", today=TODAY)) == "līdz 9._jūnijam"
    assert plain(formats.until(date(2026, 6, 9), "en", today=TODAY)) == "until 9_June"
    assert plain(formats.weekday_and_day(TODAY, "lv", today=TODAY)) == "trešdien, 6._maijā"
    assert plain(formats.weekday_and_day(TODAY, "en", today=TODAY)) == "Wednesday, 6_May"


@pytest.mark.parametrize(
    ("numbers", "lv", "en"),
    [
        ([], "", ""),
        ([1], "otrdienās", "Tuesdays"),
        ([3, 1, 3], "otrdienās un ceturtdienās", "Tuesdays and Thursdays"),
        ([0, 2, 4], "pirmdienās, trešdienās un piektdienās", "Mondays, Wednesdays and Fridays"),
        ([0, 1, 2, 3, 4], "darbdienās", "on working days"),
        ([5, 6], "sestdienās un svētdienās", "Saturdays and Sundays"),
    ],
)
def test_repeated_weekdays(numbers: list[int], lv: str, en: str) -> None:
    assert formats.weekdays(numbers, "lv") == lv
    assert formats.weekdays(numbers, "en") == en


@pytest.mark.parametrize(
    ("first", "last", "lv", "en"),
    [
        (date(2026, 5, 19), date(2026, 6, 30), "19._maijs – 30._jūnijs", "19_May – 30_June"),
        (date(2026, 5, 14), date(2026, 5, 29), "14.–29._maijs", "14–29_May"),
        (date(2026, 5, 14), date(2026, 5, 14), "14._maijs", "14_May"),
        (
            date(2025, 5, 14),
            date(2025, 5, 29),
            "2025._gada 14.–29._maijs",
            "14–29_May_2025",
        ),
        (
            date(2025, 3, 3),
            date(2025, 4, 16),
            "2025._gada 3._marts – 16._aprīlis",
            "3_March – 16_April_2025",
        ),
        (
            date(2025, 12, 15),
            date(2026, 1, 10),
            "2025._gada 15._decembris – 2026._gada 10._janvāris",
            "15_December_2025 – 10_January_2026",
        ),
    ],
)
def test_date_range(first: date, last: date, lv: str, en: str) -> None:
    assert plain(formats.date_range(first, last, "lv", today=TODAY)) == lv
    assert plain(formats.date_range(first, last, "en", today=TODAY)) == en


def test_date_range_in_tables() -> None:
    first, last = date(2026, 3, 3), date(2026, 4, 16)
    assert plain(formats.date_range(first, last, "lv", today=TODAY, short=True)) == (
        "3._marts – 16._apr."
    )


@pytest.mark.parametrize(
    ("value", "lv", "en"),
    [
        (time(18, 0), "18.00", "18:00"),
        (time(9, 5), "9.05", "9:05"),
        (datetime(2026, 5, 6, 21, 15), "21.15", "21:15"),
    ],
)
def test_clock(value: time | datetime, lv: str, en: str) -> None:
    assert formats.clock(value, "lv") == lv
    assert formats.clock(value, "en") == en


def test_time_range() -> None:
    assert formats.time_range(time(18, 0), time(21, 15), "lv") == "18.00–21.15"


# Counted nouns: the words and their plural forms are in the catalogue


@pytest.mark.parametrize(
    ("function", "n", "lv", "en"),
    [
        ("answers", 1, "1_atbilde", "1_answer"),
        ("answers", 11, "11_atbildes", "11_answers"),
        ("answers", 541, "541_atbilde", "541_answers"),
        ("answers", 402, "402_atbildes", "402_answers"),
        ("answers", 1204, "1_204_atbildes", "1_204_answers"),
        ("days", 0, "0_dienu", "0_days"),
        ("days", 21, "21_diena", "21_days"),
        ("days_left", 34, "vēl 34_dienas", "34_days left"),
        ("days_left", 1, "vēl 1_diena", "1_day left"),
        ("days_left", 0, "šodien ir pēdējā diena", "today is the last day"),
        ("in_days", 0, "šodien", "today"),
        ("in_days", 1, "rīt", "tomorrow"),
        ("in_days", -1, "vakar", "yesterday"),
        ("in_days", 6, "pēc 6_dienām", "in 6_days"),
        ("in_days", 21, "pēc 21_dienas", "in 21_days"),
        ("in_days", -3, "pirms 3_dienām", "3_days ago"),
        ("hours", 104, "104_stundas", "104_hours"),
        ("programmes", 8, "8_programmas", "8_programmes"),
        ("people", 15, "15_cilvēki", "15_people"),
        ("sessions", 12, "12_nodarbības", "12_sessions"),
    ],
)
def test_counted_nouns(function: str, n: int, lv: str, en: str) -> None:
    count = getattr(formats, function)
    with translation.override("lv"):
        assert plain(count(n, "lv")) == lv
    with translation.override("en"):
        assert plain(count(n, "en")) == en


@pytest.mark.parametrize(
    ("free", "waiting", "capacity", "lv", "en", "tone"),
    [
        (11, 0, None, "11_brīvas vietas", "11_places free", "free"),
        (21, 0, None, "21_brīva vieta", "21_places free", "free"),
        (4, 0, None, "4_brīvas vietas", "4_places free", "free"),
        (3, 0, None, "Palikušas 3_vietas", "Only 3_places left", "few"),
        (1, 0, None, "Palikusi 1_vieta", "Only 1_place left", "few"),
        (2, 0, 16, "Palikušas 2_vietas no 16", "Only 2_places left of 16", "few"),
        (7, 0, 16, "7_brīvas vietas no 16", "7_places free of 16", "free"),
        (0, 3, 16, "Vietu nav, rindā 3", "No places, 3_waiting", "full"),
        (0, 0, None, "Vietu nav", "No places", "full"),
    ],
)
def test_places(free: int, waiting: int, capacity: int | None, lv: str, en: str, tone: str) -> None:
    with translation.override("lv"):
        assert plain(formats.places(free, "lv", waiting=waiting, capacity=capacity)) == lv
    with translation.override("en"):
        assert plain(formats.places(free, "en", waiting=waiting, capacity=capacity)) == en
    assert formats.places_tone(free) == tone
