"""Errors of the domain: raised by services and rules, shown by views in the person's language."""

from __future__ import annotations

from django.utils.functional import Promise


class DomainError(Exception):
    """Something a person asked for that the rules do not allow.

    `message` is a lazily translated sentence for the person, `code` a stable word for the API,
    `field` the form field it belongs to (or None for the whole form).
    """

    status = 400
    code = "invalid"

    def __init__(
        self, message: str | Promise, *, code: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class Invalid(DomainError):
    """The input itself is wrong."""


class NotAllowed(DomainError):
    """This actor may not do this to this object."""

    status = 403
    code = "not_allowed"


class Conflict(DomainError):
    """The object is no longer in the state the request assumed."""

    status = 409
    code = "conflict"


class Busy(DomainError):
    """Somebody else holds the lock for longer than the time limit."""

    status = 503
    code = "busy"
