"""A provider with a key, and short words for asking as its system."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.test import Client

from accounts.enums import Role
from accounts.models import User
from catalogue.models import Provider
from stars.api.models import ApiKey
from stars.api.scopes import Scope
from stars.api.services import keys
from stars.common.dates import add_months, now, riga_date
from tests import factories as f

V1 = "/api/v1/"


@dataclass
class System:
    """A provider's own system."""

    provider: Provider
    admin: User
    key: ApiKey
    secret: str

    def get(self, path: str, **headers: str) -> Any:
        return Client().get(V1 + path, headers=self.headers(**headers))

    def send(self, path: str, *rows: Any, **headers: str) -> Any:
        """POST rows."""
        return self.post(path, json.dumps({"rows": rows}), **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return Client(raise_request_exception=True).post(
            V1 + path, body, content_type="application/json", headers=self.headers(**headers)
        )

    def sent(self, path: str, *rows: Any) -> list[dict[str, Any]]:
        """The answers about rows."""
        response = self.send(path, *rows)
        assert response.status_code == 200, response.content
        found: list[dict[str, Any]] = response.json()["rows"]
        return found

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en", **more}


def system(provider: Provider | None = None, scopes: Sequence[str] = tuple(Scope.values)) -> System:
    """Make a provider, its administrator and a key with these scopes."""
    provider = provider or f.ProviderFactory()
    admin = f.MembershipFactory(organisation=provider.organisation, role=Role.PROVIDER_ADMIN).user
    made = keys.make_key(
        organisation_id=provider.organisation_id,
        name=f"Sistēma {ApiKey.objects.count()}",
        scopes=scopes,
        expires_on=add_months(riga_date(now()), 6),
        actor=admin,
        at=now(),
    )
    return System(provider, admin, made.row, made.secret)


def results(answers: list[dict[str, Any]]) -> list[str]:
    """What became of each row."""
    return [answer["result"] for answer in answers]


def reason(answer: dict[str, Any]) -> tuple[str, str]:
    """Field and code of the first thing wrong with a row."""
    return answer["errors"][0]["field"], answer["errors"][0]["code"]
