"""Sealing short secrets: AES-256-GCM under keys derived from one setting.

Each purpose has its own key, so that one kind of sealed text can never be passed off as another.
"""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# The first byte says how the rest was made; another way would be another number.
_VERSION = b"\x01"
_NONCE_BYTES = 12


@lru_cache
def _cipher(secret: str, purpose: str) -> AESGCM:
    key = HKDF(SHA256(), length=32, salt=None, info=f"stars {purpose} v1".encode())
    return AESGCM(key.derive(secret.encode()))


def seal(text: str, *, purpose: str) -> bytes:
    """`text` encrypted and authenticated; twice the same text gives different bytes."""
    nonce = os.urandom(_NONCE_BYTES)
    cipher = _cipher(settings.PERSONAL_CODE_KEY, purpose)
    return _VERSION + nonce + cipher.encrypt(nonce, text.encode(), _VERSION)


def unseal(sealed: bytes, *, purpose: str) -> str:
    """What was sealed for `purpose`; cryptography.exceptions.InvalidTag for anything else."""
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    cipher = _cipher(settings.PERSONAL_CODE_KEY, purpose)
    return cipher.decrypt(nonce, body, sealed[:1]).decode()
