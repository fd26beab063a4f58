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

_AWAY = Entry(
    Category.SENSITIVE,
    "an absence with a reason is no ground for expelling somebody",
    "GDPR 6(1)(e) and 9(2)(g): public task, Cabinet Regulation No. 506",
    "the document and the note until 30 days after the answer (A), the rest as the participation",
    "the person; whoever at the provider decides about it",
)
_SIGNATORY = Entry(
    Category.WORK, "who signs a certificate stands on it", _TASK, _KEPT, "whoever has a certificate"
)

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
    **of("enrolments.participation", {"platform_name": _PLACE}),
    **of(
        "enrolments.excuse",
        {
            "state": _PLACE,
            "reason": _AWAY,
            "first_day": _AWAY,
            "last_day": _AWAY,
            "note": _AWAY,
            "decision_note": _NOTE,
        },
    ),
    **nothing("enrolments.sessioncode", "code_hash"),
    **nothing("enrolments.monthclosing", "month"),
    **of(
        "enrolments.attendancechange",
        {"before": _PRESENCE, "after": _PRESENCE, "reason": _NOTE},
    ),
    **of("enrolments.groupmove", {"state": _PLACE, "reason": _NOTE, "answer_by": _PLACE}),
    **of("enrolments.dispute", {"state": _PLACE, "note": _NOTE, "decision_note": _NOTE}),
    **of(
        "enrolments.certificatetemplate",
        {"signatory": _SIGNATORY, "position_lv": _SIGNATORY, "position_en": _SIGNATORY},
    ),
    **nothing(
        "enrolments.certificatetemplate",
        *("name", "heading_lv", "heading_en", "text_lv", "text_en", "logo_alt"),
    ),
    **of(
        "enrolments.certificate",
        {"code": _PLACE, "content": _PLACE, "withdraw_reason": _NOTE},
    ),
}
