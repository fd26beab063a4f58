"""Base classes of the admin: read-mostly, by role, with every move and movement beside the row.

Rows are read as they are. What changes them are `Action`s: a page that says what will happen,
asks for a reason or a date, and calls the same service as the portal does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import rules
from django import forms
from django.contrib import messages
from django.contrib.admin.utils import flatten, get_fields_from_path
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from stars.common.admin_lists import RowFilter, by_number
from stars.common.admin_words import LINK, Named, cell, move_name, name_of, reading
from stars.common.dates import now
from stars.common.errors import DomainError
from stars.common.names import columns
from stars.common.signals import looked
from stars.common.workflow import Stateful

Text = str | Promise
SHOWN = 200  # rows of a section; what is older is in the lists


@dataclass(frozen=True)
class Link:
    """A cell that leads to another row's page."""

    text: Text
    url: str


@dataclass(frozen=True)
class Section:
    """A table below a row's fields: its moves, its money, what belongs to it."""

    title: Text
    heads: list[Text]
    rows: list[list[Any]]
    note: Text = ""

    @property
    def table(self) -> dict[str, Any]:
        """As the theme's table component wants it."""
        return {"headers": self.heads, "rows": [[_cell(c) for c in row] for row in self.rows]}


def _cell(value: Any) -> Any:
    if isinstance(value, Link):
        return format_html('<a class="{}" href="{}">{}</a>', LINK, value.url, value.text)
    return cell(value)


SectionOf = Callable[[HttpRequest, Any], Section]


class Reason(forms.Form):
    """Most actions ask why."""

    note = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class Nothing(forms.Form):
    """An action that needs no answer but "yes"."""


@dataclass(frozen=True)
class Action:
    """Something that can be done here. `run` gets (request, row or None, answers), calls a service
    and returns what to tell; `permission` is asked with the row."""

    code: str
    label: Text
    explains: Text
    permission: str
    run: Callable[[HttpRequest, Any, dict[str, Any]], Text | HttpResponseBase]
    form: type[forms.Form] = Nothing
    of_row: bool = True
    when: Callable[[Any], bool] = field(default=lambda row: True)
    # What stands in the form at first, from the row (None above a list).
    initial: Callable[[Any], dict[str, Any]] = field(default=lambda row: {})


def link_to(row: models.Model | None, text: Text | None = None) -> Link | Text:
    """A link to the row's page where it has one, else its words."""
    if row is None:
        return "–"
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    try:
        return Link(text or name_of(row), reverse(name, args=[row.pk]))
    except NoReverseMatch:
        return text or name_of(row)


def actor(user: Any) -> str:
    """Who did it, as agency staff may read it: by the work address; residents are not named."""
    if user is None:
        return str(_("The system"))
    return user.email or name_of(user)


