"""Where editors work: texts, steps, terms, contacts, pictures; mailing news; earlier versions."""

from __future__ import annotations

from typing import Any, ClassVar

import rules
from django.contrib import admin
from django.db.models import F
from django.forms import CharField, Form, Textarea
from django.http import HttpRequest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline

from stars.common.admin import Action, AgencyAdmin, Link, Section
from stars.common.dates import now
from stars.common.desk import Waiting, on_the_desk
from stars.common.names import columns
from stars.content.admin_versions import BODIES, versions
from stars.content.forms import PictureForm, Version
from stars.content.html import clean
from stars.content.models import (
    AccessibilityReport,
    Contact,
    GlossaryTerm,
    Illustration,
    News,
    Page,
    Picture,
    Step,
    Subscriber,
)
from stars.content.services import editing, mailing, pictures, reports
from stars.content.widgets import ProseWidget

EDIT = "content.edit"
TEXTS = ("title_lv", "title_en", "lead_lv", "lead_en", "body_lv", "body_en", "picture")


def preview(request: HttpRequest, row: News | Page) -> Section:
    """The page as visitors will see it; before it is published only editors can open it."""
    shown = row.is_published(now())
    return Section(
        _("The page"),
        columns("Address", "Seen by"),
        [
            [
                Link(row.get_absolute_url(), row.get_absolute_url()),
                _("Everybody") if shown else _("Editors only"),
            ]
        ],
    )


def _go_back(request: HttpRequest, row: News | Page, answers: dict[str, Any]) -> Any:
    editing.go_back(
        model=type(row),
        row_id=row.pk,
        version=answers["version"],
        actor=request.user,
        at=now(),
    )
    return _("The words of that version are back. Nothing was lost: the others are in the list.")


GO_BACK = Action(
    code="go-back",
    label=_("Go back to a version"),
    explains=_("Takes the words of an earlier version; its number is in the list of versions."),
    permission=EDIT,
    run=_go_back,
    form=Version,
)


def _short(field: Any) -> Any:
    """A sentence or two need no large box."""
    if isinstance(getattr(field, "widget", None), Textarea) and not isinstance(
        field.widget, ProseWidget
    ):
        field.widget.attrs["rows"] = 3
    return field


