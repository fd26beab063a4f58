"""Asking every address as everybody: what stands in it, what is sent to it, what that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.http import Http404
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from catalogue.admin_texts import boxes_of
from enrolments.models import Participation
from funding.models import FundingSource
from stars.common.dates import months_before, riga_date
from tests.architecture import (
    permission_aid,
    permission_api,
    permission_attendance,
    permission_certificates,
    permission_claims,
    permission_disputes,
    permission_groups,
    permission_organisation,
    permission_policy,
    permission_programmes,
    permission_settle,
)
from tests.architecture.permission_matrix import ROLES
from tests.architecture.permission_world import CODE, PRICE, World
from tests.signin import SECRET

# Sessions live anew with each request; a refusal must leave no other trace.
NO_TRACE = {"django_session"}
# What a look at a page may leave behind (architecture.md, Web).
LOOKS = {*NO_TRACE, "audit_lookentry"}

# Whose application, or which group, an address is about; the others get the usual ones.
STAGES = {
    "enrolments:apply_change": "draft",
    "enrolments:apply_support": "draft",
    "enrolments:apply_path": "draft",
    "enrolments:apply_code": "draft",
    "enrolments:apply_data": "draft",
    "enrolments:apply_keep": "draft",
    "enrolments:apply_check": "draft",
    "enrolments:confirm": "completed",
    "enrolments:absence": "running",
    "enrolments:provider_group_attendance": "running",
    "enrolments:provider_close_month": "completed",
    "enrolments:provider_group": "running",
    "enrolments:provider_completion": "running",
    "enrolments:provider_own_parts": "own-part",
    "enrolments:provider_own_parts_list": "own-part",
    "enrolments:provider_own_parts_import": "own-part",
    "enrolments:provider_start": "beginning",
    "enrolments:provider_admit": "waiting",
}


# In which state a version has to be, so that something can be done with it.
VERSIONS = {
    "mend": "written",
    "take": "submitted",
    "remark": "in-review",
    "return": "in-review",
    "approve": "in-review",
    "reject": "in-review",
    "suspend": "shown",
    "resume": "suspended",
    "archive": "suspended",
}


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the tables that were written, and the page."""

    status: int
    wrote: frozenset[str]
    body: bytes = field(repr=False)

    @property
    def cell(self) -> str:
        """As it stands in the matrix."""
        return f"{self.status}{'*' if self.wrote else ''}"


Asking = Callable[[World, str, str, str, dict[str, Any]], Answer]