def actors(keys: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """The same for rows that keep only the key of who did it; one query."""
    users = {user.pk: actor(user) for user in get_user_model().objects.filter(pk__in=set(keys))}
    return users | {None: actor(None)}


def transitions(request: HttpRequest, row: Stateful) -> Section:
    """Each move of the row's state with actor and time."""
    log = row.LOG.objects.filter(  # type: ignore[attr-defined]
        object_type=row._meta.model_name, object_id=row.pk
    )
    states = dict(row.WORKFLOW.states.choices)
    return Section(
        _("Transitions"),
        columns("Time", "From", "To", "Transition", "Who", "Note"),
        [
            [
                move.at,
                states.get(move.from_state, "–"),
                states.get(move.to_state, move.to_state),
                move_name(move.transition),
                actor(move.by),
                move.note,
            ]
            for move in log.select_related("by").order_by("id")[:SHOWN]
        ],
    )


_sections: dict[type[models.Model], list[SectionOf]] = {}


def add_section(model: type[models.Model], section: SectionOf) -> None:
    """Let an upper app show its part on a lower app's page (money on a learning account)."""
    _sections.setdefault(model, []).append(section)


_actions: dict[type[models.Model], list[Action]] = {}


def add_action(model: type[models.Model], action: Action) -> None:
    """Let an upper app act from a lower one's page (holding a provider's payments)."""
    _actions.setdefault(model, []).append(action)


class AgencyAdmin(ModelAdmin):
    """A list and a page for each row, for the roles that hold `view_permission`."""

    view_permission: ClassVar[str] = "agency.view_records"
    sections: ClassVar[tuple[SectionOf, ...]] = ()
    acts: ClassVar[tuple[Action, ...]] = ()
    # Never shown, whatever the role.
    hidden: ClassVar[tuple[str, ...]] = ()
    # What the search box finds by a whole key. Nobody is searched for by name or contact: what
    # is typed there stands in the address (architecture, Banned: personal data in URLs).
    search_keys: ClassVar[tuple[str, ...]] = ("pk",)

    actions = None
    show_full_result_count = False
    list_per_page = 50
    list_filter_submit = True
    compressed_fields = True
    change_form_outer_before_template = "admin/agency/acts.html"
    change_form_outer_after_template = "admin/agency/sections.html"
    list_before_template = "admin/agency/acts.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm(self.view_permission, request.user, obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Every column but the key, which the address holds; Django would leave out those that no
        form may write."""
        return [
            f.name
            for f in self.model._meta.concrete_fields
            if f.name not in self.hidden and not f.primary_key
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Amounts and other rows in words."""
        names = super().get_list_display(request)
        return [reading(self.model, name, leads=not i) for i, name in enumerate(names)]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """What is only read stands there in words."""
        if isinstance(context.get("original"), models.Model):
            context["original"] = Named(context["original"])
        form = context["adminform"]
        read = set(form.readonly_fields)

        def words(name: Any) -> Any:
            return reading(self.model, name) if name in read else name

        form.readonly_fields = [words(name) for name in form.readonly_fields]
        form.fieldsets = [
            (title, {**options, "fields": [words(name) for name in flatten(options["fields"])]})
            for title, options in form.fieldsets
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Filters by other rows say their names."""

        def named(name: Any) -> Any:
            if not isinstance(name, str):
                return name
            field = get_fields_from_path(self.model, name)[-1]
            return (name, RowFilter) if field.is_relation else name

        return [named(name) for name in super().get_list_filter(request)]

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return tuple(self.search_fields) or ("pk",)  # any, so that the box is there

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By a whole key or its short number, or by what is named in `search_fields`."""
        term = search_term.strip()
        found = by_number(queryset, self.search_keys, term)
        if found is not None and (found.exists() or not self.search_fields):
            return found, False
        if self.search_fields or not term:
            return super().get_search_results(request, queryset, term)
        return queryset.none(), False

    def persons_of(self, row: Any) -> Iterable[UUID]:
        """Whose data the row's page shows; each opening of it goes to the look log (NFR-4)."""
        return ()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context: dict[str, Any] = {"title": None, **(extra_context or {})}
        if row is not None:
            context["subtitle"] = name_of(row)
        if row is not None and self.has_view_permission(request, row):
            parts = [*self.sections, *_sections.get(self.model, ())]
            context |= {
                "agency_sections": [section(request, row) for section in parts],
                "agency_acts": self._offered(request, row),
            }
        response = super().change_view(request, object_id, form_url, context)
        self._log_look(request, row)  # a refusal has raised by now: nothing was seen
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        # Django looks for the row first, and so would tell anybody which keys there are.
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        context = extra_context or {}
        if row is not None:
            context |= {"title": _("Changes: %s") % name_of(row), "object": Named(row)}
        return super().history_view(request, object_id, context)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            "title": capfirst(str(self.model._meta.verbose_name_plural)),
            "agency_acts": self._offered(request, None),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def _log_look(self, request: HttpRequest, row: Any) -> None:
        people = [pk for pk in self.persons_of(row) if pk] if row is not None else []
        if people:
            looked.send(
                sender=self.model,
                actor=request.user,
                person_ids=people,
                what=f"admin_{self.model._meta.model_name}",
                purpose="agency_work",
                at=now(),
            )

    def _offered(self, request: HttpRequest, row: Any) -> list[Link]:
        return [
            Link(act.label, self._url(act, row))
            for act in self.all_acts()
            if act.of_row == (row is not None)
            and rules.has_perm(act.permission, request.user, row)
            and act.when(row)
        ]

    def all_acts(self) -> list[Action]:
        """What can be done here, whoever offers it."""
        return [*self.acts, *_actions.get(self.model, ())]

    def _url(self, act: Action, row: Any) -> str:
        return reverse(f"admin:{self._name(act)}", args=[row.pk] if act.of_row else [])

    def _name(self, act: Action) -> str:
        return f"{self.model._meta.app_label}_{self.model._meta.model_name}_{act.code}"

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<path:object_id>/{act.code}/" if act.of_row else f"{act.code}/",
                self.admin_site.admin_view(self._view(act)),
                name=self._name(act),
            )
            for act in self.all_acts()
        ]
        return own + super().get_urls()

    def _view(self, act: Action) -> Callable[..., HttpResponseBase]:
        def view(request: HttpRequest, object_id: str | None = None) -> HttpResponseBase:
            row = None
            if act.of_row:
                row = self.get_object(request, object_id or "")
                if row is None and self.has_view_permission(request):
                    raise Http404  # whoever may not see rows is refused below, as for any other
            if not rules.has_perm(act.permission, request.user, row):
                raise PermissionDenied
            return self._act(request, act, row)

        return view

    def _act(self, request: HttpRequest, act: Action, row: Any) -> HttpResponseBase:
        posted = request.method == "POST"
        form = (
            act.form(request.POST, request.FILES) if posted else act.form(initial=act.initial(row))
        )
        if posted and form.is_valid():
            try:
                told = act.run(request, row, form.cleaned_data)
            except DomainError as error:
                field = error.field if error.field in form.fields else None
                form.add_error(field, str(error.message))
            else:
                if row is not None:
                    self.log_change(request, row, act.code)
                if isinstance(told, HttpResponseBase):  # a file is a stream and no HttpResponse
                    return told
                messages.success(request, str(told))
                return HttpResponseRedirect(self._after(row))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": act.label,
            "act": act,
            "row": None if row is None else Named(row),
            "form": form,
            "back": self._after(row),
        }
        return TemplateResponse(request, "admin/agency/act.html", context)

    def _after(self, row: Any) -> str:
        meta = self.model._meta
        if row is None:
            return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


class StatefulAdmin(AgencyAdmin):
    """A row with a lifecycle: its moves stand below its fields."""

    sections: ClassVar[tuple[SectionOf, ...]] = (transitions,)
