"""Settings and addresses of a Django project that has nothing but one empty view."""

import os

from django.http import HttpRequest, HttpResponse
from django.urls import path

DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
ROOT_URLCONF = "stars.demo.bench.bare"


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing (GET /bench/empty/)."""
    return HttpResponse("", headers={"Content-Length": "0"})


urlpatterns = [path("bench/empty/", empty)]
