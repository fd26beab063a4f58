"""Schemes and their rules in the agency's workplace: read in words, written as new versions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from funding import policy_form, policy_words
from funding.criteria import CriteriaSet
from funding.models import PolicyVersion, Scheme
from funding.plain_rules import needs
from funding.rules.terms import Terms
from funding.services import policies
from stars.common import formats
from stars.common.admin import Action, AgencyAdmin, Section, actor, link_to
from stars.common.approvals import content_hash
from stars.common.dates import now, today
from stars.common.errors import DomainError
from stars.common.formats import number
from stars.common.names import columns

Answers = dict[str, Any]


def terms_of(request: HttpRequest, version: PolicyVersion) -> Section:
    """Every parameter of the version in words."""
    names = policy_form.words()
    rows = policy_words.rows(version.scheme.kind, Terms.read(version.terms), names)
    assumed = [
        str(policy_words.LABELS[each][0] if each in policy_words.LABELS else _("Who gets it"))
        for each in version.assumptions
    ]
    return Section(
        _("What it says"),
        columns("What", "Value"),
        [[name, value] for name, value in rows],
        note=_("Assumed, since no source says it: %(names)s") % {"names": "; ".join(assumed)}
        if assumed
        else "",
    )


def conditions_of(request: HttpRequest, version: PolicyVersion) -> Section:
    """Who gets the support."""
    said = needs(CriteriaSet.read(version.criteria), policy_form.words())
    return Section(_("Who gets it"), columns("Condition"), [[text] for text in said])


def changes_of(request: HttpRequest, version: PolicyVersion) -> Section:
    """What is different from the version before."""
    before = version.scheme.versions.filter(number__lt=version.number).order_by("-number").first()
    if before is None:
        return Section(_("Different from the version before"), [], [], note=_("It is the first."))
    return _differences(version.scheme, before, *policy_words.of_version(version))


def _differences(scheme: Scheme, before: PolicyVersion, terms: Terms, criteria: Any) -> Section:
    found = policy_words.differences(
        scheme.kind, policy_words.of_version(before), (terms, criteria), policy_form.words()
    )
    return Section(
        _("Different from the version before"),
        columns("What", "Before", "After"),
        [[each.what, each.before, each.after] for each in found],
    )


def _effect(preview: policies.Preview) -> Section:
    """Whom the new rules reach and what they cost."""
    language = formats.language()
    counts: list[tuple[Any, int | None, int]] = [
        (_("People with an account"), preview.accounts, preview.accounts),
        (_("Of them eligible"), preview.eligible_before, preview.eligible),
        (_("Eligible and served when they ask"), preview.served_before, preview.served),
        (_("Become eligible"), None, preview.gain),
        (_("No longer eligible"), None, preview.lose),
    ]
    rows: list[list[Any]] = [
        [text, "" if before is None else number(before, language), number(then, language)]
        for text, before, then in counts
    ]
    rows.append([_("It would cost at most"), preview.cost_before, preview.cost])
    rows.append([_("Money of the project that can be promised"), "", preview.available])
    note: Any = _(
        "For money on the account: one round for everybody who is eligible and asks. For other"
        " support: the use of the last twelve months under these rules."
    )
    if preview.rounds:
        note = _("%(note)s Planned rounds that will follow the new rules: %(rounds)s.") % {
            "note": note,
            "rounds": ", ".join(preview.rounds),
        }
    return Section(_("What it would change"), columns("What", "Now", "Then"), rows, note=note)


def versions_of(request: HttpRequest, scheme: Scheme) -> Section:
    """Every version of the scheme's rules."""
    rows = scheme.versions.select_related("author").order_by("-number")
    return Section(
        _("Policy versions"),
        columns("Number", "From", "Until", "Who", "Reason"),
        [
            [
                link_to(row, str(row.number)),
                row.valid_from,
                row.valid_to,
                actor(row.author) if row.author else "–",
                row.why,
            ]
            for row in rows
        ],
    )


