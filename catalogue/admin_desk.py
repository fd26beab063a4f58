"""What waits for the catalogue's people: lines of the first page, and the queue's own filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.enums import RegistrationState, ReviewOutcome, VersionState
from catalogue.models import ProgrammeRemark, ProgrammeVersion, ProviderRegistration, Submission
from stars.common.desk import Waiting, on_the_desk


class Decision(admin.SimpleListFilter):
    """What waits is shown first; what is decided stays one press away."""

    title = _("Decision")
    parameter_name = "decision"
    ALL, WAITS = "all", "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (self.WAITS, _("Waits for a decision")),
            *ReviewOutcome.choices,
            (self.ALL, pgettext_lazy("submissions", "All")),
        ]

    def chosen(self) -> str:
        """The value; whoever came with a search or another filter wants all."""
        return str(self.value() or (self.ALL if self.request.GET else self.WAITS))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.chosen()
        if value == self.WAITS:
            return queryset.filter(decided_at__isnull=True)
        return queryset if value == self.ALL else queryset.filter(outcome=value)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, title in self.lookup_choices:
            yield {
                "selected": self.chosen() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }


@on_the_desk
def waiting() -> list[Waiting]:
    """What the catalogue's people have to look at."""
    approved = ProgrammeVersion.objects.filter(state=VersionState.APPROVED)
    return [
        Waiting(
            _("Organisations that want to become providers"),
            ProviderRegistration.objects.filter(state=RegistrationState.SUBMITTED),
            (("state__exact", RegistrationState.SUBMITTED),),
        ),
        Waiting(
            _("Versions to review"),
            Submission.objects.filter(decided_at__isnull=True),
            ((Decision.parameter_name, Decision.WAITS),),
        ),
        Waiting(
            _("Approved versions to publish"), approved, (("state__exact", VersionState.APPROVED),)
        ),
        Waiting(
            _("Remarks that are not settled"),
            ProgrammeRemark.objects.filter(resolved_at__isnull=True),
        ),
    ]
