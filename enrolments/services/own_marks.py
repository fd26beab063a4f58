"""The learner's own side of attendance: the session's short code (ENR-6, money-rules.md 18).

A teacher shows six digits; who sits there writes them in. The database keeps a keyed hash only:
the digits come from the key and the row, so they can be shown again while they work.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalogue.models import Session
from catalogue.services.groups import lock_group
from enrolments.enums import ParticipationState
from enrolments.models import OwnMark, Participation, SessionCode
from enrolments.rules import code_window
from stars.common.errors import Conflict, Invalid
from stars.common.limits import at_most
from stars.common.permissions import require
from stars.common.transactions import service

DIGITS = 6
# So many codes may be tried within an hour: out of a million, in a quarter of an hour.
TRIES = 10


def _keyed(text: str) -> bytes:
    return hmac.digest(settings.PERSONAL_CODE_HASH_KEY.encode(), text.encode(), "sha256")


def digits_of(code: SessionCode) -> str:
    """The digits of a code that is shown; of no use without the key to whoever has the row."""
    number = int.from_bytes(_keyed(f"session code {code.pk}")[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}}"


def _hash(session_id: UUID, digits: str) -> str:
    return _keyed(f"session code of {session_id}: {digits}").hex()


def code_on(session: Session, at: datetime) -> SessionCode | None:
    """The code that works now, if one does: one query."""
    codes = SessionCode.objects.filter(session=session, opens_at__lte=at, closes_at__gt=at)
    return codes.order_by("-opens_at").first()


@service
def show_code(*, session_id: UUID, actor: Any, at: datetime) -> SessionCode:
    """A code for the session; `digits_of` says it. One that works already is returned.

    `Conflict` outside the session and a quarter of an hour around it.
    """
    session = Session.objects.get(pk=session_id)
    # Two teachers pressing at once get the same digits.
    group = lock_group(session.group_id)
    require(actor, "enrolments.run_group", group)
    if known := code_on(session, at):
        return known
    window = code_window(session.starts_at, session.ends_at, at)
    if window is None:
        raise Conflict(
            _("The code can be shown while the session goes on."), code="outside_session"
        )
    code = SessionCode(session=session, opens_at=window[0], closes_at=window[1], issued_by=actor)
    code.code_hash = _hash(session.pk, digits_of(code))
    code.save(force_insert=True)
    return code


@service
def confirm_presence(*, participation_id: UUID, digits: str, actor: Any, at: datetime) -> OwnMark:
    """The learner was there: the digits are those of a session of their group that work now.

    `Invalid` (field "code") for other digits, those of yesterday and those of another group;
    `Conflict` for who does not learn; `limits.TooMany` after ten tries in an hour. Writing it
    twice returns the first.
    """
    participation = (
        Participation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account__person")
        .get(pk=participation_id)
    )
    require(actor, "enrolments.confirm_presence", participation)
    if participation.state != ParticipationState.LEARNING:
        raise Conflict(_("Only who learns in the group can write in a code."), code="not_learning")
    at_most(TRIES, seconds=3600, action="session_code", who=participation_id)
    plain = "".join(sign for sign in digits if not sign.isspace() and sign != "-")
    working = SessionCode.objects.filter(
        session__group=participation.group_id, opens_at__lte=at, closes_at__gt=at
    )
    for code in working.order_by("-opens_at"):
        if hmac.compare_digest(_hash(code.session_id, plain), code.code_hash):
            mark, _made = OwnMark.objects.get_or_create(
                participation=participation, session_id=code.session_id, defaults={"at": at}
            )
            return mark
    raise Invalid(
        _("This code does not fit or is over. Ask the teacher to show it again."),
        code="code",
        field="code",
    )
