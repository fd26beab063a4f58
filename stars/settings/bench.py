"""Production as it is, for `./dev bench`: two more addresses, static files in a passing folder."""

import os
from pathlib import Path

from stars.settings.production import *  # noqa: F403

ROOT_URLCONF = "stars.demo.bench.urls"
STATIC_ROOT = Path(os.environ["STARS_BENCH_STATIC"])
