"""Addresses from application to completion."""

from django.urls import URLPattern

app_name = "enrolments"
urlpatterns: list[URLPattern] = []
