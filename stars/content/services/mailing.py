"""One piece of news to everybody who asked for news: one statement, sent by the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from stars.audit import services as audit
from stars.common.errors import Conflict
from stars.common.permissions import require
from stars.common.transactions import service
from stars.content.models import News, Subscriber
from stars.notifications.services import letters_of, notify_from_select

_EVERYBODY = """
SELECT NULL::uuid AS user_id, language, email AS address,
    jsonb_build_object('subscriber', id, 'news', %(news)s::text) AS params,
    'news:' || %(news)s || ':' || id AS dedupe_key
FROM content_subscriber WHERE confirmed_at IS NOT NULL
"""


@dataclass(frozen=True)
class Progress:
    """Letters of one mailing by what became of them."""

    sent: int
    waiting: int
    failed: int


@service
def mail(*, news_id: UUID, actor: Any, at: datetime) -> int:
    """Send published news to all confirmed subscribers, once; returns how many letters.

    Who sent it is in the audit log. Raises `NotAllowed`, and `Conflict` where it is not
    published yet or was sent before.
    """
    news = News.objects.select_for_update().get(pk=news_id)
    require(actor, "content.mail_news", news)
    if not news.is_published(at):
        raise Conflict(_("Publish it first: the letters lead to its page."), code="not_published")
    if news.mailed_at is not None:
        raise Conflict(_("It has been sent already."), code="mailed")
    news.mailed_at = at
    news.save(update_fields=["mailed_at", "updated_at"])
    count = notify_from_select(
        kind="news", select_sql=_EVERYBODY, params={"news": str(news.pk)}, at=at
    )
    audit.record(
        actor=actor,
        action="news_mailed",
        object_type="content.news",
        object_id=news.pk,
        changes={"letters": (None, count)},
        at=at,
    )
    return count


def readers() -> int:
    """How many addresses news would be sent to."""
    return Subscriber.objects.filter(confirmed_at__isnull=False).count()


def progress(news_id: UUID) -> Progress:
    """How far the mailing of this news is; one query."""
    counts = letters_of(f"news:{news_id}:")
    return Progress(counts["sent"], counts["queued"], counts["failed"])
