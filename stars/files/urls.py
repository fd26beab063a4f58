"""The one address under which files leave."""

from django.urls import path

from stars.files import views

app_name = "files"
urlpatterns = [path("fails/<str:token>/", views.download, name="download")]
