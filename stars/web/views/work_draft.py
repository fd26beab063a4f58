"""The editor of a programme: writing, keeping, looking at it as a learner, sending it (PRO-3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogue import reviews
from catalogue.boxes import ANSWER, boxes, mark, marks, read_marks, tidy, write_marks
from catalogue.calls import open_calls
from catalogue.checks import Problem, new_sources, problems
from catalogue.enums import UNSENT
from catalogue.fields import LISTS, OFFERS, offers_of
from catalogue.models import Call, Offer, ProgrammeRemark, ProgrammeVersion
from catalogue.prices import watch
from catalogue.services import remarks as remark_services
from catalogue.services import versions
from catalogue.services.keeping import Kept, keep_draft
from enrolments.views.draft import saved_at
from enrolments.views.workspace import providers_of_visitor, work
from stars.common.dates import now, riga_date
from stars.common.errors import Conflict, DomainError, Invalid
from stars.web.draft_page import answers_of, notes, price_watch, sections, shown_lists
from stars.web.programme_form import Choices, label, sent
from stars.web.views.programme import preview_context
from stars.web.work import own, tag, title

MORE = 5  # empty lines that are added at once, for those who work without scripts


@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Write a draft; each sending keeps what can be kept and names the rest (/…/rakstit/)."""
    version = own(request, version_id)
    if version.state not in UNSENT:
        return redirect("web:work_programme", version_id=version.pk)
    if request.method == "GET":
        return _page(request, version, None, {})
    try:
        kept, values = _keep(request, version)
    except Conflict as error:
        messages.error(request, str(error.message))
        return redirect("web:work_programme", version_id=version.pk)
    if kept.refused or kept.clashes:
        return _page(request, kept.version, kept, values)
    if kept.moved:
        messages.info(request, _("A colleague changed something meanwhile. You see it now."))
    return _after(request, kept)


def _after(request: HttpRequest, kept: Kept) -> HttpResponse:
    """Where the pressed button leads once all is kept."""
    then = request.POST.get("then", "")
    address = reverse("web:work_draft", args=[kept.version.pk])
    if then == "send":
        return redirect("web:work_send", version_id=kept.version.pk)
    if then == "preview":
        return redirect("web:work_preview", version_id=kept.version.pk)
    if then in (*LISTS, OFFERS):
        return redirect(f"{address}?more={then}#{then}")
    messages.success(request, saved_at(now()))
    return redirect(address)


