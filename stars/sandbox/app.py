"""The pages and endpoints of the sandbox, as a Flask application."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import Flask, Response, jsonify, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from stars.sandbox import totp
from stars.sandbox.enterprises import add_register
from stars.sandbox.people import Errors, People, Resident, riga_today
from stars.sandbox.provider import Client, SandboxServer, Store, load_key, metadata
from stars.sandbox.texts import LANGUAGES, TEXTS, years

SECURITY = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
FIELDS = ("given_name", "family_name", "birthdate", "personal_code")


@dataclass(frozen=True)
class Config:
    """How one sandbox is set up. ``code_seconds`` is the life of an authorisation code."""

    issuer: str
    data_dir: Path
    client_id: str
    client_secret: str
    redirect_uris: Container[str]
    post_logout_redirect_uris: Container[str]
    portal_url: str | None = None
    code_seconds: int = 60
    register_key: str = "development-only"
    today: Callable[[], date] = riga_today


def create_app(config: Config) -> Flask:
    """Build the application. ``config.data_dir`` must exist; the signing key is made there."""
    app = Flask(__name__)
    people = People(config.data_dir, config.today)
    key = load_key(config.data_dir)
    client = Client(
        config.client_id,
        config.client_secret,
        config.redirect_uris,
        config.post_logout_redirect_uris,
    )
    server = SandboxServer(config.issuer, client, Store(config.code_seconds), key)
    _add_page_helpers(app, config)
    _add_sign_in(app, server, people)
    _add_protocol(app, server, metadata(config.issuer), {"keys": [key.as_dict(private=False)]})
    _add_services(app, config, people)
    add_register(app, config.register_key, config.today)
    return app


def _language() -> str:
    asked = [request.values.get("lang", ""), *request.values.get("ui_locales", "").split()]
    return next((tag[:2] for tag in asked if tag[:2] in LANGUAGES), LANGUAGES[0])


def _add_page_helpers(app: Flask, config: Config) -> None:
    @app.context_processor
    def helpers() -> dict[str, Any]:
        language = _language()
        other = next(tag for tag in LANGUAGES if tag != language)
        return {
            "t": TEXTS[language],
            "language": language,
            "other": other,
            "other_url": f"{request.path}?{_query(lang=other)}",
            "years": years,
            "portal_url": config.portal_url,
        }

    @app.after_request
    def security_headers(response: Response) -> Response:
        response.headers.extend({k: v for k, v in SECURITY.items() if k not in response.headers})
        if response.mimetype == "text/html" and "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = _policy()
        return response


def _policy(form_action: str = "'none'") -> str:
    return (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {form_action}"
    )


def _query(**changes: str) -> str:
    """The parameters of the request, without the fields of our own form, as a query string."""
    pairs = [
        (name, value)
        for name, values in request.values.lists()
        if name not in (*FIELDS, "resident", "new", "cancel", *changes)
        for value in values
    ]
    return urlencode([*pairs, *changes.items()])


def _checked(validate: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a check of Authlib's, which raises OAuth2Error for a request that is wrong.

    Some of its descriptions repeat what was sent, and then its own rule that a description is
    plain ASCII makes it raise ValueError instead.
    """
    try:
        return validate(*args, **kwargs)
    except ValueError as error:
        raise InvalidRequestError("The request holds a value that is not allowed") from error


def _add_sign_in(app: Flask, server: SandboxServer, people: People) -> None:
    def consent() -> Any:
        return _checked(server.get_consent_grant, end_user=None)

    def page(grant: Any, errors: Errors | None = None) -> tuple[str, int, dict[str, str]]:
        texts, wrong = TEXTS[_language()], errors or {}
        site = urlsplit(grant.redirect_uri)
        origin = f"{site.scheme}://{site.netloc}"
        html = render_template(
            "sign_in.html",
            action=f"/sign-in?{_query()}",
            # The page may be an answer to a form, which has no address to come back to.
            other_url=f"/authorize?{_query(lang='en' if _language() == 'lv' else 'lv')}",
            origin=origin,
            residents=people.residents(),
            added=people.added(),
            today=people.today(),
            errors={name: texts[key].format(**args) for name, (key, args) in wrong.items()},
            values={name: request.form.get(name, "") for name in FIELDS},
        )
        # A browser applies form-action to the redirect that follows the form, too.
        policy = _policy(f"'self' {origin}")
        return html, 422 if wrong else 200, {"Content-Security-Policy": policy}

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        """Show the sign-in page for a correct request (OpenID Core 3.1.2: by GET or POST)."""
        return page(consent())

    @app.post("/sign-in")
    def sign_in() -> Any:
        """Lead back to the site with a code for the chosen person, or with ``access_denied``."""
        grant = consent()
        who: Resident | None = None
        if "cancel" not in request.form:
            if "new" in request.form:
                added = people.add(request.form)
                if not isinstance(added, Resident):
                    return page(grant, added)
                who = added
            else:
                who = people.get(request.form.get("resident", ""))
                if who is None:
                    return page(grant, {"resident": ("unknown_person", {})})
        return server.create_authorization_response(grant_user=who, grant=grant)

    @app.errorhandler(OAuth2Error)
    def wrong_request(error: OAuth2Error) -> AnyResponse | tuple[str, int]:
        """Send the error to the site if its address is certain, and show it here otherwise."""
        if error.redirect_uri:
            led_back: AnyResponse = server.handle_error_response(None, error)
            return led_back
        return render_template("error.html", error=dict(error.get_body())), 400


def _add_protocol(
    app: Flask, server: SandboxServer, discovery: dict[str, Any], jwks: dict[str, Any]
) -> None:
    app.add_url_rule("/.well-known/openid-configuration", "discovery", lambda: jsonify(discovery))
    app.add_url_rule("/jwks.json", "jwks", lambda: jsonify(jwks))

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.route("/userinfo", methods=["GET", "POST"])
    def userinfo() -> Any:
        return server.create_endpoint_response("userinfo")

    @app.route("/end-session", methods=["GET", "POST"])
    def end_session() -> Any:
        asked = _checked(server.validate_endpoint_request, "end_session")
        answer = server.create_endpoint_response("end_session", asked)
        return answer or render_template("signed_out.html")


def _add_services(app: Flask, config: Config, people: People) -> None:
    @app.get("/")
    def home() -> str:
        return render_template("home.html")

    @app.get("/health")
    def health() -> Response:
        return jsonify(status="ok", issuer=config.issuer)

    @app.get("/residents.json")
    def residents() -> Response:
        return jsonify([who.as_json() for who in people.residents()])

    @app.get("/authenticator")
    def authenticator() -> Response:
        now, problem, accounts = time.time(), None, []
        try:
            accounts = totp.read_accounts(config.data_dir / "authenticator.json")
        except totp.BadAuthenticatorFile as error:
            problem = str(error)
        live = request.args.get("refresh") != "off"
        left = totp.seconds_left(now)
        html = render_template(
            "authenticator.html",
            codes=[(who.label, totp.totp(who.secret, now)) for who in accounts],
            left=left,
            live=live,
            problem=problem,
            switch_url=f"/authenticator?{_query(refresh='off' if live else 'on')}",
        )
        # A header rather than <meta>: the visitor can turn it off with the link on the page.
        return Response(html, headers={"Refresh": str(left)} if live else {})
