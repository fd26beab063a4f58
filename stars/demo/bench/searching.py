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
from django.test import Client
from django.urls import reverse
from psycopg import ClientCursor

from catalogue.models import Group, Programme
from catalogue.selectors_find import Filters, find
from stars.common.dates import now, today
from stars.demo.bench import client, server
from stars.demo.bench.many import multiply
from stars.demo.bench.measure import Record, Spread, ratios, recorded, table
from stars.demo.bench.pages import ANEW
from stars.demo.bench.rows import Different
from stars.demo.bench.scratch import Scratch

WORDS, MODE, SOURCE = "dati", "remote", "imk-next"
PLAIN = "plain view with one query"
READERS = 32
# The whole page in times of its SQL, and the SQL in times of counting.
LIMIT_PAGE, LIMIT_SQL = 2, 5

# What the page's numbers begin with: programmes that match the words and the three filters.
_COUNT = """
SELECT count(*) FROM catalogue_searchrow s
WHERE s.listed AND s.document @@ %(words)s::tsquery AND s.mode = %(mode)s AND EXISTS (
    SELECT 1 FROM catalogue_programmeversion v JOIN catalogue_group g ON g.version_id = v.id
    WHERE v.programme_id = s.programme_id AND g.state = 'open' AND g.apply_until >= %(day)s
        AND g.after_work
) AND EXISTS (
    SELECT 1 FROM catalogue_programmeversion v JOIN catalogue_offer o ON o.version_id = v.id
    JOIN vocabularies_term t ON t.id = o.source_id
    WHERE v.programme_id = s.programme_id AND t.code = %(source)s AND o.open_from <= %(day)s
        AND o.open_until >= %(day)s
)
"""


@dataclass
class Outcome:
    """Seconds of each run: the page, its statements sent by psycopg, the count."""

    offered: str = ""
    found: int = 0
    statements: int = 0
    page: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    count: list[float] = field(default_factory=list)
    # Milliseconds of every answer to readers who ask at the same time, by what they ask for.
    waits: dict[str, list[float]] = field(default_factory=dict)

    @property
    def above(self) -> list[str]:
        """Which ratios are above their limits."""
        made = []
        if ratios(self.page, self.sql).median > LIMIT_PAGE:
            made.append("a search in times of its SQL")
        if ratios(self.sql, self.count).median > LIMIT_SQL:
            made.append("the SQL of a search in times of counting")
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
        path = _path()
        visitor = Client(headers={"host": "localhost"})
        _page(visitor, path)  # fills the caches of templates and of the server
        for number in range(1, repeats + 1):
            heard = _page(visitor, path.format(n=number))
            outcome.page.append(heard.seconds)
            outcome.sql.append(_replayed(heard))
            outcome.found, seconds_of_count = _counted()
            outcome.count.append(seconds_of_count)
            outcome.statements = len(heard.statements)
            say(
                f"Search {number} of {repeats}: page {1000 * heard.seconds:.0f} ms, its SQL"
                f" {1000 * outcome.sql[-1]:.0f} ms, count {1000 * seconds_of_count:.0f} ms"
            )
        _many_readers(outcome, Path(name), path, seconds, say)
    scratch.drop(many)
    return outcome


def _path() -> str:
    wish = {"q": WORDS, "mode": MODE, "days": "free-time", "source": SOURCE}
    return f"{reverse('web:catalogue')}?{urlencode(wish)}&{ANEW}"


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


def _counted() -> tuple[int, float]:
    """How many match, and how long counting them took (seconds). Raises `Different`."""
    filters = Filters(modes=(MODE,), sources=(SOURCE,), after_work=True)
    wanted = find(query=WORDS, filters=filters, at=now())
    values = {"words": wanted.asked.all_of, "mode": MODE, "source": SOURCE, "day": today()}
    with ClientCursor(connection.connection) as cursor:
        begun = perf_counter()
        cursor.execute(_COUNT, values)
        (found,) = cursor.fetchone() or (0,)
        took = perf_counter() - begun
    if not found or found != wanted.page.paginator.count:
        raise Different(f"The page has {wanted.page.paginator.count} programmes, the count {found}")
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
    rows = [
        ["page", Spread(tuple(1000 * s for s in outcome.page)).text(), ""],
        [
            f"its {outcome.statements} statements through psycopg",
            Spread(tuple(1000 * s for s in outcome.sql)).text(),
            f"page : SQL **{ratios(outcome.page, outcome.sql).text()}**, at most {LIMIT_PAGE}",
        ],
        [
            "`SELECT count(*)` of the same",
            Spread(tuple(1000 * s for s in outcome.count)).text(),
            f"SQL : count **{ratios(outcome.sql, outcome.count).text()}**, at most {LIMIT_SQL}",
        ],
    ]
    waits = [
        [name, str(len(times)), f"{median(times):.0f}", f"{_percentile(times):.0f}"]
        for name, times in outcome.waits.items()
    ]
    return "\n\n".join(
        [
            "## A search in a large catalogue",
            f"{outcome.offered}, copies of the pilot's. “{WORDS}” with three filters (online, after"
            f" work, one source) finds {outcome.found}; the page has their first twenty, and"
            " the numbers beside every filter.",
            table(["", "ms", "ratio"], rows),
            f"{READERS} readers asking at the same time, one server process with one thread, so"
            " that each waits for the others:",
            table(["", "answers", "median ms", "95th percentile ms"], waits),
        ]
    )


def _percentile(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
