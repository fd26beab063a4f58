"""The demo's commands where there is no demo: an empty database, another's, production."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from stars.common.dates import now
from stars.demo.story.plan import fewest
from stars.demo.story.seed import DemoFailed, is_empty, seed
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_other_people_are_left_alone(tmp_path: Path) -> None:
    UserFactory()
    with pytest.raises(DemoFailed, match="people in this database"):
        seed(now=now(), residents=fewest(), folder=tmp_path, say=lambda line: None)
    assert User.objects.count() == 1
    out = StringIO()
    call_command("seed_demo", "--if-empty", sandbox_data=tmp_path, stdout=out)
    assert "not empty" in out.getvalue() and User.objects.count() == 1


def test_wrong_wishes(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="at least"):
        call_command("seed_demo", residents=3, sandbox_data=tmp_path)
    out = StringIO()
    call_command("demo_signins", sandbox_data=tmp_path, stdout=out)
    assert "no demo" in out.getvalue()


@pytest.mark.parametrize("command", ["seed_demo", "demo_signins"])
def test_production_has_no_demo(settings: object, command: str, tmp_path: Path) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="DEMO"):
        call_command(command, sandbox_data=tmp_path)
    assert is_empty() and not list(tmp_path.iterdir())
