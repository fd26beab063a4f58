"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

from stars.web.views.system import set_language

urlpatterns = [
    path("", include("stars.web.urls")),
    path("", include("stars.content.urls")),
    path("", include("enrolments.urls")),
    path("", include("funding.urls")),
    path("", include("stars.files.urls")),
    path("valoda/", set_language, name="set_language"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include("stars.api.urls")),
]
