"""Feeds for programs that read news."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stars.common.dates import now
from stars.content.html import clean
from stars.content.models import News
from stars.content.selectors import FEED_SIZE, latest_news


class NewsFeed(Feed):
    """The newest news, as Atom."""

    feed_type = Atom1Feed

    title = _("News from STARS")
    subtitle = _("What is new in learning for adults and in its support")
    link = reverse_lazy("content:news_list")

    def items(self) -> list[News]:
        return list(latest_news(now())[:FEED_SIZE])

    def item_title(self, item: News) -> str:
        return item.title

    def item_description(self, item: News) -> str:
        return f"<p>{escape(item.lead)}</p>{clean(item.body)}"

    def item_pubdate(self, item: News) -> datetime | None:
        return item.published_from

    def item_updateddate(self, item: News) -> datetime:
        return item.edited_at or item.updated_at

    def item_guid(self, item: News) -> str:
        return f"urn:uuid:{item.pk}"


# GET /jaunumi/plusma.xml, public
news = login_not_required(require_safe(NewsFeed()))
