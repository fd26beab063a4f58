"""The list and the numbers beside every filter, from one pass over what matches the words.

Each row gets a bit for every filter of the programme that it misses; rows that miss two are left
out. Filters of groups (start, places, days) and of offers (price, source) have bits too: one group
has to answer all of the former, one offer all of the latter. A filter's numbers come from the rows
that miss nothing, or only this filter, so what is ticked never hides its neighbours.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
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
from catalogue.search import PARTS, Asked, Term

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
# How much a place in each of PARTS says, and in the rest of the text.
WEIGHTS, ELSEWHERE = (1.0, 0.45, 0.25), 0.1
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
# Rows with a term in some part of the text; how well each row fits a term.
_RANKED = (
    "SELECT programme_id, {weight:.4f} AS w FROM catalogue_searchrow"
    " WHERE document @@ %({name})s::tsquery"
)
_RANK = (
    "LEFT JOIN (SELECT programme_id, max(w) AS w{number} FROM ({rows}) w GROUP BY 1) r{number}"
    " USING (programme_id)"
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
            parts.append(("g.free", "free"))
        if f.weekdays:
            self.params["weekday_bits"] = sum(1 << (day - 1) for day in set(f.weekdays))
            parts.append(("g.weekdays & %(weekday_bits)s > 0", "weekdays"))
        if f.after_work:
            parts.append(("g.after_work", "after_work"))
        bits = [f"CASE WHEN {test} THEN 0 ELSE {OF_GROUP[name]} END" for test, name in parts]
        return " | ".join(bits) or "0"

    def offer_missed(self) -> str:
        """The bits of the offer's filters, as SQL over its own price and `wanted`."""
        parts = []
        if self.filters.own_price is not None:
            self.params["own_price"] = self.filters.own_price
            parts.append(f"CASE WHEN own <= %(own_price)s THEN 0 ELSE {OF_OFFER['price']} END")
        if self.filters.sources:
            parts.append(f"CASE WHEN wanted THEN 0 ELSE {OF_OFFER['sources']} END")
        return f"({' | '.join(parts) or '0'})"

    def wanted(self) -> str:
        """Whether a source is one of those asked for, as SQL over `k`."""
        self.params["sources"] = list(self.filters.sources)
        return "k.code = ANY(%(sources)s)"

    def matching(self) -> str:
        """The words, as SQL over `s`."""
        if self.asked.hopeless:
            return "false"
        if not self.asked.terms:
            return "true"
        self.params["all_of"] = self.asked.all_of
        return "s.document @@ %(all_of)s::tsquery"

    def ranks(self, *, anywhere: bool) -> tuple[str, str]:
        """How well a row fits, as joins by `programme_id` and a sum: for each term the best part
        of the text in which it stands.

        Every set of rows comes from the index alone; reading the words of each row that was found
        costs more than all the numbers. `anywhere`: rows need not have every term.
        """
        joins, sums = [], []
        for number, term in enumerate(self.asked.terms):
            rows = self._term_rows(number, term)
            if anywhere:
                rows.append(self._rows(f"x{number}", term.broad(), ELSEWHERE))
            joins.append(_RANK.format(number=number, rows=" UNION ALL ".join(rows)))
            sums.append(f"coalesce(w{number}, {0 if anywhere else ELSEWHERE})")
        return " ".join(joins), " + ".join(sums) or "0"

    def _term_rows(self, number: int, term: Term) -> list[str]:
        rows = []
        for part, weight in zip(PARTS, WEIGHTS, strict=True):
            rows.append(self._rows(f"o{number}{part}", term.own(part), weight))
            if len(term.phrases) > 1:
                rows.append(self._rows(f"t{number}{part}", term.strict(part), weight * SYNONYM))
            if term.wide and weight * INSIDE > ELSEWHERE:
                rows.append(self._rows(f"w{number}{part}", term.broad(part), weight * INSIDE))
        return rows

    def _rows(self, name: str, query: str, weight: float) -> str:
        self.params[name] = query
        return _RANKED.format(name=name, weight=weight)

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


# What open groups and offers say of a programme, as bits: whether one of them answers every
# filter of its kind; whether one misses just one filter (in the order of OF_GROUP and OF_OFFER,
# from _WITHOUT on); and which values of the filters they have where they answer all the others.
_PASS, _WITHOUT = 1, 2
_STARTS, _FREE, _AFTER_WORK, _WEEKDAYS = 6, 6 + len(STARTS_WITHIN), 9, 10
_PRICES, _SOURCES = 4, 4 + len(OWN_PRICES)
# So many sources have a bit.
MOST_SOURCES = 48

# What a person pays of the price `{price}`, with `r` of the rates.
_OWN = """{price} - CASE
    WHEN NOT coalesce(r.paid, false) OR {programme} = ANY(%(alone)s::uuid[]) THEN 0
    ELSE least({price}, r.cap, round({price} * r.share, 2)) END"""

