"""The protocol: Authlib's OpenID Connect server with a client, codes and tokens kept in memory.

Authlib checks requests, errors and client authentication; this module says what is stored and
tightens three things: PKCE with S256 is required of every client, a code is consumed by the
first attempt to use it, and a second attempt also ends the tokens that the first one gave.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import threading
import time
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, TokenMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfo, UserInfoEndpoint
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet, RSAKey

from stars.sandbox.people import Resident

SCOPES = ("openid", "profile", "personal_code")
ACR = "http://eidas.europa.eu/LoA/high"
TOKEN_SECONDS = 600


class LoopbackURIs(Container[str]):
    """Addresses on this machine, on any port (as RFC 8252 section 7.3 lets a port vary)."""

    def __init__(self, path: str) -> None:
        """``path`` is a regular expression that the whole path has to match."""
        self._pattern = re.compile(rf"http://(?:localhost|127\.0\.0\.1)(?::[0-9]{{1,5}})?{path}")

    def __contains__(self, uri: object) -> bool:
        return isinstance(uri, str) and self._pattern.fullmatch(uri) is not None


@dataclass(frozen=True)
class Client(ClientMixin):
    """The one site that may ask for sign-in: confidential, authorisation code only."""

    client_id: str
    client_secret: str
    redirect_uris: Container[str]
    post_logout_redirect_uris: Container[str]

    @property
    def client_metadata(self) -> dict[str, Any]:
        """What Authlib's endpoints look up about the client."""
        return {"post_logout_redirect_uris": self.post_logout_redirect_uris}

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """None: OpenID Connect requires the redirect URI in each request."""
        return

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return the known scopes among those asked for; None (refused) without ``openid``."""
        asked = (scope or "").split()
        return " ".join(s for s in SCOPES if s in asked) if "openid" in asked else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(self.client_secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in AuthorizationCodeGrant.TOKEN_ENDPOINT_AUTH_METHODS

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):
    """An authorisation code; ``expires_at`` and ``auth_time`` are seconds since 1970."""

    value: str
    resident: Resident
    redirect_uri: str
    scope: str
    nonce: str | None
    auth_time: int
    code_challenge: str
    code_challenge_method: str
    expires_at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> str:
        return ACR


@dataclass(frozen=True)
class Token(TokenMixin):
    """An access token for the user-info endpoint. Revoking one removes it from the store."""

    value: str
    code: str
    resident: Resident
    client: Client
    scope: str
    expires_at: float

    def check_client(self, client: Client) -> bool:
        return client.client_id == self.client.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return TOKEN_SECONDS

    def is_expired(self) -> bool:
        return time.time() >= self.expires_at

    def is_revoked(self) -> bool:
        return False

    def get_user(self) -> Resident:
        return self.resident

    def get_client(self) -> Client:
        return self.client


class Store:
    """Codes and tokens in memory: a restart forgets them, and sign-in simply begins again."""

    def __init__(self, code_seconds: int) -> None:
        """Codes are good for ``code_seconds``; with 0 each one has expired when it is used."""
        self.code_seconds = code_seconds
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, Token] = {}

    def add_code(self, code: Code) -> None:
        """Keep a new code and forget the expired ones."""
        with self._lock:
            now = time.time()
            self._codes = {k: c for k, c in self._codes.items() if c.expires_at > now}
            self._codes[code.value] = code

    def take_code(self, value: str) -> Code | None:
        """Hand out a code once. A code that was used before ends its tokens (RFC 6749 4.1.2)."""
        with self._lock:
            code = self._codes.pop(value, None)
            if code is None:
                self._tokens = {k: t for k, t in self._tokens.items() if t.code != value}
                return None
            return code if time.time() < code.expires_at else None

    def add_token(self, token: Token) -> None:
        """Keep a new access token and forget the expired ones."""
        with self._lock:
            self._tokens = {k: t for k, t in self._tokens.items() if not t.is_expired()}
            self._tokens[token.value] = token

    def token(self, value: str) -> Token | None:
        """Return a token by its value."""
        with self._lock:
            return self._tokens.get(value)


class ResidentInfo(UserInfo):
    """The claims of a person, by scope."""

    SCOPES_CLAIMS_MAPPING = {
        "openid": ["sub", "acr"],
        "profile": ["name", "given_name", "family_name", "birthdate"],
        "personal_code": ["personal_code", "historical_personal_codes", "vital_status"],
    }


def claims_of(resident: Resident, scope: str) -> UserInfo:
    """Return the claims about ``resident`` that ``scope`` (space-separated) covers."""
    everything = ResidentInfo(
        sub=resident.key,
        acr=ACR,
        name=resident.name,
        given_name=resident.given_name,
        family_name=resident.family_name,
        birthdate=resident.birthdate.isoformat(),
        personal_code=resident.personal_code,
        historical_personal_codes=list(resident.historical_personal_codes),
        vital_status=resident.vital_status,
    )
    return everything.filter(scope)


class CodeGrant(AuthorizationCodeGrant):
    """The authorisation code flow over a ``Store`` (``server.store``)."""

    def save_authorization_code(self, code: str, request: Any) -> None:
        store, data = self.server.store, request.payload.data
        now = time.time()
        store.add_code(
            Code(
                value=code,
                resident=request.user,
                redirect_uri=request.payload.redirect_uri,
                scope=request.scope,
                nonce=data.get("nonce"),
                auth_time=int(now),
                code_challenge=data["code_challenge"],
                code_challenge_method=data["code_challenge_method"],
                expires_at=now + store.code_seconds,
            )
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        taken: Code | None = self.server.store.take_code(code)
        return taken

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Nothing is left to delete: the code was taken out when it was looked up."""

    def authenticate_user(self, authorization_code: Code) -> Resident:
        return authorization_code.resident


