"""Saved programmes and searches that wait for an answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from catalogue.models import Programme
from catalogue.selectors_find import Filters
from funding.services.quote import price_table
from learning_accounts.models import AlertMatch, Favourite, LearningAccount, SearchAlert
from learning_accounts.services import alerts, favourites
from stars.common.dates import RIGA, add_months
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.notifications import kinds
from stars.notifications.models import Message, OutboxEmail
from tests import factories as f
from tests.funding import build

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 12, tzinfo=RIGA)


@pytest.fixture
def account() -> LearningAccount:
    made: LearningAccount = f.LearningAccountFactory()
    return made


def published(title: str, **more: object) -> Programme:
    """A programme that visitors find by this word."""
    version = f.VersionFactory(published=True, title_lv=title, title_en=title, **more)
    made: Programme = version.programme
    return made


def save(account: LearningAccount, programme: Programme, actor: object = None) -> bool:
    return favourites.save_programme(
        account_id=account.pk, slug=programme.slug, actor=actor or account.person.user, at=AT
    )


def wait(account: LearningAccount, query: str = "keramika", **filters: object) -> SearchAlert:
    return alerts.make_alert(
        account_id=account.pk,
        query=query,
        filters=Filters(**filters),  # type: ignore[arg-type]
        address=f"/macibas/?q={query}",
        actor=account.person.user,
        at=AT,
    )


def tell_all(*, at: datetime) -> int:
    """The morning's task, at a moment."""
    return alerts.tell_all(at=at, prices=price_table)


# --- saved programmes ----------------------------------------------------------------------


def test_a_programme_is_saved_once_and_taken_off(account: LearningAccount) -> None:
    programme = published("Keramika")
    assert save(account, programme)
    assert not save(account, programme)
    assert Favourite.objects.count() == 1
    gone = {"account_id": account.pk, "slug": programme.slug, "actor": account.person.user}
    assert favourites.remove_programme(**gone)
    assert not favourites.remove_programme(**gone)


def test_what_was_never_published_cannot_be_saved(account: LearningAccount) -> None:
    draft = f.VersionFactory().programme
    with pytest.raises(Programme.DoesNotExist):
        save(account, draft)


def test_nobody_saves_for_another(account: LearningAccount) -> None:
    other = f.LearningAccountFactory()
    with pytest.raises(NotAllowed):
        save(account, published("Keramika"), actor=other.person.user)
    with pytest.raises(NotAllowed):
        favourites.switch_suggestions(account_id=account.pk, on=False, actor=other.person.user)


