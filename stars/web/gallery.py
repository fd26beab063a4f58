"""The component gallery at /komponentes/: every component in its states, in development only.

It is how the look is checked against the reference pictures and how a page builder finds what
exists. All people, prices and providers on it are invented.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stars.common import dates

#: Name, use; the colours themselves are in stars.css and switch with the theme.
SWATCHES = (
    ("ink", "teksts"),
    ("ink-2", "paskaidrojumi"),
    ("action", "pogas, saites, fokuss"),
    ("action-tint", "izvēlēts"),
    ("done", "izdarīts"),
    ("error", "kļūda"),
    ("star", "akcents, tikai ar tumšu tekstu"),
    ("star-tint", "jāpagaida, maz vietu"),
)

ICONS = (
    "search",
    "clock",
    "screen",
    "pin",
    "person",
    "people",
    "calendar",
    "check",
    "check-circle",
    "cross",
    "info",
    "error",
    "warning",
    "arrow-left",
    "arrow-right",
    "arrow-up",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "menu",
    "filters",
    "download",
    "plus",
    "home",
    "document",
    "bell",
    "card",
    "chart",
    "euro",
    "mail",
    "sign-out",
    "star",
    "question",
)


class GalleryForm(forms.Form):
    """Fields in every state; bound with wrong data so that errors show."""

    email = forms.EmailField(
        label="E-pasts", help_text="Uz to sūtīsim tikai ziņas par tavām mācībām."
    )
    place = forms.ChoiceField(
        label="Kur tu gribi mācīties?",
        help_text="Vari izvēlēties arī attālināti.",
        choices=[("valmiera", "Valmierā"), ("riga", "Rīgā")],
    )
    phone = forms.RegexField(
        r"^\d{8}$",
        label="Tālrunis",
        help_text="Astoņi cipari, piemēram, 20 000 000.",
        error_messages={"invalid": "Trūkst viena cipara."},
    )
    phone.error_summary = "Ieraksti visus 8 tālruņa numura ciparus"  # type: ignore[attr-defined]
    locked = forms.CharField(label="Vārds no reģistra", disabled=True, required=False)
    when = forms.MultipleChoiceField(
        label="Kad tev ērti?",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("evenings", "Darbdienu vakaros"), ("saturdays", "Sestdienās")],
    )
    why = forms.CharField(label="Pastāsti vairāk", widget=forms.Textarea, required=False)
    known = forms.BooleanField(
        label="Zinu, kas notiek ar naudu, ja atsakos vai pārtraucu mācības",
        error_messages={"required": "Apstiprini, lai turpinātu."},
    )
    known.error_summary = "Apstiprini, ka zini, kas notiek ar naudu"  # type: ignore[attr-defined]


class EmployerForm(forms.Form):
    """The fields that open inside a chosen card."""

    number = forms.CharField(
        label="Uzņēmuma reģistrācijas numurs",
        help_text="11 cipari. Atradīsi darba līgumā vai algas lapā.",
    )
    to = forms.EmailField(label="E-pasts, uz kuru sūtīt lūgumu")


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component (GET /komponentes/, public); 404 outside the demo."""
    if not settings.DEMO:
        raise Http404("components are shown in the demo only")
    return render(request, "web/gallery.html", samples(dates.today()))


def samples(today: date) -> dict[str, Any]:
    """Build the invented values the gallery shows; dates lie around ``today``."""
    form = GalleryForm(
        {
            "g-email": "liga@epasts.example",
            "g-place": "valmiera",
            "g-phone": "2612345",
            "g-when": ["evenings"],
        },
        initial={"locked": "Līga"},
        prefix="g",
    )
    return {
        "swatches": SWATCHES,
        "icons": ICONS,
        "gallery_form": form,
        "employer_fields": list(
            EmployerForm(initial={"number": "40000000000", "to": "personals@uznemums.example"})
        ),
        "cards": _cards(today),
        "groups": _groups(today),
        "money": _money(today),
        "timeline": _timeline(today),
        "steps": [
            {"text": "Grupa", "url": "#steps", "state": "done"},
            {"text": "Atbalsts", "url": "#steps", "state": "done"},
            {"text": "Tavi dati", "state": "current"},
            {"text": "Pārbaude", "state": "ahead"},
        ],
        "path": {
            "goal": "Vadīt projektus uzņēmumā",
            "now": "Projektu vadības pamati",
            "steps": ["done", "done", "current", "ahead", "ahead"],
            "done": 2,
            "all": 5,
        },
        "table": _table(today),
        "bars": _bars(),
        "bar_columns": ["Iemesls", "Daļa", "Cilvēki, aptuveni"],
        "page": Paginator(range(200), 10).page(5),
        "price": Decimal("592.00"),
        "support": Decimal("500.00"),
        "own_part": Decimal("92.00"),
        "promises": [
            "Līdz mācību sākumam vari pārdomāt – 500 € paliek tev.",
            "Atbalstu izglītības iestādei samaksājam mēs.",
        ],
        "facts": [
            {"text": "Tev ir vismaz 18 gadi", "source": "ziņas no Fizisko personu reģistra"},
            {"text": "Kontā ir nauda", "source": "500 € līdz 9. jūnijam"},
        ],
        "people": [
            {"id": "p1", "name": "Aija Balode", "value": "present"},
            {"id": "p2", "name": "Dace Ozola", "value": "absent"},
            {"id": "p3", "name": "Sanita Roze", "value": ""},
        ],
    }


