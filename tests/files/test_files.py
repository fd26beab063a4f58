"""Keeping files and handing them out."""

from __future__ import annotations

import hashlib
import io
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import signing
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from stars.audit import selectors as audit
from stars.common.errors import Invalid, NotAllowed
from stars.files import owners, selectors, services
from stars.files.models import StoredFile
from tests.files.conftest import PDF, Cabinet

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 12, 0, tzinfo=ZoneInfo("Europe/Riga"))


@pytest.fixture
def user() -> User:
    return User.objects.create_user()


@pytest.fixture
def stranger() -> User:
    return User.objects.create_user()


def put(cabinet: Cabinet, user: User, **changes: Any) -> StoredFile:
    arguments = {
        "actor": user,
        "owner_kind": "tests.cabinet",
        "owner_id": cabinet.add(user),
        "name": "Diploms.pdf",
        "content": io.BytesIO(PDF),
        "at": AT,
        **changes,
    }
    return services.store(**arguments)


def on_disk(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_is_kept(cabinet: Cabinet, user: User, tmp_path: Path) -> None:
    file = put(cabinet, user)
    assert (file.name, file.content_type, file.size) == ("Diploms.pdf", "application/pdf", len(PDF))
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    (path,) = on_disk(tmp_path)
    assert path.read_bytes() == PDF
    assert "Diploms" not in str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(selectors.files_of("tests.cabinet", file.owner_id)) == [file]
    assert [entry.action for entry in audit.changes_of(file.pk)] == ["file_stored"]


def test_a_lying_file_leaves_nothing(cabinet: Cabinet, user: User, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        put(cabinet, user, content=io.BytesIO(b"<html>"))
    assert not StoredFile.objects.exists()
    assert on_disk(tmp_path) == []


def test_nobody_puts_files_into_others_objects(
    cabinet: Cabinet, user: User, stranger: User, tmp_path: Path
) -> None:
    with pytest.raises(NotAllowed):
        put(cabinet, user, actor=stranger)
    assert on_disk(tmp_path) == []


def test_unknown_owner(cabinet: Cabinet, user: User) -> None:
    with pytest.raises(LookupError):
        put(cabinet, user, owner_kind="nobody.knows", owner_id=uuid4())


def test_download(cabinet: Cabinet, user: User, client: Client) -> None:
    file = put(cabinet, user, name="Līgas diploms.pdf")
    client.force_login(user)
    response = client.get(services.link(file=file, actor=user))
    assert response.status_code == 200
    assert b"".join(response) == PDF  # type: ignore[call-overload]
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''L%C4%ABgas")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert not audit.looks_at(user.pk).exists()


def test_anothers_link_is_of_no_use(
    cabinet: Cabinet, user: User, stranger: User, client: Client
) -> None:
    address = services.link(file=put(cabinet, user), actor=user)
    assert client.get(address).status_code == 302
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    with pytest.raises(NotAllowed):
        services.link(file=StoredFile.objects.get(), actor=stranger)


def test_a_right_that_ended_ends_the_link(
    cabinet: Cabinet, user: User, stranger: User, client: Client
) -> None:
    cabinet.readers.add(stranger.pk)
    address = services.link(file=put(cabinet, user), actor=stranger)
    client.force_login(stranger)
    response = client.get(address)
    assert b"".join(response) == PDF  # type: ignore[call-overload]
    (look,) = audit.looks_at(user.pk)
    assert (look.actor_id, look.what, look.purpose) == (stranger.pk, "stored_file", "checking")
    cabinet.readers.clear()
    assert client.get(address).status_code == 403


def test_a_link_expires(cabinet: Cabinet, user: User, client: Client, monkeypatch: Any) -> None:
    address = services.link(file=put(cabinet, user), actor=user)
    monkeypatch.setattr(services, "LINK_SECONDS", -1)
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 410
    assert "Traceback" not in response.content.decode()


@pytest.mark.parametrize(
    "token",
    ["x", "a:b:c", "....", signing.dumps(["1", "2"], salt="other")],
    ids=["no mark", "marks", "dots", "signed for something else"],  # a signature differs each time
)
def test_a_made_up_link(cabinet: Cabinet, user: User, client: Client, token: str) -> None:
    client.force_login(user)
    assert client.get(f"/fails/{token}/").status_code == 403


def test_removing(
    cabinet: Cabinet,
    user: User,
    stranger: User,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    file = put(cabinet, user)
    with pytest.raises(NotAllowed):
        services.remove(file_id=file.pk, actor=stranger, at=AT)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove(file_id=file.pk, actor=user, at=AT)
    services.remove(file_id=file.pk, actor=user, at=AT)
    assert on_disk(tmp_path) == []
    assert [entry.action for entry in audit.changes_of(file.pk)] == ["file_stored", "file_removed"]


def test_bytes_of_an_upload_that_was_undone(
    cabinet: Cabinet, user: User, tmp_path: Path, capsys: Any
) -> None:
    kept = put(cabinet, user)
    with pytest.raises(RuntimeError), transaction.atomic():
        put(cabinet, user)
        raise RuntimeError("something else went wrong")
    assert len(on_disk(tmp_path)) == 2
    call_command("remove_orphan_files", "--apply")
    assert capsys.readouterr().out == "0 removed\n"
    later = timezone.now() + timedelta(minutes=1)
    assert services.remove_orphans(before=later, apply=False) == 1
    assert services.remove_orphans(before=later, apply=True) == 1
    assert [path.name for path in on_disk(tmp_path)] == [kept.key.partition("/")[2]]


def test_two_owners_of_one_name(cabinet: Cabinet) -> None:
    with pytest.raises(ValueError, match=r"tests\.cabinet"):
        owners.register(
            owners.OwnerKind(
                "tests.cabinet",
                lambda actor, key: True,
                lambda actor, key: True,
                lambda actor, key: None,
                "x",
            )
        )
