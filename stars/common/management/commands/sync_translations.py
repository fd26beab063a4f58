"""The Latvian catalogue holds every text of the portal, and no other."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand

from stars.common.translatable import CATALOGUE, Message, collect

FORMS = 3  # Latvian: none, one, many


class Command(BaseCommand):
    """Django's makemessages does not see names of models, fields and columns."""

    help = "Adds new texts to the Latvian catalogue, removes those gone, says what is untranslated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the catalogue and list the texts that wait for a translation."""
        path = Path(settings.BASE_DIR) / CATALOGUE
        catalogue = polib.pofile(str(path), encoding="utf-8")
        wanted = set(collect().places)
        known = {}
        for entry in catalogue:
            message = Message(entry.msgid, entry.msgctxt, entry.msgid_plural or None)
            known[message] = entry
        catalogue[:] = sorted(
            (known.get(message) or _empty(message) for message in wanted),
            key=lambda entry: (entry.msgid.lower(), entry.msgid, entry.msgctxt or ""),
        )
        catalogue.save()
        for entry in catalogue.untranslated_entries():
            self.stdout.write(f"untranslated: {entry.msgid}")
        added, removed = len(wanted - known.keys()), len(known.keys() - wanted)
        self.stdout.write(f"{len(wanted)} texts, {added} added, {removed} removed")


def _empty(message: Message) -> polib.POEntry:
    if message.plural is None:
        return polib.POEntry(msgid=message.text, msgctxt=message.context)
    return polib.POEntry(
        msgid=message.text,
        msgid_plural=message.plural,
        msgctxt=message.context,
        msgstr_plural=dict.fromkeys(range(FORMS), ""),
    )