def _cards(today: date) -> list[dict[str, Any]]:
    common = {"url": "#cards", "signed_in": True, "hours": 60}
    return [
        common
        | {
            "title": "Mākslīgā intelekta izmantošana ikdienā",
            "provider": "Mācību centrs „Paraugs”",
            "start": today + timedelta(days=27),
            "free": 13,
            "waiting": 0,
            "how": "Valmierā",
            "own_part": Decimal("0.00"),
            "rating": Decimal("4.7"),
            "rating_count": 541,
        },
        common
        | {
            "title": "Mākslīgais intelekts humanitārajās zinātnēs",
            "provider": "Parauga augstskola",
            "start": today + timedelta(days=19),
            "free": 1,
            "waiting": 0,
            "how": "daļēji attālināti, Rīgā",
            "own_part": Decimal("92.50"),
            "rating": Decimal("4.5"),
            "rating_count": 286,
        },
        common
        | {
            "title": "Digitālais mārketings ar mākslīgā intelekta rīkiem",
            "provider": "Mācību centrs „Paraugs”",
            "start": today + timedelta(days=6),
            "free": 0,
            "waiting": 3,
            "how": "attālināti",
            "own_part": Decimal("0.00"),
            "rating": None,
            "rating_count": 0,
        },
    ]


def _groups(today: date) -> list[dict[str, Any]]:
    return [
        {
            "id": "1",
            "start": today + timedelta(days=13),
            "end": today + timedelta(days=55),
            "when": "Otrdienās un ceturtdienās 18.00–21.15",
            "online": True,
            "place": "Attālināti, Zoom",
            "teacher": "Ilze Parauga, datu analītiķe",
            "apply_until": today + timedelta(days=8),
            "free": 7,
            "capacity": 16,
            "waiting": 0,
            "sessions_url": "#groups",
        },
        {
            "id": "2",
            "start": today + timedelta(days=16),
            "end": today + timedelta(days=38),
            "when": "Piektdienās 15.00–20.15, sestdienās 10.00–15.15",
            "online": False,
            "place": "Valmierā, Parauga ielā 10",
            "teacher": "",
            "apply_until": today + timedelta(days=11),
            "free": 2,
            "capacity": 16,
            "waiting": 0,
            "sessions_url": "#groups",
        },
        {
            "id": "3",
            "start": today + timedelta(days=8),
            "end": today + timedelta(days=23),
            "when": "Darbdienās 9.00–12.15",
            "online": True,
            "place": "Attālināti, Zoom",
            "teacher": "",
            "apply_until": today,
            "free": 0,
            "capacity": 16,
            "waiting": 4,
            "queue_url": "#groups",
            "sessions_url": "#groups",
        },
    ]


def _money(today: date) -> dict[str, Any]:
    return {
        "free": Decimal("500.00"),
        "first": today - timedelta(days=148),
        "last": today + timedelta(days=34),
        "days_left": 34,
        "passed": 81,
        "held": Decimal("500.00"),
        "held_for": ["Mācībām „Projektu vadības pamati”. Samaksāsim, kad tās pabeigsi."],
        "spent": Decimal("0.00"),
    }


def _timeline(today: date) -> list[dict[str, Any]]:
    return [
        {
            "urgent": True,
            "leaf_top": 8,
            "leaf_bottom": "dienas",
            "title": "Pabeidz pieteikumu",
            "strong": "Mākslīgā intelekta izmantošana ikdienā.",
            "text": "Pieteikties var vēl 8 dienas.",
            "url": "#timeline",
            "link": "Turpini pieteikumu",
        },
        {
            "date": today + timedelta(days=6),
            "title": "Sākas tavas mācības",
            "strong": "Projektu vadības pamati.",
            "text": "Otrdien 18.00, attālināti.",
            "url": "#timeline",
            "link": "Pievieno kalendāram",
        },
        {
            "date": today + timedelta(days=34),
            "title": "Beidzas termiņš",
            "text": "Ja līdz šai dienai 500 € nebūs izmantoti vai uzkrāti, tie no konta pazudīs.",
        },
    ]


def _table(today: date) -> dict[str, Any]:
    columns: list[dict[str, Any]] = [
        {"text": "Cilvēks"},
        {"text": "Grupa"},
        {"text": "Gaida", "label": "gaida"},
        {"text": "Stāvoklis"},
        {"text": "Pašu daļa", "label": "pašu daļa", "end": True},
    ]
    people = [
        ("Ieva Strazda", "2 dienas", "wait", "Jāatbild", "92,00 €"),
        ("Pāvils Ozols", "1 dienu", "wait", "Jāatbild", "592,00 €"),
        ("Rita Vanaga", "kopš rīta", "done", "Apstiprināts", "0,00 €"),
    ]
    rows = []
    for name, waits, tone, state, own_part in people:
        cells: list[dict[str, Any]] = [
            {"text": name},
            {"text": "V-034"},
            {"text": waits},
            {"text": state, "tone": tone},
            {"text": own_part},
        ]
        pairs = zip(cells, columns, strict=True)
        rows.append({"cells": [cell | {"column": column} for cell, column in pairs]})
    return {"columns": columns, "rows": rows}


def _bars() -> list[dict[str, Any]]:
    values = (
        ("Mācīties ar valsts atbalstu", 67, "37 600"),
        ("Atrast piemērotas mācības", 60, "33 700"),
        ("Iepazīt iespējas", 30, "16 800"),
        ("Saņemt karjeras padomu", 21, "11 800"),
        ("Glabāt izglītības datus vienuviet", 13, "7 300"),
    )
    return [
        {"text": text, "value": value, "shown": f"{value}\u00a0%", "more": more}
        for text, value, more in values
    ]
