"""Pages of `docs/` that are drawn from the code, so that they cannot be wrong.

Pure: models and workflow tables are read, no database is asked.
"""

from stars.common.docs import erd, workflows

# File → what it says today.
PAGES = {"docs/workflows.md": workflows.render, "docs/erd.md": erd.render}

NOTE = "<!-- Drawn from the code: `./dev manage generate_docs --apply`. Do not edit. -->"


def render() -> dict[str, str]:
    """Every drawn page: path below the root → text."""
    return {path: f"{NOTE}\n\n{page()}" for path, page in PAGES.items()}
