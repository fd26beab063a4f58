"""Which programmes go together: a projection that is written anew each night (CAT-8)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from catalogue.models.programme import Programme

# Fewer people than this are never told of: nobody can be recognised in the number.
FEWEST_PEOPLE = 5


class ProgrammeAffinity(models.Model):
    """`other` goes with `programme`, the best with rank 1; written by services.affinity only."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="affinities")
    other = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    # 0 nothing alike … 1 the same words and field.
    likeness = models.DecimalField(max_digits=4, decimal_places=3, default=0)
    # People who chose both; 0 where they are too few to be told of.
    together = models.PositiveIntegerField(default=0)
    # How much `together` says, 0–1: against how often each of the two is chosen.
    share = models.DecimalField(max_digits=4, decimal_places=3, default=0)

    class Meta:
        verbose_name_plural = "programme affinities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["programme", "rank"], name="affinity_rank_once"),
            models.UniqueConstraint(fields=["programme", "other"], name="affinity_once"),
            models.CheckConstraint(
                condition=~Q(programme=F("other")), name="affinity_with_another"
            ),
            models.CheckConstraint(
                condition=Q(together=0, share=0) | Q(together__gte=FEWEST_PEOPLE),
                name="affinity_tells_of_nobody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} → {self.other_id}"
