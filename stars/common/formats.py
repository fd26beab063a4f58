"""How numbers, money, dates and times are written in Latvian and English.

Pure functions: no ORM, no clock. The language and, where it matters, the day that counts as today
are arguments. Only the counted nouns (``days``, ``answers`` …) look at the active language, because
their words live in the gettext catalogue with its plural forms.

Rules of spelling come from the reference pictures (design README, "Words"): a no-break space
between thousands and before "€", a comma for decimals in Latvian, "19. maijs" in the case the
sentence asks for, "18.00–21.15" without a leading zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from django.utils.translation import get_language, gettext, ngettext

from stars.common.dates import RIGA

NBSP = "\u00a0"
EN_DASH = "\u2013"
MINUS = "\u2212"

#: From how many free places the page says "only … left" (reference pictures: 3 warns, 7 does not).
FEW_PLACES = 3

Case = Literal["nominative", "genitive", "dative", "accusative", "locative"]

_CASES: tuple[Case, ...] = ("nominative", "genitive", "dative", "accusative", "locative")

_ENDINGS: dict[str, tuple[str, str, str, str, str]] = {
    "is": ("is", "a", "im", "i", "ī"),
    "s": ("s", "a", "am", "u", "ā"),
}

#: Stem and ending of each month; aprīlis softens its stem in the genitive.
_MONTHS_LV: tuple[tuple[str, str], ...] = (
    ("janvār", "is"),
    ("februār", "is"),
    ("mart", "s"),
    ("aprīl", "is"),
    ("maij", "s"),
    ("jūnij", "s"),
    ("jūlij", "s"),
    ("august", "s"),
    ("septembr", "is"),
    ("oktobr", "is"),
    ("novembr", "is"),
    ("decembr", "is"),
)
_MONTHS_LV_SHORT = (
    "janv.",
    "febr.",
    "marts",
    "apr.",
    "maijs",
    "jūn.",
    "jūl.",
    "aug.",
    "sept.",
    "okt.",
    "nov.",
    "dec.",
)
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTHS_EN_SHORT = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "June",
    "July",
    "Aug",
    "Sept",
    "Oct",
    "Nov",
    "Dec",
)
_WEEKDAYS_LV = (
    "pirmdien",
    "otrdien",
    "trešdien",
    "ceturtdien",
    "piektdien",
    "sestdien",
    "svētdien",
)
_WEEKDAYS_EN = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_WORKING_DAYS = [0, 1, 2, 3, 4]


def is_latvian(language: str) -> bool:
    """Say whether ``language`` (a code such as ``lv`` or ``en-gb``) is Latvian."""
    return language.split("-")[0].lower() == "lv"


# Numbers and money


def number(value: int | Decimal, language: str, places: int | None = None) -> str:
    """Write a number with grouped thousands and the decimal sign of the language.

    ``places`` fixes the number of decimals; without it a Decimal keeps its own. Floats are refused
    (TypeError): money and ratings are Decimal everywhere.
    """
    if isinstance(value, float):
        raise TypeError("number() takes int or Decimal, not float")
    amount = Decimal(value)
    text = f"{amount:,f}" if places is None else f"{amount:,.{places}f}"
    whole, _, fraction = text.lstrip("-").partition(".")
    text = whole.replace(",", NBSP)
    if fraction:
        text += ("," if is_latvian(language) else ".") + fraction
    is_negative = amount < 0 and text.strip("0.,") != ""
    return (MINUS if is_negative else "") + text


def language() -> str:
    """The language of the page."""
    return get_language() or "lv"


def money(value: int | Decimal, language: str, *, cents: bool = False) -> str:
    """Write an amount in EUR: "1 000 €", "92,50 €"; with ``cents`` always two decimals.

    Cents are left out when they are zero, unless ``cents`` asks for them (columns of a table).
    """
    amount = value if isinstance(value, int) else Decimal(value)
    places = 2 if cents or amount != int(amount) else 0
    return f"{number(amount, language, places)}{NBSP}€"


def signed_money(value: int | Decimal, language: str, *, cents: bool = False) -> str:
    """Write a change of an account in EUR: "+500 €", "−500 €", "0 €"."""
    text = money(value, language, cents=cents)
    return f"+{text}" if value > 0 else text


def lower_first(text: str) -> str:
    """A label in the middle of a line: "Daļēji attālināti" becomes "daļēji attālināti"."""
    return text[:1].lower() + text[1:]


def percent(value: int | Decimal, language: str) -> str:
    """Write a percentage given as 0–100: "67 %" in Latvian, "67%" in English."""
    text = number(value, language)
    return f"{text}{NBSP}%" if is_latvian(language) else f"{text}%"


# Dates and times


def month(number_of_month: int, language: str, case: Case = "nominative") -> str:
    """Name a month (1–12); in Latvian in the case asked for ("maijs", "maijam")."""
    if not is_latvian(language):
        return _MONTHS_EN[number_of_month - 1]
    stem, kind = _MONTHS_LV[number_of_month - 1]
    if number_of_month == 4 and case == "genitive":
        stem = "aprīļ"
    return stem + _ENDINGS[kind][_CASES.index(case)]


def month_and_year(first: date, language: str) -> str:
    """Write the month of a day: "2026. gada oktobris", "October 2026"."""
    if not is_latvian(language):
        return f"{month(first.month, language)} {first.year}"
    return f"{first.year}. gada {month(first.month, language)}"


def month_short(number_of_month: int, language: str) -> str:
    """Name a month (1–12) in a few letters: "nov.", "Nov"."""
    names = _MONTHS_LV_SHORT if is_latvian(language) else _MONTHS_EN_SHORT
    return names[number_of_month - 1]


def day(
    value: date,
    language: str,
    case: Case = "nominative",
    *,
    year: bool = False,
    short: bool = False,
) -> str:
    """Write a day: "19. maijs", "2025. gada 14. martā", "16. apr."; English "19 May 2026".

    ``case`` is what the Latvian sentence asks for: nominative alone, dative after "līdz", locative
    for "on", genitive after "pirms" and "no", accusative after "par". ``short`` shortens the month
    for tables and is used with the nominative only.
    """
    name = month_short(value.month, language) if short else month(value.month, language, case)
    if is_latvian(language):
        text = f"{value.day}.{NBSP}{name}"
        return f"{value.year}.{NBSP}gada {text}" if year else text
    text = f"{value.day}{NBSP}{name}"
    return f"{text}{NBSP}{value.year}" if year else text


def day_near(
    value: date, language: str, case: Case = "nominative", *, today: date, short: bool = False
) -> str:
    """Write a day with its year only when that is not the year of ``today``."""
    return day(value, language, case, year=value.year != today.year, short=short)


def until(value: date, language: str, *, today: date) -> str:
    """Write "līdz 14. maijam" / "until 14 May"; ``value`` is the last usable day."""
    word = "līdz" if is_latvian(language) else "until"
    return f"{word} {day_near(value, language, 'dative', today=today)}"


def date_range(first: date, last: date, language: str, *, today: date, short: bool = False) -> str:
    """Write a span of days: "19. maijs – 30. jūnijs", "14.–29. maijs", "14–29 May".

    Years are written when the span leaves the year of ``today``.
    """
    if first == last:
        return day_near(first, language, today=today, short=short)
    with_year = {first.year, last.year} != {today.year}
    same_year = first.year == last.year
    if same_year and first.month == last.month:
        latvian = is_latvian(language)
        end = day(last, language, short=short, year=with_year and not latvian)
        start = f"{first.day}." if latvian else f"{first.day}"
        year = f"{first.year}.{NBSP}gada " if with_year and latvian else ""
        return f"{year}{start}{EN_DASH}{end}"
    start = day(first, language, short=short, year=with_year)
    end = day(last, language, short=short, year=with_year)
    if with_year and same_year:
        if is_latvian(language):
            end = day(last, language, short=short)
        else:
            start = day(first, language, short=short)
    return f"{start} {EN_DASH} {end}"


def clock(value: time | datetime, language: str) -> str:
    """Write a time of day: "18.00", "9.00" in Latvian, "18:00", "9:00" in English."""
    return f"{value.hour}{'.' if is_latvian(language) else ':'}{value.minute:02d}"


def time_range(first: time | datetime, last: time | datetime, language: str) -> str:
    """Write a span of time within a day: "18.00–21.15"."""
    return f"{clock(first, language)}{EN_DASH}{clock(last, language)}"


def moment(value: datetime, language: str, *, today: date) -> str:
    """Write an end in Riga's time: "6. maijam plkst. 18.00" / "6 May, 18:00"."""
    local = value.astimezone(RIGA)
    between = " plkst. " if is_latvian(language) else ", "
    return (
        day_near(local.date(), language, "dative", today=today) + between + clock(local, language)
    )


