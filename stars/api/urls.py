"""REST addresses. The router is empty until the first resource; the schema is public already."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.routers import SimpleRouter

app_name = "api"
router = SimpleRouter()

schema = SpectacularAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])

urlpatterns = [
    path("schema/", schema, name="schema"),
    path("v1/", include(router.urls)),
]
