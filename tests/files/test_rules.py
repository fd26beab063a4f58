"""Name, content and size have to agree."""

from __future__ import annotations

import pytest

from stars.common.errors import Invalid
from stars.files import rules
from stars.files.enums import FileType
from tests.files.conftest import JPEG, PDF, PNG


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("diploms.pdf", PDF, FileType.PDF),
        ("DIPLOMS.PDF", PDF, FileType.PDF),
        ("bilde.png", PNG, FileType.PNG),
        ("bilde.jpg", JPEG, FileType.JPEG),
        ("bilde.jpeg", JPEG, FileType.JPEG),
    ],
)
def test_honest_files(name: str, content: bytes, kind: FileType) -> None:
    assert rules.file_type(name, content) is kind


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("virus.pdf", b"MZ" + b"\0" * 100, "file_content"),
        ("page.pdf", b"<html><script>alert(1)</script></html>", "file_content"),
        ("page.png", PDF, "file_content"),
        ("photo.pdf", JPEG, "file_content"),
        ("archive.jpg", b"PK\x03\x04" + b"\0" * 30, "file_content"),
        # A page in front of a real PDF: some readers would open it, some browsers run it.
        ("both.pdf", b"<script>alert(1)</script>" + PDF, "file_content"),
        ("cut.pdf", PDF[:20], "file_incomplete"),
        ("cut.png", PNG[:-12], "file_incomplete"),
        ("program.exe", b"MZ" + b"\0" * 100, "file_type"),
        ("page.html", b"<html>", "file_type"),
        ("picture.svg", b"<svg/>", "file_type"),
        ("report.pdf.exe", PDF, "file_type"),
        ("pdf", PDF, "file_type"),
        ("", PDF, "file_type"),
        ("empty.pdf", b"", "file_empty"),
        ("large.pdf", PDF + b"\0" * rules.MAX_BYTES, "file_size"),
    ],
)
def test_lying_files(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        rules.file_type(name, content)
    assert (caught.value.code, caught.value.field) == (code, "file")


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("Diploms.PDF", "Diploms.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\dokumenti\\diploms.pdf", "diploms.pdf"),
        ("two\r\nlines.pdf", "twolines.pdf"),
        ("exe\u202efdp.pdf", "exefdp.pdf"),
        ("  many   spaces .pdf", "many spaces.pdf"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ("", "-"),
    ],
)
def test_names(given: str, cleaned: str) -> None:
    assert rules.clean_name(given) == cleaned
