"""The last proof that the ledger is right."""

from django.db import models

from stars.common.models import UUIDModel


class ReconciliationRun(UUIDModel):
    """One run of the nightly proof; a page shows the last (FUN-6)."""

    GRANTS = "append"

    at = models.DateTimeField()
    ok = models.BooleanField()
    checked = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
