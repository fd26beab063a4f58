"""Applying in four steps: each a page of its own, saved, without JavaScript (ENR-1).

The first two; the others are in `applying_last`.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from catalogue.enums import GroupState, Mode
from catalogue.models import Group, Offer
from enrolments.enums import ApplicationState
from enrolments.exceptions import AlreadyApplied
from enrolments.forms import (
    GroupForm,
    PathForm,
    SupportForm,
    posted,
    refuse,
)
from enrolments.models import Application
from enrolments.selectors_queue import OwnClash, own_clashes, waiting_for
from enrolments.services import applications
from enrolments.views.draft import own_draft, page_language, price_box, saved_at, sent
from funding.enums import Answer, PayerKind, SchemeKind
from funding.services.quote import Quote, Quoter
from learning_accounts.models import LearningAccount
from learning_accounts.services.path import create_path
from stars.common import formats
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError


def own_account(request: HttpRequest) -> LearningAccount | None:
    """The open learning account of whoever is signed in."""
    return (
        LearningAccount.objects.filter(person__user=request.user.pk, state="active")
        .select_related("person__user")
        .first()
    )


def step(number: int, draft: Application | None, form: Any, **more: Any) -> dict[str, Any]:
    """What the frame of every step needs."""
    names = (
        _("Group"),
        _("Support and your part"),
        _("Conditions and agreement"),
        _("Check and send"),
    )
    addresses = (
        [reverse(f"enrolments:apply_{n}", args=[draft.pk]) for n in ("change", "support", "data")]
        if draft
        else ["", "", ""]
    )
    addresses.append("")
    states = ["done"] * (number - 1) + ["current"] + ["ahead"] * (4 - number)
    context: dict[str, Any] = {
        "steps": [
            {"text": text, "url": url if state == "done" else "", "state": state}
            for text, url, state in zip(names, addresses, states, strict=True)
        ],
        "step": number,
        "next_text": names[number] if number < 4 else "",
        "heading": names[number - 1] if number > 1 else _("Choose a group"),
        "form": form,
        "keep_url": reverse("enrolments:apply_keep", args=[draft.pk]) if draft else "",
        "back": None,
    }
    if draft:
        context["saved"] = saved_at(draft.updated_at)
        version = draft.offer.version
        how = formats.lower_first(str(Mode(draft.group.mode).label))
        context["chosen"] = {
            "start": draft.group.starts_on,
            "title": version.title,
            "text": f"{version.programme.provider.name}, {how}",
            "url": addresses[0] if number > 1 else "",
        }
    if number > 1:
        context["back"] = {
            "url": addresses[number - 2],
            "text": _("Back to step %(n)s") % {"n": number - 1},
        }
    return {**context, **more}


def _groups(offer: Offer, chosen: Group, account: LearningAccount) -> list[dict[str, Any]]:
    """Groups of the programme that take applications, with the chosen one among them."""
    today = riga_date(now())
    found = Group.objects.filter(
        version=offer.version_id, state=GroupState.OPEN, apply_until__gte=today
    ).order_by("starts_on", "code")[:20]
    groups = list(found)
    waiting = waiting_for([group.pk for group in groups if group.places_left <= 0])
    clashes = own_clashes(account, groups)
    if chosen.pk not in {group.pk for group in groups}:
        groups.insert(0, chosen)
    language = page_language()
    return [
        {
            "id": str(group.pk),
            "start": group.starts_on,
            "end": group.ends_on,
            "when": group.times_en if language == "en" else group.times_lv,
            "online": group.mode == Mode.REMOTE,
            "place": group.place or Mode(group.mode).label,
            "teacher": group.teacher,
            "apply_until": group.apply_until,
            "free": group.places_left,
            "capacity": group.capacity,
            "waiting": waiting.get(group.pk, 0),
            "queue_url": reverse("enrolments:apply_queue", args=[group.pk])
            if takes(group, today) and group.places_left <= 0
            else "",
            "clash": clash_words(clashes.get(group.pk, [])),
            "closed": ""
            if takes(group, today)
            else _("This group takes no applications any more."),
        }
        for group in groups
    ]


def takes(group: Group, today: date) -> bool:
    """Whether one may apply to the group today; it may still be full."""
    return group.state == GroupState.OPEN and group.apply_until >= today


def clash_words(clashes: list[OwnClash]) -> str:
    """ "2 sessions are at the same time as “Excel”", or ""."""
    if not clashes:
        return ""
    words = ngettext(
        "%(n)s session is at the same time as your training “%(title)s”",
        "%(n)s sessions are at the same time as your training “%(title)s”",
        len(clashes),
    )
    return words % {"n": len(clashes), "title": clashes[0].other.version.title}


def offer_for(group: Group, account: LearningAccount) -> Offer | None:
    """The offer under which this person pays least; among equals the one that ends first."""
    today = riga_date(now())
    offers = list(
        Offer.objects.filter(version=group.version_id, open_from__lte=today, open_until__gte=today)
        .select_related("version__type", "version__programme__provider", "source")
        .order_by("open_until", "pk")
    )
    quoter = Quoter(account, now())
    return min(offers, key=lambda offer: quoter.quote(offer).own_part, default=None)


@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Step 1 for a new application (/pieteikties/<group>/): nothing is saved before it is sent."""
    account = own_account(request)
    if account is None and getattr(request.user, "person", None) is None:
        raise PermissionDenied
    chosen = get_object_or_404(
        Group.objects.select_related("version__programme__provider"), pk=group_id
    )
    if account is None:
        messages.info(request, _("First open your learning account. It takes two minutes."))
        return redirect("web:opening")
    offer = offer_for(chosen, account)
    form = GroupForm(posted(request), initial={"group": chosen.pk})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid() and offer is not None:
            try:
                draft = applications.start_draft(
                    account_id=account.pk,
                    offer_id=offer.pk,
                    group_id=_group_or_404(form.cleaned_data["group"]).pk,
                    actor=request.user,
                    at=now(),
                )
                return redirect("enrolments:apply_support", application_id=draft.pk)
            except AlreadyApplied as error:
                messages.info(request, str(error.message))
                return redirect("enrolments:application", application_id=error.application_id)
            except DomainError as error:
                status = refuse(form, error)
    if offer is None:
        form = GroupForm({"group": chosen.pk})
        form.add_error("group", _("Nobody can apply for this training now."))
        status = 409
    selected = str(form.data.get("group") or chosen.pk)
    groups = _groups(offer, chosen, account) if offer else []
    context = step(1, None, form, groups=groups, selected=selected)
    context["back"] = {
        "url": reverse("web:programme", args=[chosen.version.programme.slug]),
        "text": chosen.version.title,
    }
    return render(request, "enrolments/apply_group.html", context, status=status)


