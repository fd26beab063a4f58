"""How allauth's sign-in meets our persons."""

from __future__ import annotations

import base64
import io
from typing import Any, ClassVar

import requests
import segno
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import crypto
from accounts.claims import Claims, read
from accounts.models import User
from accounts.services.identity import identify, is_former
from accounts.signin import pages
from stars.audit import services as audit
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError, Invalid, NotAllowed
from stars.common.permissions import SYSTEM

log = structlog.get_logger(__name__)

# A password typed so many seconds ago need not be typed again to set up the second factor.
FRESH_SECONDS = 300


class StaffAdapter(DefaultAccountAdapter):
    """Staff accounts are made by an administrator, never by signing up."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        # One sentence for both, so that it does not say whose addresses we know.
        "email_password_mismatch": _("The e-mail or the password is not right. Try again."),
        "incorrect_password": _("The password is not right. Try again."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes and try again."),
        "rate_limited": _("Too many attempts. Wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: object) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not right after signing in: new staff would type their password twice in a minute."""
        if app == "allauth.mfa" and self._typed_password_just_now():
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def _typed_password_just_now(self) -> bool:
        records = get_authentication_records(self.request, self.request.user)
        since = now().timestamp() - FRESH_SECONDS
        return any(r["method"] == "password" and r["at"] > since for r in records)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No "you have signed in as …": the page says so, and it would show an e-mail address."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Letters leave through the outbox only (architecture: Banned)."""
        raise NotImplementedError("allauth must not send e-mail")


class ResidentAdapter(DefaultSocialAccountAdapter):
    """Residents come from Latvija.lv and are found by any of their codes."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """allauth's own signing-up is never reached: `pre_social_login` has found or made them."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> Any:
        """Take the claims away before allauth stores them: they hold the personal code."""
        sociallogin.stars_claims = sociallogin.account.extra_data
        sociallogin.account.extra_data = {}
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Sign in the user of the person whom the claims name; or say why not."""
        try:
            user = self._user(sociallogin)
            sociallogin.account, sociallogin.user = self._link(sociallogin, user), user
        except DomainError as error:
            log.warning("sign_in_refused", reason=error.code)
            raise ImmediateHttpResponse(
                pages.page(
                    request,
                    heading=_("You cannot sign in this way"),
                    text=error.message,
                    status=error.status,
                )
            ) from error

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Our page instead of allauth's; what the provider said is logged, never shown."""
        if isinstance(exception, requests.RequestException):
            reason = "unavailable"
        elif error == AuthError.CANCELLED:
            reason = "cancelled"
        elif exception is None and "state_id" in (extra_context or {}):
            reason = "expired"
        else:
            reason = "refused"
        log.warning("sign_in_failed", reason=reason, error=type(exception).__name__)
        raise ImmediateHttpResponse(pages.known(request, reason))

    def _user(self, sociallogin: SocialLogin) -> User:
        if sociallogin.state.get("process", "login") != "login":
            # Connecting Latvija.lv to a user who is signed in some other way is not ours.
            raise NotAllowed(_("You may not do this."))
        at = now()
        claims = self._claims(sociallogin, at)
        person = identify(
            claims=claims,
            at=at,
            language="en" if get_language() == "en" else "lv",
        )
        assert person.user is not None
        if is_former(claims.code):
            messages.info(
                self.request,
                _("You signed in with an earlier personal code. This is the same account."),
            )
        return person.user

    def _claims(self, sociallogin: SocialLogin, at: Any) -> Claims:
        answer = sociallogin.stars_claims
        token, info = answer.get("id_token", {}), answer.get("userinfo", {})
        # OpenID Connect Core 5.3.2: user info about somebody else must not be used.
        if not info or token.get("sub") != info.get("sub"):
            raise Invalid(pages.REASONS["refused"][1], code="subject")
        return read({**token, **info}, on=riga_date(at))

    def _link(self, sociallogin: SocialLogin, user: User) -> SocialAccount:
        """The stored link between the provider's subject and the user; made once."""
        new = sociallogin.account
        link, _made = SocialAccount.objects.get_or_create(
            provider=new.provider, uid=new.uid, defaults={"user": user}
        )
        if link.user_id != user.pk:
            # The same subject now brings another person's codes: no way to know who it is.
            audit.record(
                actor=SYSTEM,
                action="sign_in_subject_changed",
                object_type="accounts.user",
                object_id=user.pk,
                at=now(),
            )
            raise NotAllowed(
                _("Latvija.lv knows you as somebody else than before. Write to us."),
                code="subject_changed",
            )
        return link


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of the second factor are sealed, and nobody takes their own factor away."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right. Wait for the next one and type it."),
    }

    def build_totp_svg(self, url: str) -> str:
        """Dark on white in both themes, with the quiet edge that cameras need."""
        picture = io.BytesIO()
        segno.make(url, error="m").save(
            picture, kind="svg", scale=6, border=4, dark="#14213d", light="#fff"
        )
        return picture.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.seal(text, purpose="second factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unseal(base64.b64decode(encrypted_text), purpose="second factor")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return False
