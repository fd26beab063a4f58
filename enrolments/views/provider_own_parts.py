"""The provider's workspace: own parts of a group, one by one, all at once, or from a list."""

from __future__ import annotations

import csv
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogue.models import Group
from enrolments.enums import HOLDING_PLACE
from enrolments.forms import CorrectionForm, OwnPartForm, OwnPartListForm, posted, refuse
from enrolments.models import Application
from enrolments.views.workspace import look, own_group, providers_of_visitor, work
from funding.enums import PayerKind
from funding.models import CoPayment
from funding.rules.co_payment_list import HEADS, MAX_BYTES
from funding.selectors_co_payments import co_payments_of, proofs_of
from funding.services import co_payment_import, co_payments
from stars.common import formats
from stars.common.dates import now, riga_date
from stars.common.errors import DomainError
from stars.common.export import harmless
from stars.files import services as files


def payer_words(row: CoPayment) -> str:
    """Who pays a share, as the provider needs it for the invoice."""
    if row.pledge is not None:
        return _("%(employer)s pays, as it promised") % {"employer": row.pledge.employer.name}
    words = {
        PayerKind.PERSON: _("the person pays"),
        PayerKind.FAMILY: _("the family or somebody else pays"),
        PayerKind.EMPLOYER: _("the employer pays"),
    }
    return words[PayerKind(row.payer)]


def rows_of(group: Group) -> list[tuple[Application, CoPayment]]:
    """Every share of an own part in the group, by name: two queries."""
    applications = list(
        Application.objects.filter(group=group, state__in=HOLDING_PLACE, commitment__isnull=False)
        .select_related("account__person")
        .order_by("account__person__family_name", "account__person__given_name", "pk")
    )
    found = co_payments_of(row.commitment_id for row in applications)
    return [
        (application, row)
        for application in applications
        if application.commitment_id
        for row in found.get(application.commitment_id, [])
    ]


