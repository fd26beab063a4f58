"""Texts of the admin theme for our catalogue: it speaks no Latvian, or a clumsy one."""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

TEXTS = (
    # Django says "Pēc veids": a name that stands in a sentence would have to change its ending.
    _(" By %(filter_title)s "),
    # Of the page of one app: "Nauda pārvaldīšana" again puts a name into a sentence.
    _("%(app)s administration"),
    _("All applications"),
    _("Apply Filters"),
    _("Choose file to upload"),
    _("Click to cancel"),
    _("Click to download"),
    _("Dark"),
    _("Date from"),
    _("Date to"),
    _("Expand row"),
    _("False"),
    _("From"),
    _("General"),
    _("Go back"),
    _("Light"),
    _("Loading more results..."),
    _("More actions"),
    _("No data"),
    _("No recent searches"),
    _("No results found"),
    _("No results matching your query"),
    _("Recent searches"),
    _("Reset filters"),
    _("Return to site"),
    _("Run"),
    _("Search apps and models..."),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("Submit"),
    _("System"),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("To"),
    _("True"),
    _("Type to search"),
    _("Value"),
    _("Welcome"),
    # Django's own stands in another order of plural forms than this catalogue.
    ngettext_lazy("%(counter)s result", "%(counter)s results", "counter"),
)
