"""What of the content is personal data: addresses for news, and what people report."""

from stars.audit.privacy import Category, Entry, Register, nothing, of
from stars.audit.retention import Term

UNCONFIRMED = Term(
    code="unconfirmed_addresses",
    what="an address for news that its owner did not confirm",
    after="the request",
    goes="the address",
    task="stars.content.tasks.forget_unconfirmed",
    days=7,
)
LETTERS = Term(
    code="letters_to_strangers",
    what="letters to people without an account",
    after="they were written",
    goes="the letters",
    task="stars.content.tasks.forget_unconfirmed",
    days=90,
)
REPORT_CONTACTS = Term(
    code="report_contacts",
    what="name and address of whoever reported what is not accessible",
    after="the answer",
    goes="name and address",
    task="stars.content.tasks.forget_unconfirmed",
    days=30,
)
REPORTS = Term(
    code="reports",
    what="reports of what is not accessible",
    after="they were sent",
    goes="the report",
    task="stars.content.tasks.forget_unconfirmed",
    days=365,
)
TERMS = (UNCONFIRMED, LETTERS, REPORT_CONTACTS, REPORTS)

_ADDRESS = Entry(
    Category.CONTACT,
    "sending news to those who asked for them",
    "GDPR 6(1)(a): consent, confirmed from the mailbox",
    "until it is withdrawn; a week where it was not confirmed",
    "nobody",
)
_BASIS = "GDPR 6(1)(e): Cabinet Regulation No. 445, reports of what is not accessible"
_ANSWER = Entry(
    Category.CONTACT,
    "answering whoever reports what is not accessible",
    _BASIS,
    "a month after the answer, at most a year",
    "agency: administrator, auditor",
)
# People may tell which disability they have.
_REPORT = Entry(
    Category.SENSITIVE,
    "mending what is not accessible",
    f"{_BASIS}; 9(2)(g)",
    "a year",
    "agency: administrator, auditor",
)
_PUBLISHED = ("slug", "title_lv", "title_en", "lead_lv", "lead_en", "body_lv", "body_en")
# Published texts, and contacts of roles, not of persons: "learners' helpdesk".
_TEXTS = {
    "news": _PUBLISHED,
    "page": (*_PUBLISHED, "kind"),
    "step": ("icon", "title_lv", "title_en", "text_lv", "text_en"),
    "glossaryterm": (
        *("slug", "term_lv", "term_en", "plain_lv", "plain_en", "also_lv", "also_en"),
    ),
    "contact": (
        *("key", "title_lv", "title_en", "text_lv", "text_en", "phone", "email"),
        *("hours_lv", "hours_en", "address"),
    ),
}

REGISTER: Register = {
    **of("content.subscriber", {"email": _ADDRESS, "language": _ADDRESS}),
    **of(
        "content.accessibilityreport",
        {
            "name": _ANSWER,
            "email": _ANSWER,
            "language": _ANSWER,
            "text": _REPORT,
            "page": _REPORT,
            "note": _REPORT,
        },
    ),
    **nothing("content.picture", "alt_lv", "alt_en"),
    **nothing("content.illustrationevent", "pgh_label"),
    **{
        field: entry
        for model, names in _TEXTS.items()
        for field, entry in {
            **nothing(f"content.{model}", *names),
            **nothing(f"content.{model}event", *names, "pgh_label"),  # earlier versions
        }.items()
    },
}