@require_POST
def keep(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Keep what is written so far, for the page itself (POST, JSON).

    The answer has, by unit, what to say beside it; the marks to send next time; and what a
    colleague changed meanwhile. 409 once the version is sent.
    """
    version = own(request, version_id)
    try:
        kept, values = _keep(request, version)
    except DomainError as error:
        return JsonResponse({"message": str(error.message)}, status=error.status)
    return JsonResponse(
        {
            "said": _said(kept),
            "whole": not (kept.refused or kept.clashes),
            "seen": write_marks(_seen(request, kept)),
            "notes": {unit: _note(kept, unit, values) for unit in kept.stands},
            "moved": {unit: kept.stands[unit] for unit in kept.moved if not _is_list(unit)},
            "rows": {
                unit: render_to_string(
                    "web/draft_rows.html",
                    {"list": shown_lists(kept.stands, Choices())[unit]},
                    request=request,
                )
                for unit in kept.moved
                if _is_list(unit)
            },
            "missing": render_to_string(
                "web/draft_missing.html",
                {"missing": _missing(request, kept.version, now())},
                request=request,
            ),
        }
    )


def _is_list(unit: str) -> bool:
    return unit in LISTS or unit == OFFERS


def _keep(request: HttpRequest, version: ProgrammeVersion) -> tuple[Kept, dict[str, Any]]:
    """Keep what was sent; also the answers to remarks. A clash is settled by the pressed button."""
    at = now()
    values, seen = sent(request.POST), read_marks(request.POST.get("seen", ""))
    if (unit := request.POST.get("theirs", "")) in values:
        del values[unit]
    if (unit := request.POST.get("mine", "")) in values:
        seen.pop(unit, None)
    kept = keep_draft(version_id=version.pk, values=values, seen=seen, actor=request.user, at=at)
    for remark in reviews.remarks_for_provider(version).filter(resolved_at__isnull=True):
        _answer(request, kept, remark, at)
    return kept, values


def _answer(request: HttpRequest, kept: Kept, remark: ProgrammeRemark, at: datetime) -> None:
    """Keep an answer that was changed here; beside a colleague's that came meanwhile, both stay."""
    name = f"{ANSWER}{remark.pk}"
    text = request.POST.get(name, "").replace("\r\n", "\n").strip()
    was = read_marks(request.POST.get("seen", "")).get(name, mark(remark.answer))
    if name not in request.POST or mark(text) in (was, mark(remark.answer)):
        return
    if mark(remark.answer) != was:
        text = f"{remark.answer}\n{text}"
    try:
        remark_services.answer_remark(remark_id=remark.pk, text=text, actor=request.user, at=at)
    except Invalid as error:
        kept.refused[remark.field or "title_lv"] = str(error.message)


def _seen(request: HttpRequest, kept: Kept) -> dict[str, str]:
    """Marks for the next sending: of what stands, but of what was seen where it clashes."""
    before = read_marks(request.POST.get("seen", ""))
    answers = {
        name: mark(request.POST[name].replace("\r\n", "\n").strip())
        for name in request.POST
        if name.startswith(ANSWER)
    }
    units = {
        unit: before.get(unit, now_) if unit in kept.clashes else now_
        for unit, now_ in marks(kept.stands).items()
    }
    return {**units, **answers}


def _said(kept: Kept) -> str:
    """One sentence about what was kept."""
    waiting = len(kept.refused) + len(kept.clashes)
    if not waiting:
        return saved_at(now())
    return ngettext(
        "%(n)s field is not saved yet. Look at what stands beside it.",
        "%(n)s fields are not saved yet. Look at what stands beside them.",
        waiting,
    ) % {"n": waiting}


def _standing(kept: Kept, values: dict[str, Any]) -> dict[str, Any]:
    """What stands in the boxes: what the person wrote where it is not kept, else what is stored."""
    own_words = {*kept.refused, *kept.clashes} & values.keys()
    return {
        unit: tidy(unit, values[unit]) if unit in own_words else value
        for unit, value in kept.stands.items()
    }


def _note(kept: Kept, unit: str, values: dict[str, Any]) -> str:
    found = notes(unit, _standing(kept, values)[unit], kept)
    return render_to_string("web/draft_notes.html", {"notes": found, "unit": unit})


def _page(
    request: HttpRequest, version: ProgrammeVersion, kept: Kept | None, values: dict[str, Any]
) -> HttpResponse:
    """The editor; with `kept`, after a sending that was not kept whole."""
    at = now()
    stands = kept.stands if kept else boxes(version, offers_of(version))
    shown = _standing(kept, values) if kept else stands
    choices = Choices()
    more = request.GET.get("more", "")
    lines = shown_lists(shown, choices, more={more: MORE})
    seen = _seen(request, kept) if kept else marks(stands)
    if kept:
        # Whoever reads both and saves again has chosen.
        seen |= {unit: mark(stands[unit]) for unit in kept.clashes}
    remarks = list(reviews.remarks_for_provider(version))
    seen |= {f"{ANSWER}{each.pk}": mark(each.answer) for each in remarks}
    context = {
        "work": work(request, providers_of_visitor(request), "programmes"),
        "back": {"url": reverse("web:work_programmes"), "text": _("Programmes")},
        "version": version,
        "title": title(version),
        "state": tag(version.state),
        "seen": write_marks(seen),
        "sections": sections(shown, choices, lines, remarks, kept),
        "whole_remarks": [answers_of(each) for each in remarks if not each.field],
        "missing": _missing(request, version, at),
        "findings": price_watch(watch(version, offers_of(version), day=riga_date(at))),
        "problems": _lines(kept),
        "has_errors": bool(kept),
        "keep_url": reverse("web:work_draft_keep", args=[version.pk]),
        "archive_url": reverse("web:work_archive", args=[version.pk]),
    }
    status = 200 if kept is None else (409 if kept.clashes else 400)
    return render(request, "web/work_draft.html", context, status=status)


def _lines(kept: Kept | None) -> list[dict[str, str]]:
    """The summary of what is not kept; each line leads to its field."""
    if kept is None:
        return []
    refused = [
        {"href": _anchor(unit), "text": f"{label(unit)}: {text}"}
        for unit, text in kept.refused.items()
    ]
    words = _("A colleague has changed this meanwhile: %(field)s")
    return refused + [
        {"href": _anchor(unit), "text": words % {"field": label(unit)}} for unit in kept.clashes
    ]


def _anchor(unit: str) -> str:
    return f"#{unit}" if _is_list(unit) else f"#id_{unit}"


def _missing(request: HttpRequest, version: ProgrammeVersion, at: datetime) -> list[dict[str, str]]:
    """What stands in the way of sending, with the way there; the call is chosen afterwards."""
    offers = offers_of(version)
    found = problems(
        version,
        offers,
        call=version.call,
        findings=watch(version, offers, day=riga_date(at)),
        at=at,
    )
    return [
        {"href": _anchor(each.field) if each.field else "", "text": _says(each)}
        for each in found
        if each.field != "call"
    ]


def _says(problem: Problem) -> str:
    """What is missing, by the name that stands above its box."""
    if problem.code != "missing":
        return problem.message
    return _("Fill in: %(field)s") % {"field": label(problem.field)}


@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Look it over and send it to the agency (/…/iesniegt/)."""
    version = own(request, version_id)
    if version.state not in UNSENT:
        return redirect("web:work_programme", version_id=version.pk)
    at = now()
    offers = offers_of(version)
    calls = open_calls(at)
    call = _call(request, version, [card.call for card in calls], offers)
    reason = request.POST.get("price_reason", version.price_reason)
    problem, status = None, 200
    if request.method == "POST":
        try:
            versions.submit(
                version_id=version.pk,
                call_id=call.pk if call else None,
                price_reason=reason,
                actor=request.user,
                at=at,
            )
        except DomainError as error:
            problem, status = str(error.message), error.status
        else:
            messages.success(request, _("It is with the agency. We will tell you what it decides."))
            return redirect("web:work_programme", version_id=version.pk)
    version.price_reason = version.price_reason or reason.strip()
    findings = watch(version, offers, day=riga_date(at))
    found = problems(version, offers, call=call, findings=findings, at=at)
    context = {
        "work": work(request, providers_of_visitor(request), "programmes"),
        "back": {"url": reverse("web:work_draft", args=[version.pk]), "text": _("Back to writing")},
        "version": version,
        "title": title(version),
        "problem": problem,
        "has_errors": problem is not None,
        "missing": _before_sending(version, found),
        "calls": _calls(calls, version, call),
        "needs_call": bool(new_sources(version, offers)),
        "call_problem": next((each.message for each in found if each.field == "call"), ""),
        "findings": price_watch(findings),
        "asks_reason": any(finding.flags for finding in findings),
        "reason": reason,
        "unanswered": reviews.remarks_for_provider(version)
        .filter(resolved_at__isnull=True, answer="")
        .count(),
    }
    return render(request, "web/work_send.html", context, status=status)


def _before_sending(version: ProgrammeVersion, found: list[Problem]) -> list[dict[str, str]]:
    """What has to be mended in the editor; call and reason are given on this page."""
    editor = reverse("web:work_draft", args=[version.pk])
    return [
        {"href": editor + (_anchor(each.field) if each.field else ""), "text": each.message}
        for each in found
        if each.field not in ("call", "price_reason")
    ]


def _call(
    request: HttpRequest, version: ProgrammeVersion, calls: list[Call], offers: list[Offer]
) -> Call | None:
    """The call that was chosen; at first the one it was sent to, or the first for its sources."""
    known = {str(call.pk): call for call in calls}
    if version.call is not None:
        known.setdefault(str(version.call.pk), version.call)
    if "call" in request.POST:
        return known.get(request.POST["call"])
    if request.method == "POST" or version.call is not None:
        return version.call
    wanted = new_sources(version, offers)
    fitting = [call for call in calls if wanted and wanted <= {str(call.source_id)}]
    return next(iter(fitting), None)


def _calls(cards: Any, version: ProgrammeVersion, chosen: Call | None) -> list[dict[str, Any]]:
    found = [
        {
            "value": str(card.call.pk),
            "title": card.call.title,
            "source": card.call.source.name if card.call.source else "",
            "until": card.call.closes_on,
            "chosen": chosen is not None and chosen.pk == card.call.pk,
        }
        for card in cards
    ]
    if version.call is not None and str(version.call.pk) not in {each["value"] for each in found}:
        found.append(
            {
                "value": str(version.call.pk),
                "title": version.call.title,
                "source": version.call.source.name if version.call.source else "",
                "until": version.call.closes_on,
                "chosen": chosen == version.call,
            }
        )
    return found


@require_GET
def preview(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The page as a learner sees it (/…/prieksskatijums/); nothing on it can be pressed."""
    version = own(request, version_id)
    context = preview_context(request, version)
    name = "web:work_draft" if version.state in UNSENT else "web:work_programme"
    context["preview"] = {
        "url": reverse(name, args=[version.pk]),
        "text": _("Back to writing") if version.state in UNSENT else _("Back"),
    }
    return render(request, "web/programme.html", context)
