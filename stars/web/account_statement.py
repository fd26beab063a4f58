"""The statement of an account, on the page and as a document (ILA-4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding.selectors_statement import AccountStatement, account_statement
from learning_accounts.models import LearningAccount
from stars.common import formats, pdf
from stars.common.dates import riga_date
from stars.common.errors import Invalid
from stars.common.formats import language
from stars.common.forms import DayInput


class Period(forms.Form):
    """From which day to which; both count. No account is older than the portal."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=DayInput())
    last = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())


def period(asked: Mapping[str, str], account: LearningAccount, today: date) -> Period:
    """What the address asks for; all there has been where it asks for nothing."""
    if "first" in asked or "last" in asked:
        return Period(asked)
    return Period(initial={"first": riga_date(account.opened_at), "last": today})


def statement(form: Period, account: LearningAccount, today: date) -> AccountStatement | None:
    """The statement of a period that was asked for; None where the form says what is wrong."""
    if not form.is_valid():
        return None
    try:
        return account_statement(
            account, first=form.cleaned_data["first"], last=form.cleaned_data["last"], today=today
        )
    except Invalid as error:
        form.add_error(error.field, str(error.message))
        return None


def days(made: AccountStatement) -> str:
    """ "2026. gada 1. janvāris – 2026. gada 21. novembris"."""
    written = [formats.day(one, language(), year=True) for one in (made.first, made.last)]
    return " – ".join(dict.fromkeys(written))


def rows(made: AccountStatement) -> list[dict[str, Any]]:
    """The movements of the period, oldest first, each with what it left."""
    return [
        {
            "day": riga_date(movement.at),
            "text": movement.sentence,
            "amount": movement.amount,
            "held": movement.held,
            "after": movement.balance,
        }
        for movement in made.movements
    ]


def document(account: LearningAccount, made: AccountStatement, at: datetime) -> bytes:
    """The statement as a PDF in the language of the page; outside transactions only."""
    name = account.person.full_name
    title = _("Statement of the learning account")
    context = {
        "name": name,
        "days": days(made),
        "made_on": riga_date(at),
        "statement": made,
        "movements": rows(made),
    }
    return pdf.render("web/statement_pdf.html", context, language=language(), title=title)


def file_name(made: AccountStatement) -> str:
    """Without a name: file names travel."""
    word = "konta-izraksts" if formats.is_latvian(language()) else "account-statement"
    return f"{word}-{made.first.isoformat()}-{made.last.isoformat()}.pdf"