def weekday(value: date, language: str) -> str:
    """Name the day of the week as an answer to "when": "otrdien", "Tuesday"."""
    names = _WEEKDAYS_LV if is_latvian(language) else _WEEKDAYS_EN
    return names[value.weekday()]


def weekday_and_day(value: date, language: str, *, today: date) -> str:
    """Write "trešdien, 6. maijā" / "Wednesday, 6 May"."""
    return f"{weekday(value, language)}, {day_near(value, language, 'locative', today=today)}"


def weekdays(numbers: Iterable[int], language: str) -> str:
    """Name repeated days of the week (0 is Monday): "otrdienās un ceturtdienās", "darbdienās"."""
    days = sorted(set(numbers))
    latvian = is_latvian(language)
    if days == _WORKING_DAYS:
        return "darbdienās" if latvian else "on working days"
    names = [f"{_WEEKDAYS_LV[n]}ās" if latvian else f"{_WEEKDAYS_EN[n]}s" for n in days]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {'un' if latvian else 'and'} {names[-1]}"


# Counted nouns: words and plural forms are in the catalogue, digits are grouped here


def _counted(text: str, n: int, language: str) -> str:
    """Put the number in; it stays on one line with the word after it."""
    digits = number(n, language)
    return (text % {"n": digits}).replace(f"{digits} ", f"{digits}{NBSP}")


