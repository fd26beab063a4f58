"""The provider's workspace: own programmes, their states, and what can be done (PRO-3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogue import own as catalogue
from catalogue import reviews
from catalogue.enums import IN_WORK, SHOWN, UNSENT, VersionState
from catalogue.fields import label_of
from catalogue.models import ProgrammeVersion, Provider
from catalogue.own import OwnProgramme
from catalogue.permissions import is_own_provider_admin
from catalogue.services import drafts, versions
from enrolments.views.lists import file_asked, query_of, tools
from enrolments.views.workspace import providers_of_visitor, work
from stars.common import export
from stars.common.dates import now
from stars.common.errors import DomainError
from stars.web.programme_form import FIRST, Choices, DraftForm
from stars.web.work import NEXT, action, own, price_words, tag, title

PAGE = 50
LONGEST_WORDS = 100
WRITING = "writing"
_VIEWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ()),
    (WRITING, UNSENT),
    ("agency", tuple(state for state in IN_WORK if state not in UNSENT)),
    ("shown", (VersionState.PUBLISHED,)),
    ("off", (VersionState.SUSPENDED, VersionState.ARCHIVED, VersionState.REJECTED)),
)


@require_GET
def programmes(request: HttpRequest) -> HttpResponseBase:
    """Own programmes with states (GET /darbvieta/programmas/?q=&view=&page=&file=)."""
    providers = providers_of_visitor(request)
    rows = catalogue.own_programmes(providers, at=now())
    words = request.GET.get("q", "").strip()[:LONGEST_WORDS]
    view = request.GET.get("view", "")
    found = [row for row in rows if not words or words.lower() in _searched(row)]
    shown = _of_view(found, view)
    if kind := file_asked(request):
        return _file(kind, shown)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    query = query_of(request)
    names = {
        "": _("All"),
        WRITING: pgettext("programmes", "Being written"),
        "agency": _("With the agency"),
        "shown": pgettext("programmes", "Offered"),
        "off": pgettext("programmes", "Not offered"),
    }
    context = {
        "work": work(request, providers, "programmes"),
        "new_url": reverse("web:work_programme_new"),
        "views": [
            {
                "url": "?" + urlencode({"view": key, "q": words} if words else {"view": key}),
                "text": names[key],
                "count": len(_of_view(found, key)),
                "current": key == view,
            }
            for key, _states in _VIEWS
        ],
        "view": view,
        "q": words,
        "rows": [_row(row, several=len(providers) > 1) for row in page],
        "page": page,
        "query": f"{query}&" if query else "",
        "tools": tools(request, "web:work_programmes"),
        "any": bool(rows),
    }
    return render(request, "web/work_programmes.html", context)


def _searched(row: OwnProgramme) -> str:
    version = row.version
    return f"{version.title_lv} {version.title_en} {row.programme.code}".lower()


def _of_view(rows: Iterable[OwnProgramme], view: str) -> list[OwnProgramme]:
    states = dict(_VIEWS).get(view, ())
    if view == "shown":
        # What people see, also while a new version of it is being prepared.
        return [row for row in rows if row.shown and row.shown.state in states]
    return [row for row in rows if not states or row.state in states]


def _row(row: OwnProgramme, *, several: bool) -> dict[str, Any]:
    version = row.version
    parts = [version.type.plain]
    if several:
        parts.append(row.programme.provider.name)
    offered = row.in_work is not None and row.shown is not None and row.shown.state in SHOWN
    return {
        "url": reverse("web:work_programme", args=[version.pk]),
        "title": title(version),
        "text": ", ".join(parts),
        "state": tag(version.state),
        "also": _("version %(number)s is offered") % {"number": row.shown.number}
        if offered and row.shown
        else "",
        "hours": version.hours,
        "price": price_words(row.offers),
        "groups": row.coming_groups,
        "remarks": row.open_remarks if version.state == VersionState.RETURNED else 0,
        "changed": version.updated_at,
        "action": action(row),
    }


def _file(kind: str, rows: list[OwnProgramme]) -> HttpResponseBase:
    heads = [
        *(_("Code"), _("Name"), _("Kind of programme"), _("Academic hours"), _("State")),
        *(_("Version"), _("Lowest price, EUR"), _("Highest price, EUR"), _("Groups to come")),
        *(_("Changed"), _("Provider")),
    ]
    lines = (
        [
            row.programme.code,
            title(row.version),
            row.version.type.plain,
            row.version.hours,
            str(VersionState(row.version.state).label),
            row.version.number,
            row.offers[0].price if row.offers else None,
            row.offers[-1].price if row.offers else None,
            row.coming_groups,
            row.version.updated_at,
            row.programme.provider.name,
        ]
        for row in rows
    )
    return export.response(kind, heads, lines, name="programmas")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a programme (/darbvieta/programmas/jauna/): its name and what has to be known first."""
    providers = providers_of_visitor(request)
    posted = request.method == "POST"
    data = {name: request.POST.get(name, "") for name in FIRST} if posted else {}
    if not posted:
        data = {"mode": "on_site"}
    form = DraftForm(data, Choices(), only=FIRST)
    form.fields["title_lv"].help_text = _(
        "What people look for, in everyday words. You can change it later."
    )
    status, problem = 200, None
    if posted:
        provider = _chosen(request, providers)
        try:
            version = drafts.new_programme(
                provider_id=provider.pk, values=data, actor=request.user, at=now()
            )
        except DomainError as error:
            problem, status = _problem(error, form), error.status
        else:
            return redirect("web:work_draft", version_id=version.pk)
    context = {
        "work": work(request, providers, "programmes"),
        "back": {"url": reverse("web:work_programmes"), "text": _("Programmes")},
        "fields": [form[name] for name in FIRST],
        "providers": providers if len(providers) > 1 else [],
        "chosen": request.POST.get("provider", ""),
        "problem": problem,
        "has_errors": problem is not None,
    }
    return render(request, "web/work_programme_new.html", context, status=status)


