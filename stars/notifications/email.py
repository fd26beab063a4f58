"""Writing the letters: text and HTML, one action, the words of the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from email.utils import parseaddr
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from stars.notifications import kinds
from stars.notifications.models import OutboxEmail

Letter = EmailMultiAlternatives


def by_kind(batch: Iterable[OutboxEmail]) -> Iterable[list[OutboxEmail]]:
    """The batch in groups of one kind and language, so that a resolver is asked once for each."""
    groups: dict[tuple[str, str], list[OutboxEmail]] = defaultdict(list)
    for entry in batch:
        groups[entry.message.kind, entry.language].append(entry)
    return groups.values()


def write(entries: list[OutboxEmail]) -> list[Letter | None]:
    """The letters of one such group; None where what it was about no longer exists.

    LookupError for a kind that no app registered; whatever its resolver raises.
    """
    with translation.override(entries[0].language):
        words = kinds.render(entries[0].message.kind, [entry.message.params for entry in entries])
        return [
            _letter(entry, said) if said else None
            for entry, said in zip(entries, words, strict=True)
        ]


def _letter(entry: OutboxEmail, words: kinds.Rendered) -> Letter:
    leave = urljoin(settings.SITE_URL, words.unsubscribe) if words.unsubscribe else ""
    context = {"words": words, "url": urljoin(settings.SITE_URL, words.url), "leave": leave}
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    letter = EmailMultiAlternatives(
        subject=words.subject,
        body=render_to_string("notifications/email.txt", context),
        to=[entry.address],
        # The same for a repeated letter, so that mailboxes can tell; and no robot answers it.
        headers={"Message-ID": f"<{entry.pk}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
    if leave:  # RFC 8058: mail programs show a button that ends the letters
        letter.extra_headers["List-Unsubscribe"] = f"<{leave}>"
        letter.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.attach_alternative(render_to_string("notifications/email.html", context), "text/html")
    return letter
