"""Pages of the offer, asked for as visitors ask, beside views that do nothing or one query."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.urls import reverse

from catalogue import selectors
from catalogue.models import Group, Programme
from stars.common.dates import now, today
from stars.demo.bench import client, server
from stars.demo.bench.measure import Spread, ratios, recorded, table
from stars.demo.bench.scratch import Scratch

# What visitors see is kept for a moment; a number in the address that means nothing avoids that.
ANEW = "n={n}"
KEPT = ", kept"
# A kept page takes no longer than so many empty views.
LIMIT = 4
BARE = "empty view of an empty Django project"
EMPTY = "empty view"
QUERY = "view with one query"


@dataclass(frozen=True)
class Outcome:
    """Answers per second of each page, in the order of asking; queries and bytes of one answer."""

    offered: str
    rates: dict[str, list[float]] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)
    size: dict[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> float:
        """How many times longer than the empty view the slowest kept page takes (median)."""
        kept = [rates for page, rates in self.rates.items() if page.endswith(KEPT)]
        return max(ratios(self.rates[EMPTY], rates).median for rates in kept)


def measure(
    scratch: Scratch, base: str, repeats: int, seconds: float, say: Callable[[str], None]
) -> Outcome:
    """Ask for every page in turn for `seconds` each, `repeats` times over."""
    with scratch.within(base), TemporaryDirectory(prefix="stars-bench-") as name, ExitStack() as on:
        folder = Path(name)
        paths = _paths()
        outcome = Outcome(_offered())
        for page in (EMPTY, *list(paths)[2:]):
            outcome.queries[page] = 0 if page == EMPTY else _queries(paths[page])
        outcome.queries.update({BARE: 0, QUERY: 1})
        say("Starting the production server")
        variables = server.environment(folder)
        server.collect(variables)
        port = on.enter_context(server.serving(variables, folder / "log"))
        bare = {**variables, "DJANGO_SETTINGS_MODULE": "stars.demo.bench.bare"}
        bare_port = on.enter_context(server.serving(bare, folder / "bare-log"))
        where = {BARE: (bare_port, paths[EMPTY])} | {n: (port, p) for n, p in paths.items()}
        for page, (at, path) in where.items():  # also fills the caches of templates
            outcome.rates[page] = []
            client.rate(at, path, seconds / 4)
            asker = client.Asker(at)
            outcome.size[page] = len(asker.get(path.format(n=0)))
            asker.close()
        for number in range(1, repeats + 1):
            for page, (at, path) in where.items():
                outcome.rates[page].append(client.rate(at, path, seconds))
            said = ", ".join(f"{page} {rates[-1]:.0f}" for page, rates in outcome.rates.items())
            say(f"Pages {number} of {repeats}, answers per second: {said}")
    return outcome


def _paths() -> dict[str, str]:
    """What is asked for, by the name in the report."""
    card = selectors.soonest(1, at=now())[0]
    catalogue = reverse("web:catalogue")
    slug = card.programme.slug
    programme = reverse("web:programme", args=[slug])
    return {
        EMPTY: "/bench/empty/",
        QUERY: f"/bench/query/?slug={slug}",
        "catalogue": f"{catalogue}?{ANEW}",
        "catalogue, searched": f"{catalogue}?q=programm&{ANEW}",
        "programme": f"{programme}?{ANEW}",
        f"catalogue{KEPT}": catalogue,
        f"programme{KEPT}": programme,
    }


def _offered() -> str:
    groups = selectors.open_groups(today()).count()
    return (
        f"{Programme.objects.count()} programmes with {Group.objects.count()} groups,"
        f" {groups} of them open"
    )


def _queries(path: str) -> int:
    """Queries of one visit."""
    visitor = Client(headers={"host": "localhost"})
    if ANEW not in path:
        visitor.get(path)
    with recorded() as record:
        response = visitor.get(path.format(n=0))
    if response.status_code != 200:
        raise client.BadAnswer(f"{urlsplit(path).path}: {response.status_code}")
    return len(record.statements)


def report(outcome: Outcome) -> str:
    """The section of docs/performance.md."""
    empty, query = outcome.rates[EMPTY], outcome.rates[QUERY]
    lines = []
    for page, rates in outcome.rates.items():
        lines.append(
            [
                page,
                str(outcome.queries[page]),
                f"{outcome.size[page] / 1024:.1f}",
                Spread(tuple(rates)).text(0),
                Spread(tuple(1000 / rate for rate in rates)).text(),
                ratios(empty, rates).text(),
                ratios(query, rates).text(),
            ]
        )
    head = ["", "queries", "KB", "answers a second", "ms each", "× empty view", "× one query"]
    return "\n\n".join(
        [
            "## Pages for visitors",
            f"{outcome.offered}. Production's settings behind granian with one worker and one"
            f" thread, {client.CONNECTIONS} connections kept open by who asks, connections to the"
            " database kept open. The views that they are held beside go through the portal's"
            " middleware as the pages do; “×” says how many times longer a page takes. Visitors see"
            f" a page as it was up to {settings.VISITORS_PAGE_SECONDS} seconds ago; “kept” are"
            " such answers, the others are made anew.",
            table(head, lines),
        ]
    )
