"""What of the offer is personal data: hardly anything."""

from stars.audit.privacy import Category, Entry, Register, nothing, of, transition_log

_TEACHER = Entry(
    Category.WORK,
    "learners choose a group by its teacher too",
    "GDPR 6(1)(e): public task, Cabinet Regulation No. 506",
    "as long as the group is shown",
    "everybody",
)
_NOTE = Entry(
    Category.CONDUCT,
    "why a state was changed",
    "GDPR 6(1)(c), 32: security of processing",
    "10 years (A)",
    "agency; the provider's staff",
)

REGISTER: Register = {
    **transition_log("catalogue.cataloguelog", _NOTE),
    **nothing(
        "catalogue.provider",
        *("slug", "name", "city", "about_lv", "about_en", "state"),
        *("accreditation_lv", "accreditation_en", "accredited_until"),
    ),
    **nothing("catalogue.formerslug", "slug"),
    **nothing("catalogue.programme", "code", "slug"),
    **nothing(
        "catalogue.programmeversion",
        *("state", "title_lv", "title_en", "summary_lv", "summary_en", "outcomes"),
        *("audience_lv", "audience_en", "prior_knowledge_lv", "prior_knowledge_en"),
        *("equipment_lv", "equipment_en", "mode", "city", "language"),
        *("about_lv", "about_en", "topics", "final_test_lv", "final_test_en"),
    ),
    **nothing("catalogue.offer", "open_from", "open_until"),
    **of("catalogue.group", {"teacher": _TEACHER}),
    **nothing(
        "catalogue.group",
        *("code", "state", "starts_on", "ends_on", "apply_until", "mode", "place"),
        *("times_lv", "times_en"),
    ),
    **nothing("catalogue.session", "place"),
}
