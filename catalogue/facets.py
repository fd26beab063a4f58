"""The list and the numbers beside every filter, from one pass over what matches the words.

Each row gets a bit for every filter of the programme that it misses; rows that miss two are left
out. Filters of groups (start, places, days) and of offers (price, source) have bits too: one group
has to answer all of the former, one offer all of the latter. A filter's numbers come from the rows
that miss nothing, or only this filter, so what is ticked never hides its neighbours.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from catalogue.filters import (
    BANDS,
    DURATIONS,
    LONGER,
    NO_SUPPORT,
    OWN_PRICES,
    STARTS_WITHIN,
    WEEKDAYS,
    Filters,
    PriceTable,
)
from catalogue.search import Asked, Term

# Filters of a programme: name in `Filters`, column of the pass; the bit is the position.
COLUMNS = {
    "types": "type_code",
    "providers": "provider_id",
    "cities": "city",
    "modes": "mode",
    "fields": "field_code",
    "durations": "duration",
    "qualifications": "qualification_code",
    "areas": "area_code",
    "bands": "band",
    "languages": "language",
    "entries": "entry_code",
}
# Filters of a group and of an offer, with their bits.
OF_GROUP = {"starts": 1, "free": 2, "weekdays": 4, "after_work": 8}
OF_OFFER = {"price": 1, "sources": 2}
ORDERS = ("fit", "soon", "price", "rating", "title")
# How much a place in each part of the text says: title, what about, what one learns, the rest.
WEIGHTS = (("A", 1.0), ("B", 0.45), ("C", 0.25), ("D", 0.1))
# What means the same says a little less, a word that only contains the one asked for much less.
SYNONYM, INSIDE = 0.85, 0.4

_DURATION = (
    "CASE "
    + " ".join(f"WHEN s.hours <= {most} THEN '{most}'" for most in DURATIONS)
    + f" ELSE '{LONGER}' END"
)
_BAND = (
    "CASE "
    + " ".join(
        f"WHEN s.level BETWEEN {low} AND {high} THEN '{band}'"
        for band, (low, high) in BANDS.items()
    )
    + " ELSE '' END"
)
_EXPRESSIONS = {"duration": _DURATION, "band": _BAND}


@dataclass(frozen=True)
class Pass:
    """What one pass found: the page's programmes in order, numbers by filter and value."""

    total: int
    programmes: list[UUID]
    page: int
    counts: dict[str, dict[str, int]]
    # How many there would be without one of the chosen filters, by its name.
    without: dict[str, int] = field(default_factory=dict)


