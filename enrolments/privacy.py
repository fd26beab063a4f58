"""What of applications and participation is personal data."""

from stars.audit.privacy import Category, Entry, Register, nothing, of, transition_log

_TASK = "GDPR 6(1)(e): public task, Cabinet Regulation No. 506"
_KEPT = "10 years after the last payment of the source (A)"
_SEEN = "the person; the provider of the group; agency"

_PLACE = Entry(Category.LEARNING, "a place in a group and how it ended", _TASK, _KEPT, _SEEN)
_PRESENCE = Entry(
    Category.LEARNING, "support is owed only where the person took part", _TASK, _KEPT, _SEEN
)
_QUOTE = Entry(
    Category.MONEY,
    "what the person confirmed: price, support, own part",
    _TASK,
    _KEPT,
    "the person; agency",
)
_NOTE = Entry(Category.CONDUCT, "why a state was changed", _TASK, _KEPT, _SEEN)

REGISTER: Register = {
    **transition_log("enrolments.enrolmentlog", _NOTE),
    **of(
        "enrolments.application",
        {
            "state": _PLACE,
            "payer": _QUOTE,
            "quote": _QUOTE,
            "decision_note": _NOTE,
            "decide_by": _PLACE,
        },
    ),
    **of(
        "enrolments.participation",
        {
            "state": _PLACE,
            "outcome_on": _PLACE,
            "outcome_note": _NOTE,
            "document_number": _PLACE,
            "attendance_share": _PRESENCE,
        },
    ),
    **nothing("enrolments.participation", "confirmed_by"),
    **of("enrolments.attendance", {"presence": _PRESENCE}),
}
