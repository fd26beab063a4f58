"""News of the demo: invented, about the portal, some days old."""

from __future__ import annotations

from datetime import datetime, timedelta

from stars.content.html import clean
from stars.content.models import News
from stars.demo.offer.data import load


def publish(now: datetime) -> int:
    """Add the news of data/news.yaml that are not there yet; returns how many."""
    known = set(News.objects.values_list("slug", flat=True))
    new = [row for row in load("news")["news"] if row["slug"] not in known]
    for row in new:
        texts = {
            f"{name}_{language}": row[name][language]
            for name in ("title", "lead")
            for language in ("lv", "en")
        }
        News.objects.create(
            slug=row["slug"],
            published_from=now - timedelta(days=row["days"]),
            body_lv=clean(row["body"]["lv"]),
            body_en=clean(row["body"]["en"]),
            **texts,
        )
    return len(new)