# `rates`: what each source pays for each type. `near`: the rows of the index that match the words
# and miss one filter of the programme at most, with their offer where it is the only one. `facts`:
# what their open groups say, and the offers of those that have several. `seen`: all of it together.
# `< 1` and not `= 0`: the planner takes the equality of a computed number for rare, and would join
# tens of thousands of rows by loops. `OFFSET 0`: what is computed there is used several times.
# Where groups (offers) are not filtered, they matter for what misses nothing only.
_SEEN = """
WITH kinds AS MATERIALIZED (
    SELECT t.id, t.code, (dense_rank() OVER (ORDER BY t.code))::int - 1 AS place
    FROM vocabularies_term t JOIN vocabularies_vocabulary v ON v.id = t.vocabulary_id
    WHERE v.code = 'funding_source'
),
rates AS MATERIALIZED (
    SELECT o.id AS source_id, k.place, {wanted} AS wanted, t.code AS type_code,
        r.source_id IS NOT NULL AS paid, r.cap, r.share
    FROM (SELECT id FROM kinds UNION SELECT unnest(%(rule_source)s::uuid[])) o
    LEFT JOIN kinds k ON k.id = o.id CROSS JOIN vocabularies_programmetype t
    LEFT JOIN unnest(%(rule_source)s::uuid[], %(rule_type)s::uuid[], %(rule_cap)s::numeric[],
        %(rule_share)s::numeric[]) AS r (source_id, type_id, cap, share)
        ON r.source_id = o.id AND r.type_id = t.id
),
near AS MATERIALIZED (
    SELECT programme_id, version_id, {columns}, offer_from, others_until, missed,
        CASE WHEN missed = 0 THEN title END AS key,
        CASE WHEN sold AND {of_offers} THEN {offer_bits} END AS offers,
        CASE WHEN sold AND {offer_missed} = 0 THEN own END AS own
    FROM (
        SELECT s.programme_id, s.version_id, s.provider_id, s.type_code, s.field_code, s.mode,
            s.city, s.language, s.entry_code, s.qualification_code, s.area_code,
            {band} AS band, {duration} AS duration, s.key_{language} AS title,
            s.offer_from, s.others_until, r.place, r.wanted, {own_of_row} AS own,
            s.offer_until >= %(day)s AND s.offer_from <= %(day)s
                AND coalesce(s.others_until < %(day)s, true) AS sold,
            ({missed}) AS missed
        FROM catalogue_searchrow s
        LEFT JOIN rates r ON r.source_id = s.offer_source_id AND r.type_code = s.type_code
        WHERE s.listed AND {matching} OFFSET 0
    ) h WHERE missed & (missed - 1) < 1
),
facts AS (
    SELECT programme_id, bit_or(groups) AS groups, min(next_start) AS next_start,
        bit_or(offers) AS offers, min(own) AS own
    FROM (
        SELECT programme_id, {group_bits} AS groups,
            CASE WHEN missed = 0 THEN starts_on END AS next_start,
            NULL::bigint AS offers, NULL::numeric AS own
        FROM (
            SELECT g.*, ({group_missed}) AS missed
            FROM near n JOIN (
                SELECT programme_id, starts_on, weekdays::int, after_work, free
                FROM catalogue_searchgroup WHERE apply_until >= %(day)s
            ) g USING (programme_id) WHERE {of_groups} OFFSET 0
        ) g
        UNION ALL
        SELECT programme_id, NULL, NULL, {offer_bits}, CASE WHEN {offer_missed} = 0 THEN own END
        FROM (
            SELECT n.programme_id, r.place, r.wanted, {own_of_offer} AS own
            FROM (
                SELECT programme_id, version_id, type_code FROM near
                WHERE (offer_from > %(day)s OR others_until >= %(day)s) AND {of_offers}
                UNION ALL
                SELECT DISTINCT near.programme_id, g.version_id, t.code
                FROM catalogue_searchgroup g JOIN near ON near.programme_id = g.programme_id
                JOIN catalogue_programmeversion v ON v.id = g.version_id
                JOIN vocabularies_programmetype t ON t.id = v.type_id
                WHERE g.earlier AND g.apply_until >= %(day)s AND {of_offers}
            ) n
            JOIN catalogue_offer o ON o.version_id = n.version_id
                AND o.open_from <= %(day)s AND o.open_until >= %(day)s
            LEFT JOIN rates r ON r.source_id = o.source_id AND r.type_code = n.type_code OFFSET 0
        ) o
    ) each GROUP BY programme_id
),
seen AS MATERIALIZED (
    SELECT programme_id, missed, key, {columns}, next_start,
        coalesce(facts.groups, {no_group_filter}) AS groups,
        coalesce(near.offers | facts.offers, near.offers, facts.offers, {no_offer_filter})
            AS offers,
        least(near.own, facts.own) AS own
    FROM near LEFT JOIN facts USING (programme_id)
),
masks AS MATERIALIZED (
    SELECT groups, offers, count(*) AS n FROM seen WHERE missed < 1 GROUP BY groups, offers
),
total AS (SELECT coalesce(sum(n), 0) AS n FROM masks WHERE groups & offers & 1 > 0)
"""