def _group_or_404(group_id: UUID) -> Group:
    return get_object_or_404(Group, pk=group_id)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Step 1 again: another group of the same programme."""
    draft = own_draft(request, application_id)
    if answer := sent(request, draft):
        return answer
    if draft.state == ApplicationState.OFFERED:
        # The place is kept in this group.
        return redirect("enrolments:application", application_id=draft.pk)
    form = GroupForm(posted(request), initial={"group": draft.group_id})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                applications.update_draft(
                    application_id=draft.pk,
                    group_id=_group_or_404(form.cleaned_data["group"]).pk,
                    actor=request.user,
                    at=now(),
                )
                return redirect("enrolments:apply_support", application_id=draft.pk)
            except DomainError as error:
                status = refuse(form, error)
    selected = str(form.data.get("group") or draft.group_id)
    context = step(
        1, draft, form, groups=_groups(draft.offer, draft.group, draft.account), selected=selected
    )
    context["chosen"] = None
    return render(request, "enrolments/apply_group.html", context, status=status)


@require_http_methods(["GET", "POST"])
def support(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Step 2: what support there is and why, and who pays the rest."""
    draft = own_draft(request, application_id)
    if answer := sent(request, draft):
        return answer
    quoter = Quoter(draft.account, now())
    with_support = quoter.quote(draft.offer)
    form = SupportForm(
        posted(request),
        initial={
            "funding": "support" if draft.use_support and with_support.support else "own",
            "payer": draft.payer,
        },
    )
    status = 200
    if request.method == "POST":
        status = 400
        wants = request.POST.get("funding") == "support"
        part = with_support.rest if wants else with_support.price
        if form.is_valid() and wants and not with_support.support:
            form.add_error("funding", _("You cannot use support for this training."))
        if form.is_valid() and part and not form.cleaned_data["payer"]:
            form.add_error("payer", _("Choose who pays the rest."))
        if form.is_valid():
            try:
                applications.update_draft(
                    application_id=draft.pk,
                    use_support=wants,
                    payer=form.cleaned_data["payer"] if part else "",
                    actor=request.user,
                    at=now(),
                )
                return redirect("enrolments:apply_data", application_id=draft.pk)
            except DomainError as error:
                status = refuse(form, error)
    context = step(2, draft, form, **_support_context(draft, form, with_support))
    return render(request, "enrolments/apply_support.html", context, status=status)