@dataclass
class _Query:
    """A statement in the making."""

    filters: Filters
    asked: Asked
    day: date
    prices: PriceTable
    params: dict[str, Any] = field(default_factory=dict)

    def missed(self) -> str:
        """The bits of the programme's filters, as SQL over `s`."""
        parts = []
        for bit, (name, column) in enumerate(COLUMNS.items()):
            wanted = getattr(self.filters, name)
            if wanted:
                self.params[name] = list(wanted)
                value = _EXPRESSIONS.get(column, f"s.{column}")
                test = f"{value} = ANY(%({name})s)"
                if name == "providers":
                    test = (
                        "s.provider_id IN (SELECT id FROM catalogue_provider"
                        " WHERE slug = ANY(%(providers)s))"
                    )
                parts.append(f"CASE WHEN {test} THEN 0 ELSE {1 << bit} END")
        return " | ".join(parts) or "0"

    def group_missed(self) -> str:
        """The bits of the group's filters, as SQL over `g`."""
        f, parts = self.filters, []
        dates = []
        if f.starts_within_weeks is not None:
            self.params["until_week"] = self.day + timedelta(weeks=f.starts_within_weeks)
            dates.append("g.starts_on <= %(until_week)s")
        if f.starts_from is not None:
            self.params["starts_from"] = f.starts_from
            dates.append("g.starts_on >= %(starts_from)s")
        if f.starts_until is not None:
            self.params["starts_until"] = f.starts_until
            dates.append("g.starts_on <= %(starts_until)s")
        if dates:
            parts.append((" AND ".join(dates), "starts"))
        if f.free_places:
            parts.append(("g.taken < g.capacity", "free"))
        if f.weekdays:
            self.params["weekday_bits"] = sum(1 << (day - 1) for day in set(f.weekdays))
            parts.append(("g.weekdays & %(weekday_bits)s > 0", "weekdays"))
        if f.after_work:
            parts.append(("g.after_work", "after_work"))
        bits = [f"CASE WHEN {test} THEN 0 ELSE {OF_GROUP[name]} END" for test, name in parts]
        return " | ".join(bits) or "0"

    def offer_missed(self) -> str:
        """The bits of the offer's filters, as SQL over `o` (with its own price) and `t`."""
        parts = []
        if self.filters.own_price is not None:
            self.params["own_price"] = self.filters.own_price
            parts.append(f"CASE WHEN o.own <= %(own_price)s THEN 0 ELSE {OF_OFFER['price']} END")
        if self.filters.sources:
            self.params["sources"] = list(self.filters.sources)
            test = "coalesce(o.source = ANY(%(sources)s), false)"
            parts.append(f"CASE WHEN {test} THEN 0 ELSE {OF_OFFER['sources']} END")
        return " | ".join(parts) or "0"

    def matching(self) -> str:
        """The words, as SQL over `s`."""
        if self.asked.hopeless:
            return "false"
        if not self.asked.terms:
            return "true"
        self.params["all_of"] = self.asked.all_of
        return "s.document @@ %(all_of)s::tsquery"

    def rank(self) -> str:
        """How well a row fits: for each term the best part of the text in which it stands."""
        parts = []
        for number, term in enumerate(self.asked.terms):
            parts.append(self._term_rank(number, term))
        if not parts:
            return "0"
        self.params["strict"] = " | ".join(term.strict() for term in self.asked.terms)
        return " + ".join(parts) + " + 0.2 * ts_rank(s.document, %(strict)s::tsquery)"

    def _term_rank(self, number: int, term: Term) -> str:
        cases = []
        for letter, weight in WEIGHTS:
            cases.append((f"o{number}{letter}", term.own(), letter, weight))
            if len(term.phrases) > 1:
                cases.append((f"t{number}{letter}", term.strict(), letter, weight * SYNONYM))
            if term.wide:
                cases.append((f"w{number}{letter}", term.broad(), letter, weight * INSIDE))
        cases.sort(key=lambda case: -case[3])
        whens = []
        for name, text, letter, weight in cases:
            self.params[name] = labelled(text, letter)
            whens.append(f"WHEN s.document @@ %({name})s::tsquery THEN {weight}")
        return f"(CASE {' '.join(whens)} ELSE 0 END)"

    def price_params(self) -> None:
        """The table of prices as arrays."""
        rules = self.prices.rules
        self.params |= {
            "rule_source": [rule.source_id for rule in rules],
            "rule_type": [rule.type_id for rule in rules],
            "rule_cap": [rule.cap for rule in rules],
            "rule_share": [rule.share for rule in rules],
            "alone": list(self.prices.alone),
        }


def labelled(query: str, letter: str) -> str:
    """A tsquery's text with every lexeme held to one weight."""
    made, inside, at = [], False, 0
    while at < len(query):
        sign = query[at]
        made.append(sign)
        if sign == "\\" and inside:
            at += 1
            made.append(query[at])
        elif sign == "'":
            if inside and query[at + 1 : at + 2] == "'":
                at += 1
                made.append("'")
            else:
                if inside:
                    made.append(f":{letter}")
                inside = not inside
        at += 1
    return "".join(made)


def _sides(names: dict[str, int], prefix: str) -> str:
    """For each filter of a group or an offer: whether some row misses nothing, or only it."""
    made = [f"bool_or(missed = 0) AS {prefix}_pass"]
    made += [f"bool_or(missed & ~{bit} = 0) AS {prefix}_{name}" for name, bit in names.items()]
    return ", ".join(made)