class RequiredS256(CodeChallenge):
    """PKCE as RFC 9700 wants it: a challenge in every request, and never in plain text."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or not data.get("code_challenge_method"):
            raise InvalidRequestError(
                "PKCE is required: 'code_challenge' with 'code_challenge_method=S256'"
            )
        super().validate_code_challenge(grant, redirect_uri)


class IdToken(OpenIDCode):
    """The signed id token."""

    def __init__(self, issuer: str, key: RSAKey) -> None:
        super().__init__()
        self._issuer = issuer
        self._key = key

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        """No: that a nonce is used once is for the client to check (OpenID Core 15.5.2)."""
        return False

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return self._key

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "typ": "JWT", "kid": str(self._key.kid)}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self._issuer, "aud": client.client_id}

    def generate_user_info(self, user: Resident, scope: str) -> UserInfo:
        return claims_of(user, scope)


class ResidentInfoEndpoint(UserInfoEndpoint):
    """The user-info endpoint."""

    def generate_user_info(self, user: Resident, scope: str) -> UserInfo:
        return claims_of(user, scope)


class EndSession(EndSessionEndpoint):
    """Sign-out started by the portal. There is no session here, so it only leads back."""

    def __init__(self, server: SandboxServer, key: RSAKey) -> None:
        super().__init__(server)
        self._keys = KeySet([key])

    def get_server_jwks(self) -> KeySet:
        return self._keys

    def get_algorithms(self) -> list[str]:
        return ["RS256"]

    def is_post_logout_redirect_uri_legitimate(
        self, request: Any, post_logout_redirect_uri: str, client: Client, logout_hint: str | None
    ) -> bool:
        """Yes, even without an id token: the address is registered and nothing can be ended."""
        return True

    def end_session(self, end_session_request: Any) -> None:
        """Nothing to end."""


class StoredTokens(BearerTokenValidator):
    """Looks access tokens up in the store."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def authenticate_token(self, token_string: str) -> Token | None:
        return self._store.token(token_string)


class SandboxServer(AuthorizationServer):
    """Authlib's server for Flask with everything above registered."""

    def __init__(self, issuer: str, client: Client, store: Store, key: RSAKey) -> None:
        super().__init__(query_client=self._client_by_id, save_token=self._keep_token)
        self.client = client
        self.store = store
        self.load_config({"OAUTH2_TOKEN_EXPIRES_IN": {"authorization_code": TOKEN_SECONDS}})
        self.register_grant(CodeGrant, [RequiredS256(), IdToken(issuer, key)])
        protector = ResourceProtector()
        protector.register_token_validator(StoredTokens(store))
        self.register_endpoint(ResidentInfoEndpoint(resource_protector=protector))
        self.register_endpoint(EndSession(self, key))

    def _client_by_id(self, client_id: str) -> Client | None:
        return self.client if client_id == self.client.client_id else None

    def _keep_token(self, token: dict[str, Any], request: Any) -> None:
        self.store.add_token(
            Token(
                value=token["access_token"],
                code=request.authorization_code.value,
                resident=request.user,
                client=request.client,
                scope=token["scope"],
                expires_at=time.time() + token["expires_in"],
            )
        )


def load_key(data_dir: Path) -> RSAKey:
    """Return the signing key kept in ``data_dir``, made on the first start."""
    path = data_dir / "signing-key.json"
    if not path.exists():
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(key.as_dict(private=True), file)
        draft.replace(path)
    return RSAKey.import_key(json.loads(path.read_text(encoding="utf-8")))


def metadata(issuer: str) -> dict[str, Any]:
    """Return the discovery document."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks.json",
        "end_session_endpoint": f"{issuer}/end-session",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": CodeGrant.TOKEN_ENDPOINT_AUTH_METHODS,
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": [ACR],
        "ui_locales_supported": ["lv", "en"],
        "claims_supported": [
            *("iss", "aud", "exp", "iat", "auth_time", "nonce"),
            *(claim for claims in ResidentInfo.SCOPES_CLAIMS_MAPPING.values() for claim in claims),
        ],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