def patterns(resolver: Any, inside: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the project with its name ("" where it has none)."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, pattern.namespace or inside)
        else:
            space = f"{inside}:" if inside else ""
            yield (f"{space}{pattern.name}" if pattern.name else space), pattern


def names() -> set[str]:
    """Names of all addresses that have one."""
    return {name for name, _pattern in patterns(get_resolver()) if name and name[-1] != ":"}


def keys(world: World, name: str) -> dict[str, Any]:
    """What may stand in the address."""
    stage = STAGES.get(name, "waiting")
    group = world.rows[f"group-{STAGES.get(name, 'new')}"]
    model = model_of(name)
    return {
        "slug": world.rows.get(f"slug-{name}", group.version.programme.slug),
        "picture_id": world.rows["picture"].pk,
        "provider_slug": group.version.programme.provider.slug,
        "source_code": FundingSource.objects.values_list("code", flat=True)[0],
        "step": 1,
        "round_code": world.rows["round-whole"].code,
        "section": "macibas",
        "group_id": group.pk,
        "application_id": world.applications[stage].pk,
        "session_id": world.rows["session"].pk,
        **permission_aid.keys(world),
        **permission_attendance.keys(world, name),
        **permission_programmes.keys(world, name),
        **permission_groups.keys(world, name),
        "grant_id": world.rows["grant"].pk,
        "account_id": world.accounts["owner"].pk,
        "claim_id": permission_claims.shown(world, name).pk,
        "appeal_id": world.rows["appeal"].pk,
        "decision_id": world.rows["cover"].pk,
        "message_id": world.rows["message"].pk,
        "statement_id": world.rows["statement-own"].pk,
        "alert_id": world.rows["alert"].pk,
        "token": world.rows.get(f"token-{name}", world.rows["token"]),
        "provider_id": world.rows["rival"].pk if "bank" in name else "nobody",
        **permission_organisation.keys(world, name),
        **permission_api.keys(world, name),
        **permission_certificates.keys(world, name),
        "app_label": "funding",
        "content_type_id": ContentType.objects.get_for_model(Participation).pk,
        "object_id": _shown(world, name, model or Participation).pk,
    }


def _shown(world: World, name: str, model: type[models.Model]) -> models.Model:
    if (mine := permission_settle.shown(world, name)) is not None:
        return mine
    if name == "admin:accounts_person_erase":
        return world.rows["leaver"]
    if name == "admin:catalogue_group_move-people":
        return world.rows["group-stopped"]
    act = name.removeprefix("admin:catalogue_programmeversion_")
    if act in VERSIONS:
        return world.rows[f"version-{VERSIONS[act]}"]
    return row_of(world, model)


def model_of(name: str) -> type[models.Model] | None:
    """The model of whose rows a page of the admin shows one."""
    found = (model for word, model in listed().items() if name.startswith(f"admin:{word}_"))
    return next(found, None)


def listed() -> dict[str, type[models.Model]]:
    """What the agency's workplace has a list of, by the word its addresses begin with."""
    return {
        f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry
    }


@cache
def row_of(world: World, model: type[models.Model]) -> models.Model:
    """The row whose page is opened, such that its actions are possible."""
    rows = world.rows
    made = (
        *(rows["participation"], rows["approval"], rows["membership"], rows["version-approved"]),
        *(rows["group-new"], rows["round-whole"], rows["source-whole"], rows["grant"]),
        *(world.users["staff"], world.accounts["owner"], world.accounts["owner"].person),
        *(world.applications["completed"], rows["group-new"].version.programme),
        *(rows["claim-sent"], rows["refundable"], rows["scheme"], rows["appeal"]),
        *permission_aid.rows(world),
        *(rows["remark"], rows["submission"], rows["call"], rows["seminar"], rows["temporary"]),
    )
    return next((row for row in made if type(row) is model), None) or model._base_manager.first()


def nothing(name: str) -> dict[str, Any]:
    """Keys of the same form under which there is nothing."""
    key = uuid4()
    model = model_of(name)
    number = model is not None and isinstance(model._meta.pk, models.IntegerField)
    named = ("group_id", "application_id", "session_id", "grant_id", "message_id", "alert_id")
    named += ("claim_id", "account_id", "appeal_id", "decision_id")
    named += ("statement_id", "provider_id")
    named += ("co_payment_id", "commitment_id", "request_id", "excuse_id")
    named += ("venue_id", "room_id", "teacher_id", "membership_id", "invitation_id")
    named += ("version_id", "filter_id")
    named += ("participation_id", "move_id")
    named += ("certificate_id", "key_id")
    return {
        **dict.fromkeys(named, key),
        **dict.fromkeys(
            ("slug", "provider_slug", "source_code", "section", "round_code"), "nowhere"
        ),
        "token": "nothing",
        "code": "nothing",
        "own_id": "nothing",
        "object_id": 10**12 if number else key,
    }


@cache
def wanted(name: str) -> tuple[str, ...]:
    """Names of the keys that an address asks for."""
    resolver = get_resolver()
    *spaces, last = name.split(":")
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    return tuple(resolver.reverse_dict.getlist(last)[0][0][0][1])


def address(name: str, values: dict[str, Any]) -> str:
    """The address with its keys."""
    return reverse(name, kwargs={key: values[key] for key in wanted(name)})


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that is undone in the end, marked as a test's own, as Django's TestCase does:
    a page may then make its PDF, which it must not do in a transaction of its own."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


def ask(world: World, role: str, method: str, where: str, sent: dict[str, Any]) -> Answer:
    """One request, undone at once: nothing that one role does is found by the next."""
    client = world.clients[role]
    cookies = deepcopy(client.cookies)
    with undone():
        response = getattr(client, method)(where, sent)
        body = b"".join(response)  # a file is read to its end, which closes it
    client.cookies = cookies
    return Answer(response.status_code, wrote(world, method), body)


def ask_view(world: World, role: str, method: str, where: str, sent: dict[str, Any]) -> Answer:
    """Like `ask` for a page of the admin, straight at its view: the same decisions and the same
    writing, without drawing the page two thousand times."""
    found = resolve(where)
    request = getattr(RequestFactory(), method)(where, sent)
    request.user, request.session = world.signed_in(role)
    request.LANGUAGE_CODE = "lv"
    request._messages = FallbackStorage(request)
    request._dont_enforce_csrf_checks = True  # as the test client does
    with undone():
        try:
            status = found.func(request, *found.args, **found.kwargs).status_code
        except PermissionDenied:
            status = 403
        except Http404:
            status = 404
    return Answer(status, wrote(world, method), b"")


def wrote(world: World, method: str = "post") -> frozenset[str]:
    """Tables written since this was last asked, but for what such a request may always leave.

    The server counts what was attempted in this transaction, so what is undone still counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        counted = dict(cursor.fetchall())
    changed = {table for table, count in counted.items() if count != world.counted.get(table)}
    world.counted = counted
    return frozenset(changed - (LOOKS if method == "get" else NO_TRACE))


def row(
    world: World, name: str, method: str, roles: Iterable[str] = ROLES, ask: Asking = ask
) -> dict[str, Answer]:
    """What each role gets at an address."""
    where = address(name, keys(world, name))
    sent = form(world, name) if method == "post" else questions().get(name, {})
    return {role: ask(world, role, method, where, sent) for role in roles}


def form(world: World, name: str) -> dict[str, Any]:
    """A form filled in so that whoever may send it changes something."""
    model, what = model_of(name), name.rsplit("_", 1)[-1]
    if model is None or what not in ("changelist", "change", "delete", "add"):
        return answers(world).get(name, {})
    this = row_of(world, model)
    if what == "changelist":
        return {"action": "delete_selected", "_selected_action": [this.pk], "post": "yes"}
    if what == "delete":
        return {"post": "yes"}
    fields = {field.name: field.value_to_string(this) for field in model._meta.concrete_fields}
    for rows in ("steps", "illustrations"):  # of a page of help, of a text
        fields |= {f"{rows}-TOTAL_FORMS": "0", f"{rows}-INITIAL_FORMS": "0"}
    return {**fields, "name_lv": "Cits", "balance": "1000000.00", "amount": "1000000.00"}


def questions() -> dict[str, dict[str, Any]]:
    """What is asked in the query, where an address says nothing without it."""
    person = {"app_label": "learning_accounts", "model_name": "learningaccount"}
    return {
        "admin:autocomplete": {**person, "field_name": "person", "term": ""},
        "admin:search": {"s": "a"},
    }


def answers(world: World) -> dict[str, dict[str, Any]]:
    """Answers that the forms ask for."""
    running = Participation.objects.get(application=world.applications["running"]).pk
    today = riga_date(world.at)
    return {
        "content:subscribe": {"email": "lasitajs@stars.example"},
        "content:report": {"text": "Poga nav nospiežama"},
        "admin:content_accessibilityreport_settle": {"note": "Salabots"},
        "admin:content_news_go-back": {"version": world.rows["news"].events.get().pgh_id},
        "admin:content_page_go-back": {"version": world.rows["page"].events.get().pgh_id},
        "web:opening_draft": {"wish": "Šūt"},
        "web:save": {"save": world.rows["group-new"].version.programme.slug},
        "web:alert": {"q": "Šūt"},
        "set_language": {"language": "en"},
        "enrolments:apply": {"group": world.rows["group-new"].pk},
        "enrolments:apply_change": {"group": world.rows["group-draft"].pk},
        "enrolments:apply_support": {"funding": "own", "payer": "person"},
        "enrolments:apply_path": {"goal": "Labot datorus"},
        "web:profile": {"education": "higher", "employment": "employed"},
        "web:data": {"email": "cita@stars.example", "phone": ""},
        "enrolments:apply_keep": {"funding": "own", "payer": "family"},
        "enrolments:apply_data": {
            "email": "cita@stars.example",
            "phone": "20000001",
            "understood": "on",
        },
        "enrolments:apply_check": {"group": world.rows["group-draft"].pk, "support": PRICE},
        **permission_aid.answers(world),
        **permission_attendance.answers(world),
        "enrolments:provider_application": {"decision": "approve"},
        "enrolments:provider_attendance": {"rest": "present", "finish": "yes"},
        "enrolments:provider_completion": {
            f"outcome-{running}": "interrupted",
            f"{running}-detail": "Pārcēlās",
            f"{running}-on": today,
        },
        "admin:password_change": {
            "old_password": SECRET,
            **dict.fromkeys(("new_password1", "new_password2"), "correct horse battery"),
        },
        "admin:accounts_person_find": {"personal_code": CODE},
        "admin:accounts_person_erase": {"ground": "letter", "sure": "on"},
        "admin:accounts_membership_end": {"ends_on": today + timedelta(days=3)},
        **_answers_about_money(world),
        "admin:enrolments_participation_confirm": {"note": "Zvanīju"},
        **_answers_about_the_offer(world),
        **permission_claims.answers(world),
        **permission_groups.answers(world),
        **permission_policy.answers(world),
        **permission_organisation.answers(world),
        **permission_api.answers(world),
        **permission_programmes.answers(world),
        **permission_certificates.answers(world),
        **permission_disputes.answers(world),
        **permission_settle.answers(world),
    }


def _answers_about_money(world: World) -> dict[str, dict[str, Any]]:
    today = riga_date(world.at)
    return {
        "admin:funding_budget_export": {
            "what": "journal",
            "kind": "csv",
            "first": f"{today:%Y-%m}",
            "last": f"{today:%Y-%m}",
        },
        "admin:funding_periodclose_close": {"month": f"{months_before(today, 1):%Y-%m}"},
        "admin:funding_fundingsource_authorise": {"origin": "eu", "amount": "5.00", "key": "d-7"},
        "admin:funding_roundapproval_decide": {"approved": "no"},
        "admin:funding_allocationround_plan": {
            "policy_id": world.rows["round-whole"].policy_id,
            "first_due_on": today + timedelta(days=200),
            "count": 1,
        },
    }


def _answers_about_the_offer(world: World) -> dict[str, dict[str, Any]]:
    day = riga_date(world.at)
    call = {"title_lv": "A", "title_en": "C", "opens_on": day, "closes_on": day}
    why = {"note": "Tā vajag"}
    written = boxes_of(world.rows["version-written"])
    boxes = {name: value for name, value in written.items() if value is not None}
    acts: dict[str, dict[str, Any]] = {
        "programme_temporary": {
            "recommender": "expert",
            "recommended_by": "Eksperts",
            "recommendation": "Vajag",
        },
        "programme_address": {"slug": "cita-adrese"},
        "provider_address": {"slug": "cita-adrese"},
        "provider_rename": {"name": "Cits nosaukums"},
        "provider_describe": {"about_lv": "Mācām", "about_en": "We teach"},
        "programmeversion_mend": {**boxes, "title_lv": "Cits"},
        "programmeversion_remark": {"field": "hours", "text": "Par maz"},
        "programmeversion_return": why,
        "programmeversion_reject": why,
        "programmeversion_suspend": why,
        "call_new": {**call, "code": "jauns"},
        "call_edit": {**call, "code": "c"},
        "call_seminar": {"starts_at": "2027-01-05T10:00"},
        "temporarystatus_extend": why,
        "temporarystatus_end": why,
        "offerrules_write": {
            **dict.fromkeys(("price_spread", "least_spread", "price_rise"), "0.5"),
            **dict.fromkeys(("grant_tolerance", "temporary_share"), "0.5"),
            "least_compared": 5,
            "review_months": 12,
            "grant_amounts": "500.00",
            "valid_from": day,
        },
    }
    return {f"admin:catalogue_{act}": answers for act, answers in acts.items()}
