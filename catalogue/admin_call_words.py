"""What a call asks for, in words: the codes that it keeps are names of types and qualifications."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalogue.enums import Mode
from catalogue.models import Call
from stars.common.admin import Section
from stars.common.names import columns
from stars.vocabularies.models import ProgrammeType, Term


def types() -> list[tuple[str, str]]:
    """Code and name of every type."""
    return [(each.code, each.plain) for each in ProgrammeType.objects.order_by("order")]


def qualifications() -> list[tuple[str, str]]:
    """Code and name of every qualification."""
    terms = Term.objects.filter(vocabulary__code="qualification", vocabulary__current=True)
    return [(term.code, term.plain) for term in terms.order_by("order", "code")]


def wanted(request: HttpRequest, call: Call) -> Section:
    """Which programmes may be sent; an empty list allows all."""
    words = (
        (_("Types of programmes"), call.types, dict(types())),
        (_("Qualifications"), call.qualifications, dict(qualifications())),
        (_("Ways of learning"), call.modes, dict(Mode.choices)),
    )
    return Section(
        _("What may be sent"),
        columns("What", "Value"),
        [
            [what, "; ".join(str(known.get(code, code)) for code in codes) or _("All")]
            for what, codes, known in words
        ],
    )