_COUNTS = """
SELECT GROUPING({columns})::int AS what, 0 AS number, coalesce({texts}) AS value, count(*) AS n
FROM seen WHERE missed < 1 AND groups & offers & 1 > 0 GROUP BY GROUPING SETS ({sets})
UNION ALL
SELECT -1, missed, {missing}, count(*)
FROM seen WHERE missed > 0 AND groups & offers & 1 > 0 GROUP BY 2, 3
UNION ALL
SELECT -2, 0, json_build_object({sums})::text, 0 FROM masks
UNION ALL
SELECT -3, 0, code, sum(n)::bigint FROM masks JOIN kinds ON offers & ({first_source} << place) > 0
WHERE groups & 1 > 0 GROUP BY code
"""

_PAGE = """
UNION ALL
SELECT -4, (row_number() OVER ())::int, found::text, 0 FROM (
    SELECT s.programme_id AS found FROM {listed} s ORDER BY {order}
    LIMIT %(size)s OFFSET (
        SELECT greatest(0, least(%(page)s - 1, (n - 1) / %(size)s)) * %(size)s FROM total)
) shown
"""

_NEAREST = """
SELECT programme_id FROM catalogue_searchrow s {join} WHERE s.listed AND {match}
ORDER BY {score} - bit_count(({missed})::bit(16)) * 0.4 DESC, s.key_lv, 1 LIMIT 5
"""

_LISTED = """(
    SELECT seen.*{more} FROM seen {join} WHERE missed < 1 AND groups & offers & 1 > 0 OFFSET 0
)"""
_JOIN = {
    "rating": (
        ", rating_average",
        "JOIN catalogue_programme rated ON rated.id = seen.programme_id",
    ),
}
_THEN = "next_start NULLS LAST, key, programme_id"
_ORDER = {
    "fit": "({rank}) * CASE WHEN groups & 2 > 0 THEN 1 WHEN next_start IS NOT NULL THEN 0.97"
    " ELSE 0.9 END DESC, " + _THEN,
    "soon": _THEN,
    "price": "own NULLS LAST, " + _THEN,
    "rating": "rating_average DESC NULLS LAST, " + _THEN,
    "title": "key, programme_id",
}


def _bit(place: int, test: str) -> str:
    return f"CASE WHEN {test} THEN {1 << place} ELSE 0 END"


def _sides(names: Mapping[str, int], values: Mapping[str, list[str]], misses: str) -> str:
    """The bits of one group or offer, `misses` being the filters that it does not answer;
    `values`: those that count where only a filter is missed."""
    parts = [_bit(0, f"{misses} = 0")]
    for place, (name, missed) in enumerate(names.items(), start=_WITHOUT):
        bits = " | ".join([str(1 << place), *values.get(name, [])])
        parts.append(f"CASE WHEN {misses} & ~{missed} = 0 THEN {bits} ELSE 0 END")
    return " | ".join(parts)


def _of_nothing(names: Mapping[str, int], missed: str) -> int:
    """The bits of a programme without groups (offers): it answers where nothing is asked of them,
    and would where only one thing is."""
    asked = [
        place for place, bit in enumerate(names.values(), _WITHOUT) if f"ELSE {bit} " in missed
    ]
    if not asked:
        return _PASS
    return 1 << asked[0] if len(asked) == 1 else 0


def _group_bits() -> str:
    starts = [
        _bit(place, f"starts_on <= %(week_{weeks})s")
        for place, weeks in enumerate(STARTS_WITHIN, start=_STARTS)
    ]
    values = {
        "starts": starts,
        "free": [_bit(_FREE, "free")],
        "weekdays": [f"(weekdays << {_WEEKDAYS})"],
        "after_work": [_bit(_AFTER_WORK, "after_work")],
    }
    return f"{_bit(1, 'missed = 0 AND free')} | {_sides(OF_GROUP, values, 'missed')}"


def _offer_bits(misses: str) -> str:
    prices = [_bit(place, f"own <= {most}") for place, most in enumerate(OWN_PRICES, start=_PRICES)]
    source = f"CASE WHEN place < {MOST_SOURCES} THEN {1 << _SOURCES}::bigint << place ELSE 0 END"
    return _sides(OF_OFFER, {"price": prices, "sources": [source]}, misses)


