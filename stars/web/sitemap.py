"""Every public page for search engines, in parts; no part reads more of a table than it shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from catalogue.enums import VersionState
from catalogue.models import Programme
from catalogue.pages import shown_providers
from funding.models import FundingSource
from stars.common.dates import now
from stars.content.models import News, Page

PER_FILE = 2000
if TYPE_CHECKING:
    Base = Sitemap[Any]
else:
    Base = Sitemap


class Part(Base):
    """A part of the sitemap; addresses stand under the portal's own name, whoever asks."""

    limit = PER_FILE

    def get_domain(self, site: Any = None) -> str:
        """Where the portal is."""
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        """How it is reached."""
        return urlsplit(settings.SITE_URL).scheme


class Rows(Part):
    """Pages of rows: keys and times alone are read, as many as one file holds."""

    page: ClassVar[str]
    key: ClassVar[str] = "slug"

    def rows(self) -> QuerySet[Any]:
        """The rows that have a page."""
        raise NotImplementedError

    def items(self) -> Any:
        """(key, when it changed), in an order that stays."""
        return self.rows().order_by("pk").values_list(self.key, "updated_at")

    def location(self, item: tuple[str, datetime]) -> str:
        """The page's path."""
        return reverse(self.page, args=[item[0]])

    def lastmod(self, item: tuple[str, datetime]) -> datetime:
        """When the row last changed."""
        return item[1]

    def get_latest_lastmod(self) -> datetime | None:
        """The same for the whole part, from the database: Django would read every row."""
        latest: datetime | None = self.rows().aggregate(latest=Max("updated_at"))["latest"]
        return latest


class Programmes(Rows):
    """What is or was offered."""

    page = "web:programme"

    def rows(self) -> QuerySet[Programme]:
        """Programmes that were published once."""
        return Programme.objects.filter(current__isnull=False).exclude(
            current__state=VersionState.DRAFT
        )


class Providers(Rows):
    """Who teaches."""

    page = "web:provider"

    def rows(self) -> QuerySet[Any]:
        """Providers that ever offered something."""
        return shown_providers()


class Sources(Rows):
    """Where support comes from."""

    page = "web:source"
    key = "code"

    def rows(self) -> QuerySet[FundingSource]:
        """All of them; those that have ended stay."""
        return FundingSource.objects.all()


class HelpPages(Rows):
    """Pages that editors write."""

    page = "content:page"

    def rows(self) -> QuerySet[Page]:
        """Those that are published."""
        return Page.objects.filter(published_from__lte=now())


class Articles(Rows):
    """News."""

    page = "content:news"

    def rows(self) -> QuerySet[News]:
        """Those that are published."""
        return News.objects.filter(published_from__lte=now())


class Pages(Part):
    """Pages that there is one of."""

    NAMES = (
        "web:home",
        "web:catalogue",
        "web:providers",
        "web:support",
        "web:archive",
        "web:calls",
        "web:rounds",
        "content:news_list",
        "content:help",
        "content:contacts",
        "content:glossary",
        "web:terms",
        "web:privacy",
    )

    def items(self) -> list[str]:
        """Names of their addresses."""
        return list(self.NAMES)

    def location(self, item: str) -> str:
        """The page's path."""
        return reverse(item)


SECTIONS: Mapping[str, type[Part]] = {
    "lapas": Pages,
    "macibas": Programmes,
    "sniedzeji": Providers,
    "atbalsts": Sources,
    "palidziba": HelpPages,
    "jaunumi": Articles,
}
