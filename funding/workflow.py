"""What may follow what with money; docs/workflows.md is drawn from here."""

from funding.enums import AidState as A
from funding.enums import AppealState as Q
from funding.enums import ClaimState as K
from funding.enums import CommitmentState as C
from funding.enums import FileState as F
from funding.enums import GrantState as G
from funding.enums import ListState as S
from funding.enums import PaymentState as P
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
        # What is on hold comes into no statement; afterwards it waits for the next one.
        T("hold_payment", (C.CAPTURED,), C.PAYABLE_HELD),
        T("release_payment", (C.PAYABLE_HELD,), C.CAPTURED),
        T("pay", (C.PAYABLE,), C.PAID),
        # States follow the money: what the bank sent back is owed again.
        T("come_back", (C.PAID,), C.PAYABLE),
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

CLAIM = Workflow(
    "claim",
    K,
    initial=(K.DRAFT,),
    transitions=(
        T("submit", (K.DRAFT, K.WAITING), K.SUBMITTED),
        # The quota is used up: it stands in line in order of receipt.
        T("queue", (K.DRAFT,), K.WAITING),
        T("approve", (K.SUBMITTED,), K.APPROVED),
        T("reject", (K.SUBMITTED, K.WAITING), K.REJECTED),
        T("withdraw", (K.WAITING, K.SUBMITTED), K.WITHDRAWN),
        # An appeal was right.
        T("reopen", (K.REJECTED,), K.SUBMITTED),
        T("pay", (K.APPROVED,), K.PAID),
        T("come_back", (K.PAID,), K.APPROVED),
    ),
)

AID = Workflow(
    "aid_request",
    A,
    initial=(A.ASKED,),
    transitions=(
        T("approve", (A.ASKED,), A.APPROVED),
        T("refuse", (A.ASKED,), A.REFUSED),
        T("end", (A.ASKED, A.APPROVED), A.ENDED),
    ),
)

_LIST = (
    T("put_forward", (S.DRAFT,), S.WAITING),
    T("send_back", (S.WAITING,), S.DRAFT),
    T("approve", (S.WAITING,), S.APPROVED),
    T("pay", (S.APPROVED,), S.PAID),
    T("come_back", (S.PAID,), S.APPROVED),
    T("cancel", (S.DRAFT,), S.CANCELLED),
)
STATEMENT = Workflow("statement", S, initial=(S.DRAFT,), transitions=_LIST)
AID_LIST = Workflow("aid_list", S, initial=(S.DRAFT,), transitions=_LIST)

PAYMENT = Workflow(
    "payment",
    P,
    initial=(P.READY,),
    transitions=(
        T("hold", (P.READY,), P.HELD),
        T("free", (P.HELD,), P.READY),
        T("send", (P.READY,), P.SENT),
        T("pay", (P.SENT,), P.PAID),
        # Banks also send back what they had paid.
        T("reject", (P.SENT, P.PAID), P.REJECTED),
        T("cancel", (P.READY, P.HELD), P.CANCELLED),
    ),
)

PAYMENT_FILE = Workflow(
    "payment_file",
    F,
    initial=(F.WAITING,),
    transitions=(
        T("approve", (F.WAITING,), F.APPROVED),
        T("send", (F.APPROVED,), F.SENT),
        T("cancel", (F.WAITING, F.APPROVED), F.CANCELLED),
    ),
)

APPEAL = Workflow(
    "appeal",
    Q,
    initial=(Q.ASKED,),
    transitions=(
        T("uphold", (Q.ASKED,), Q.UPHELD),
        T("change", (Q.ASKED,), Q.CHANGED),
        T("withdraw", (Q.ASKED,), Q.WITHDRAWN),
    ),
)
