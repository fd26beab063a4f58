"""Personal codes: one way of writing, no way of reading them in the database."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from django.utils import translation

from accounts import codes, crypto
from stars.common.errors import Invalid

CODE = "004417-90263"


@pytest.mark.parametrize(
    "text", ["004417-90263", "00441790263", " 004417 90263 ", "004417–90263", "004417\u201190263"]
)
def test_every_way_of_writing_is_one_code(text: str) -> None:
    assert codes.normalise(text) == CODE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Write your personal code."),
        ("  -  ", "Write your personal code."),
        ("12345678", "The code has 8 digits. It needs 11."),
        ("1", "The code has 1 digit. It needs 11."),
        ("123456789012", "The code has 12 digits. It needs 11."),
        ("004417-9026x", "A personal code has digits only, for example 000000-00000."),
        ("٠٠٤٤١٧٩٠٢٦٣", "A personal code has digits only, for example 000000-00000."),
        ("PK:004417-90263", "A personal code has digits only, for example 000000-00000."),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with translation.override("en"), pytest.raises(Invalid) as caught:
        codes.normalise(text)
    with translation.override("en"):
        assert str(caught.value) == message
    assert caught.value.field == "personal_code"


def test_encryption() -> None:
    first, second = codes.encrypt(CODE), codes.encrypt(CODE)
    assert first != second
    assert b"90263" not in first
    assert codes.decrypt(memoryview(first)) == codes.decrypt(second) == CODE


def test_nothing_else_passes_for_a_code() -> None:
    with pytest.raises(InvalidTag):
        codes.decrypt(crypto.seal(CODE, purpose="second factor"))
    sealed = bytearray(codes.encrypt(CODE))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        codes.decrypt(bytes(sealed))


def test_another_key_cannot_read(settings: object) -> None:
    sealed = codes.encrypt(CODE)
    settings.PERSONAL_CODE_KEY = "another"  # type: ignore[attr-defined]
    with pytest.raises(InvalidTag):
        codes.decrypt(sealed)


def test_look_up(settings: object) -> None:
    found = codes.lookup(CODE)
    assert found == codes.lookup(codes.normalise("00441790263"))
    assert found != codes.lookup("004417-90264")
    assert len(found) == 64
    settings.PERSONAL_CODE_HASH_KEY = "another"  # type: ignore[attr-defined]
    assert codes.lookup(CODE) != found
