"""The private servers of one checkout, and the commands of ``./dev``. Knows no Django.

Settings read addresses with :func:`urls`, which starts nothing. Tests and commands that need the
servers to run use :mod:`stars.devstack.services`.
"""

from stars.devstack.paths import urls

__all__ = ["urls"]
