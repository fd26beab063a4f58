"""The offer. What changes it goes through the catalogue's services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue import (
    admin_agreements,
    admin_calls,  # noqa: F401  (registers its own pages)
    admin_registrations,  # noqa: F401  (registers its own pages)
    admin_search,  # noqa: F401  (registers its own pages)
)
from catalogue import admin_review as review
from catalogue.admin_texts import MEND
from catalogue.enums import GroupState
from catalogue.models import Group, Offer, Programme, ProgrammeVersion, Provider
from catalogue.services import addresses, groups, providers
from stars.common.admin import (
    SHOWN,
    Action,
    AgencyAdmin,
    Section,
    StatefulAdmin,
    link_to,
    transitions,
)
from stars.common.dates import now
from stars.common.forms import DayInput
from stars.common.names import columns


def _line(label: Any, longest: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False)


def _long(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class Address(forms.Form):
    """The last part of a page's address."""

    slug = forms.SlugField(
        label=_("New address"),
        max_length=140,
        help_text=_("Small letters, digits and hyphens, for example: maksliga-intelekta-riki"),
    )


def _move_provider(request: HttpRequest, provider: Provider, answers: dict[str, Any]) -> Any:
    slug = answers["slug"]
    addresses.change_provider_slug(provider_id=provider.pk, slug=slug, actor=request.user, at=now())
    return _("The page has a new address; the old one leads there.")


class Name(forms.Form):
    """How visitors know a provider."""

    name = forms.CharField(label=_("New name"), max_length=200)


def _rename(request: HttpRequest, provider: Provider, answers: dict[str, Any]) -> Any:
    providers.rename_provider(
        provider_id=provider.pk, name=answers["name"], actor=request.user, at=now()
    )
    return _("The provider has a new name.")


def _move_programme(request: HttpRequest, programme: Programme, answers: dict[str, Any]) -> Any:
    slug = answers["slug"]
    addresses.change_programme_slug(
        programme_id=programme.pk, slug=slug, actor=request.user, at=now()
    )
    return _("The page has a new address; the old one leads there.")


class About(forms.Form):
    """What the provider's page says."""

    about_lv = _long(_("Who they are, in Latvian"))
    about_en = _long(_("Who they are, in English"))
    accreditation_lv = _line(_("What they are accredited for, in Latvian"), 300)
    accreditation_en = _line(_("What they are accredited for, in English"), 300)
    accredited_until = forms.DateField(
        label=_("Last day of the accreditation"),
        required=False,
        widget=DayInput(),
    )
    city = _line(_("Town"), 80)
    email = forms.EmailField(label=_("E-mail for questions"), required=False)
    phone = _line(_("Telephone for questions"), 20)


def _describe(request: HttpRequest, provider: Provider, answers: dict[str, Any]) -> Any:
    providers.describe_provider(provider_id=provider.pk, actor=request.user, at=now(), **answers)
    return _("The page of the provider is changed.")


DESCRIBE = Action(
    code="describe",
    label=_("Change the page"),
    explains=_("What everybody reads about the provider. Write each text in both languages."),
    permission="catalogue.describe_provider",
    run=_describe,
    form=About,
    initial=lambda provider: {name: getattr(provider, name) for name in About.base_fields},
)


def change_address(run: Callable[[HttpRequest, Any, dict[str, Any]], Any]) -> Action:
    """The action that gives a page another address."""
    return Action(
        code="address",
        label=_("Change the address"),
        explains=_("The page gets a new address. Links to the old one lead there for good."),
        permission="catalogue.change_address",
        run=run,
        form=Address,
    )


@admin.register(Provider)
class ProviderAdmin(AgencyAdmin):
    """A provider as the catalogue shows it."""

    list_display = ("name", "city", "state", "organisation")
    list_filter = ("state", "city")
    list_select_related = ("organisation",)
    search_fields = ("name", "slug")
    ordering = ("name",)
    sections = (admin_agreements.agreements_of, admin_agreements.suspensions_of)
    acts = (
        DESCRIBE,
        admin_agreements.ADD,
        change_address(_move_provider),
        Action(
            code="rename",
            label=_("Change the name"),
            explains=_("Visitors see the new name and find the programmes by it."),
            permission="catalogue.rename_provider",
            run=_rename,
            form=Name,
        ),
    )


def version_list(request: HttpRequest, programme: Programme) -> Section:
    """Every version of a programme."""
    return Section(
        _("Versions"),
        columns("Number", "State", "Title", "Hours"),
        [
            [link_to(v, str(v.number)), v.get_state_display(), v.title, v.hours]
            for v in programme.versions.order_by("-number")
        ],
    )


