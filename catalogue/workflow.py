"""What may follow what in the catalogue; docs/workflows.md is drawn from here."""

from catalogue.enums import GroupState as G
from catalogue.enums import VersionState as V
from stars.common.workflow import T, Workflow

VERSION = Workflow(
    "programme_version",
    V,
    initial=(V.DRAFT,),
    transitions=(
        T("publish", (V.DRAFT,), V.PUBLISHED),
        T("archive", (V.DRAFT, V.PUBLISHED), V.ARCHIVED),
    ),
)

GROUP = Workflow(
    "group",
    G,
    initial=(G.DRAFT,),
    transitions=(
        T("open", (G.DRAFT,), G.OPEN),
        T("close", (G.OPEN,), G.CLOSED),
        T("reopen", (G.CLOSED,), G.OPEN),
        T("start", (G.OPEN, G.CLOSED), G.RUNNING),
        T("finish", (G.RUNNING,), G.FINISHED),
        T("cancel", (G.DRAFT, G.OPEN, G.CLOSED), G.CANCELLED),
        T("suspend", (G.OPEN, G.CLOSED, G.RUNNING), G.SUSPENDED),
        T("resume", (G.SUSPENDED,), G.RUNNING),
        T("stop", (G.SUSPENDED,), G.CANCELLED),
    ),
)
