"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("stars.web.urls")),
    path("", include("enrolments.urls")),
    path("", include("stars.files.urls")),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("stars.api.urls")),
]
