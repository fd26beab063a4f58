"""What of the learning account is personal data: nearly everything."""

from stars.audit.privacy import Category, Entry, Register, nothing, of, transition_log
from stars.audit.retention import Term

DRAFTS = Term(
    code="opening_drafts",
    what="what somebody typed who did not open an account",
    after="its last change",
    goes="the draft",
    task="learning_accounts.tasks.forget_drafts",
    days=30,
)
ALERTS = Term(
    code="search_alerts",
    what="a search that has ended: by the person, or by itself after twelve months",
    after="its end",
    goes="the search and what it found",
    task="funding.tasks.tell_of_new_training",
    days=30,
)
TERMS = (DRAFTS, ALERTS)

_TASK = "GDPR 6(1)(e): public task, Cabinet Regulation No. 506"
_WITH_ACCOUNT = "as long as the account, then 10 years for EU money (A)"

_STATE = Entry(
    Category.CONDUCT, "whether the account can be used", _TASK, _WITH_ACCOUNT, "person; agency"
)
_NOTE = Entry(Category.CONDUCT, "why a state was changed", _TASK, _WITH_ACCOUNT, "agency")
_WISH = Entry(
    Category.LEARNING,
    "suggesting programmes; planning the offer",
    _TASK,
    "until changed, at the latest with the account",
    "the person; agency (without names)",
)
_DRAFT = Entry(
    Category.CONTACT,
    "what was typed is not lost when the person is interrupted",
    _TASK,
    f"until the account is open, at most {DRAFTS.length}",
    "the person",
)
_PATH = Entry(
    Category.LEARNING,
    "full cover asks for a plan; showing the way to a goal",
    _TASK,
    _WITH_ACCOUNT,
    "the person; agency",
)
_RECORD = Entry(
    Category.LEARNING,
    "the person's learning history; conditions of support",
    _TASK,
    "as long as the account",
    "the person; agency",
)

_SEARCH = Entry(
    Category.LEARNING,
    "telling the person when such training appears",
    "GDPR 6(1)(b): the person asked for it",
    f"until ended, at most 12 months; {ALERTS.length} later it is removed",
    "the person",
)

REGISTER: Register = {
    **transition_log("learning_accounts.accountlog", _NOTE),
    **of(
        "learning_accounts.learningaccount",
        {"state": _STATE, "wish": _WISH, "reasons": _WISH, "heard_from": _WISH},
    ),
    **of("learning_accounts.openingdraft", {"answers": _DRAFT}),
    **of("learning_accounts.learningpath", {"goal": _PATH}),
    **of("learning_accounts.pathstep", {"title": _PATH, "state": _PATH}),
    **of(
        "learning_accounts.learningrecord",
        {
            "title_lv": _RECORD,
            "title_en": _RECORD,
            "provider_name": _RECORD,
            "completed_on": _RECORD,
            "document_number": _RECORD,
        },
    ),
    **nothing("learning_accounts.learningrecord", "source"),
    **of(
        "learning_accounts.searchalert",
        {"query": _SEARCH, "filters": _SEARCH, "address": _SEARCH},
    ),
}
