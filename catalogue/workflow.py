"""What may follow what in the catalogue; docs/workflows.md is drawn from here."""

from catalogue.enums import GroupState as G
from catalogue.enums import RegistrationState as R
from catalogue.enums import TemporaryState as S
from catalogue.enums import VersionState as V
from stars.common.workflow import T, Workflow

VERSION = Workflow(
    "programme_version",
    V,
    initial=(V.DRAFT,),
    transitions=(
        T("submit", (V.DRAFT, V.RETURNED), V.SUBMITTED),
        T("withdraw", (V.SUBMITTED,), V.DRAFT),
        T("take_in_review", (V.SUBMITTED,), V.IN_REVIEW),
        T("return", (V.IN_REVIEW,), V.RETURNED),
        T("approve", (V.IN_REVIEW,), V.APPROVED),
        T("reject", (V.IN_REVIEW,), V.REJECTED),
        T("publish", (V.APPROVED,), V.PUBLISHED),
        T("suspend", (V.PUBLISHED,), V.SUSPENDED),
        T("resume", (V.SUSPENDED,), V.PUBLISHED),
        T(
            "archive",
            (V.DRAFT, V.RETURNED, V.APPROVED, V.PUBLISHED, V.SUSPENDED),
            V.ARCHIVED,
        ),
    ),
)

TEMPORARY = Workflow(
    "temporary_status",
    S,
    initial=(S.ACTIVE,),
    transitions=(
        T("extend", (S.ACTIVE,), S.ACTIVE),
        T("end", (S.ACTIVE,), S.ENDED),
    ),
)

REGISTRATION = Workflow(
    "provider_registration",
    R,
    initial=(R.DRAFT,),
    transitions=(
        T("submit", (R.DRAFT, R.RETURNED), R.SUBMITTED),
        T("return", (R.SUBMITTED,), R.RETURNED),
        T("approve", (R.SUBMITTED,), R.APPROVED),
        T("refuse", (R.SUBMITTED,), R.REFUSED),
        T("withdraw", (R.DRAFT, R.SUBMITTED, R.RETURNED), R.WITHDRAWN),
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
