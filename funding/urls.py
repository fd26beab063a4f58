"""Addresses of pages about money."""

from django.urls import URLPattern

app_name = "funding"
urlpatterns: list[URLPattern] = []
