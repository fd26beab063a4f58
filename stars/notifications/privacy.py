"""What of the messages is personal data."""

from stars.audit.privacy import Category, Entry, Register, nothing, of

_TASK = "GDPR 6(1)(e): public task, Cabinet Regulation No. 506"
_MESSAGE = Entry(
    Category.CONDUCT,
    "telling a person what happens with their account",
    _TASK,
    "as long as the account (A)",
    "the person",
)
_ADDRESS = Entry(
    Category.CONTACT,
    "sending one letter",
    _TASK,
    "until the letter is sent or given up, then blanked",
    "nobody",
)

REGISTER: Register = {
    **of("notifications.message", {"kind": _MESSAGE, "params": _MESSAGE, "dedupe_key": _MESSAGE}),
    **of("notifications.outboxemail", {"address": _ADDRESS}),
    **nothing("notifications.outboxemail", "language", "state"),
}
