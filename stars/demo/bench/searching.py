"""A search in a large catalogue: the whole page, its SQL, and counting what matches."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlencode

from django.db import connection
from django.http import QueryDict
from django.test import Client, override_settings
from django.urls import reverse
from psycopg import ClientCursor

from catalogue.models import Group, Programme
from catalogue.selectors_find import choices, find
from stars.common.dates import now, today
from stars.demo.bench import client, server
from stars.demo.bench.many import multiply
from stars.demo.bench.measure import Record, Spread, ratios, recorded, table
from stars.demo.bench.pages import ANEW
from stars.demo.bench.rows import Different
from stars.demo.bench.scratch import Scratch
from stars.web.find import Wish

PLAIN = "plain view with one query"
READERS = 32
# The whole page in times of its SQL, and the SQL in times of counting.
LIMIT_PAGE, LIMIT_SQL = 2, 5
# Longer than a run: what is kept does not grow old in the middle of one.
KEPT_SECONDS = 3600

_LISTED = "SELECT count(*) FROM catalogue_searchrow s WHERE s.listed"
_GROUP = """ AND EXISTS (
    SELECT 1 FROM catalogue_searchgroup g
    WHERE g.programme_id = s.programme_id AND g.apply_until >= %(day)s AND {})"""
_OFFER = """ AND EXISTS (
    SELECT 1 FROM catalogue_offer o
    WHERE o.version_id = s.version_id AND o.open_from <= %(day)s AND o.open_until >= %(day)s
        AND o.source_id = (
            SELECT t.id FROM vocabularies_term t
            JOIN vocabularies_vocabulary v ON v.id = t.vocabulary_id
            WHERE v.code = 'funding_source' AND v.current AND t.code = %(source)s))"""


@dataclass(frozen=True)
class Case:
    """What is asked for, and counting the same by hand from the narrowest tables there are.

    `values` are parameters of the count besides the day. `kept`: the list was counted before.
    """

    name: str
    wish: tuple[tuple[str, str], ...]
    count: str
    values: tuple[tuple[str, str], ...] = ()
    kept: bool = False
    limits: tuple[int | None, int | None] = (None, None)

    @property
    def path(self) -> str:
        """The address; `{n}` in it becomes another number each time."""
        query = urlencode(self.wish)
        return f"{reverse('web:catalogue')}?{query}{'&' if query else ''}{ANEW}"


SEARCH = Case(
    "“dati”, online, after work, one source",
    (("q", "dati"), ("mode", "remote"), ("days", "free-time"), ("support", "imk-next")),
    _LISTED
    + " AND s.document @@ %(words)s::tsquery AND s.mode = 'remote'"
    + _GROUP.format("g.after_work")
    + _OFFER,
    (("source", "imk-next"),),
    limits=(LIMIT_PAGE, LIMIT_SQL),
)
CASES = (
    SEARCH,
    Case(
        "no words: online, in Latvian, with free places",
        (("mode", "remote"), ("language", "lv"), ("starts", "free")),
        _LISTED + " AND s.mode = 'remote' AND s.language = 'lv'" + _GROUP.format("g.free"),
    ),
    Case("everything, counted anew", (), _LISTED),
    Case("everything, as counted up to a minute ago", (), _LISTED, (), True, (None, LIMIT_SQL)),
)


@dataclass
class Measured:
    """Seconds of each run of a case: the page, its statements sent by psycopg, the count."""

    found: int = 0
    statements: int = 0
    page: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    count: list[float] = field(default_factory=list)


@dataclass
class Outcome:
    """What was measured of each case, and milliseconds of every answer to many readers."""

    offered: str = ""
    cases: dict[Case, Measured] = field(default_factory=dict)
    waits: dict[str, list[float]] = field(default_factory=dict)

    @property
    def above(self) -> list[str]:
        """Which ratios are above their limits."""
        made = []
        for case, one in self.cases.items():
            page, sql = case.limits
            if page and ratios(one.page, one.sql).median > page:
                made.append(f"a page in times of its SQL ({case.name})")
            if sql and ratios(one.sql, one.count).median > sql:
                made.append(f"SQL in times of counting ({case.name})")
        return made


def measure(
    scratch: Scratch,
    base: str,
    programmes: int,
    repeats: int,
    seconds: float,
    say: Callable[[str], None],
) -> Outcome:
    """Search `repeats` times in about so many programmes; then many readers for `seconds`."""
    say(f"Making {programmes} programmes")
    many = scratch.copy("many", base)
    with scratch.within(many):
        multiply(programmes)
    scratch.settle(many)
    with scratch.within(many), TemporaryDirectory(prefix="stars-bench-") as name:
        outcome = Outcome(f"{Programme.objects.count()} programmes, {Group.objects.count()} groups")
        visitor = Client(headers={"host": "localhost"})
        for case in CASES:
            outcome.cases[case] = one = Measured()
            with override_settings(WHOLE_LIST_SECONDS=KEPT_SECONDS if case.kept else 0):
                _page(
                    visitor, case.path.format(n=next(client.NUMBERS))
                )  # fills the caches of templates and of the server
                _counted(case)
                for number in range(1, repeats + 1):
                    _run(one, case, visitor)
                    say(
                        f"{case.name} {number} of {repeats}: page {1000 * one.page[-1]:.0f} ms, its"
                        f" SQL {1000 * one.sql[-1]:.0f} ms, count {1000 * one.count[-1]:.0f} ms"
                    )
        _many_readers(outcome, Path(name), SEARCH.path, seconds, say)
    scratch.drop(many)
    return outcome


def _run(one: Measured, case: Case, visitor: Client) -> None:
    heard = _page(visitor, case.path.format(n=next(client.NUMBERS)))
    one.page.append(heard.seconds)
    one.statements = len(heard.statements)
    one.sql.append(_replayed(heard))
    one.found, took = _counted(case)
    one.count.append(took)


def _page(visitor: Client, path: str) -> Record:
    with recorded() as record:
        answer = visitor.get(path)
    if answer.status_code != 200:
        raise client.BadAnswer(f"{path}: {answer.status_code}")
    return record


def _replayed(heard: Record) -> float:
    """Seconds of the same statements through psycopg, every row fetched."""
    connection.ensure_connection()
    with ClientCursor(connection.connection) as cursor:
        begun = perf_counter()
        for statement in heard.statements:
            cursor.execute(statement.sql, statement.params)
            if cursor.description:
                cursor.fetchall()
        return perf_counter() - begun


def _counted(case: Case) -> tuple[int, float]:
    """How many match, and how long counting them took (seconds). Raises `Different`."""
    wish = Wish.read(QueryDict(urlencode(case.wish)), choices())
    if {("q", wish.q), *wish.pairs()} - {("q", "")} != set(case.wish):
        raise Different(f"The page reads {wish.pairs()} where {case.wish} is asked")
    shown = find(query=wish.q, filters=wish.filters, at=now())
    values = {"day": today(), "words": shown.asked.all_of, **dict(case.values)}
    with ClientCursor(connection.connection) as cursor:
        begun = perf_counter()
        cursor.execute(case.count, values)
        (found,) = cursor.fetchone() or (0,)
        took = perf_counter() - begun
    if not found or found != shown.page.paginator.count:
        raise Different(f"The page has {shown.page.paginator.count} programmes, the count {found}")
    return found, took


def _many_readers(
    outcome: Outcome, folder: Path, path: str, seconds: float, say: Callable[[str], None]
) -> None:
    """READERS people at the same time: the search, and a view with one query beside it.

    They ask for the same; were each to ask for another one, the last would wait a minute for one
    thread, and the server hangs up before that.
    """
    slug = Programme.objects.values_list("slug", flat=True).order_by("pk")[0]
    with ExitStack() as on:
        variables = server.environment(folder)
        server.collect(variables)
        port = on.enter_context(server.serving(variables, folder / "log"))
        asked = {PLAIN: f"/bench/query/?slug={slug}", "search, kept": path.format(n=0)}
        for name, address in asked.items():
            client.waiting(port, address, 0.1, 1)
            times = client.waiting(port, address, seconds, READERS)
            outcome.waits[name] = [1000 * one for each in times for one in each]
            say(f"{READERS} readers, {name}: {median(outcome.waits[name]):.0f} ms")


def report(outcome: Outcome) -> str:
    """The section of docs/performance.md."""
    rows = []
    for case, one in outcome.cases.items():
        page, sql = (f", at most {limit}" if limit else "" for limit in case.limits)
        rows.append(
            [
                case.name,
                str(one.found),
                str(one.statements),
                *(_ms(each) for each in (one.page, one.sql, one.count)),
                f"**{ratios(one.page, one.sql).text()}**{page}",
                f"**{ratios(one.sql, one.count).text()}**{sql}",
            ]
        )
    head = ["", "found", "statements", "page, ms", "its SQL, ms", "count, ms"]
    waits = [
        [name, str(len(times)), f"{median(times):.0f}", f"{_percentile(times):.0f}"]
        for name, times in outcome.waits.items()
    ]
    return "\n\n".join(
        [
            "## A search in a large catalogue",
            f"{outcome.offered}, copies of the pilot's. A page has the first twenty and the numbers"
            " beside every filter. Its SQL is the same statements through psycopg; the count is a"
            " plain `count(*)` of what matches, from the same narrow tables.",
            table([*head, "page : SQL", "SQL : count"], rows),
            f"{READERS} readers asking at the same time, one server process with one thread, so"
            " that each waits for the others:",
            table(["", "answers", "median ms", "95th percentile ms"], waits),
        ]
    )


def _ms(seconds: list[float]) -> str:
    return Spread(tuple(1000 * each for each in seconds)).text(0)


def _percentile(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
