"""What of stored files is personal data."""

from stars.audit.privacy import Category, Entry, Register, nothing, of

_FILE = Entry(
    Category.LEARNING,
    "documents a person or provider adds as proof",
    "GDPR 6(1)(e): public task, Cabinet Regulation No. 506",
    "as long as what it proves; removed with it",
    "the person; whoever decides about it",
)

REGISTER: Register = {
    **of("files.storedfile", {"name": _FILE, "sha256": _FILE}),
    **nothing("files.storedfile", "owner_kind", "owner_id", "content_type", "key"),
}
