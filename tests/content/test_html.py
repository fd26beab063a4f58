"""What editors may write, against what people have tried elsewhere."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stars.content.html import ATTRIBUTES, SCHEMES, TAGS, clean

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="https://x" onclick="alert(1)" style="position:fixed" target="_blank">x</a>',
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    '<math><mtext></p><img src=x onerror="alert(1)"></math>',
    '<iframe src="https://x"></iframe>',
    '<object data="x"></object><embed src="x">',
    "<style>body{display:none}</style>",
    '<p style="background:url(javascript:alert(1))">x</p>',
    '<form action="https://x"><input name="password"><button>x</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://x">',
    '<base href="https://x">',
    '<link rel="stylesheet" href="https://x">',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<p>a\x00<scr\x00ipt>alert(1)</script></p>",
    "<<script>script>alert(1)<</script>/script>",
    '<p id="main" class="button" name="x" data-x="1">x</p>',
    '<a href="https://x"><h2 onmouseover="x()">x</a>',
    "<textarea></textarea><img src=x onerror=alert(1)>",
    '<video><source onerror="alert(1)"></video>',
    '<details open ontoggle="alert(1)">x</details>',
]


def check(html: str) -> None:
    """Cleaned once, as it is stored, and twice, as it is shown."""
    for cleaned in (clean(html), clean(clean(html))):
        harmless(cleaned)


def harmless(cleaned: str) -> None:
    for tag in BeautifulSoup(cleaned, "html.parser").find_all(True):
        assert tag.name in TAGS
        allowed = ATTRIBUTES.get(tag.name, set()) | ({"rel"} if tag.name == "a" else set())
        assert set(tag.attrs) <= allowed
        # As browsers read an address: without spaces and control characters.
        href = re.sub(r"[\x00-\x20]", "", str(tag.get("href", ""))).lower()
        scheme = re.match(r"[a-z][a-z0-9+.-]*:", href)
        assert scheme is None or scheme[0][:-1] in SCHEMES


@pytest.mark.parametrize("html", ATTACKS)
def test_attacks(html: str) -> None:
    check(html)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from([*ATTACKS, "<p>", "</p>", "<a href='", "'>", "<b>", "<!--", "ā", "\x00"]),
        max_size=8,
    ).map("".join)
)
def test_attacks_put_together(html: str) -> None:
    check(html)


def test_what_the_editor_makes_stays() -> None:
    html = (
        "<h2>Virsraksts</h2><p>Teksts <strong>trekns</strong> un <em>slīps</em></p>"
        '<ul><li><p>viens</p></li></ul><ol start="3"><li><p>trīs</p></li></ol>'
        '<blockquote><p>Citāts</p></blockquote><p><a href="/palidziba/" rel="noopener">x</a></p>'
    )
    assert clean(html) == html


@pytest.mark.parametrize("empty", ["", "<p></p>", " ", "<script></script>"])
def test_nothing_is_nothing(empty: str) -> None:
    assert clean(empty) == ""
