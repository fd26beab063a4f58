"""What people are told about their account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalogue.models import Programme
from stars.notifications import kinds


def found_in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Titles and addresses of the programmes that searches found: one query."""
    keys = [params["programme_id"] for params in batch]
    programmes = Programme.objects.filter(pk__in=keys, current__isnull=False)
    known = {str(p.pk): p for p in programmes.select_related("current", "provider")}
    found: list[Mapping[str, Any] | None] = []
    for key in keys:
        programme = known.get(str(key))
        if programme is None or programme.current is None:
            found.append(None)
            continue
        words = {"title": programme.current.title, "provider": programme.provider.name}
        found.append({**words, "slug": programme.slug})
    return found


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    kinds.register(
        "account_opened",
        subject=_("Your learning account is open"),
        title=_("Your learning account is open"),
        text=_("Find training that suits you and apply for it."),
        action=_("See your learning account"),
        url_name="web:account",
    )
    kinds.register(
        "search_found",
        subject=_("The training you waited for has appeared"),
        title=_("New for you: “%(title)s”"),
        text=_(
            "%(provider)s offers it. It fits a search of which you asked us to tell you. You can"
            " end the search in your account, under “Saved”."
        ),
        action=_("See the training"),
        url_name="web:programme",
        url_kwargs=("slug",),
        resolver=found_in_words,
    )
