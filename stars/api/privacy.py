"""What of keys and names of other systems is personal data: nothing."""

from stars.audit.privacy import Register, nothing

REGISTER: Register = {
    **nothing("api.apikey", "name", "prefix", "key_hash", "scopes", "expires_on", "last_used_on"),
    # A provider's own name of a person says nothing to anybody else.
    **nothing("api.externalid", "kind", "external_id", "content_hash", "left_as"),
    **nothing("api.apiwrite", "kind"),
}
