"""Storing, linking to, opening and removing files."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stars.audit import services as audit
from stars.common.errors import DomainError, NotAllowed
from stars.common.permissions import System, actor_or_none
from stars.common.transactions import after_commit, service
from stars.files import owners, rules
from stars.files.enums import FileType
from stars.files.models import StoredFile

LINK_SECONDS = 300
_SALT = "stars.files"


class LinkExpired(DomainError):
    """The link was good for five minutes."""

    status = 410
    code = "link_expired"


def storage() -> FileSystemStorage:
    """Where the bytes lie; no web server has a way there."""
    return FileSystemStorage(
        location=Path(settings.MEDIA_ROOT) / "stored",
        file_permissions_mode=0o600,
        directory_permissions_mode=0o700,
    )


@service
def store(
    *,
    actor: Any,
    owner_kind: str,
    owner_id: UUID,
    name: str,
    content: IO[bytes],
    at: datetime,
) -> StoredFile:
    """Keep a file of at most 10 MB for an object (PDF, PNG or JPEG; what its kind of owner takes).

    Raises `Invalid` (field "file") for what `rules.file_type` refuses, `NotAllowed` where the
    object's app says so, LookupError for an unknown kind. If the transaction is undone later,
    the bytes stay behind without a row; `remove_orphans` takes them away.
    """
    owner = owners.get(owner_kind)
    _ask(owner.may_write, actor, owner_id)
    data = content.read(rules.MAX_BYTES + 1)
    cleaned = rules.clean_name(name)
    kind = rules.file_type(cleaned, data, owner.types)
    random = secrets.token_hex(16)
    key = storage().save(f"{random[:2]}/{random[2:]}", ContentFile(data))
    file = StoredFile.objects.create(
        owner_kind=owner_kind,
        owner_id=owner_id,
        name=cleaned,
        content_type=kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        key=key,
        uploaded_by=actor_or_none(actor),
        uploaded_at=at,
    )
    _log("file_stored", file, actor, at)
    return file


def link(*, file: StoredFile, actor: Any) -> str:
    """An address under which `actor`, and nobody else, gets the file for five minutes.

    Raises `NotAllowed` where the object's app says so.
    """
    _ask(owners.get(file.owner_kind).may_read, actor, file.owner_id)
    token = signing.dumps([str(file.pk), str(actor.pk)], salt=_SALT)
    return reverse("files:download", kwargs={"token": token})


def open_link(*, token: str, actor: Any, at: datetime) -> tuple[StoredFile, Path]:
    """The file behind a link and where its bytes lie.

    Permission is asked again; a look at somebody else's file is logged.
    Raises `LinkExpired`, and `NotAllowed` for a link that was made for somebody else, was
    tampered with, or whose file the actor may no longer see or is gone.
    """
    try:
        file_id, user_id = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.SignatureExpired as error:
        raise LinkExpired(
            _("This link has expired. Go back to the page and open the file from there.")
        ) from error
    except signing.BadSignature as error:
        raise _refused() from error
    file = StoredFile.objects.filter(pk=file_id).first()
    if file is None or str(actor.pk) != user_id:
        raise _refused()
    kind = owners.get(file.owner_kind)
    _ask(kind.may_read, actor, file.owner_id)
    if person_id := kind.looked_at(actor, file.owner_id):
        audit.look(
            actor=actor, person_ids=[person_id], what="stored_file", purpose=kind.purpose, at=at
        )
    return file, Path(storage().path(file.key))


def open_public(*, file: StoredFile) -> Path:
    """Where the bytes of a file lie that everybody may see; `NotAllowed` for any other.

    Only for what is published: it is asked as nobody, and nothing is logged.
    """
    if not owners.get(file.owner_kind).may_read(AnonymousUser(), file.owner_id):
        raise _refused()
    return Path(storage().path(file.key))


@service
def remove(*, file_id: UUID, actor: Any, at: datetime) -> None:
    """Take the file away for good. Raises `NotAllowed`; removing it twice does nothing."""
    file = StoredFile.objects.select_for_update().filter(pk=file_id).first()
    if file is None:
        return
    _ask(owners.get(file.owner_kind).may_write, actor, file.owner_id)
    _log("file_removed", file, actor, at)
    file.delete()
    after_commit(storage().delete, file.key)


def forget_names(*, owner_ids: Collection[UUID]) -> int:
    """Call the files of these objects by their type alone: a person's name often is in a file's.

    For the app that owns them, when the files have to outlive their person. Returns how many.
    """
    rows = 0
    for kind, extension in (
        (FileType.PDF, ".pdf"),
        (FileType.PNG, ".png"),
        (FileType.JPEG, ".jpg"),
        (FileType.XML, ".xml"),
    ):
        same = StoredFile.objects.filter(owner_id__in=owner_ids, content_type=kind)
        rows += same.exclude(name=f"file{extension}").update(name=f"file{extension}")
    return rows


def remove_orphans(*, before: datetime, apply: bool) -> int:
    """Count bytes older than `before` that no row names, and with `apply` remove them.

    They come from uploads whose transaction was undone. Returns how many files there were.
    """
    disk, root, count = storage(), Path(storage().location), 0
    for path in root.glob("*/*") if root.exists() else []:
        key = path.relative_to(root).as_posix()
        if disk.get_modified_time(key) >= before or StoredFile.objects.filter(key=key).exists():
            continue
        count += 1
        if apply:
            disk.delete(key)
    return count


def _ask(question: owners.Question, actor: Any, owner_id: UUID) -> None:
    if not isinstance(actor, System) and not (actor.is_active and question(actor, owner_id)):
        raise _refused()


def _refused() -> NotAllowed:
    return NotAllowed(_("You may not open this file."))


def _log(action: str, file: StoredFile, actor: Any, at: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="files.storedfile",
        object_id=file.pk,
        changes={"owner_kind": (None, file.owner_kind), "owner_id": (None, file.owner_id)},
        at=at,
    )
