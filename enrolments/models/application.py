"""A person's request for a place."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from catalogue.models import Group, Offer
from enrolments.enums import ApplicationState
from enrolments.models.log import EnrolmentLog
from enrolments.models.querysets import ApplicationQuerySet
from enrolments.workflow import APPLICATION
from funding.enums import PayerKind
from funding.models import Commitment
from learning_accounts.models import LearningAccount
from stars.common.models import TimeStamped, UUIDModel
from stars.common.workflow import Stateful


class Application(UUIDModel, TimeStamped, Stateful):
    """One application to one group under one offer (ENR-1, ENR-2)."""

    WORKFLOW = APPLICATION
    LOG = EnrolmentLog

    account = models.ForeignKey(
        LearningAccount, on_delete=models.PROTECT, related_name="applications"
    )
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="applications")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="applications")
    commitment = models.OneToOneField(
        Commitment, on_delete=models.PROTECT, null=True, related_name="application"
    )
    state = models.CharField(
        max_length=12, choices=ApplicationState, default=ApplicationState.DRAFT
    )
    # Whether to use support; without it the whole price is the own part.
    use_support = models.BooleanField(default=True)
    payer = models.CharField(max_length=10, choices=PayerKind, blank=True, default="")
    knows_consequences = models.BooleanField(default=False)
    submitted_at = models.DateTimeField(null=True)
    decide_by = models.DateField(null=True, help_text="last day for the provider's answer")
    # In the queue of a full group since, and until when a freed place is kept for them.
    queued_at = models.DateTimeField(null=True)
    offered_until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    # Shown to the person; the provider writes it.
    decision_note = models.TextField(blank=True, default="")
    # The quote the person confirmed, frozen.
    quote = models.JSONField(default=dict)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["group", "state"], name="application_of_group"),
            models.Index(
                fields=["decide_by"], condition=Q(state="submitted"), name="application_waiting"
            ),
            models.Index(
                fields=["group", "queued_at"],
                condition=Q(state="waitlisted"),
                name="application_queue",
            ),
            models.Index(
                fields=["offered_until"], condition=Q(state="offered"), name="application_offered"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # ENR-9: one living application per person and group.
            models.UniqueConstraint(
                fields=["account", "group"],
                condition=Q(state__in=["draft", "submitted", "approved", "waitlisted", "offered"]),
                name="one_living_application_per_group",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "waitlisted", "offered", "withdrawn", "lapsed"])
                | Q(submitted_at__isnull=False, decide_by__isnull=False),
                name="application_submitted_has_dates",
            ),
            models.CheckConstraint(
                condition=~Q(state="waitlisted") | Q(queued_at__isnull=False),
                name="application_queued_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offered_until__isnull=False),
                name="application_offered_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"]) | Q(decided_at__isnull=False),
                name="application_decided_has_time",
            ),
        ]
        triggers: ClassVar[list[Any]] = [APPLICATION.trigger()]
