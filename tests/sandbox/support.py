"""The portal's side of the protocol, written without the library that the sandbox uses."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
CALLBACK = "http://localhost:8000/accounts/oidc/latvija/login/callback/"
CLIENT = ("stars", "development-only")
ENVIRON = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("STARS_") and name != "DJANGO_SETTINGS_MODULE"
}


@dataclass
class Portal:
    """The site that asks for sign-in. Each instance has its own verifier, state and nonce."""

    issuer: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @property
    def request(self) -> dict[str, str]:
        """The parameters of a correct authorisation request."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return {
            "response_type": "code",
            "client_id": CLIENT[0],
            "redirect_uri": CALLBACK,
            "scope": "openid profile personal_code",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }

    def authorize(self, *without: str, **changes: str) -> requests.Response:
        """Ask for the sign-in page, leaving out or changing some parameters."""
        params = {k: v for k, v in {**self.request, **changes}.items() if k not in without}
        return requests.get(f"{self.issuer}/authorize", params, allow_redirects=False, timeout=10)

    def submit(self, page: requests.Response, **fields: str) -> requests.Response:
        """Send the form of a sign-in page with these fields."""
        form = BeautifulSoup(page.text, "html.parser").form
        assert form is not None, page.text
        action = form["action"]
        return requests.post(f"{self.issuer}{action}", fields, allow_redirects=False, timeout=10)

    def code_for(self, resident: str, **changes: str) -> str:
        """Sign in as a resident on the page and return the code that comes back."""
        answer = returned(self.submit(self.authorize(**changes), resident=resident))
        assert answer["state"] == self.state
        return answer["code"]

    def exchange(
        self, code: str, *without: str, auth: tuple[str, str] | None = CLIENT, **changes: str
    ) -> requests.Response:
        """Send a code to the token endpoint."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        }
        data = {k: v for k, v in {**form, **changes}.items() if k not in without}
        return requests.post(f"{self.issuer}/token", data, auth=auth, timeout=10)

    def userinfo(self, access_token: str) -> requests.Response:
        """Ask for the claims with an access token."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return requests.get(f"{self.issuer}/userinfo", headers=headers, timeout=10)


def returned(response: requests.Response) -> dict[str, str]:
    """The parameters with which the browser was led back to the portal."""
    assert response.status_code == 302, response.text
    location = urlsplit(response.headers["Location"])
    assert location._replace(query="").geturl() == CALLBACK
    return {name: values[0] for name, values in parse_qs(location.query).items()}


@dataclass(frozen=True)
class Running:
    """A sandbox that is up."""

    process: subprocess.Popen[str]
    issuer: str
    data_dir: Path

    @property
    def portal(self) -> Portal:
        """A new relying party."""
        return Portal(self.issuer)
