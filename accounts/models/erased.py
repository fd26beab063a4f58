"""What is left of an erased person for a while, so that nothing is granted to them twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from stars.common.models import UUIDModel


class ErasedCode(UUIDModel):
    """A keyed hash of a code whose person was erased; it is tied to no other row.

    Money that was used for a period is not given again for the same one: until then nobody with
    this code opens an account.
    """

    lookup = models.CharField(max_length=64)
    again_from = models.DateField(help_text="first day on which a new account may be opened")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["lookup"], name="erased_code_once"),
        ]
