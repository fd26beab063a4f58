"""What may follow what in a person's account."""

from learning_accounts.enums import AccountState as A
from stars.common.workflow import T, Workflow

ACCOUNT = Workflow(
    "learning_account",
    A,
    initial=(A.ACTIVE,),
    transitions=(T("close", (A.ACTIVE,), A.CLOSED),),
)
