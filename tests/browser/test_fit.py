"""Finding what fits: questions about support, saved programmes, suggestions, waiting searches."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stars.common.dates import today
from stars.demo.offer.loader import load
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = pytest.mark.parametrize(("language", "width"), [("lv", 390), ("en", 1280)])


@SIZES
def test_which_support_fits(visit: Callable[..., Visitor], language: str, width: int) -> None:
    load(today=today())
    visitor = visit("support", width=width, language=language)
    page = visitor.page
    visitor.open("/kads-atbalsts/")
    for number in range(1, 7):
        visitor.look(f"question-{number}")
        # The keyboard alone is enough: the first answer, but for "younger than 18".
        answers = page.locator("main .option input")
        if answers.first.get_attribute("type") == "radio":
            answers.nth(1 if answers.count() == 2 else 0).check()
        visitor.send()
        if page.locator("main dl.facts").count():
            break
    assert page.locator("main dl.facts > div").count() <= 6
    visitor.look("result")
    page.go_back()
    assert page.locator("main .option").count()
    page.go_forward()
    # Whoever gets the address sees the same, without JavaScript too.
    other = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    plain = other.new_page()
    plain.goto(page.url)
    assert (
        plain.locator("main dl.facts > div").count() == page.locator("main dl.facts > div").count()
    )
    other.close()
    visitor.send("main .card a.button")
    visitor.look("fitting-training")
    assert page.locator(".programme-card").count()
