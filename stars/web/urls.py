"""Addresses of the pages that join apps."""

from django.urls import URLPattern

app_name = "web"
urlpatterns: list[URLPattern] = []
