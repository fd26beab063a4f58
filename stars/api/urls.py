"""Addresses for programs, their description, and the page of keys in the workspace."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from stars.api.views import keys, rows

app_name = "api"

schema = SpectacularAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])

urlpatterns = [
    path("api/schema/", schema, name="schema"),
    path("api/v1/classifications/", rows.ClassificationsView.as_view(), name="classifications"),
    path("api/v1/programmes/", rows.ProgrammesView.as_view(), name="programmes"),
    path("api/v1/programmes/<str:own_id>/", rows.ProgrammeView.as_view(), name="programme"),
    path("api/v1/groups/", rows.GroupsView.as_view(), name="groups"),
    path("api/v1/groups/<str:own_id>/", rows.GroupView.as_view(), name="group"),
    path("api/v1/timetable/", rows.TimetablesView.as_view(), name="timetables"),
    path("api/v1/timetable/<str:own_id>/", rows.TimetableView.as_view(), name="timetable"),
    path("api/v1/people/", rows.PeopleView.as_view(), name="people"),
    path("api/v1/people/<str:own_id>/", rows.PersonView.as_view(), name="person"),
    path("api/v1/attendance/", rows.MarksView.as_view(), name="marks"),
    path("api/v1/attendance/<str:own_id>/", rows.MarkView.as_view(), name="mark"),
    path("api/v1/completion/", rows.OutcomesView.as_view(), name="outcomes"),
    path("api/v1/completion/<str:own_id>/", rows.OutcomeView.as_view(), name="outcome"),
    path("darbvieta/organizacija/<uuid:provider_id>/atslegas/", keys.listing, name="keys"),
    path("darbvieta/atslegas/<uuid:key_id>/atsaukt/", keys.revoke, name="key_revoke"),
]
