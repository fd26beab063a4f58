"""Classifications hold no personal data."""

from stars.audit.privacy import Register, nothing

REGISTER: Register = {
    **nothing("vocabularies.vocabulary", "code", "version", "source"),
    **nothing("vocabularies.term", "code", "name_lv", "name_en", "plain_lv", "plain_en", "extra"),
    **nothing(
        "vocabularies.programmetype",
        *("code", "name_lv", "name_en", "plain_lv", "plain_en", "document_lv", "document_en"),
    ),
}
