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

_REVIEW = Entry(
    Category.CONDUCT,
    "why a programme was returned, agreed to or refused",
    "GDPR 6(1)(e): public task, Cabinet Regulation No. 506",
    "10 years (A)",
    "agency; the provider's staff",
)
_RECOMMENDER = Entry(
    Category.WORK,
    "an experimental programme comes on somebody's word",
    "GDPR 6(1)(e): public task, Cabinet Regulation No. 506",
    "10 years (A)",
    "agency",
)

REGISTER: Register = {
    **transition_log("catalogue.cataloguelog", _NOTE),
    **nothing(
        "catalogue.provider",
        *("slug", "name", "city", "email", "phone", "about_lv", "about_en", "state"),
        *("accreditation_lv", "accreditation_en", "accredited_until"),
    ),
    **nothing("catalogue.formerslug", "slug"),
    **nothing("catalogue.programme", "code", "slug"),
    **nothing(
        "catalogue.programmeversion",
        *("state", "title_lv", "title_en", "summary_lv", "summary_en", "outcomes"),
        *("audience_lv", "audience_en", "prior_knowledge_lv", "prior_knowledge_en"),
        *("equipment_lv", "equipment_en", "mode", "city", "language"),
        *("about_lv", "about_en", "topics", "final_test_lv", "final_test_en", "price_reason"),
    ),
    **nothing("catalogue.offer", "open_from", "open_until"),
    **nothing("catalogue.searchgroup", "starts_on", "apply_until"),
    **of("catalogue.group", {"teacher": _TEACHER}),
    **nothing(
        "catalogue.group",
        *("code", "state", "starts_on", "ends_on", "apply_until", "mode", "place"),
        *("times_lv", "times_en"),
    ),
    **nothing("catalogue.session", "place"),
    **nothing(
        "catalogue.call",
        *("code", "title_lv", "title_en", "about_lv", "about_en", "opens_on", "closes_on"),
        *("types", "qualifications", "modes"),
    ),
    **nothing("catalogue.seminar", "place", "link"),
    **of("catalogue.submission", {"note": _REVIEW}),
    **nothing("catalogue.submission", "content_hash", "findings", "price_reason", "outcome"),
    **of("catalogue.programmeremark", {"text": _REVIEW, "answer": _REVIEW}),
    **nothing("catalogue.programmeremark", "field"),
    **of(
        "catalogue.temporarystatus",
        {"recommended_by": _RECOMMENDER, "recommendation": _RECOMMENDER},
    ),
    **nothing("catalogue.temporarystatus", "state", "recommender"),
    **nothing("catalogue.temporarystatus", "starts_on", "review_on", "ended_on"),
    **nothing("catalogue.offerrules", "valid_from", "grant_amounts"),
    **nothing(
        "catalogue.searchrow",
        *("document", "type_code", "field_code", "mode", "city", "language", "entry_code"),
        *("qualification_code", "area_code", "key_lv", "key_en"),
        *("offer_price", "offer_from", "offer_until", "others_until"),
    ),
    **nothing("catalogue.searchword", "lexeme", "sample"),
    **nothing("catalogue.suggestion", "kind", "language", "key", "text"),
    **nothing("catalogue.synonyms", "words"),
    # Numbers and addresses are taken out before a wish is counted, and nothing says who asked.
    **nothing("catalogue.unmetsearch", "day", "query", "filters"),
    **nothing("catalogue.venue", "name", "street", "city"),
    **nothing("catalogue.room", "name"),
    **of("catalogue.teacher", {"name": _TEACHER, "about_lv": _TEACHER, "about_en": _TEACHER}),
    **nothing(
        "catalogue.agreement",
        *("number", "signed_on", "valid_from", "valid_to", "terms", "ended_on", "end_reason"),
    ),
    **nothing(
        "catalogue.agreementevent",
        *("number", "signed_on", "valid_from", "valid_to", "terms", "ended_on", "end_reason"),
        "pgh_label",
    ),
    **of("catalogue.suspension", {"reason": _REVIEW, "lift_reason": _REVIEW}),
    **nothing("catalogue.suspension", "running"),
    **of("catalogue.providerregistration", {"decision_note": _REVIEW, "findings": _REVIEW}),
    **nothing(
        "catalogue.providerregistration",
        *("state", "name", "registration_number", "city", "email", "phone"),
        *("about_lv", "about_en", "accreditation", "accredited_until", "runs"),
    ),
}
