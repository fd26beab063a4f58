"""Whose pages of money these are."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from learning_accounts.models import LearningAccount


def own_account(request: HttpRequest, *, closed_too: bool = False) -> LearningAccount:
    """The learning account of whoever is signed in; with `closed_too` one that was closed as well.

    Staff are refused (`PermissionDenied`); who has no such account finds nothing (`Http404`).
    """
    person = getattr(request.user, "person", None)
    if person is None:
        raise PermissionDenied
    accounts = LearningAccount.objects.select_related("person__user").filter(person=person)
    account = (accounts if closed_too else accounts.filter(state="active")).first()
    if account is None:
        raise Http404
    return account
