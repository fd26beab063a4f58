"""What of the money is personal data; the ledger itself holds keys only."""

from stars.audit.privacy import Category, Entry, Register, nothing, of, transition_log

_TASK = "GDPR 6(1)(e): public task, Cabinet Regulation No. 506"
_KEPT = "10 years after the last payment of the source (A)"

_SUPPORT = Entry(
    Category.MONEY,
    "support granted, held and paid for one person's learning",
    _TASK,
    _KEPT,
    "the person; agency; the provider sees its own payments",
)
_REASONS = Entry(
    Category.SENSITIVE,
    "showing why support was given or refused, with the facts it rests on",
    _TASK,
    _KEPT,
    "the person; agency",
)
_NOTE = Entry(Category.CONDUCT, "why a state was changed", _TASK, _KEPT, "agency")

_SOURCE = (
    *("code", "project_code", "full_name_lv", "full_name_en", "goal_lv", "goal_en"),
    *("starts_on", "ends_on"),
)

REGISTER: Register = {
    **transition_log("funding.fundinglog", _NOTE),
    **nothing("funding.fundingsource", *_SOURCE),
    **nothing("funding.fundingsourceevent", "pgh_label", *_SOURCE),
    **nothing("funding.budget", "origin"),
    **nothing("funding.scheme", "kind", "code", "programme_types"),
    **nothing(
        "funding.policyversion", "valid_from", "valid_to", "terms", "criteria", "assumptions"
    ),
    **nothing("funding.ledgeraccount", "kind", "owner_key"),
    **nothing("funding.posting", "kind", "idempotency_key", "fingerprint", "reference"),
    **nothing("funding.allocationround", "code", "state", "due_on"),
    **nothing("funding.roundrun", "refusals"),
    **nothing("funding.roundapproval", "subject_hash", "note"),
    **of("funding.grant", {"state": _SUPPORT, "amount": _SUPPORT}),
    **of(
        "funding.commitment",
        {"state": _SUPPORT, "release_cause": _SUPPORT, "evidence": _SUPPORT, "support": _SUPPORT},
    ),
    **of("funding.copayment", {"payer": _SUPPORT, "paid_on": _SUPPORT, "amount": _SUPPORT}),
    **of("funding.decision", {"outcome": _REASONS, "lines": _REASONS}),
    **nothing("funding.decision", "reference"),
    **nothing("funding.reconciliationrun", "checked", "problems"),
}
