"""Certificates: the page that proves one, the paper, and what a provider's certificates say."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from catalogue.models import Provider
from enrolments import selectors
from enrolments.enums import ParticipationState
from enrolments.forms import (
    CertificateForm,
    WithdrawCertificateForm,
    carry_out,
    posted,
    refuse,
)
from enrolments.models import Certificate
from enrolments.services import certificate_papers, certificates
from enrolments.views.workspace import look, own_group, providers_of_visitor, work
from stars.common.dates import now
from stars.common.errors import DomainError
from stars.common.permissions import require
from stars.files import services as files


@login_not_required
@never_cache
@require_GET
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a certificate is true, for whoever holds it: what stands on it, and no more."""
    certificate = Certificate.objects.filter(code=code).first()
    context: dict[str, Any] = {"code": code, "certificate": certificate}
    if certificate is not None and certificate.content:
        context |= {
            "said": certificate.content,
            "completed_on": date.fromisoformat(certificate.content["completed_on"]),
        }
    status = 200 if certificate is not None else 404
    return render(request, "enrolments/certificate_check.html", context, status=status)


@require_GET
def paper(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """The PDF, for the person and the provider that issued it."""
    certificate = get_object_or_404(
        Certificate.objects.select_related(
            "participation__account__person",
            "participation__group__version__programme__provider",
        ),
        pk=certificate_id,
    )
    participation = certificate.participation
    if not rules.has_perm("enrolments.view_certificate", request.user, participation):
        raise Http404
    made = certificate_papers.paper_of(certificate_id)
    if made is not None:
        return redirect(files.link(file=made, actor=request.user))
    messages.info(request, _("The document is being made. Try again in a minute."))
    if participation.account.person.user_id == request.user.pk:
        return redirect("enrolments:application", application_id=participation.application_id)
    if rules.has_perm("enrolments.run_group", request.user, participation.group):
        return redirect("enrolments:provider_certificates", group_id=participation.group_id)
    return redirect("admin:enrolments_participation_change", participation.pk)


@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """What a provider's certificates say: one template (?sablons=), a new one (?jauns=1)."""
    providers = providers_of_visitor(request)
    provider = get_object_or_404(Provider, pk__in=[one.pk for one in providers], id=provider_id)
    require(request.user, "enrolments.write_certificate_template", provider)
    rows = list(provider.certificate_templates.order_by("-active", "created_at", "pk"))
    first = next((row for row in rows if row.active), None)
    key, new = request.GET.get("sablons", ""), "jauns" in request.GET
    chosen = next((row for row in rows if str(row.pk) == key), None)
    if key and chosen is None:
        raise Http404
    if chosen is None and not new:
        chosen = first
    step = request.POST.get("step", "")
    if chosen is not None and step in ("stop", "use"):
        certificates.use_template(
            template_id=chosen.pk, active=step == "use", actor=request.user, at=now()
        )
        return redirect("enrolments:certificate_template", provider_id=provider.pk)
    written = ("name", *certificates.WRITTEN, "logo_alt")
    start = {name: getattr(chosen, name) for name in written} if chosen else None
    form = CertificateForm(posted(request), request.FILES or None, initial=start)
    status = 200
    if request.method == "POST":
        status = _save_template(request, provider, form, chosen)
        if not status:
            messages.success(request, _("Saved. Certificates issued from now on say this."))
            return redirect("enrolments:certificate_template", provider_id=provider.pk)
    logo = certificates.logo_of(chosen) if chosen else None
    address = reverse("enrolments:certificate_template", args=[provider.pk])
    context = {
        "work": work(request, providers, "groups"),
        "provider": provider.name,
        "form": form,
        "chosen": chosen,
        "templates": [
            {
                "row": row,
                "url": f"{address}?sablons={row.pk}",
                "current": chosen is not None and row.pk == chosen.pk,
                "first": first is not None and row.pk == first.pk,
            }
            for row in rows
        ],
        "new_url": f"{address}?jauns=1",
        "logo_url": files.link(file=logo, actor=request.user) if logo else "",
    }
    return render(request, "enrolments/certificate_template.html", context, status=status)


def _save_template(
    request: HttpRequest, provider: Provider, form: CertificateForm, chosen: Any
) -> int:
    """The status of the page that says what is wrong; 0 where it is saved."""
    if not form.is_valid():
        return 400
    logo = form.cleaned_data["logo"]
    try:
        certificates.save_template(
            provider_id=provider.pk,
            values=form.cleaned_data,
            template_id=chosen.pk if chosen else None,
            new=chosen is None,
            logo=(logo.name, logo) if logo else None,
            actor=request.user,
            at=now(),
        )
    except DomainError as error:
        if error.field == "file":  # what is wrong with a picture is said at its field
            form.add_error("logo", str(error.message))
            return error.status
        return refuse(form, error)
    return 0


@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Certificates of a group; posting issues those that are missing."""
    this = own_group(request, group_id)
    require(request.user, "enrolments.record_outcome", this)
    completed = selectors.completed_in(this)
    provider = this.version.programme.provider
    templates = certificates.templates_of(provider.pk)
    if request.method == "POST":
        return _issue_missing(request, this.pk, [row.pk for row in completed])
    look(request, [row.account.person_id for row in completed], "certificates")
    rows = []
    for row in completed:
        valid = next((one for one in row.certificates.all() if one.withdrawn_at is None), None)
        rows.append({"name": row.account.person.full_name, "certificate": valid})
    context = {
        "work": work(request, providers_of_visitor(request), "groups"),
        "back": {
            "url": reverse("enrolments:provider_group", args=[this.pk]),
            "text": this.version.title,
        },
        "group": this,
        "rows": rows,
        "missing": sum(row["certificate"] is None for row in rows),
        "template_url": reverse("enrolments:certificate_template", args=[provider.pk]),
        "set_up": bool(templates),
        "templates": templates,
    }
    return render(request, "enrolments/provider_certificates.html", context)


def chosen_template(request: HttpRequest) -> UUID | None:
    """The template that was chosen with a form; None for the provider's first."""
    try:
        return UUID(request.POST.get("template", ""))
    except ValueError:
        return None


def _issue_missing(request: HttpRequest, group_id: UUID, ids: list[UUID]) -> HttpResponse:
    issued = 0
    try:
        for key in ids:
            certificates.issue(
                participation_id=key,
                template_id=chosen_template(request),
                actor=request.user,
                at=now(),
            )
            issued += 1
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        if issued:
            messages.success(request, _("The certificates are issued. People see them now."))
    return redirect("enrolments:provider_certificates", group_id=group_id)


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """A certificate with a mistake is withdrawn; a corrected one can be issued."""
    certificate = get_object_or_404(
        Certificate.objects.select_related("participation__account__person"),
        pk=certificate_id,
        participation__group__version__programme__provider__in=providers_of_visitor(request),
        participation__state=ParticipationState.COMPLETED,
    )
    group_id = certificate.participation.group_id
    form = WithdrawCertificateForm(posted(request))

    def act(data: dict[str, Any]) -> HttpResponse:
        certificates.withdraw(
            certificate_id=certificate.pk,
            reason=data["reason"],
            actor=request.user,
            at=now(),
        )
        messages.success(request, _("The certificate is withdrawn."))
        return redirect("enrolments:provider_certificates", group_id=group_id)

    done, status = carry_out(request, form, act)
    if done:
        return done
    if request.method != "POST":
        look(request, [certificate.participation.account.person_id], "certificates")
    context = {
        "work": work(request, providers_of_visitor(request), "groups"),
        "back": reverse("enrolments:provider_certificates", args=[group_id]),
        "name": certificate.participation.account.person.full_name,
        "form": form,
    }
    return render(request, "enrolments/certificate_withdraw.html", context, status=status)
