"""What counts as an acceptable file: name, size and content have to agree. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

import puremagic
from django.utils.translation import gettext_lazy as _

from stars.common.errors import Invalid
from stars.files.enums import PAPERS, FileType

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 120

EXTENSIONS = {
    ".pdf": FileType.PDF,
    ".png": FileType.PNG,
    ".jpg": FileType.JPEG,
    ".jpeg": FileType.JPEG,
    ".xml": FileType.XML,
}
# The very first bytes, and what has to stand near the end of a file that is whole.
_FRAME = {
    FileType.PDF: (b"%PDF-", b"%%EOF"),
    FileType.PNG: (b"\x89PNG\r\n\x1a\n", b"IEND"),
    FileType.JPEG: (b"\xff\xd8\xff", b"\xff\xd9"),
    FileType.XML: (b"<?xml", b">"),
}
_TAIL = 2048


def clean_name(name: str) -> str:
    """The file's own name without folders, control characters and directions of writing.

    At most 120 characters, the extension kept and in small letters.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = re.sub(r"\s+", " ", name).strip(" .")
    path = PurePosixPath(name or "-")
    extension = path.suffix.lower()
    return path.stem[: MAX_NAME - len(extension)].strip() + extension


def check_size(size: int) -> None:
    """`size` in bytes. Raises `Invalid` for nothing at all and for more than 10 MB."""
    if size == 0:
        raise Invalid(_("The file is empty. Choose it again."), code="file_empty", field="file")
    if size > MAX_BYTES:
        raise Invalid(
            _("The file is larger than 10 MB. Make it smaller or split it."),
            code="file_size",
            field="file",
        )


def file_type(name: str, content: bytes, types: Collection[FileType] = PAPERS) -> FileType:
    """The type, one of `types`, of a file whose name, first bytes and end all say the same.

    What the browser claims is not asked. Raises `Invalid` for other types and for a name that
    lies about the content.
    """
    check_size(len(content))
    claimed = EXTENSIONS.get(PurePosixPath(name).suffix.lower())
    if claimed not in types:
        raise Invalid(
            _("Only PDF, PNG and JPEG files can be added."), code="file_type", field="file"
        )
    assert claimed is not None
    start, end = _FRAME[claimed]
    if not content.startswith(start) or claimed not in {*_detected(content), FileType.XML}:
        raise Invalid(
            _("The file is not what its name says. Save it again as PDF, PNG or JPEG."),
            code="file_content",
            field="file",
        )
    if end not in content[-_TAIL:]:
        raise Invalid(
            _("The file is not complete. Save it again and add it once more."),
            code="file_incomplete",
            field="file",
        )
    return claimed


def _detected(content: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(content)}
    except puremagic.PureError:
        return set()