@admin.register(Programme)
class ProgrammeAdmin(AgencyAdmin):
    """What a person looks for."""

    list_display = ("code", "title", "provider", "rating_average", "rating_count")
    list_filter = ("provider",)
    list_select_related = ("provider", "current")
    search_fields = ("code", "slug", "current__title_lv", "current__title_en")
    ordering = ("code",)
    sections = (version_list,)
    acts = (change_address(_move_programme), review.GIVE_TEMPORARY)

    @admin.display(description=pgettext_lazy("column", "Title"))
    def title(self, programme: Programme) -> str:
        return programme.current.title if programme.current else "–"


def offers(request: HttpRequest, version: ProgrammeVersion) -> Section:
    """Under which sources and at what price."""
    rows = version.offers.select_related("source").order_by("pk")
    return Section(
        _("Offers"),
        columns("Source", "Price", "From", "Until"),
        [
            [
                link_to(row, row.source.name if row.source else _("No source")),
                row.price,
                row.open_from,
                row.open_until,
            ]
            for row in rows
        ],
    )


def group_list(request: HttpRequest, version: ProgrammeVersion) -> Section:
    """Groups of a version."""
    rows = version.groups.order_by("-starts_on", "code")[:SHOWN]
    return Section(
        _("Groups"),
        columns("Code", "State", "From", "Until", "Places taken", "Places"),
        [
            [link_to(g, g.code), g.get_state_display(), g.starts_on, g.ends_on, g.taken, g.capacity]
            for g in rows
        ],
    )


@admin.register(ProgrammeVersion)
class ProgrammeVersionAdmin(StatefulAdmin):
    """One text of a programme, with what the agency has to know to decide about it."""

    list_display = ("title_lv", "number", "state", "type", "hours", "programme")
    list_filter = ("state", "type", "mode")
    list_select_related = ("programme", "type")
    search_fields = ("programme__code", "title_lv", "title_en")
    search_keys = ("pk", "programme_id")
    ordering = ("programme__code", "-number")
    sections = (review.decision_list, offers, group_list, transitions)
    acts = (MEND, *review.ACTS)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What one decides by stands above the fields."""
        context: dict[str, Any] = {**(extra_context or {})}
        version = self.get_object(request, object_id)
        if version is not None and self.has_view_permission(request, version):
            parts = (review.changes, review.price_watch, review.remark_list)
            context["agency_summary"] = [part(request, version) for part in parts]
        return super().change_view(request, object_id, form_url, context)


@admin.register(Offer)
class OfferAdmin(AgencyAdmin):
    """A programme version under one source at one price."""

    list_display = ("title", "source", "price", "open_from", "open_until")
    # Sources are terms: the filter lists those that offers have, not every term there is.
    list_filter = (("source", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("version", "source")
    search_fields = ("version__programme__code", "version__title_lv", "version__title_en")
    search_keys = ("pk", "version_id")
    ordering = ("-open_from", "pk")

    @admin.display(description=pgettext_lazy("column", "Title"))
    def title(self, offer: Offer) -> str:
        return offer.version.title


def sessions(request: HttpRequest, group: Group) -> Section:
    """The timetable."""
    return Section(
        _("Sessions"),
        columns("Number", "From", "Until", "Academic hours", "Place"),
        [[s.number, s.starts_at, s.ends_at, s.hours, s.place] for s in group.sessions.all()],
    )


def _close(request: HttpRequest, group: Group, answers: dict[str, Any]) -> Any:
    groups.close_group(group_id=group.pk, actor=request.user, at=now())
    return _("Nobody can apply to this group any more.")


@admin.register(Group)
class GroupAdmin(StatefulAdmin):
    """One run of a programme."""

    list_display = ("code", "title", "state", "starts_on", "ends_on", "taken", "capacity")
    list_filter = ("state", "mode")
    list_select_related = ("version",)
    search_fields = ("code", "version__programme__code", "version__title_lv")
    search_keys = ("pk", "version_id")
    ordering = ("-starts_on", "code")
    sections = (sessions, transitions)
    acts = (
        Action(
            code="close",
            label=_("Close applications"),
            explains=_("Nobody can apply any more; those who applied keep their places."),
            permission="catalogue.manage_group",
            run=_close,
            when=lambda group: group.state == GroupState.OPEN,
        ),
    )

    @admin.display(description=pgettext_lazy("column", "Title"))
    def title(self, group: Group) -> str:
        return group.version.title
