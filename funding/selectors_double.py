"""Double funding: the same person and the same learning, paid from two sources (FUN-13, rule 9).

The services do not let it happen; this looks at what the tables say, whoever wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROGRAMME, CERTIFICATE = "programme", "certificate"
KINDS: dict[str, str | Promise] = {
    PROGRAMME: _("The same training from two sources"),
    CERTIFICATE: _("An assessment, and a training for the same qualification"),
}
# As many as the query below gives.
SHOWN = 500

# Money that is promised or spent; what was given back or lost is no funding.
# One row for each pair, the earlier first. By person: nobody gets a second account, yet two people
# who turn out to be one are joined.
_PAIRS = """
WITH living AS (
    SELECT c.id, c.account_id, a.person_id, c.source_id, c.support, c.held_at,
           v.programme_id, coalesce(v.qualification_id, r.qualification_id) AS qualification_id,
           c.offer_id IS NULL AS refund
    FROM funding_commitment c
    JOIN learning_accounts_learningaccount a ON a.id = c.account_id
    LEFT JOIN catalogue_offer o ON o.id = c.offer_id
    LEFT JOIN catalogue_programmeversion v ON v.id = o.version_id
    LEFT JOIN funding_claim k ON k.commitment_id = c.id
    LEFT JOIN funding_refundable r ON r.id = k.what_id
    WHERE c.state IN ('held', 'captured', 'payable', 'payable_held', 'paid')
)
SELECT CASE WHEN x.programme_id = y.programme_id THEN 'programme' ELSE 'certificate' END,
       x.id, y.id, x.account_id, x.support, y.support,
       (SELECT code FROM funding_fundingsource WHERE id = x.source_id),
       (SELECT code FROM funding_fundingsource WHERE id = y.source_id)
FROM living x JOIN living y
  ON y.person_id = x.person_id AND (x.held_at, x.id) < (y.held_at, y.id)
WHERE (x.programme_id = y.programme_id AND x.source_id <> y.source_id)
   OR (x.refund <> y.refund AND x.qualification_id = y.qualification_id)
ORDER BY y.held_at DESC, y.id LIMIT 500
"""


@dataclass(frozen=True)
class Double:
    """Two commitments of one person for the same learning; `kind` is a key of `KINDS`. EUR."""

    kind: str
    first_id: UUID
    second_id: UUID
    account_id: UUID
    first_support: Decimal
    second_support: Decimal
    first_source: str
    second_source: str

    @property
    def words(self) -> Any:
        """What is double."""
        return KINDS[self.kind]


def double_funding() -> list[Double]:
    """At most 500 pairs, the latest first, in one query.

    A pair of the kind "programme" breaks rule 9; one of the kind "certificate" is a sign that
    somebody has to look at: paying for an assessment after a paid training may be right.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS)
        return [Double(*row) for row in cursor.fetchall()]
