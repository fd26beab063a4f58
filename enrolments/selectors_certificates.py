"""Certificates that providers issued, the same queries for few and for many."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from catalogue.models import Provider
from enrolments.models import Certificate

VALID, WITHDRAWN = "valid", "withdrawn"


def issued_by(
    providers: Sequence[Provider], *, words: str = "", state: str = ""
) -> QuerySet[Certificate]:
    """Certificates of the providers, the newest first: one query.

    `words` are looked for in names, numbers of documents, groups and titles; `state` is VALID,
    WITHDRAWN or "" for all.
    """
    found = Certificate.objects.filter(
        participation__group__version__programme__provider__in=providers
    ).select_related("template", "participation__account__person", "participation__group__version")
    for word in words.split()[:5]:
        found = found.filter(
            Q(participation__account__person__given_name__icontains=word)
            | Q(participation__account__person__family_name__icontains=word)
            | Q(participation__document_number__icontains=word)
            | Q(participation__group__code__icontains=word)
            | Q(participation__group__version__title_lv__icontains=word)
            | Q(participation__group__version__title_en__icontains=word)
        )
    if state == VALID:
        found = found.filter(withdrawn_at__isnull=True)
    elif state == WITHDRAWN:
        found = found.filter(withdrawn_at__isnull=False)
    return found.order_by("-issued_at", "pk")
