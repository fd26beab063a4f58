"""Keys of other systems, and by which names they know our rows (PRO-10)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Organisation
from stars.common.models import UUIDModel


class ApiKey(UUIDModel):
    """A key of one organisation; only its hash is kept, the key itself is shown once."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="api_keys"
    )
    name = models.CharField(max_length=80)
    # The first letters, by which people tell their keys apart.
    prefix = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=20))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    expires_on = models.DateField(help_text="last day, inclusive")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    last_used_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key_hash"], name="api_key_hash_once"),
            # Two keys of one name could not be told apart when one has to go.
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=models.Q(revoked_at__isnull=True),
                name="api_key_name_once",
            ),
        ]


class ExternalId(UUIDModel):
    """By which name an organisation's own system knows one of our rows.

    `content_hash` is of what was sent last: the same again is answered "unchanged". `left_as` is a
    fingerprint of the row as that left it: whoever changed it in the workspace meanwhile is not
    overwritten silently (PRO-6).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    external_id = models.CharField(max_length=120)
    object_id = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    left_as = models.CharField(max_length=64, blank=True, default="")
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "external_id"], name="external_id_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["object_id"], name="external_id_of_object"),
        ]


class ApiWrite(models.Model):
    """That a key wrote a row: the logs name the person in whose name it acts, this the key."""

    GRANTS: ClassVar[str] = "append"
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="writes")
    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key", "-id"], name="write_of_key"),
            models.Index(fields=["object_id"], name="write_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
