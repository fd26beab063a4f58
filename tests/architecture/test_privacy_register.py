"""Nobody adds a field that can hold personal data without saying why it does."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import models

from stars.audit import privacy


def test_every_field_that_can_hold_personal_data_is_registered() -> None:
    missing = sorted(set(privacy.suspects()) - privacy.register().keys())
    assert not missing, (
        "Add these fields to the privacy.py of their app, as personal (of) or not (nothing), and "
        f"run `./dev manage privacy_register --apply`: {missing}"
    )


def test_every_registered_field_exists() -> None:
    gone = sorted(privacy.register().keys() - privacy.existing_fields())
    assert not gone, f"Take these fields out of the privacy.py of their app: {gone}"


def test_every_entry_says_everything() -> None:
    for field, entry in privacy.register().items():
        if entry is not privacy.NONE:
            assert all([entry.purpose, entry.basis, entry.retention, entry.seen_by]), field


def test_the_page_is_fresh() -> None:
    page = Path(settings.BASE_DIR) / "docs" / "privacy-register.md"
    assert page.read_text(encoding="utf-8") == privacy.render(), (
        "Run `./dev manage privacy_register --apply`."
    )


def test_the_command_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("privacy_register")
    assert capsys.readouterr().out == privacy.render()


def test_what_is_looked_for() -> None:
    """Text, structure, days, files and bytes; not numbers, keys and moments."""
    suspects = set(privacy.suspects())
    assert "accounts.person.email" in suspects
    assert "accounts.person.birth_date" in suspects
    assert "accounts.personcode.encrypted" in suspects
    assert "learning_accounts.learningaccount.reasons" in suspects
    assert "learning_accounts.learningaccount.opened_at" not in suspects
    assert issubclass(models.EmailField, models.CharField)
