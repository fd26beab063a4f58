"""What one has to know before applying, with each term explained where it stands."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalogue.enums import LANGUAGES
from catalogue.models import ProgrammeVersion
from catalogue.selectors import ProgrammePage
from stars.common import formats
from stars.common.formats import language

# DigComp 2.2: levels 1-2 foundation, 3-4 intermediate, 5-6 advanced, 7-8 highly specialised.
_LEVELS = (
    gettext_lazy("Basic: you do simple things, sometimes with help."),
    gettext_lazy("Intermediate: you manage on your own and solve simple problems."),
    gettext_lazy("Advanced: you solve different problems and can help others."),
    gettext_lazy("Expert: you solve complex problems and create something new."),
)


def facts(page: ProgrammePage) -> list[dict[str, Any]]:
    """The rows of "Before you apply"; what is not known is left out."""
    return [row for row in rows(page.version, _group(page)) if row["text"]]


def rows(version: ProgrammeVersion, group: str = "") -> list[dict[str, Any]]:
    """Every structured field of a programme in words, empty ones too, in the order of the page.

    Needs type, DigComp area, education and qualification loaded. `group` is how many learn
    together, in words.
    """
    found: list[dict[str, Any]] = [
        {"term": term, "text": text}
        for term, text in (
            (_("Whom it suits"), version.audience),
            (_("What you need to know"), version.prior_knowledge),
            (_("Education you need"), _education(version)),
            (_("What you need to have"), version.equipment),
            (_("Hours"), _hours(version)),
            (_("At the end"), version.final_test),
            (_("What you receive"), _document(version)),
            (_("Profession"), version.qualification.name if version.qualification else ""),
            (_("Skills"), version.digcomp_area.name if version.digcomp_area else ""),
        )
    ]
    found.append(_level(version))
    found += [
        {"term": term, "text": text}
        for term, text in (
            (_("Kind of programme"), _kind(version)),
            (_("Language"), str(LANGUAGES.get(version.language, version.language))),
            (_("Group"), group),
        )
    ]
    return found


def _education(version: ProgrammeVersion) -> str:
    if version.education is None:
        return ""
    return _("At least: %(education)s") % {
        "education": formats.lower_first(version.education.plain)
    }


def _level(version: ProgrammeVersion) -> dict[str, Any]:
    row: dict[str, Any] = {"term": _("Level"), "text": ""}
    if version.digcomp_level:
        row["text"] = _("%(level)s That is level %(n)s of 8 on the European scale") % {
            "level": _LEVELS[(version.digcomp_level - 1) // 2],
            "n": version.digcomp_level,
        }
        row["abbr"] = {
            "word": "DigComp",
            "title": _("European framework of digital skills"),
        }
    return row


def _hours(version: ProgrammeVersion) -> str:
    text = ngettext(
        "%(n)s academic hour of 45 minutes", "%(n)s academic hours of 45 minutes", version.hours
    ) % {"n": formats.number(version.hours, language())}
    if version.practice_hours:
        text += ngettext(
            ", %(n)s of them practice at work",
            ", %(n)s of them practice at work",
            version.practice_hours,
        ) % {"n": formats.number(version.practice_hours, language())}
    if version.self_study_hours:
        text += ngettext(
            ", %(n)s of them on your own",
            ", %(n)s of them on your own",
            version.self_study_hours,
        ) % {"n": formats.number(version.self_study_hours, language())}
    return text


def _document(version: ProgrammeVersion) -> str:
    document = version.type.document
    if not version.credit_points:
        return document
    points = version.credit_points.normalize()
    # Half points are possible and always many.
    words = ngettext(
        "%(n)s credit point that can count if you study later",
        "%(n)s credit points that can count if you study later",
        int(points) if points == int(points) else 2,
    ) % {"n": formats.number(points, language())}
    return f"{document}, {words}"


def _kind(version: ProgrammeVersion) -> str:
    """The official name with the everyday words beside it."""
    kind = version.type
    if kind.plain == kind.name:
        return kind.name
    return f"{kind.name} – {formats.lower_first(kind.plain)}"


def _group(page: ProgrammePage) -> str:
    if not page.groups:
        return ""
    least = min(choice.group.minimum for choice in page.groups)
    most = max(choice.group.capacity for choice in page.groups)
    return f"{least}{formats.EN_DASH}{formats.people(most, language())}"
