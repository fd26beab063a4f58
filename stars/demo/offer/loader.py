"""Everything together, in the order in which rows need each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import connection, transaction

from stars.demo.offer.calls import load_calls
from stars.demo.offer.data import Tally
from stars.demo.offer.groups import load_groups
from stars.demo.offer.programmes import load_programmes
from stars.demo.offer.providers import load_owners, load_providers
from stars.demo.offer.refundables import load_refundables
from stars.demo.offer.sources import load_sources
from stars.demo.offer.vocabularies import load_terms, load_types

ONE_AT_A_TIME = "stars.demo.load_pilot_offer"


def load(*, today: date, say: Callable[[str], None] = lambda line: None) -> Tally:
    """Write the pilot's offer as of `today` (Europe/Riga) and return what was written.

    All of it or nothing. What exists is left as it is, so a second run on the same day writes
    nothing and a later one adds the groups that have come into sight. `say` hears each step.
    """
    tally = Tally()
    with transaction.atomic():
        with connection.cursor() as cursor:  # two first runs of ./dev side by side
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [ONE_AT_A_TIME])
        say("Vocabularies …")
        types = load_types(tally)
        terms = load_terms(tally)
        say("Providers …")
        providers = load_providers(tally, today)
        owners = load_owners(providers, tally)
        say("Funding sources and their rules …")
        sources = load_sources(terms, owners, today, tally)
        load_refundables(terms, tally)
        say("Calls …")
        load_calls(terms, today, tally)
        say("Programmes …")
        versions = load_programmes(providers, types, terms, sources, tally)
        say("Groups and timetables …")
        load_groups(versions, sources, today, tally)
    return tally
