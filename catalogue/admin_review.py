"""The agency's review of programmes in the admin: what to look at, and what to decide (CAT-10)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue import reviews
from catalogue.enums import SHOWN, UNSENT, Recommender, VersionState
from catalogue.fields import EDITABLE, OFFERS, label_of
from catalogue.models import Programme, ProgrammeVersion
from catalogue.rules import PriceFlag
from catalogue.services import remarks, temporary, versions
from stars.common import formats
from stars.common.admin import Action, Nothing, Reason, Section, actor, link_to
from stars.common.dates import now
from stars.common.formats import money
from stars.common.names import columns

FLAGS = {
    PriceFlag.ABOVE_TYPE: _("Dearer than other programmes of this type"),
    PriceFlag.ABOVE_OWN: _("Dearer than this programme was"),
    PriceFlag.FOLLOWS_GRANT: _("The price follows the grant"),
}


def _euro(value: Decimal | None) -> str:
    return "–" if value is None else money(value, formats.language(), cents=True)


def changes(request: HttpRequest, version: ProgrammeVersion) -> Section:
    """What is new against the version that was shown before."""
    version = reviews.version_with_words(version.pk)
    before = reviews.version_before(version)
    if before is None:
        return Section(
            _("What is new"),
            columns("Field", "Text"),
            [
                [capfirst(change.label), change.html]
                for change in reviews.difference(None, version)
                if change.pieces
            ],
            note=_("This is the first version of the programme."),
        )
    return Section(
        _("What is new"),
        columns("Field", "Difference"),
        [[capfirst(change.label), change.html] for change in reviews.difference(before, version)],
        note=format_lazy(
            _("Against version {number}. New words are underlined, lost ones are struck through."),
            number=before.number,
        ),
    )


def price_watch(request: HttpRequest, version: ProgrammeVersion) -> Section:
    """How the price stands to others, as of now."""
    return Section(
        _("Price watch"),
        columns(
            "Price",
            "For an academic hour",
            "Median of the type",
            "Reason asked above",
            "Earlier own price",
            "Compared with",
            "What is noticed",
        ),
        [
            [
                finding.price,
                _euro(finding.per_hour),
                _euro(finding.median),
                _euro(finding.limit),
                _euro(finding.earlier),
                finding.compared,
                "; ".join(str(FLAGS[flag]) for flag in finding.flags),
            ]
            for finding in reviews.price_findings(version, at=now())
        ],
        note=format_lazy(_("The provider's reason: {reason}"), reason=version.price_reason or "–"),
    )


def remark_list(request: HttpRequest, version: ProgrammeVersion) -> Section:
    """Every remark; its page settles it."""
    return Section(
        _("Remarks"),
        columns("Field", "Remark", "Who", "Time", "Answer", "Settled"),
        [
            [
                link_to(remark, capfirst(label_of(remark.field))),
                remark.text,
                actor(remark.author),
                remark.at,
                remark.answer or "–",
                remark.resolved_at,
            ]
            for remark in reviews.remarks(version)
        ],
    )


def decision_list(request: HttpRequest, version: ProgrammeVersion) -> Section:
    """Each sending with its decision, author and time."""
    return Section(
        _("Decisions"),
        columns("Number", "Call", "Sent", "Who", "Decided", "Who", "Decision", "Note"),
        [
            [
                link_to(each, str(each.number)),
                link_to(each.call, each.call.title) if each.call else "–",
                each.submitted_at,
                actor(each.submitted_by),
                each.decided_at,
                actor(each.decided_by) if each.decided_at else "–",
                each.get_outcome_display(),
                each.note,
            ]
            for each in reviews.decisions(version)
        ],
    )


class Note(forms.Form):
    """Something may be said with it."""

    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class PriceReason(Note):
    """Publishing asks for a reason where the price stands out."""

    price_reason = forms.CharField(
        label=_("Reason for the price"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only where the price watch asks and the provider has not said why."),
    )


def _fields() -> list[tuple[str, Any]]:
    names = ("", *EDITABLE, OFFERS)
    return [(name, capfirst(label_of(name))) for name in names]


class Remark(forms.Form):
    """What has to be changed where."""

    field = forms.ChoiceField(
        label=pgettext_lazy("column", "Field"), choices=_fields, required=False
    )
    text = forms.CharField(
        label=_("Remark"), max_length=remarks.LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class Recommendation(forms.Form):
    """Whose word an experimental programme comes on."""

    recommender = forms.ChoiceField(label=_("Who recommends it"), choices=Recommender)
    recommended_by = forms.CharField(label=_("Name of the employer or the expert"), max_length=200)
    recommendation = forms.CharField(
        label=_("What they say"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


def _does(service: Callable[..., Any], told: Any) -> Callable[..., Any]:
    """Call a service on the version with the answers of the form."""

    def run(request: HttpRequest, version: ProgrammeVersion, answers: dict[str, Any]) -> Any:
        service(version_id=version.pk, **answers, actor=request.user, at=now())
        return told

    return run


def _in(*states: str) -> Callable[[Any], bool]:
    return lambda version: version.state in states


REVIEW = "catalogue.review_version"
ACTS = (
    Action(
        code="take",
        label=_("Begin the review"),
        explains=_("The provider sees that somebody is looking at the version."),
        permission=REVIEW,
        run=_does(versions.take_in_review, _("The version is in review.")),
        when=_in(VersionState.SUBMITTED),
    ),
    Action(
        code="remark",
        label=_("Add a remark"),
        explains=_("The provider reads all remarks when the version is returned."),
        permission=REVIEW,
        run=_does(remarks.add_remark, _("The remark is written down.")),
        form=Remark,
        when=_in(VersionState.IN_REVIEW),
    ),
    Action(
        code="return",
        label=_("Return with remarks"),
        explains=_("The provider mends the version and sends it again."),
        permission=REVIEW,
        run=_does(versions.return_with_remarks, _("The version is with its provider again.")),
        form=Note,
        when=_in(VersionState.IN_REVIEW),
    ),
    Action(
        code="approve",
        label=_("Approve"),
        explains=_("The version may be published as it is. Open remarks count as settled."),
        permission=REVIEW,
        run=_does(versions.approve, _("Approved.")),
        form=Note,
        when=_in(VersionState.IN_REVIEW),
    ),
    Action(
        code="reject",
        label=_("Reject"),
        explains=_("The version is refused for good. The provider reads why."),
        permission=REVIEW,
        run=_does(versions.reject, _("Rejected.")),
        form=Reason,
        when=_in(VersionState.IN_REVIEW),
    ),
    Action(
        code="publish",
        label=_("Publish"),
        explains=_("Visitors will see this version. The one shown now is archived."),
        permission="catalogue.publish_version",
        run=_does(versions.publish_version, _("Published.")),
        form=PriceReason,
        when=_in(VersionState.APPROVED),
    ),
    Action(
        code="suspend",
        label=_("Suspend"),
        explains=_(
            "The programme leaves the catalogue and takes no applications. Its page stays and says"
            " so; whoever is learning goes on."
        ),
        permission="catalogue.suspend_version",
        run=_does(versions.suspend, _("Suspended.")),
        form=Reason,
        when=_in(VersionState.PUBLISHED),
    ),
    Action(
        code="resume",
        label=_("Show again"),
        explains=_("The programme is back in the catalogue and takes applications."),
        permission="catalogue.suspend_version",
        run=_does(versions.resume, _("The programme is shown again.")),
        form=Note,
        when=_in(VersionState.SUSPENDED),
    ),
    Action(
        code="archive",
        label=pgettext_lazy("action", "Archive"),
        explains=_("For good. What was shown keeps its page; nobody can apply any more."),
        permission="catalogue.archive_version",
        run=_does(versions.archive, _("Archived.")),
        form=Note,
        when=_in(*UNSENT, VersionState.APPROVED, *SHOWN),
    ),
)


def _give(request: HttpRequest, programme: Programme, answers: dict[str, Any]) -> Any:
    temporary.give_temporary_status(
        programme_id=programme.pk, **answers, actor=request.user, at=now()
    )
    return _("The programme has temporary status.")


GIVE_TEMPORARY = Action(
    code="temporary",
    label=_("Give temporary status"),
    explains=_(
        "An experimental programme comes without a call, on the recommendation of an employer or an"
        " expert. It is reviewed after its first year."
    ),
    permission="catalogue.manage_temporary",
    run=_give,
    form=Recommendation,
)


def _settle(request: HttpRequest, remark: Any, answers: dict[str, Any]) -> Any:
    remarks.resolve_remark(remark_id=remark.pk, actor=request.user, at=now())
    return _("The remark is settled.")


SETTLE = Action(
    code="settle",
    label=_("Settle the remark"),
    explains=_("What was asked for has been done, or is not needed any more."),
    permission="catalogue.settle_remark",
    run=_settle,
    form=Nothing,
    when=lambda remark: remark.resolved_at is None,
)
