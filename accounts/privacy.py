"""What of people, organisations and sign-in is personal data."""

from stars.audit.privacy import Category, Entry, Register, nothing, of

_TASK = "GDPR 6(1)(e): public task, Cabinet Regulation No. 506"
_SECURITY = "GDPR 6(1)(c), 32: security of processing"
_WITH_ACCOUNT = "as long as the account, then 10 years for EU money (A)"

_NAME = Entry(
    Category.IDENTITY,
    "knowing whom the account belongs to; documents and groups need the name",
    _TASK,
    _WITH_ACCOUNT,
    "the person; provider of their group; agency",
)
_BIRTH = Entry(
    Category.IDENTITY, "age limits of accounts and support", _TASK, _WITH_ACCOUNT, "person; agency"
)
_CONTACT = Entry(
    Category.CONTACT,
    "letters about the account; the provider arranges the group",
    _TASK,
    "until changed, at the latest with the account",
    "the person; provider of their group; agency",
)
_DECEASED = Entry(
    Category.IDENTITY, "no account in the name of the dead", _TASK, _WITH_ACCOUNT, "agency"
)
_CODE = Entry(
    Category.IDENTITY,
    "recognising one person under each of their codes; stored encrypted",
    _TASK,
    _WITH_ACCOUNT,
    "nobody on a page; registers that are asked",
)
_FACT = Entry(
    Category.SENSITIVE,
    "deciding about support; the fact with its source and time, not the register's whole answer",
    _TASK + "; GDPR 9(2)(b) for disability",
    _WITH_ACCOUNT,
    "the person; agency",
)
_ROLE = Entry(
    Category.WORK,
    "who may act for an organisation",
    _SECURITY,
    "10 years after the end of the role (A)",
    "the organisation's administrators; agency",
)
_SIGN_IN = Entry(
    Category.SIGN_IN,
    "signing in",
    _SECURITY,
    "as long as the user may sign in",
    "administrator",
)
_SECRET = Entry(
    Category.SIGN_IN,
    "proving who signs in; hashed or encrypted",
    _SECURITY,
    "as long as the user may sign in",
    "nobody",
)
_SESSION = Entry(
    Category.SIGN_IN,
    "keeping somebody signed in",
    _SECURITY,
    "two hours after the last click",
    "nobody",
)

_INVITED = Entry(
    Category.CONTACT,
    "the letter with the link; who was invited to act for an organisation",
    _SECURITY,
    "10 years after the invitation (A)",
    "the organisation's administrators; agency",
)
_FILTER = Entry(
    Category.CONDUCT,
    "a list opens as its reader keeps it",
    "GDPR 6(1)(e): public task, Cabinet Regulation No. 506",
    "until its owner deletes it",
    "its owner",
)

_ERASED = Entry(
    Category.IDENTITY,
    "money of a period is not given twice to somebody who had their data erased",
    _TASK,
    "until the end of the money's term",
    "nobody: a keyed hash that is tied to no other row",
)

REGISTER: Register = {
    **of(
        "accounts.person",
        {
            "given_name": _NAME,
            "family_name": _NAME,
            "birth_date": _BIRTH,
            "email": _CONTACT,
            "phone": _CONTACT,
            "deceased": _DECEASED,
        },
    ),
    **of("accounts.personcode", {"encrypted": _CODE, "lookup": _CODE}),
    **nothing("accounts.personcode", "kind"),
    **of("accounts.erasedcode", {"lookup": _ERASED, "again_from": _ERASED}),
    **of("accounts.personfact", {"kind": _FACT, "value": _FACT, "source": _FACT}),
    **nothing("accounts.legaltext", "kind", "body_lv", "body_en"),
    **nothing("accounts.organisation", "kind", "name", "registration_number"),
    **of("accounts.membership", {"role": _ROLE, "valid_from": _ROLE, "valid_to": _ROLE}),
    **of("accounts.membershipevent", {"role": _ROLE, "valid_from": _ROLE, "valid_to": _ROLE}),
    **nothing("accounts.membershipevent", "pgh_label"),
    **of("accounts.user", {"email": _SIGN_IN, "password": _SECRET}),
    **nothing("accounts.user", "language"),
    **of("accounts.invitation", {"email": _INVITED, "role": _ROLE}),
    **nothing("accounts.invitation", "language"),
    **of("accounts.savedfilter", {"query": _FILTER}),
    **nothing("accounts.savedfilter", "page", "name"),
    # Tables of allauth and Django that serve sign-in.
    **of("sessions.session", {"session_key": _SESSION, "session_data": _SESSION}),
    **of("account.emailaddress", {"email": _SIGN_IN}),
    **of("account.emailconfirmation", {"key": _SECRET}),
    **of("mfa.authenticator", {"data": _SECRET}),
    **nothing("mfa.authenticator", "type"),
    **nothing(
        "socialaccount.socialapp",
        *("provider", "provider_id", "name", "client_id", "secret", "key", "settings"),
    ),
    **of("socialaccount.socialaccount", {"uid": _SIGN_IN, "extra_data": _SIGN_IN}),
    **nothing("socialaccount.socialaccount", "provider"),
    **of("socialaccount.socialtoken", {"token": _SECRET, "token_secret": _SECRET}),
}
