"""Whole sentences: words of a query that are really filters (CAT-2, CAT-3).

"Mākslīgais intelekts vakaros Rīgā, bez maksas" asks for two words and three filters. Only phrases
that can hardly mean anything else are read so; the page shows them as filters to take away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from catalogue.enums import Mode
from catalogue.filters import Filters
from catalogue.words import fold, is_function_word, is_wish_word, lexemes, tokens

# Folded phrases as regular expressions, each with the filter it stands for.
_PHRASES: tuple[tuple[str, dict[str, object]], ...] = (
    (
        r"bez ?maksas|par brivu|free of charge|for free|free|бесплатн\w+|0 ?(?:eur|eiro|€)",
        {"own_price": 0},
    ),
    (
        r"(?:darbdienu )?vakar(?:os|a|u|i)|pec darba|(?:in the )?evenings?|after work"
        r"|(?:по )?вечер\w*|после работы",
        {"after_work": True},
    ),
    (
        r"(?:nedelas )?nogale[s]?|nedelas nogalu|(?:at |on )?(?:the )?weekends?|brivdienas"
        r"|(?:по|на|в) выходн\w+",
        {"weekdays": (6, 7)},
    ),
    (
        r"attalinat[iaos]*|tiessaiste|tiessaistes|online|on-line|no majam macities|remotely"
        r"|дистанционн\w+|онлаин",
        {"modes": (Mode.REMOTE.value,)},
    ),
    (r"klatiene|on[- ]site|in person|очн\w+", {"modes": (Mode.ON_SITE.value,)}),
    (
        r"(?:pilnigi )?no nulles|iesacej\w*|bez priekszinasanam|from scratch"
        r"|(?:for )?(?:complete )?beginners?|для начинающих|с нуля",
        {"entries": ("start",)},
    ),
    (r"anglu valoda|angliski|in english|на англииском", {"languages": ("en",)}),
)
_WEEKDAYS = (
    r"pirmdien(?:as|a)|mondays?",
    r"otrdien(?:as|a)|tuesdays?",
    r"tresdien(?:as|a)|wednesdays?",
    r"ceturtdien(?:as|a)|thursdays?",
    r"piektdien(?:as|a)|fridays?",
    r"sestdien(?:as|a)|saturdays?",
    r"svetdien(?:as|a)|sundays?",
)
# Towns in Russian, folded, without their endings.
_RUSSIAN_TOWNS = {
    "аизкраукл": "Aizkraukle",
    "алуксн": "Alūksne",
    "балв": "Balvi",
    "бауск": "Bauska",
    "валк": "Valka",
    "валмиер": "Valmiera",
    "вентспилс": "Ventspils",
    "гулбен": "Gulbene",
    "даугавпилс": "Daugavpils",
    "добел": "Dobele",
    "екабпилс": "Jēkabpils",
    "елгав": "Jelgava",
    "краслав": "Krāslava",
    "кулдиг": "Kuldīga",
    "ливан": "Līvāni",
    "лиепа": "Liepāja",
    "лимбажи": "Limbaži",
    "лимбажа": "Limbaži",
    "лудз": "Ludza",
    "мадон": "Madona",
    "огр": "Ogre",
    "преил": "Preiļi",
    "резекн": "Rēzekne",
    "риг": "Rīga",
    "саласпилс": "Salaspils",
    "салдус": "Saldus",
    "сигулд": "Sigulda",
    "смилтен": "Smiltene",
    "талс": "Talsi",
    "тукумс": "Tukums",
    "цесис": "Cēsis",
    "юрмал": "Jūrmala",
}
_RUSSIAN_TOWN = re.compile(
    rf"(?<!\w)(?:в )?({'|'.join(_RUSSIAN_TOWNS)})(?:[аеиуоыя]|е[ий]?|[оа]х)?(?!\w)"
)
_READ = [(re.compile(rf"(?<!\w)(?:{phrase})(?!\w)"), found) for phrase, found in _PHRASES]
_DAYS = [re.compile(rf"(?<!\w)(?:{phrase})(?!\w)") for phrase in _WEEKDAYS]
_WORD = re.compile(r"\w+")


def read(query: str, cities: Iterable[str]) -> tuple[str, Filters]:
    """The words that remain of a query, and the filters found in it.

    `cities` are the towns of the offer; they are known in every case: Rīgā, Rīgas. A town in the
    name of a provider (Rīgas Tehniskā universitāte) stays a word.
    """
    plain = fold(query)
    if len(plain) != len(query):  # a letter that folds into two: positions would not fit
        return query, Filters()
    filters = Filters()
    gone: list[tuple[int, int]] = []
    for pattern, found in _READ:
        for match in pattern.finditer(plain):
            filters = replace(filters, **found)  # type: ignore[arg-type]
            gone.append(match.span())
    days = []
    for number, pattern in enumerate(_DAYS, start=1):
        for match in pattern.finditer(plain):
            days.append(number)
            gone.append(match.span())
    if days:
        days = sorted({*filters.weekdays, *days})
        filters = replace(filters, weekdays=tuple(days))
    towns = _towns(plain, cities)
    if towns:
        filters = replace(filters, cities=tuple(dict.fromkeys(town for town, _span in towns)))
        gone += [span for _town, span in towns]
    if not filters:
        return query, filters
    kept = "".join(
        " " if any(start <= at < end for start, end in gone) else sign
        for at, sign in enumerate(query)
    )
    rest = " ".join(re.sub(r"\s[,.;!?]+(?=\s|$)", " ", kept).split()).strip(" ,.;!?")
    if all(is_function_word(word) or is_wish_word(word) for word in tokens(rest)):
        rest = ""  # "courses in Rīga": the filters say all of it
    return rest, filters


def _towns(plain: str, cities: Iterable[str]) -> list[tuple[str, tuple[int, int]]]:
    """Towns in the locative or nominative, with their places in the text."""
    known = {lexeme: city for city in cities if city for lexeme in lexemes(city.lower(), "lv")}
    found = []
    for match in _WORD.finditer(plain):
        word = match[0]
        # The genitive mostly belongs to a name.
        if word.endswith(("s", "u")) and word not in {fold(city) for city in known.values()}:
            continue
        towns = {known[lexeme] for lexeme in lexemes(word, "lv") if lexeme in known}
        if len(towns) == 1:
            start = match.start()
            if plain[:start].endswith("in "):
                start -= 3
            found.append((towns.pop(), (start, match.end())))
    for match in _RUSSIAN_TOWN.finditer(plain):
        if _RUSSIAN_TOWNS[match[1]] in known.values():
            found.append((_RUSSIAN_TOWNS[match[1]], match.span()))
    return found
