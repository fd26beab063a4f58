"""News of the demo: there once, published, clean, and with links that lead somewhere."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import resolve

from stars.common.dates import now
from stars.content.html import clean
from stars.content.models import News
from stars.demo.story import news

pytestmark = pytest.mark.django_db


def test_published_once(client: Client) -> None:
    assert news.publish(now()) == 3
    assert news.publish(now()) == 0
    for row in News.objects.all():
        assert client.get(row.get_absolute_url()).status_code == 200
        for body in (row.body_lv, row.body_en):
            assert clean(body) == body
            for path in re.findall(r'href="(/[^"]*)"', body):
                assert resolve(path)