def seen_as(form: policy_form.PolicyForm) -> str:
    """What was shown, in few letters: something else than that is shown first."""
    return content_hash({**form.answers(), "why": form.cleaned_data["why"]})


def _to_the_page(request: HttpRequest, scheme: Scheme, answers: Answers) -> HttpResponse:
    """Nothing is done by one answer: the page of `SchemeAdmin` shows the effect first."""
    return HttpResponseRedirect(request.path)


NEW_VERSION = Action(
    code="new-version",
    label=_("Write new rules"),
    explains=_(
        "What was granted keeps the rules under which it was granted. First you see whom the new"
        " rules reach and what they cost; nothing is saved before you confirm."
    ),
    permission="funding.write_policy",
    run=_to_the_page,
)


@admin.register(Scheme)
class SchemeAdmin(AgencyAdmin):
    """One way in which a source supports."""

    list_display = ("called", "kind", "source", "order")
    list_filter = ("kind", "source")
    list_select_related = ("source__term",)
    search_fields = ("code", "name_lv", "name_en")
    ordering = ("source__code", "order")
    sections = (versions_of,)
    acts = (NEW_VERSION,)

    @admin.display(description=_("Name"), ordering="name_lv")
    def called(self, scheme: Scheme) -> str:
        return scheme.name

    def _act(self, request: HttpRequest, act: Action, row: Any) -> HttpResponseBase:
        if act is not NEW_VERSION:
            return super()._act(request, act, row)
        return self._write(request, row)

    def _write(self, request: HttpRequest, scheme: Scheme) -> HttpResponse:
        current = scheme.versions.order_by("-valid_from").first()
        sections: list[Section] = []
        shown = ""
        try:
            first = policy_form.initial(scheme, current)
        except policy_form.NotInForm:
            messages.error(
                request, _("These conditions are put together in a way that this page cannot show.")
            )
            return HttpResponseRedirect(self._after(scheme))
        first |= {"valid_from": today()}
        posted = request.method == "POST"
        form = policy_form.PolicyForm(scheme, request.POST if posted else None, initial=first)
        if posted and form.is_valid():
            answers = form.answers()
            content = seen_as(form)
            try:
                if "save" in request.POST and request.POST.get("shown") == content:
                    return self._save(request, scheme, form, answers)
                seen = policies.preview_version(scheme_id=scheme.pk, at=now(), **answers)
            except DomainError as error:
                named = f"t_{error.field}" if f"t_{error.field}" in form.fields else error.field
                form.add_error(named if named in form.fields else None, str(error.message))
            else:
                shown = content
                sections = [_effect(seen)]
                if current is not None:
                    sections.append(_differences(scheme, current, seen.terms, answers["criteria"]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": NEW_VERSION.label,
            "act": NEW_VERSION,
            "row": scheme,
            "form": form,
            "agency_sections": sections,
            "shown": shown,
            "back": self._after(scheme),
        }
        return TemplateResponse(request, "admin/agency/policy.html", context)

    def _save(
        self, request: HttpRequest, scheme: Scheme, form: Any, answers: Answers
    ) -> HttpResponse:
        version = policies.write_version(
            scheme_id=scheme.pk,
            **answers,
            why=form.cleaned_data["why"],
            actor=request.user,
            at=now(),
        )
        self.log_change(request, scheme, NEW_VERSION.code)
        messages.success(
            request,
            _("Version %(number)s is in force from %(day)s.")
            % {"number": version.number, "day": policy_words.on(version.valid_from)},
        )
        return HttpResponseRedirect(self._after(scheme))


@admin.register(PolicyVersion)
class PolicyVersionAdmin(AgencyAdmin):
    """The rules of a scheme for a time. A version is never edited: a new one is written."""

    hidden = ("terms", "criteria", "assumptions")
    list_display = ("scheme", "number", "valid_from", "valid_to")
    list_filter = ("scheme__source",)
    list_select_related = ("scheme__source__term",)
    search_fields = ("scheme__code",)
    ordering = ("scheme__code", "-number")
    sections = (terms_of, conditions_of, changes_of)
