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
        # Money released in time makes a used-up grant usable again, in the term it had.
        T("restore", (G.USED_UP,), G.ACTIVE),
        T("restore_accumulated", (G.USED_UP,), G.ACCUMULATED),
        T("decline", (G.ACTIVE, G.ACCUMULATED), G.DECLINED),
        T("annul", (G.ACTIVE, G.ACCUMULATED), G.ANNULLED),
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
