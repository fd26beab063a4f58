"""Files of every kind and an owner of files that belongs to the tests."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from stars.files import owners

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)


@dataclass
class Cabinet:
    """Objects with files; each belongs to one user, and some may be read by others."""

    of: dict[UUID, User] = field(default_factory=dict)
    readers: set[UUID] = field(default_factory=set)

    def add(self, user: User) -> UUID:
        key = uuid4()
        self.of[key] = user
        return key

    def may_read(self, actor: Any, key: UUID) -> bool:
        return self.of[key] == actor or actor.pk in self.readers

    def may_write(self, actor: Any, key: UUID) -> bool:
        return self.of[key] == actor

    def looked_at(self, actor: Any, key: UUID) -> UUID | None:
        return None if self.of[key] == actor else self.of[key].pk


@pytest.fixture
def cabinet(settings: Any, tmp_path: Path) -> Iterator[Cabinet]:
    settings.MEDIA_ROOT = tmp_path
    cabinet = Cabinet()
    owners.register(
        owners.OwnerKind(
            "tests.cabinet", cabinet.may_read, cabinet.may_write, cabinet.looked_at, "checking"
        )
    )
    yield cabinet
    del owners._kinds["tests.cabinet"]
