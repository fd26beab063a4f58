"""What may follow what with money; docs/workflows.md is drawn from here."""

from funding.enums import CommitmentState as C
from funding.enums import GrantState as G
from funding.enums import RoundState as R
from stars.common.workflow import T, Workflow

GRANT = Workflow(
    "grant",
    G,
    initial=(G.ACTIVE,),
    transitions=(
        T("accumulate", (G.ACTIVE,), G.ACCUMULATED),
        T("use_up", (G.ACTIVE, G.ACCUMULATED), G.USED_UP),
        T("decline", (G.ACTIVE, G.ACCUMULATED), G.DECLINED),
        # A used-up lot is annulled when the person leaves after its term and nothing of it stays.
        T("annul", (G.ACTIVE, G.ACCUMULATED, G.USED_UP), G.ANNULLED),
        T("forfeit", (G.ACTIVE, G.ACCUMULATED, G.USED_UP, G.ANNULLED), G.FORFEITED),
    ),
)

COMMITMENT = Workflow(
    "commitment",
    C,
    initial=(C.HELD,),
    transitions=(
        T("capture", (C.HELD,), C.CAPTURED),
        T("release", (C.HELD,), C.RELEASED),
        T("forfeit", (C.HELD,), C.FORFEITED),
        T("approve", (C.CAPTURED,), C.PAYABLE),
        T("hold_payment", (C.PAYABLE,), C.PAYABLE_HELD),
        T("release_payment", (C.PAYABLE_HELD,), C.PAYABLE),
        T("pay", (C.PAYABLE,), C.PAID),
    ),
)

ROUND = Workflow(
    "allocation_round",
    R,
    initial=(R.PLANNED,),
    transitions=(
        T("open", (R.PLANNED,), R.OPEN),
        T("close", (R.PLANNED, R.OPEN), R.CLOSED),
    ),
)