def days(n: int, language: str) -> str:
    """Write "1 diena", "34 dienas"."""
    return _counted(ngettext("%(n)s day", "%(n)s days", n), n, language)


def days_left(n: int, language: str) -> str:
    """Write "vēl 34 dienas"; zero means that today is the last day."""
    if n <= 0:
        return gettext("today is the last day")
    return _counted(ngettext("%(n)s day left", "%(n)s days left", n), n, language)


def in_days(n: int, language: str) -> str:
    """Write how far a day is: "šodien", "rīt", "pēc 6 dienām", "vakar", "pirms 3 dienām"."""
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    if n in near:
        return near[n]
    if n > 0:
        return _counted(ngettext("in %(n)s day", "in %(n)s days", n), n, language)
    return _counted(ngettext("%(n)s day ago", "%(n)s days ago", -n), -n, language)


def hours(n: int, language: str) -> str:
    """Write "1 stunda", "104 stundas" (academic hours unless the page says otherwise)."""
    return _counted(ngettext("%(n)s hour", "%(n)s hours", n), n, language)


def answers(n: int, language: str) -> str:
    """Write "541 atbilde", "402 atbildes"."""
    return _counted(ngettext("%(n)s answer", "%(n)s answers", n), n, language)


def programmes(n: int, language: str) -> str:
    """Write "1 programma", "8 programmas"."""
    return _counted(ngettext("%(n)s programme", "%(n)s programmes", n), n, language)


def people(n: int, language: str) -> str:
    """Write "1 cilvēks", "15 cilvēki"."""
    return _counted(ngettext("%(n)s person", "%(n)s people", n), n, language)


def sessions(n: int, language: str) -> str:
    """Write "1 nodarbība", "12 nodarbības"."""
    return _counted(ngettext("%(n)s session", "%(n)s sessions", n), n, language)


def places(free: int, language: str, *, waiting: int = 0, capacity: int | None = None) -> str:
    """Say how many places a group has: "7 brīvas vietas", "Palikusi 1 vieta", "Vietu nav, rindā 3".

    With ``capacity`` the number of all places is added: "7 brīvas vietas no 16".
    """
    if free <= 0:
        if waiting <= 0:
            return gettext("No places")
        return _counted(gettext("No places, %(n)s waiting"), waiting, language)
    if free <= FEW_PLACES:
        text = _counted(
            ngettext("Only %(n)s place left", "Only %(n)s places left", free), free, language
        )
    else:
        text = _counted(ngettext("%(n)s place free", "%(n)s places free", free), free, language)
    if capacity is None:
        return text
    return gettext("%(places)s of %(all)s") % {
        "places": text,
        "all": number(capacity, language),
    }


def places_tone(free: int) -> str:
    """Name the look of a group's places: ``free``, ``few`` or ``full``."""
    if free <= 0:
        return "full"
    return "few" if free <= FEW_PLACES else "free"
