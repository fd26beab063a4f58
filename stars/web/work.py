"""A provider's own programmes in words: states, what comes next, prices (PRO-3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from catalogue.enums import VersionState
from catalogue.models import Offer, ProgrammeVersion
from catalogue.own import OwnProgramme, own_version
from enrolments.views.workspace import providers_of_visitor
from stars.common import formats
from stars.common.formats import language

TONES = {
    VersionState.DRAFT: "",
    VersionState.RETURNED: "wait",
    VersionState.SUBMITTED: "info",
    VersionState.IN_REVIEW: "info",
    VersionState.APPROVED: "done",
    VersionState.PUBLISHED: "done",
    VersionState.REJECTED: "error",
    VersionState.SUSPENDED: "error",
    VersionState.ARCHIVED: "",
}
NEXT = {
    VersionState.DRAFT: gettext_lazy("Write on, look at it as a learner does, and send it."),
    VersionState.RETURNED: gettext_lazy(
        "Read the remarks, change what they ask for and send it again."
    ),
    VersionState.SUBMITTED: gettext_lazy(
        "The agency has it. Until somebody begins to review it, you can take it back."
    ),
    VersionState.IN_REVIEW: gettext_lazy("The agency is reviewing it. We will tell you."),
    VersionState.APPROVED: gettext_lazy("The agency will publish it. You need do nothing."),
    VersionState.REJECTED: gettext_lazy("Read the reason. You can write a new version."),
    VersionState.PUBLISHED: gettext_lazy("People see it. To change it, write a new version."),
    VersionState.SUSPENDED: gettext_lazy(
        "Nobody can apply to it for now. Whoever is learning goes on. Ask the agency what it needs."
    ),
    VersionState.ARCHIVED: gettext_lazy("It is not offered any more."),
}


def own(request: HttpRequest, version_id: Any) -> ProgrammeVersion:
    """A version of the visitor's provider; anybody else's does not exist for them."""
    try:
        return own_version(version_id, providers_of_visitor(request))
    except ProgrammeVersion.DoesNotExist as error:
        raise Http404 from error


def tag(state: str) -> dict[str, str]:
    """A state as a tag."""
    known = VersionState(state)
    return {"text": str(known.label), "tone": TONES[known]}


def title(version: ProgrammeVersion) -> str:
    """What a version is called, also while it has no name in the page's language."""
    return version.title or version.title_lv or pgettext("programme", "Without a name")


def price_words(offers: Iterable[Offer]) -> str:
    """ "from 190 €" where there are several, "190 €" for one, "" without."""
    prices = sorted({offer.price for offer in offers})
    if not prices:
        return ""
    least = formats.money(prices[0], language())
    return least if len(prices) == 1 else _("from %(price)s") % {"price": least}


def action(row: OwnProgramme) -> dict[str, str]:
    """The one thing to do with a programme."""
    version = row.version
    if version.state == VersionState.RETURNED:
        return {"url": reverse("web:work_draft", args=[version.pk]), "text": _("Mend")}
    if version.state == VersionState.DRAFT:
        return {"url": reverse("web:work_draft", args=[version.pk]), "text": _("Write on")}
    return {"url": "", "text": ""}
