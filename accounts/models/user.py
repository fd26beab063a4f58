"""Sign-in data only; who somebody is stands in `Person`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from stars.common.models import UUIDModel


class UserManager(BaseUserManager["User"]):
    """Makes users for residents (no password) and staff (password and second factor)."""

    def create_user(
        self, email: str | None = None, password: str | None = None, **extra: Any
    ) -> User:
        """A user; without a password nobody can sign in with one."""
        user = self.model(email=self.normalize_email(email) or None, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **extra: Any) -> User:
        """A user for the admin with every right."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(UUIDModel, AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in: a resident by Latvija.lv or staff by e-mail and second factor."""

    email = models.EmailField(unique=True, null=True, blank=True)
    language = models.CharField(max_length=2, default="lv", choices=[("lv", "lv"), ("en", "en")])
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return f"User {self.pk}"

    def get_full_name(self) -> str:
        """Kept empty on purpose: names are in `Person`, and this method's callers write logs."""
        return ""