# The rows of the index that match the words and miss one filter of the programme at most; what
# their open groups and offers say; both together. `< 1` and not `= 0`: the planner takes the
# equality of a computed number for rare, and would join tens of thousands of rows by loops.
_SEEN = """
WITH near AS MATERIALIZED (
    SELECT * FROM (
        SELECT s.programme_id, s.version_id, s.provider_id, s.type_code, s.field_code, s.mode,
            s.city, s.language, s.entry_code, s.qualification_code, s.area_code,
            {band} AS band, {duration} AS duration, s.key_{language} AS key,
            ({missed}) AS missed
        FROM catalogue_searchrow s WHERE s.listed AND {matching}
    ) h WHERE missed & (missed - 1) < 1
),
runs AS (
    SELECT programme_id, {group_sides},
        bool_or(missed = 0 AND free) AS place,
        min(starts_on) FILTER (WHERE missed = 0) AS next_start,
        min(starts_on) FILTER (WHERE missed & ~1 = 0) AS v_starts,
        bool_or(missed & ~2 = 0 AND free) AS v_free,
        bit_or(CASE WHEN missed & ~4 = 0 THEN weekdays ELSE 0 END) AS v_weekdays,
        bool_or(missed & ~8 = 0 AND after_work) AS v_after_work
    FROM (
        SELECT n.programme_id, g.starts_on, g.taken < g.capacity AS free, g.weekdays::int,
            g.after_work, ({group_missed}) AS missed
        FROM near n
        JOIN catalogue_programmeversion v ON v.programme_id = n.programme_id
        JOIN catalogue_group g ON g.version_id = v.id
        WHERE g.state = 'open' AND g.apply_until >= %(day)s
    ) g GROUP BY programme_id
),
sales AS MATERIALIZED (
    SELECT o.*, ({offer_missed}) AS missed FROM (
        SELECT n.programme_id, t.code AS source,
            p.price - CASE
                WHEN r.source_id IS NULL OR n.programme_id = ANY(%(alone)s::uuid[]) THEN 0
                ELSE least(p.price, r.cap, round(p.price * r.share, 2)) END AS own
        FROM near n
        JOIN catalogue_programmeversion v ON v.programme_id = n.programme_id
        JOIN catalogue_offer p ON p.version_id = v.id
            AND p.open_from <= %(day)s AND p.open_until >= %(day)s
        LEFT JOIN vocabularies_term t ON t.id = p.source_id
        LEFT JOIN unnest(%(rule_source)s::uuid[], %(rule_type)s::uuid[], %(rule_cap)s::numeric[],
                %(rule_share)s::numeric[]) AS r (source_id, type_id, cap, share)
            ON r.source_id = p.source_id AND r.type_id = v.type_id
        WHERE v.id = n.version_id OR EXISTS (
            SELECT 1 FROM catalogue_group g WHERE g.version_id = v.id AND g.state = 'open'
                AND g.apply_until >= %(day)s)
    ) o
),
prices AS (
    SELECT programme_id, {offer_sides},
        min(own) FILTER (WHERE missed = 0) AS own,
        min(own) FILTER (WHERE missed & ~1 = 0) AS v_own
    FROM sales GROUP BY programme_id
),
seen AS MATERIALIZED (
    SELECT *, coalesce(g_pass, {no_group_filter}) AS g_ok,
        coalesce(o_pass, {no_offer_filter}) AS o_ok
    FROM near LEFT JOIN runs USING (programme_id) LEFT JOIN prices USING (programme_id)
),
total AS (SELECT count(*) AS n FROM seen WHERE missed = 0 AND g_ok AND o_ok)
"""

_COUNTS = """
SELECT GROUPING({columns})::int AS what, missed, coalesce({texts}) AS value, count(*) AS n
FROM seen WHERE g_ok AND o_ok GROUP BY GROUPING SETS ({sets})
UNION ALL
SELECT -1, 0, json_build_object({sums})::text, 0 FROM seen WHERE missed = 0
UNION ALL
SELECT -2, 0, source, count(DISTINCT programme_id) FROM sales JOIN seen USING (programme_id)
WHERE seen.missed = 0 AND g_ok AND sales.missed & ~2 = 0 AND source IS NOT NULL GROUP BY source
"""

_PAGE = """
UNION ALL
SELECT -3, (row_number() OVER ())::int, found::text, 0 FROM (
    SELECT seen.programme_id AS found FROM seen {join}
    WHERE missed = 0 AND g_ok AND o_ok ORDER BY {order}
    LIMIT %(size)s OFFSET (
        SELECT greatest(0, least(%(page)s - 1, (n - 1) / %(size)s)) * %(size)s FROM total)
) shown
"""

_NEAREST = """
SELECT s.programme_id FROM catalogue_searchrow s WHERE s.listed AND {match}
ORDER BY {score} - bit_count(({missed})::bit(16)) * 0.4 DESC, s.key_lv, 1 LIMIT 5
"""

_JOIN = {
    "fit": "JOIN catalogue_searchrow s ON s.programme_id = seen.programme_id",
    "rating": "JOIN catalogue_programme rated ON rated.id = seen.programme_id",
}
_ORDER = {
    "fit": "({rank}) * CASE WHEN place THEN 1 WHEN next_start IS NOT NULL THEN 0.97 ELSE 0.9 END"
    " DESC,"
    " next_start NULLS LAST, key, seen.programme_id",
    "soon": "next_start NULLS LAST, key, seen.programme_id",
    "price": "own NULLS LAST, next_start NULLS LAST, key, seen.programme_id",
    "rating": "rated.rating_average DESC NULLS LAST, next_start NULLS LAST, key, rated.id",
    "title": "key, seen.programme_id",
}


