"""What we ship is ours to ship, and docs/adr/0022-libraries.md says what it is."""

from __future__ import annotations

import re
from importlib import metadata

from packaging.markers import Marker

from tests.architecture import code

# Offered under several licences, of which we take another than the GPL.
CHOSEN = {"pyphen": "MPL 1.1"}
# Imported unchanged and replaceable, which is what the LGPL asks for.
LESSER = {"psycopg", "psycopg-binary", "psycopg-pool", "openbadgeslib", "python-stdnum"}
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+?)(?: ; (.+?))? \\$", re.MULTILINE)


def _locked(name: str) -> list[tuple[str, str, str]]:
    """(package, release, marker or "") of a lock file."""
    return PIN.findall((code.ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8"))


def _asked(name: str) -> set[str]:
    """The packages that somebody wrote down."""
    lines = (code.ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\[~=<>]", line)[0] for line in lines if line and not line.startswith("-r")}


def _licences(package: str) -> list[str]:
    """Everything that the package states about its licence, in a word or two each."""
    about = metadata.distribution(package).metadata
    if expression := about.get("License-Expression"):
        return re.split(r" (?:OR|AND) ", expression)
    stated = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or []
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    return stated or (about.get("License") or "").splitlines()[:1]


def _is_gpl(licence: str) -> bool:
    return bool(re.search(r"\bA?GPL|GNU (?:Affero )?General Public", licence))


def _is_lesser(licence: str) -> bool:
    return bool(re.search(r"\bLGPL|Lesser General Public", licence))


def test_nothing_shipped_is_under_gpl() -> None:
    installed = {
        package
        for package, _, marker in _locked("runtime")
        if not marker or Marker(marker).evaluate()
    }
    licences = {package: _licences(package) for package in installed}
    assert len(licences) > 50
    assert not [package for package, stated in licences.items() if not stated]
    gpl = {package for package, stated in licences.items() if any(map(_is_gpl, stated))}
    assert gpl <= CHOSEN.keys(), f"Not to be shipped: {sorted(gpl - CHOSEN.keys())}"
    lesser = {package for package, stated in licences.items() if any(map(_is_lesser, stated))}
    assert lesser - gpl <= LESSER, f"LGPL: say in LESSER why it is fine: {sorted(lesser - LESSER)}"


def test_licences_are_told_apart() -> None:
    assert _is_gpl("GPL-3.0-only")
    assert _is_gpl("AGPL-3.0")
    assert _is_gpl("GNU Affero General Public License v3")
    assert not _is_gpl("LGPL-3.0-only")
    assert not _is_gpl("GNU Lesser General Public License v3 (LGPLv3)")
    assert _is_lesser("GNU Lesser General Public License v3 (LGPLv3)")


def test_the_page_lists_every_package_we_ask_for() -> None:
    page = (code.ROOT / "docs" / "adr" / "0022-libraries.md").read_text(encoding="utf-8")
    _, shipped, own = re.split(r"^## .*$", page, flags=re.MULTILINE)
    for name, text in (("runtime", shipped), ("local", own)):
        told = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+?) \|", text, re.MULTILINE))
        told.pop("package", None)
        releases: dict[str, set[str]] = {}
        for package, release, _ in _locked(name):
            releases.setdefault(package, set()).add(release)
        expected = {package: " / ".join(sorted(releases[package])) for package in _asked(name)}
        assert told == expected, "Bring the tables of docs/adr/0022-libraries.md up to date."