@require_http_methods(["GET", "POST"])
def own_parts(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Own parts of a group; posting records each row whose day is filled in."""
    this = own_group(request, group_id)
    rows = rows_of(this)
    forms: dict[UUID, OwnPartForm] = {}
    errors: dict[UUID, str] = {}
    if request.method == "POST":
        saved = sum(_save(request, row, person, forms, errors) for person, row in rows)
        if saved:
            messages.success(
                request,
                ngettext("%(n)s own part is recorded.", "%(n)s own parts are recorded.", saved)
                % {"n": saved},
            )
        if not errors and saved:
            return redirect("enrolments:provider_own_parts", group_id=this.pk)
        if not errors:
            errors[this.pk] = _("Nothing was entered. Write the day for at least one person.")
        rows = rows_of(this)
    else:
        look(request, [person.account.person_id for person, _row in rows], "own_parts")
    lines = [
        {"href": f"#part-{pk}" if pk != this.pk else "#own-parts", "text": text}
        for pk, text in errors.items()
    ]
    return _page(request, this, rows, forms, errors, lines)


def _save(
    request: HttpRequest,
    row: CoPayment,
    application: Application,
    forms: dict[UUID, OwnPartForm],
    errors: dict[UUID, str],
) -> bool:
    """Record one row where something was filled in; what is wrong is said beside the name."""
    if row.paid_on is not None:
        return False
    form = OwnPartForm(request.POST, request.FILES, prefix=str(row.pk))
    if not form.has_changed():
        return False
    forms[row.pk] = form
    name = application.account.person.full_name
    if not form.is_valid():
        errors[row.pk] = f"{name}: " + " ".join(
            str(text) for found in form.errors.values() for text in found
        )
        return False
    try:
        co_payments.record_paid(
            co_payment_id=row.pk,
            paid_on=form.cleaned_data["paid_on"],
            proof=form.cleaned_data["proof"],
            more=[(file.name, file) for file in form.cleaned_data["file"]],
            actor=request.user,
            at=now(),
        )
    except DomainError as error:
        refuse(form, error)
        errors[row.pk] = f"{name}: {error.message}"
        return False
    return True


def _page(
    request: HttpRequest,
    this: Group,
    rows: list[tuple[Application, CoPayment]],
    forms: dict[UUID, OwnPartForm],
    errors: dict[UUID, str],
    lines: list[dict[str, str]],
    report: list[dict[str, Any]] | None = None,
    list_form: OwnPartListForm | None = None,
    status: int = 200,
) -> HttpResponse:
    done = sum(row.paid_on is not None for _person, row in rows)
    return render(
        request,
        "enrolments/provider_own_parts.html",
        {
            "work": work(request, providers_of_visitor(request), "groups"),
            "back": {
                "url": reverse("enrolments:provider_group", args=[this.pk]),
                "text": this.version.title,
            },
            "group": this,
            "people": [
                {
                    "id": str(row.pk),
                    "name": person.account.person.full_name,
                    "amount": row.amount,
                    "payer": payer_words(row),
                    "paid_on": row.paid_on,
                    "proof": row.proof,
                    "form": None
                    if row.paid_on
                    else forms.get(row.pk) or OwnPartForm(prefix=str(row.pk)),
                    "error": errors.get(row.pk, ""),
                }
                for person, row in rows
            ],
            "waits": done < len(rows),
            "done": done,
            "all": len(rows),
            "extra_errors": lines,
            "report": report,
            "list_form": list_form or OwnPartListForm(),
        },
        status=400 if lines else status,
    )


@require_GET
def own_parts_list(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """The list to fill in: a file that spreadsheets open, with a code in each row."""
    this = own_group(request, group_id)
    rows = rows_of(this)
    look(request, [person.account.person_id for person, _row in rows], "own_parts")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lidzmaksajumi.csv"'
    response["Cache-Control"] = "private, no-store"
    response.write("\ufeff")  # without it spreadsheets take the letters for another encoding's
    english = get_language() == "en"
    sheet = csv.writer(response, delimiter=";")
    heads = [names[-1 if english else 0] for names in HEADS.values()]
    sheet.writerow([*heads, _("name"), _("who pays")])
    for person, row in rows:
        amount = f"{row.amount:.2f}" if english else f"{row.amount:.2f}".replace(".", ",")
        day = row.paid_on.isoformat() if row.paid_on else ""
        words = [row.proof, person.account.person.full_name, payer_words(row)]
        sheet.writerow([row.pk, amount, day, *map(harmless, words)])
    return response


@require_POST
def own_parts_import(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Take a filled-in list: all of it or nothing, and say so for each row."""
    this = own_group(request, group_id)
    form = OwnPartListForm(request.POST, request.FILES)
    report, status = None, 400
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            result = co_payment_import.import_list(
                name=file.name, content=file.read(MAX_BYTES + 1), actor=request.user, at=now()
            )
        except DomainError as error:
            status = refuse(form, error)
        else:
            if result.ok:
                messages.success(request, _taken(result))
                return redirect("enrolments:provider_own_parts", group_id=this.pk)
            report = [
                {"number": line.number, "errors": line.errors, "row": _whose(line)}
                for line in result.lines
                if line.errors
            ]
    rows = rows_of(this)
    return _page(request, this, rows, {}, {}, [], report, form, status)


def _taken(report: co_payment_import.Report) -> str:
    new = report.count(co_payment_import.RECORDED)
    same = report.count(co_payment_import.SAME)
    text = ngettext("%(n)s own part is recorded.", "%(n)s own parts are recorded.", new) % {
        "n": new
    }
    if same:
        text += " " + ngettext(
            "%(n)s row was recorded before.", "%(n)s rows were recorded before.", same
        ) % {"n": same}
    return text


def _whose(line: co_payment_import.Line) -> str:
    if line.row is None:
        return ""
    return line.row.commitment.account.person.full_name


@require_http_methods(["GET", "POST"])
def own_part(request: HttpRequest, co_payment_id: UUID) -> HttpResponse:
    """Put right what was recorded for one person, with the reason."""
    providers = providers_of_visitor(request)
    application = (
        Application.objects.filter(
            commitment__co_payments=co_payment_id,
            group__version__programme__provider__in=providers,
        )
        .select_related("account__person", "group")
        .first()
    )
    row = CoPayment.objects.filter(pk=co_payment_id, paid_on__isnull=False).first()
    if application is None or row is None:
        raise Http404
    form = CorrectionForm(
        posted(request),
        initial={"paid": "yes", "paid_on": row.paid_on, "proof": row.proof},
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                co_payments.correct(
                    co_payment_id=row.pk,
                    paid_on=form.cleaned_data["paid_on"],
                    proof=form.cleaned_data["proof"],
                    reason=form.cleaned_data["reason"],
                    actor=request.user,
                    at=now(),
                )
                messages.success(request, _("The own part is corrected."))
                return redirect("enrolments:provider_own_parts", group_id=application.group_id)
            except DomainError as error:
                status = refuse(form, error)
    else:
        look(request, [application.account.person_id], "own_parts")
    language = formats.language()
    return render(
        request,
        "enrolments/provider_own_part.html",
        {
            "work": work(request, providers, "groups"),
            "back": {
                "url": reverse("enrolments:provider_own_parts", args=[application.group_id]),
                "text": _("Own parts"),
            },
            "name": application.account.person.full_name,
            "what": ", ".join([formats.money(row.amount, language, cents=True), payer_words(row)]),
            "papers": papers([row], request.user),
            "form": form,
        },
        status=status,
    )


def papers(rows: list[CoPayment], user: Any) -> list[dict[str, str]]:
    """Papers that were sent with these shares, with the links under which this user opens them."""
    found = proofs_of(row.pk for row in rows)
    return [
        {"name": file.name, "url": files.link(file=file, actor=user)}
        for row in rows
        for file in found.get(row.pk, [])
    ]


def recorded(row: CoPayment) -> str:
    """ "recorded on 3 February" or "not recorded yet"."""
    if row.paid_on is None:
        return _("not recorded yet")
    language = formats.language()
    day = formats.day_near(row.paid_on, language, "locative", today=riga_date(now()))
    return _("paid on %(day)s") % {"day": day}
