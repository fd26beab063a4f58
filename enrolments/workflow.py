"""What may follow what from application to completion; docs/workflows.md is drawn from here."""

from enrolments.enums import ApplicationState as A
from enrolments.enums import DisputeState as D
from enrolments.enums import ExcuseState as E
from enrolments.enums import MoveState as M
from enrolments.enums import ParticipationState as P
from stars.common.workflow import T, Workflow

APPLICATION = Workflow(
    "application",
    A,
    initial=(A.DRAFT, A.WAITLISTED, A.MOVED),
    transitions=(
        T("submit", (A.DRAFT, A.OFFERED), A.SUBMITTED),
        T("approve", (A.SUBMITTED,), A.APPROVED),
        T("reject", (A.SUBMITTED,), A.REJECTED),
        # After approval a person may still leave until the group starts.
        T("withdraw", (A.DRAFT, A.SUBMITTED, A.APPROVED, A.WAITLISTED, A.OFFERED), A.WITHDRAWN),
        T("lapse", (A.DRAFT, A.SUBMITTED, A.OFFERED, A.WAITLISTED), A.LAPSED),
        T("queue", (A.DRAFT,), A.WAITLISTED),
        T("offer", (A.WAITLISTED,), A.OFFERED),
        # The agency found that it was somebody else.
        T("disown", (A.SUBMITTED, A.APPROVED), A.WITHDRAWN),
        # The group does not take place: neither side withdrew.
        T("cancel", (A.SUBMITTED, A.APPROVED), A.CANCELLED),
    ),
)

PARTICIPATION = Workflow(
    "participation",
    P,
    initial=(P.ADMITTED,),
    transitions=(
        T("start", (P.ADMITTED,), P.LEARNING),
        T("complete", (P.LEARNING,), P.COMPLETED),
        T("interrupt", (P.LEARNING,), P.INTERRUPTED),
        T("expel", (P.LEARNING,), P.EXPELLED),
        # Of somebody who learns already: when the agency stops the group.
        T("release", (P.ADMITTED, P.LEARNING), P.RELEASED),
        T("move", (P.ADMITTED, P.LEARNING), P.MOVED),
    ),
)

EXCUSE = Workflow(
    "excuse",
    E,
    initial=(E.SUBMITTED,),
    transitions=(
        T("accept", (E.SUBMITTED,), E.ACCEPTED),
        T("refuse", (E.SUBMITTED,), E.REFUSED),
        T("withdraw", (E.SUBMITTED,), E.WITHDRAWN),
    ),
)

GROUP_MOVE = Workflow(
    "group_move",
    M,
    initial=(M.PROPOSED,),
    transitions=(
        T("accept", (M.PROPOSED,), M.ACCEPTED),
        T("decline", (M.PROPOSED,), M.DECLINED),
        T("lapse", (M.PROPOSED,), M.LAPSED),
        T("withdraw", (M.PROPOSED,), M.WITHDRAWN),
    ),
)

DISPUTE = Workflow(
    "dispute",
    D,
    initial=(D.OPEN,),
    transitions=(
        T("accept", (D.OPEN,), D.UPHELD),
        T("dismiss", (D.OPEN,), D.DISMISSED),
    ),
)