def _sums(filters: Filters, day: date, params: dict[str, Any]) -> str:
    """Numbers of the filters of groups and offers, as arguments of json_build_object."""
    sums = {"total": "g_ok AND o_ok"}
    for weeks in STARTS_WITHIN:
        params[f"week_{weeks}"] = day + timedelta(weeks=weeks)
        sums[f"starts:{weeks}"] = f"o_ok AND v_starts <= %(week_{weeks})s"
    sums["free:1"] = "o_ok AND v_free"
    sums["after_work:1"] = "o_ok AND v_after_work"
    for weekday in WEEKDAYS:
        sums[f"weekdays:{weekday}"] = f"o_ok AND v_weekdays & {1 << (weekday - 1)} > 0"
    for most in OWN_PRICES:
        sums[f"price:{most}"] = f"g_ok AND v_own <= {most}"
    for name in OF_GROUP:
        sums[f"without:{name}"] = f"o_ok AND NOT g_ok AND g_{name}"
    for name in OF_OFFER:
        sums[f"without:{name}"] = f"g_ok AND NOT o_ok AND o_{name}"
    return ", ".join(f"'{name}', count(*) FILTER (WHERE {test})" for name, test in sums.items())


def statement(
    *,
    asked: Asked,
    filters: Filters,
    day: date,
    prices: PriceTable = NO_SUPPORT,
    language: str = "lv",
    order: str = "fit",
    page: int = 1,
    page_size: int = 20,
) -> tuple[str, dict[str, Any]]:
    """The one statement of a page with its parameters."""
    query = _Query(filters, asked, day, prices)
    query.price_params()
    query.params |= {"day": day, "page": page, "size": page_size}
    group_missed, offer_missed = query.group_missed(), query.offer_missed()
    if order == "fit" and not asked.terms:
        order = "soon"
    seen = _SEEN.format(
        band=_BAND,
        duration=_DURATION,
        language="en" if language == "en" else "lv",
        missed=query.missed(),
        matching=query.matching(),
        group_sides=_sides(OF_GROUP, "g"),
        group_missed=group_missed,
        offer_sides=_sides(OF_OFFER, "o"),
        offer_missed=offer_missed,
        no_group_filter="true" if group_missed == "0" else "false",
        no_offer_filter="true" if offer_missed == "0" else "false",
    )
    columns = list(COLUMNS.values())
    counts = _COUNTS.format(
        columns=", ".join(columns),
        texts=", ".join(f"{column}::text" for column in columns),
        sets=", ".join(f"(missed, {column})" for column in columns),
        sums=_sums(filters, day, query.params),
    )
    # Only what is listed is ranked: reading the words of a row costs more than all its numbers.
    rank = query.rank() if order == "fit" else ""
    shown = _PAGE.format(order=_ORDER[order].format(rank=rank), join=_JOIN.get(order, ""))
    return seen + counts + shown, query.params


def find(*, page: int = 1, page_size: int = 20, **wish: Any) -> Pass:
    """One page and every number beside it: one query. Arguments as of `statement`."""
    sql, params = statement(page=page, page_size=page_size, **wish)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return _read(rows, page, page_size)


def _read(rows: list[tuple[int, int, str, int]], page: int, page_size: int) -> Pass:
    every = (1 << len(COLUMNS)) - 1
    facet_of = {
        every & ~(1 << (len(COLUMNS) - 1 - at)): (name, 1 << at) for at, name in enumerate(COLUMNS)
    }
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    without: dict[str, int] = defaultdict(int)
    ordered: list[tuple[int, UUID]] = []
    sums: dict[str, int] = {}
    for what, number, value, n in rows:
        if what == -1:
            sums = json.loads(value)
        elif what == -2:
            counts["sources"][value] = n
        elif what == -3:
            ordered.append((number, UUID(value)))
        else:
            name, bit = facet_of[what]
            if number in (0, bit):
                counts[name][value] += n
            if number == bit:
                without[name] += n
    total = sums.pop("total")
    for key, n in sums.items():
        name, value = key.split(":")
        if name != "without":
            counts[name][value] = n
        elif n:
            without[value] = n
    last = max(1, -(-total // page_size))
    return Pass(
        total=total,
        programmes=[programme for _number, programme in sorted(ordered)],
        page=max(1, min(page, last)),
        counts={name: dict(values) for name, values in counts.items()},
        without=dict(without),
    )


def nearest(*, asked: Asked, filters: Filters, day: date) -> list[UUID]:
    """The programmes that come nearest where nothing fits: most of the words, then most of the
    filters of the programme. One query."""
    query = _Query(filters, asked, day, NO_SUPPORT)
    if asked.hopeless:
        return []
    score, match = "0", "true"
    if asked.terms:
        query.params["any_of"] = asked.any_of
        match = "s.document @@ %(any_of)s::tsquery"
        score = query.rank()
    missed = query.missed()
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST.format(match=match, score=score, missed=missed), query.params)
        return [programme for (programme,) in cursor.fetchall()]