def test_the_list_has_an_end(account: LearningAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(favourites, "MOST_SAVED", 1)
    save(account, published("Keramika"))
    with pytest.raises(Conflict):
        save(account, published("Aušana"))


# --- waiting searches ----------------------------------------------------------------------


def test_told_once_of_each_new_programme(account: LearningAccount) -> None:
    before = published("Keramika iesācējiem")
    alert = wait(account)
    assert tell_all(at=AT) == 0
    new = published("Keramika lietpratējiem")
    assert tell_all(at=AT + timedelta(days=1)) == 1
    assert tell_all(at=AT + timedelta(days=2)) == 0
    message = Message.objects.get(kind="search_found")
    assert message.params == {"alert_id": str(alert.pk), "programme_id": str(new.pk)}
    assert OutboxEmail.objects.get(message=message).address == account.person.email
    told = dict(AlertMatch.objects.values_list("programme", "told_at"))
    assert told == {before.pk: None, new.pk: AT + timedelta(days=1)}
    with translation.override("en"):
        words = kinds.render("search_found", [message.params])[0]
    assert words is not None
    assert "Keramika lietpratējiem" in words.title
    assert words.url == f"/macibas/{new.slug}/"


def test_filters_count_as_in_the_catalogue(account: LearningAccount) -> None:
    wait(account, "", modes=("on_site",), cities=("Cēsis",))
    published("Keramika", mode="on_site", city="Rīga")
    assert tell_all(at=AT) == 0
    published("Aušana", mode="on_site", city="Cēsis")
    assert tell_all(at=AT) == 1


def test_what_the_person_pays_counts_with_their_support() -> None:
    world = build.world()
    account = f.LearningAccountFactory(with_path=True)
    wait(account, "", own_price=0)
    version = f.VersionFactory(published=True, type=world.types["further_education"])
    f.OfferFactory(version=version, source=world.source.term, price="900.00")
    f.OfferFactory(version=f.VersionFactory(published=True), price="900.00")
    assert tell_all(at=AT) == 1
    assert Message.objects.get().params["programme_id"] == str(version.programme_id)


def test_a_group_that_appears_counts_too(account: LearningAccount) -> None:
    programme = published("Keramika")
    wait(account, starts_within_weeks=6)
    assert tell_all(at=AT) == 0
    assert programme.current is not None
    f.group(programme.current, starts_on=date(2026, 5, 20), at=AT)
    assert tell_all(at=AT) == 1


def test_ended_and_closed_ones_are_not_told(account: LearningAccount) -> None:
    alert = wait(account)
    for _ in range(2):
        alerts.end_alert(alert_id=alert.pk, actor=account.person.user, at=AT)
    closed = f.LearningAccountFactory()
    wait(closed)
    closed.move("close", by=None, at=AT)
    published("Keramika")
    assert tell_all(at=AT) == 0


def test_one_that_fails_keeps_nobody_waiting(account: LearningAccount) -> None:
    broken = wait(account)
    SearchAlert.objects.filter(pk=broken.pk).update(filters={"colour": "red"})
    wait(account, "aušana")
    published("Aušana")
    assert tell_all(at=AT) == 1


def test_the_same_search_is_the_same_alert(account: LearningAccount) -> None:
    assert wait(account, modes=("remote",)) == wait(account, modes=("remote",))
    assert SearchAlert.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        SearchAlert.objects.create(
            account=account, query="keramika", filters={"modes": ["remote"]}, made_at=AT
        )


def test_limits_of_waiting(account: LearningAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid):
        wait(account, "")
    with pytest.raises(Invalid):
        alerts.make_alert(
            account_id=account.pk,
            query="keramika",
            filters=Filters(),
            address="x" * 1001,
            actor=account.person.user,
            at=AT,
        )
    for n in range(alerts.MOST_ALERTS):
        wait(account, f"keramika{n}")
    with pytest.raises(Conflict):
        wait(account, "aušana")
    monkeypatch.setattr(alerts, "MOST_FOUND", 1)
    other = f.LearningAccountFactory()
    published("Keramika"), published("Keramika")
    with pytest.raises(Conflict) as error:
        wait(other)
    assert error.value.code == "too_wide"


def test_nobody_ends_anothers(account: LearningAccount) -> None:
    alert = wait(account)
    with pytest.raises(NotAllowed):
        alerts.end_alert(alert_id=alert.pk, actor=f.LearningAccountFactory().person.user, at=AT)


def test_alerts_end_after_a_year_and_are_removed(account: LearningAccount) -> None:
    published("Keramika")
    wait(account)
    year = AT.replace(year=2027)
    assert alerts.forget_alerts(at=year) == 0
    assert alerts.forget_alerts(at=year + timedelta(days=1)) == 0
    assert not SearchAlert.objects.filter(ended_at__isnull=True).exists()
    assert alerts.forget_alerts(at=year + timedelta(days=30)) == 0
    assert alerts.forget_alerts(at=year + timedelta(days=32)) == 1
    assert not AlertMatch.objects.exists()


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(modes=("remote", "hybrid"), starts_within_weeks=2, free_places=True),
        Filters(own_price=100, weekdays=(1, 6), starts_from=date(2026, 12, 24)),
        Filters(cities=("Cēsis",), providers=("skola",), types=("non_formal",)),
    ],
)
def test_filters_come_back_as_they_were(account: LearningAccount, filters: Filters) -> None:
    alert = SearchAlert.objects.create(account=account, filters=alerts.as_json(filters), made_at=AT)
    alert.refresh_from_db()
    assert alerts.from_json(alert.filters) == filters
    assert add_months(date(2026, 1, 1), alerts.ENDS_AFTER_MONTHS) == date(2027, 1, 1)