class EditorAdmin(AgencyAdmin):
    """Rows that administrators write; everybody else of the agency reads them."""

    written: ClassVar[tuple[str, ...]] = ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm(EDIT, request.user, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm(EDIT, request.user, obj))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None and self.has_add_permission(request):
            return list(self.written)
        rest = [name for name in super().get_fields(request, obj) if name not in self.written]
        names = [*self.written, *rest]
        if self.has_change_permission(request, obj):
            return names
        return [f"{name}_read" if name in BODIES else name for name in names]

    @admin.display(description=_("Text in Latvian"))
    def body_lv_read(self, row: Any) -> Any:
        """As it is read, for those who do not write it."""
        return mark_safe(clean(row.body_lv))  # noqa: S308 - cleaned

    @admin.display(description=_("Text in English"))
    def body_en_read(self, row: Any) -> Any:
        """The same in English."""
        return mark_safe(clean(row.body_en))  # noqa: S308 - cleaned

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in self.get_fields(request, obj) if name not in self.written]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in BODIES:
            kwargs["widget"] = ProseWidget()
        return _short(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> dict[str, tuple[str, ...]]:
        """A new text's address follows its title until somebody writes another."""
        new = obj is None and self.has_add_permission(request)
        title = "term_lv" if "term_lv" in self.written else "title_lv"
        return {"slug": (title,)} if new and "slug" in self.written else {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        editing.save(row=obj, actor=request.user, at=now())


def _mail(request: HttpRequest, news: News, answers: dict[str, Any]) -> Any:
    count = mailing.mail(news_id=news.pk, actor=request.user, at=now())
    return _("%(count)s letters are on their way.") % {"count": count}


def letters(request: HttpRequest, news: News) -> Section:
    """How far the mailing is, or how many it would reach."""
    if news.mailed_at is None:
        return Section(
            _("Letters to subscribers"), columns("Subscribers"), [[str(mailing.readers())]]
        )
    done = mailing.progress(news.pk)
    return Section(
        _("Letters to subscribers"),
        columns("Begun", "Sent", "Waiting", "Failed"),
        [[news.mailed_at, str(done.sent), str(done.waiting), str(done.failed)]],
    )


class EditedInline:
    """Rows of a text that are written on its page, by whoever may write the text."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm("agency.view_records", request.user, obj))

    def _may(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm(EDIT, request.user, obj))

    has_add_permission = has_change_permission = has_delete_permission = _may


class IllustrationInline(EditedInline, StackedInline):
    """Further pictures below the text; the pictures themselves have a list of their own."""

    model = Illustration
    fields = ("number", "picture")


class IllustratedAdmin(EditorAdmin):
    """A text with rows of its own."""

    inlines: ClassVar[tuple[Any, ...]] = (IllustrationInline,)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        changed = formset.save(commit=False)
        for row in formset.deleted_objects:
            editing.remove(row=row, actor=request.user, at=now())
        for row in changed:
            editing.save(row=row, actor=request.user, at=now())
        formset.save_m2m()


@admin.register(News)
class NewsAdmin(IllustratedAdmin):
    """A piece of news."""

    written = ("slug", "published_from", *TEXTS)
    list_display = ("title_lv", "published_from", "mailed_at", "edited_at")
    list_filter = ("published_from",)
    search_fields = ("title_lv", "title_en", "slug")
    ordering = ("-published_from", "pk")
    sections = (preview, letters, versions)
    acts = (
        GO_BACK,
        Action(
            code="mail",
            label=_("Send to subscribers"),
            explains=_("Everybody who asked for news gets one letter, now. It can be done once."),
            permission="content.mail_news",
            run=_mail,
            when=lambda news: news.mailed_at is None and news.is_published(now()),
        ),
    )


class StepInline(EditedInline, StackedInline):
    """Steps on the page of their how-to."""

    model = Step
    fields = ("number", "icon", "title_lv", "title_en", "text_lv", "text_en")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return _short(super().formfield_for_dbfield(db_field, request, **kwargs))


@admin.register(Page)
class PageAdmin(IllustratedAdmin):
    """A page of the help part."""

    written = ("slug", "kind", "order", "in_list", "published_from", *TEXTS)
    list_display = ("title_lv", "kind", "order", "published_from", "edited_at")
    list_filter = ("kind",)
    search_fields = ("title_lv", "title_en", "slug")
    ordering = ("kind", "order", "pk")
    sections = (preview, versions)
    acts = (GO_BACK,)
    inlines = (StepInline, IllustrationInline)


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(EditorAdmin):
    """A word of the trade."""

    written = (
        *("slug", "term_lv", "term_en", "also_lv", "also_en", "plain_lv", "plain_en"),
        *("found_in_texts", "shown"),
    )
    list_display = ("term_lv", "term_en", "found_in_texts", "shown")
    list_filter = ("found_in_texts", "shown")
    search_fields = ("term_lv", "term_en", "slug")
    ordering = ("term_lv",)
    sections = (versions,)


@admin.register(Contact)
class ContactAdmin(EditorAdmin):
    """Where to turn with what."""

    written = (
        *("key", "order", "title_lv", "title_en", "text_lv", "text_en", "phone", "email"),
        *("hours_lv", "hours_en", "address", "shown"),
    )
    list_display = ("title_lv", "email", "phone", "order", "shown")
    search_fields = ("title_lv", "key")
    ordering = ("order", "key")
    sections = (versions,)


@admin.register(Picture)
class PictureAdmin(EditorAdmin):
    """A picture with its words; the file itself is never exchanged, a new one is added."""

    written = ("alt_lv", "alt_en")
    list_display = ("alt_lv", "width", "height")
    search_fields = ("alt_lv", "alt_en")
    ordering = ("-file__uploaded_at", "pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None and self.has_add_permission(request):
            return ["upload", *self.written]
        return super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [n for n in super().get_readonly_fields(request, obj) if n != "upload"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = PictureForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            pictures.describe(
                picture_id=obj.pk,
                alt_lv=obj.alt_lv,
                alt_en=obj.alt_en,
                actor=request.user,
                at=now(),
            )
            return
        upload = form.cleaned_data["upload"]
        made = pictures.add(
            name=upload.name,
            content=upload,
            alt_lv=obj.alt_lv,
            alt_en=obj.alt_en,
            actor=request.user,
            at=now(),
        )
        obj.pk, obj.file, obj.width, obj.height = made.pk, made.file, made.width, made.height


@admin.register(Subscriber)
class SubscriberAdmin(AgencyAdmin):
    """Who gets news, without the addresses."""

    view_permission = "agency.view_people"
    hidden = ("email",)
    list_display = ("id", "language", "asked_at", "confirmed_at")
    list_filter = ("language",)
    ordering = ("-asked_at", "pk")


def _settle(request: HttpRequest, report: AccessibilityReport, answers: dict[str, Any]) -> Any:
    reports.settle(report_id=report.pk, note=answers["note"], actor=request.user, at=now())
    return _("The report is settled.")


class Done(Form):
    """What became of a report."""

    note = CharField(
        label=_("What was done and answered"), max_length=4000, widget=Textarea(attrs={"rows": 4})
    )


@admin.register(AccessibilityReport)
class AccessibilityReportAdmin(AgencyAdmin):
    """What people say does not work; what waits longest stands first."""

    view_permission = "agency.view_people"
    list_display = ("sent_at", "page", "language", "settled_at")
    list_filter = ("language",)
    ordering = (F("settled_at").desc(nulls_first=True), "sent_at", "pk")
    acts = (
        Action(
            code="settle",
            label=_("Settle"),
            explains=_(
                "Answer first, where an address was given: within 15 working days. The name and the"
                " address are deleted a month after this."
            ),
            permission="content.settle_report",
            run=_settle,
            form=Done,
            when=lambda report: report.settled_at is None,
        ),
    )


@on_the_desk
def waiting() -> list[Waiting]:
    """What editors have begun, and what people have reported."""
    unpublished = (("published_from__isnull", "True"),)
    return [
        Waiting(_("Drafts of news"), News.objects.filter(published_from__isnull=True), unpublished),
        Waiting(
            _("Drafts of pages"), Page.objects.filter(published_from__isnull=True), unpublished
        ),
    ]
