"""What of the money is personal data; the ledger itself holds keys only."""

from stars.audit.privacy import Category, Entry, Register, nothing, of, transition_log
from stars.audit.retention import Term

AUDITS = Term(
    code="audits",
    what="papers and words of what a source has paid for",
    after="the last payment of the source",
    goes="evidence, papers, account numbers, facts of decisions, lines of statements, payment"
    " files; amounts, days, hours and keys stay",
    task="funding.tasks.retention",
    years=10,
)
PLEDGES = Term(
    code="pledges",
    what="the list of people for whom an employer has promised to pay",
    after="the pledge ends",
    goes="the keyed hashes of their codes",
    task="funding.tasks.retention",
    months=12,
)
CLAIM_DRAFTS = Term(
    code="claim_drafts",
    what="a claim for a refund that was never sent",
    after="its last change",
    goes="the draft with its papers",
    task="funding.tasks.daily",
    days=90,
)
CLAIM_PAPERS = Term(
    code="claim_papers",
    what="papers of a claim that was rejected or withdrawn",
    after="its last change",
    goes="the papers; the decision stays",
    task="funding.tasks.daily",
    days=365,
)
TERMS = (AUDITS, PLEDGES, CLAIM_DRAFTS, CLAIM_PAPERS)

_TASK = "GDPR 6(1)(e): public task, Cabinet Regulation No. 506"
_KEPT = str(AUDITS)

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

_CLAIM = Entry(
    Category.MONEY,
    "paying back the cost of a certificate or an assessment",
    _TASK,
    _KEPT,
    "the person; agency",
)
_BANK = Entry(
    Category.MONEY,
    "paying what is owed",
    _TASK,
    _KEPT,
    "the person or the provider; finance officers",
)
_EMPLOYEE = Entry(
    Category.IDENTITY,
    "knowing whom an employer has promised to pay for",
    _TASK,
    str(PLEDGES),
    "nobody: a keyed hash",
)

_SOURCE = (
    *("code", "project_code", "full_name_lv", "full_name_en", "goal_lv", "goal_en"),
    *("starts_on", "ends_on"),
)

REGISTER: Register = {
    **transition_log("funding.fundinglog", _NOTE),
    **nothing("funding.fundingsource", *_SOURCE),
    **nothing("funding.fundingsourceevent", "pgh_label", *_SOURCE),
    **nothing("funding.budget", "origin"),
    **nothing("funding.scheme", "kind", "code", "name_lv", "name_en", "programme_types"),
    **nothing(
        *("funding.policyversion", "valid_from", "valid_to", "terms", "criteria", "assumptions"),
        "why",
    ),
    **nothing("funding.ledgeraccount", "kind", "owner_key"),
    **nothing("funding.posting", "kind", "idempotency_key", "fingerprint", "reference"),
    **nothing("funding.allocationround", "code", "state", "due_on"),
    **nothing("funding.roundrun", "content", "refusals"),
    **nothing("funding.roundapproval", "subject_hash", "note"),
    **of("funding.grant", {"state": _SUPPORT, "amount": _SUPPORT}),
    **of(
        "funding.commitment",
        {"state": _SUPPORT, "release_cause": _SUPPORT, "evidence": _SUPPORT, "support": _SUPPORT},
    ),
    **of(
        "funding.copayment",
        {"payer": _SUPPORT, "paid_on": _SUPPORT, "amount": _SUPPORT, "proof": _SUPPORT},
    ),
    **of("funding.stagepayment", {"amount": _SUPPORT, "evidence": _SUPPORT}),
    **nothing("funding.pledge", "code_hash", "valid_from", "valid_to"),
    **of("funding.pledgeemployee", {"lookup": _EMPLOYEE}),
    **nothing(
        *("funding.refundable", "kind", "code", "name_lv", "name_en", "issuer"),
        *("valid_from", "valid_to"),
    ),
    **of(
        "funding.claim",
        {
            "state": _SUPPORT,
            "earned_on": _CLAIM,
            "document_number": _CLAIM,
            "amount": _SUPPORT,
            "invoice_number": _CLAIM,
            "invoice_issuer": _CLAIM,
            "invoiced_on": _CLAIM,
            "reason": _REASONS,
        },
    ),
    **of("funding.bankaccount", {"iban": _BANK, "holder": _BANK}),
    **of(
        "funding.aidrequest",
        {"kind": _SUPPORT, "state": _SUPPORT, "monthly": _SUPPORT, "reason": _REASONS},
    ),
    **of(
        "funding.aidmonth",
        {
            "month": _SUPPORT,
            "hours_held": _SUPPORT,
            "hours_attended": _SUPPORT,
            "amount": _SUPPORT,
        },
    ),
    **nothing("funding.aidlist", "month", "number", "state"),
    **nothing("funding.aidlistapproval", "subject_hash", "note"),
    **nothing("funding.statement", "month", "number", "state"),
    **of("funding.statement", {"content": _SUPPORT}),
    **nothing("funding.statementapproval", "subject_hash", "note"),
    **nothing("funding.statementline", "kind"),
    **of("funding.correction", {"reason": _NOTE, "evidence": _SUPPORT}),
    **of("funding.payment", {"amount": _SUPPORT, "settled_on": _SUPPORT, "bank_note": _SUPPORT}),
    **nothing("funding.payment", "reference", "end_to_end_id", "state"),
    **nothing("funding.paymentfile", "message_id", "state", "execute_on"),
    **nothing("funding.paymentfileapproval", "subject_hash", "note"),
    **of(
        "funding.appeal",
        {
            "state": _REASONS,
            "text": _REASONS,
            "lines": _REASONS,
            "answer_by": _REASONS,
            "answer": _REASONS,
        },
    ),
    **nothing("funding.appeal", "reference"),
    **of(
        "funding.waiver",
        {"criterion": _REASONS, "valid_from": _REASONS, "valid_to": _REASONS},
    ),
    **nothing("funding.periodclose", "month"),
    **of("funding.decision", {"outcome": _REASONS, "lines": _REASONS}),
    **nothing("funding.decision", "reference"),
    **nothing("funding.reconciliationrun", "checked", "problems"),
}
