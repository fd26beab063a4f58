"""Addresses from application to completion."""

from django.urls import path

from enrolments.views import provider, provider_learning

app_name = "enrolments"
urlpatterns = [
    path("darbvieta/", provider.home, name="provider_home"),
    path("darbvieta/grupas/", provider.groups, name="provider_groups"),
    path("darbvieta/grupas/<uuid:group_id>/", provider.group, name="provider_group"),
    path("darbvieta/grupas/<uuid:group_id>/sakt/", provider.start, name="provider_start"),
    path(
        "darbvieta/grupas/<uuid:group_id>/rezultati/",
        provider_learning.completion,
        name="provider_completion",
    ),
    path(
        "darbvieta/nodarbibas/<uuid:session_id>/",
        provider_learning.attendance,
        name="provider_attendance",
    ),
    path("darbvieta/pieteikumi/", provider.applications, name="provider_applications"),
    path(
        "darbvieta/pieteikumi/<uuid:application_id>/",
        provider.application,
        name="provider_application",
    ),
]