def _chosen(request: HttpRequest, providers: list[Provider]) -> Provider:
    """The provider for whom one writes; the only one needs no choice."""
    wanted = request.POST.get("provider", "")
    if len(providers) == 1 and not wanted:
        return providers[0]
    for provider in providers:
        if str(provider.pk) == wanted:
            return provider
    raise Http404


def _problem(error: DomainError, form: DraftForm) -> dict[str, str]:
    name = error.field if error.field in form.fields else ""
    words = f"{form.fields[name].label}: {error.message}" if name else str(error.message)
    return {"href": f"#id_{name}" if name else "", "text": words, "field": name}


@require_GET
def programme(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One version: its state, what was decided, what is new in it, and what can be done."""
    version = own(request, version_id)
    before = reviews.version_before(version)
    changes = reviews.difference(before, version)
    context = {
        "work": work(request, providers_of_visitor(request), "programmes"),
        "back": {"url": reverse("web:work_programmes"), "text": _("Programmes")},
        "version": version,
        "title": title(version),
        "state": tag(version.state),
        "next": NEXT[VersionState(version.state)],
        "remarks": [
            {
                "label": label_of(each.field),
                "text": each.text,
                "answer": each.answer,
                "resolved_at": each.resolved_at,
            }
            for each in reviews.remarks_for_provider(version)
        ],
        "decisions": [_decision(each) for each in reviews.decisions(version)],
        "steps": [_step(each) for each in reviews.steps(version)],
        "before": before,
        "changes": [change for change in changes if change.pieces],
        "others": _others(version),
        **_acts(request, version),
    }
    return render(request, "web/work_programme.html", context)


def _decision(submission: Any) -> dict[str, Any]:
    return {
        "number": submission.number,
        "call": submission.call.title if submission.call else "",
        "sent": submission.submitted_at,
        "decided": submission.decided_at,
        "outcome": submission.get_outcome_display() or _("Waits for the decision"),
        "note": submission.note,
    }


def _step(row: Any) -> dict[str, Any]:
    """Who of the agency did it is the agency's own affair, so nobody is named."""
    return {"at": row.at, "state": str(VersionState(row.to_state).label), "note": row.note}


def _others(version: ProgrammeVersion) -> list[dict[str, Any]]:
    """Every other version of the programme, the newest first."""
    others = version.programme.versions.exclude(pk=version.pk).order_by("-number")
    return [
        {
            "url": reverse("web:work_programme", args=[each.pk]),
            "number": each.number,
            "state": tag(each.state),
        }
        for each in others
    ]


def _acts(request: HttpRequest, version: ProgrammeVersion) -> dict[str, Any]:
    """What the visitor may do with the version now."""
    in_work = version.programme.versions.filter(state__in=IN_WORK).exists()
    shown = version.state in SHOWN
    may_stop = shown and is_own_provider_admin(request.user, version)
    return {
        "draft_url": reverse("web:work_draft", args=[version.pk])
        if version.state in UNSENT
        else "",
        "preview_url": reverse("web:work_preview", args=[version.pk]),
        "public_url": reverse("web:programme", args=[version.programme.slug])
        if version.programme.current_id == version.pk
        else "",
        "take_back_url": reverse("web:work_take_back", args=[version.pk])
        if version.state == VersionState.SUBMITTED
        else "",
        "new_version_url": reverse("web:work_new_version", args=[version.pk])
        if not in_work
        else "",
        "archive_url": reverse("web:work_archive", args=[version.pk])
        if version.state in UNSENT or may_stop
        else "",
        "is_shown": shown,
    }


def _done(request: HttpRequest, act: Any, told: str, version_id: UUID) -> HttpResponse:
    try:
        done = act()
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("web:work_programme", version_id=version_id)
    messages.success(request, told)
    name = "web:work_draft" if done.state in UNSENT else "web:work_programme"
    return redirect(name, version_id=done.pk)


@require_POST
def take_back(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Withdraw what was sent, as long as nobody reviews it."""
    version = own(request, version_id)
    return _done(
        request,
        lambda: versions.take_back(version_id=version.pk, actor=request.user, at=now()),
        _("It is with you again. You can go on writing."),
        version.pk,
    )


@require_POST
def new_version(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """A draft made of what is shown; people see the earlier version until the new one is there."""
    version = own(request, version_id)
    return _done(
        request,
        lambda: drafts.new_version(programme_id=version.programme_id, actor=request.user, at=now()),
        _("Here is a new version. What people see stays as it is until the agency agrees."),
        version.pk,
    )


@require_POST
def archive(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Put a draft away, or stop offering a programme; for good."""
    version = own(request, version_id)
    return _done(
        request,
        lambda: versions.archive(version_id=version.pk, actor=request.user, at=now()),
        _("It is in the archive."),
        version.pk,
    )
