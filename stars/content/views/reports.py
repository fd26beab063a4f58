"""Saying what is not accessible."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stars.common.dates import now
from stars.common.limits import TooMany
from stars.content.forms import ReportForm
from stars.content.services import reports


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form and the thanks (GET, POST /palidziba/pieklustamiba/zinot/?page=, public).

    More than ten reports an hour from one network address are refused (429).
    """
    asked = request.GET.get("page", "")[: ReportForm.LONGEST_PAGE]
    form = ReportForm(request.POST or None, initial={"page": asked if asked[:1] == "/" else ""})
    if request.method == "POST" and form.is_valid():
        try:
            reports.limit(network_address=get_adapter().get_client_ip(request))
        except TooMany as error:
            form.add_error(None, str(error))
            return render(request, "content/report.html", _context(form), status=429)
        language = "en" if get_language() == "en" else "lv"
        sent = reports.send(**form.cleaned_data, language=language, at=now())
        return render(request, "content/report_sent.html", {"answer": bool(sent.email)})
    return render(request, "content/report.html", _context(form))


def _context(form: ReportForm) -> dict[str, object]:
    return {"form": form, "nav": "help"}
