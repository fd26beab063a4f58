"""The order of the Latvian alphabet; the embedded server has no ICU."""

from __future__ import annotations

from django.db.models import Func, TextField

# As lv_key() in the database has it (stars.common, migration 0002): a long vowel stands with its
# short one.
_PLACES = str.maketrans(
    "aābcčdeēfgģhiīyjkķlļmnņoōpqrŗsštuūvwxzž",
    r"AABCDEFFGHIJKKKLMNOPQRSTTUVWXYZ[\\]^_`a",
)


class LvKey(Func):
    """Key of Latvian alphabetical order, in a query."""

    function = "lv_key"
    output_field = TextField()


def lv_key(text: str) -> str:
    """Key of Latvian alphabetical order, for what no query puts in order."""
    return text.lower().translate(_PLACES)