def _support_context(draft: Application, form: SupportForm, quote: Quote) -> dict[str, Any]:
    language = page_language()
    chosen = form["funding"].value()
    wants = chosen == "support" and bool(quote.support)
    part = quote.rest if wants else quote.price
    own = formats.money(quote.rest, language)
    price = formats.money(quote.price, language)
    option: dict[str, Any] = {
        "value": "support",
        "title": _("With money from your learning account")
        if quote.scheme_kind == SchemeKind.ALLOCATION
        else quote.scheme_name or _("With support of the project"),
        "text": str(quote.reason),
        "amount": _("Your part %(sum)s") % {"sum": own},
        "checked": wants,
    }
    if not quote.support:
        option["impossible"] = str(quote.reason)
        if any(
            line.criterion == "learning_path" and line.answer != Answer.YES for line in quote.lines
        ):
            option["link_url"] = reverse("enrolments:apply_path", args=[draft.pk])
            option["link_text"] = _("Make a learning path")
    return {
        "quote": price_box(quote) if wants else None,
        "funding_options": [
            option,
            {
                "value": "own",
                "title": _("Without support"),
                "text": _("You will use no money of your learning account."),
                "amount": _("Your part %(sum)s") % {"sum": price},
                "checked": not wants,
            },
        ],
        "decision": _decision(quote),
        "payers": _payers(form, quote if wants else None) if part else [],
        "code_url": reverse("enrolments:apply_code", args=[draft.pk])
        if wants and quote.rest and not quote.employer
        else "",
        "payer_title": _("Who will pay %(sum)s?") % {"sum": formats.money(part, language)},
    }


def _payers(form: SupportForm, quote: Quote | None) -> list[dict[str, Any]]:
    """Who may pay the rest; whoever has promised a part already is not asked for more."""
    payers = (
        (PayerKind.PERSON, _("I pay"), _("The provider sends you the invoice.")),
        (
            PayerKind.EMPLOYER,
            _("My employer"),
            _("The provider writes the invoice to the employer."),
        ),
        (PayerKind.FAMILY, _("My family or someone else"), _("The invoice is in their name.")),
    )
    return [
        {
            "value": kind.value,
            "title": title,
            "text": text,
            "checked": form["payer"].value() == kind.value,
        }
        for kind, title, text in payers
        if not (kind == PayerKind.EMPLOYER and quote is not None and quote.employer)
    ]


def _decision(quote: Quote) -> dict[str, Any] | None:
    """The explained decision: every criterion with the source of its fact (FUN-8)."""
    if not quote.lines:
        return None
    sources = {
        "identity": _("data of Latvija.lv"),
        "register": _("a state register"),
        "declaration": _("your own statement"),
        "document": _("a document"),
        "stars": _("data of STARS"),
    }
    good = bool(quote.support)
    return {
        "tone": "done" if good else "wait",
        "title": _("You can get this support") if good else str(quote.reason),
        "link_url": f"{reverse('funding:appeal')}?par={quote.refused}" if quote.refused else "",
        "link_text": _("I do not agree: let a person look at it"),
        "items": [
            {"text": line.text, "source": sources.get(line.source, "")}
            for line in quote.lines
            if (line.answer == Answer.YES) == good
        ],
    }


@require_http_methods(["GET", "POST"])
def path(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """A learning path with this training as its first step; full support asks for one."""
    draft = own_draft(request, application_id)
    form = PathForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            create_path(
                account_id=draft.account_id,
                goal=form.cleaned_data["goal"],
                programme_id=draft.offer.version.programme_id,
                actor=request.user,
                at=now(),
            )
            return redirect("enrolments:apply_support", application_id=draft.pk)
    back = {
        "url": reverse("enrolments:apply_support", args=[draft.pk]),
        "text": _("Back to the application"),
    }
    context = {
        "form": form,
        "back": back,
        "heading": _("Your learning path"),
        "consequences": [
            {
                "icon": "info",
                "title": _("A plan towards your goal"),
                "text": _("“%(title)s” will be its first step. You can change the plan later.")
                % {"title": draft.offer.version.title},
            }
        ],
        "action_text": _("Save the path"),
    }
    return render(request, "enrolments/confirm.html", context, status=status)