def _sums(day: date, params: dict[str, Any]) -> str:
    """Numbers of the filters of groups and offers, as arguments of json_build_object."""
    group, offer = "offers & 1 > 0 AND groups & {}", "groups & 1 > 0 AND offers & {}"
    sums = {"total": group.format("1 > 0")}
    for place, weeks in enumerate(STARTS_WITHIN, start=_STARTS):
        params[f"week_{weeks}"] = day + timedelta(weeks=weeks)
        sums[f"starts:{weeks}"] = group.format(f"{1 << place} > 0")
    sums["free:1"] = group.format(f"{1 << _FREE} > 0")
    sums["after_work:1"] = group.format(f"{1 << _AFTER_WORK} > 0")
    for place, weekday in enumerate(WEEKDAYS, start=_WEEKDAYS):
        sums[f"weekdays:{weekday}"] = group.format(f"{1 << place} > 0")
    for place, most in enumerate(OWN_PRICES, start=_PRICES):
        sums[f"price:{most}"] = offer.format(f"{1 << place} > 0")
    for names, test in ((OF_GROUP, group), (OF_OFFER, offer)):
        for place, name in enumerate(names, start=_WITHOUT):
            # The bit of this filter, and not the bit of answering all of them.
            sums[f"without:{name}"] = test.format(f"{(1 << place) | _PASS} = {1 << place}")
    return ", ".join(
        f"'{name}', coalesce(sum(n) FILTER (WHERE {test}), 0)" for name, test in sums.items()
    )


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
    columns = list(COLUMNS.values())
    seen = _SEEN.format(
        columns=", ".join(columns),
        band=_BAND,
        duration=_DURATION,
        language="en" if language == "en" else "lv",
        missed=query.missed(),
        matching=query.matching(),
        group_bits=_group_bits(),
        group_missed=group_missed,
        offer_bits=_offer_bits(offer_missed),
        offer_missed=offer_missed,
        wanted=query.wanted(),
        own_of_row=_OWN.format(price="s.offer_price", programme="s.programme_id"),
        own_of_offer=_OWN.format(price="o.price", programme="n.programme_id"),
        no_group_filter=_of_nothing(OF_GROUP, group_missed),
        no_offer_filter=_of_nothing(OF_OFFER, offer_missed),
        of_groups="n.missed < 1" if group_missed == "0" else "true",
        of_offers="true" if filters.own_price is not None or filters.sources else "missed < 1",
    )
    missing = [f"WHEN {1 << bit} THEN {column}::text" for bit, column in enumerate(columns)]
    counts = _COUNTS.format(
        columns=", ".join(columns),
        texts=", ".join(f"{column}::text" for column in columns),
        sets=", ".join(f"({column})" for column in columns),
        missing=f"CASE missed {' '.join(missing)} END",
        sums=_sums(day, query.params),
        first_source=f"{1 << _SOURCES}::bigint",
    )
    more, join = _JOIN.get(order, ("", ""))
    rank = ""
    if order == "fit":
        join, rank = query.ranks(anywhere=False)
        more = "".join(f", w{number}" for number in range(len(asked.terms)))
    shown = _PAGE.format(
        order=_ORDER[order].format(rank=rank), listed=_LISTED.format(more=more, join=join)
    )
    return seen + counts + shown, query.params


def find(*, page: int = 1, page_size: int = 20, **wish: Any) -> Pass:
    """One page and every number beside it: one query. Arguments as of `statement`."""
    sql, params = statement(page=page, page_size=page_size, **wish)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return _read(rows, page, page_size)


def _read(rows: list[tuple[int, int, str, int]], page: int, page_size: int) -> Pass:
    names = list(COLUMNS)
    every = (1 << len(names)) - 1
    facet_of = {every & ~(1 << (len(names) - 1 - at)): name for at, name in enumerate(names)}
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    without: dict[str, int] = defaultdict(int)
    ordered: list[tuple[int, UUID]] = []
    sums: dict[str, int] = {}
    for what, number, value, n in rows:
        if what == -1:
            name = names[number.bit_length() - 1]
            counts[name][value] += n
            without[name] += n
        elif what == -2:
            sums = json.loads(value)
        elif what == -3:
            counts["sources"][value] = n
        elif what == -4:
            ordered.append((number, UUID(value)))
        else:
            counts[facet_of[what]][value] += n
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
    match = "true"
    if asked.terms:
        query.params["any_of"] = asked.any_of
        match = "s.document @@ %(any_of)s::tsquery"
    join, score = query.ranks(anywhere=True)
    missed = query.missed()
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAREST.format(join=join, match=match, score=score, missed=missed), query.params
        )
        return [programme for (programme,) in cursor.fetchall()]
