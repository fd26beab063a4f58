"""News by e-mail: asked for on the page, confirmed from the mailbox, ended with one press (PUB-5).

Nobody learns from the answers who is subscribed: asking is answered in one way, whatever the
address is. What is told apart is told by letter, to the owner of the mailbox.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from stars.common.errors import DomainError
from stars.common.limits import at_most
from stars.common.transactions import service
from stars.content.models import Subscriber
from stars.content.privacy import LETTERS, UNCONFIRMED
from stars.notifications.services import forget_letters, notify

CONFIRM_DAYS = UNCONFIRMED.days  # a link in a letter is good for so long
AGAIN = timedelta(hours=1)  # one address gets no second letter sooner
MOST_PER_HOUR = 10  # requests from one network address
_CONFIRM = "stars.content.subscribe"
_LEAVE = "stars.content.unsubscribe"


class LinkWrong(DomainError):
    """A link that was changed, or is too old."""

    status = 410
    code = "link_expired"


def limit(*, network_address: str) -> None:
    """Raise `limits.TooMany` at the eleventh request from a network address within an hour.

    What is counted under is a keyed hash; the address itself is kept nowhere.
    """
    who = salted_hmac("stars.content.limit", network_address, algorithm="sha256").hexdigest()
    at_most(MOST_PER_HOUR, seconds=3600, action="news", who=who[:32])


@service
def ask(*, email: str, language: str, at: datetime) -> None:
    """Somebody wants news sent to `email` in `language`: a letter asks its owner for a yes.

    The same for every address; an address that is subscribed gets a letter that says so. No
    second letter within an hour.
    """
    email = email.strip()
    known = Subscriber.objects.select_for_update().filter(email__iexact=email).first()
    if known is None:
        try:
            with transaction.atomic():
                known = Subscriber.objects.create(email=email, language=language, asked_at=at)
        except IntegrityError:  # the same request a moment ago
            return
    elif at - known.asked_at < AGAIN:
        return
    else:
        known.asked_at = at
        if known.confirmed_at is None:
            known.language = language
        known.save(update_fields=["asked_at", "language"])
    notify(
        kind="news_subscribed_already" if known.confirmed_at else "news_subscription",
        user_id=None,
        language=known.language,
        address=known.email,
        params={"subscriber": known.pk},
        dedupe_key=f"news_subscription:{known.pk}:{at.isoformat()}",
        at=at,
    )


@service
def confirm(*, token: str, at: datetime) -> None:
    """The owner of the mailbox says yes. Twice is nothing. Raises `LinkWrong`."""
    key = _read(token, _CONFIRM, max_age=CONFIRM_DAYS * 24 * 3600)
    subscriber = Subscriber.objects.select_for_update().filter(pk=key).first()
    if subscriber is None:
        raise _wrong()
    if subscriber.confirmed_at is None:
        subscriber.confirmed_at = at
        subscriber.save(update_fields=["confirmed_at"])


@service
def leave(*, token: str) -> None:
    """No more news: the address is deleted at once. Twice is nothing. Raises `LinkWrong`."""
    key = _read(token, _LEAVE, max_age=None)
    Subscriber.objects.filter(pk=key).delete()


def check_confirmation(token: str) -> None:
    """Raise `LinkWrong` for a link that cannot confirm; for the page with the button."""
    _read(token, _CONFIRM, max_age=CONFIRM_DAYS * 24 * 3600)


def check_leaving(token: str) -> None:
    """Raise `LinkWrong` for a link that cannot end a subscription."""
    _read(token, _LEAVE, max_age=None)


def confirmation_token(subscriber_id: UUID) -> str:
    """What the confirming link ends with."""
    return signing.dumps(str(subscriber_id), salt=_CONFIRM)


def leaving_token(subscriber_id: UUID) -> str:
    """What the unsubscribing link ends with; good for as long as letters lie in mailboxes."""
    return signing.dumps(str(subscriber_id), salt=_LEAVE)


def forget(*, at: datetime) -> int:
    """Delete addresses that were not confirmed in a week, and letters to strangers after 90 days.

    Returns how many addresses. The daily task.
    """
    old = UNCONFIRMED.ago(at)
    count, _rows = Subscriber.objects.filter(
        Q(confirmed_at__isnull=True, asked_at__lt=old)
    ).delete()
    forget_letters(before=LETTERS.ago(at))
    return count


def _read(token: str, salt: str, max_age: int | None) -> UUID:
    try:
        return UUID(signing.loads(token, salt=salt, max_age=max_age))
    except (signing.BadSignature, ValueError, TypeError, AttributeError) as error:
        raise _wrong() from error


def _wrong() -> LinkWrong:
    return LinkWrong(_("This link is no longer good. Ask for the news again and use the new one."))
