"""Rows of what is published, and who may write them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image

from accounts.models import User
from stars.common.dates import now
from stars.content.models import GlossaryTerm, News, Page
from tests import factories as f
from tests.signin import as_staff

WORDS = {
    "title_lv": "Virsraksts",
    "title_en": "A title",
    "lead_lv": "Ievads par jauno.",
    "lead_en": "A lead about what is new.",
}


def make_news(slug: str = "zina", *, days: int = -1, **more: Any) -> News:
    """News that are published so many days from now."""
    at = now() + timedelta(days=days)
    return News.objects.create(**{**WORDS, "slug": slug, "published_from": at, **more})


def make_page(slug: str = "lapa", *, days: int = -1, **more: Any) -> Page:
    """A page that is published so many days from now."""
    at = now() + timedelta(days=days)
    return Page.objects.create(**{**WORDS, "slug": slug, "published_from": at, **more})


def make_term(term: str, *also: str, **more: Any) -> GlossaryTerm:
    """A term in Latvian, with an English one that stands in no text."""
    words = {"term_en": f"x{term}", "plain_lv": f"Kas ir {term}.", "plain_en": f"What {term} is."}
    count = GlossaryTerm.objects.count()
    slug = f"vards-{count}"
    return GlossaryTerm.objects.create(
        **{"slug": slug, "term_lv": term, "also_lv": list(also), **words, **more}
    )


def picture_file(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> BytesIO:
    """The bytes of a picture."""
    content = BytesIO()
    exif = Image.Exif()
    exif[271] = "Telefona ražotājs"
    Image.new("RGB", size, (29, 58, 138)).save(content, kind, exif=exif)
    content.seek(0)
    return content


@pytest.fixture
def editor(db: None) -> User:
    """An administrator of the agency."""
    user: User = f.MembershipFactory(administrator=True).user
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    return user


@pytest.fixture
def desk(editor: User) -> Client:
    """The editor's browser."""
    client = Client()
    as_staff(client, editor)
    return client


@pytest.fixture(autouse=True)
def clean_limits(settings: Any, tmp_path: Path) -> None:
    """What other tests counted is no matter of this one; its pictures go with it."""
    cache.clear()
    settings.MEDIA_ROOT = tmp_path
