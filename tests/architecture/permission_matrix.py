"""Who gets what at every address. A row is a decision: a new address without one fails a test.

A cell is the status; `*` says that the request wrote something. Only cells with `*` may. 302 for a
visitor is the way to sign-in; for others it leads to where they belong, or on after a form.

404 says "this does not exist for you": rows of people and groups of other providers. 403 says
"this kind of page is not for you", whatever stands in the address. What a stranger gets for a row
that exists is what they get for one that does not; a test compares the two.
"""

from __future__ import annotations

from tests.architecture import permission_api

ROLES = (
    "visitor",  # not signed in
    "owner",  # the person whose it is
    "resident",  # another person with an account
    "staff",  # of the provider whose group it is
    "rival",  # administrator of another provider
    "finance",  # finance officer of the agency
    "auditor",  # of the agency
    "administrator",  # of the agency
)

PUBLIC = "200 200 200 200 200 200 200 200"
NO_GET = "302 405 405 405 405 405 405 405"  # signed in, and by POST only
NO_POST = "302 405 405 405 405 405 405 405"
NO_PUBLIC_POST = "405 405 405 405 405 405 405 405"
MAILBOX = "200* 200* 200* 200* 200* 200* 200* 200*"  # proved by the mailbox, not by signing in
NOT_HERE = "404 404 404 404 404 404 404 404"
OWN = "302 200 404 404 404 404 404 404"
OWN_FORM = "302 302* 404 404 404 404 404 404"
RUN = "302 403 403 200 404 403 403 403"  # the provider whose group it is
RUN_FORM = "302 403 403 302* 404 403 403 403"
# What only administrators of a provider do: the rows are the rival's, whose administrator it is.
RIVALS = "302 403 403 404 200 403 403 403"
RIVALS_FORM = "302 403 403 404 302* 403 403 403"
AGENCY = "302 403 403 403 403 200 200 200"

GET: dict[str, str] = {
    # What anybody may look at                visitor … administrator, as in ROLES
    "web:home": PUBLIC,
    "web:catalogue": PUBLIC,
    "web:suggest": PUBLIC,
    "web:programme": PUBLIC,
    "web:choose": "302 302 302 302 302 302 302 302",  # to the application, or back
    "web:sessions": PUBLIC,
    "web:calls": PUBLIC,
    "web:rounds": PUBLIC,
    "web:round_log": PUBLIC,
    "web:programme_feed": PUBLIC,
    "web:fit": PUBLIC,
    "web:join": PUBLIC,
    "web:join_organisation": "302 302 200 403 403 403 403 403",  # the owner's is sent already
    "web:join_experience": "302 302 302 403 403 403 403 403",  # after the first step
    "web:join_check": "302 302 302 403 403 403 403 403",
    "web:join_keep": NO_GET,
    "web:join_withdraw": NO_GET,
    "staff_invitation": PUBLIC,  # whoever has the link of the letter
    "web:calendar": PUBLIC,
    "web:compare": PUBLIC,
    "web:archive": PUBLIC,
    "web:providers": PUBLIC,
    "web:provider": PUBLIC,
    "web:support": PUBLIC,
    "web:source": PUBLIC,
    "web:terms": PUBLIC,
    "web:privacy": PUBLIC,
    "web:health": PUBLIC,
    "web:robots": PUBLIC,
    # What editors publish, and news by e-mail
    "content:news_list": PUBLIC,
    "content:news_feed": PUBLIC,
    "content:news": PUBLIC,
    "content:help": PUBLIC,
    "content:page": PUBLIC,
    "content:contacts": PUBLIC,
    "content:glossary": PUBLIC,
    "content:picture": PUBLIC,
    "content:subscribe": PUBLIC,
    "content:report": PUBLIC,
    "content:confirm": PUBLIC,  # whoever has the link of the letter
    "content:unsubscribe": PUBLIC,
    "web:gallery": PUBLIC,  # in the demo only: tests/common/test_components.py
    "web:sitemap": PUBLIC,
    "web:sitemap_section": PUBLIC,
    "api:schema": PUBLIC,
    **permission_api.ROWS,
    "api:keys": RIVALS,
    "api:key_revoke": RIVALS,
    "set_language": NO_PUBLIC_POST,
    # The account. Staff are led to their own place; money is its person's alone.
    "web:account": "302 200 200 302 302 302 302 302",
    "web:opening": "302 302 302 403 403 403 403 403",  # both have an account already
    "web:opening_draft": NO_GET,
    "web:movements": "302 200 200 404 404 404 404 404",  # one's own, no key in the address
    "web:statement": "302 200 200 404 404 404 404 404",  # one's own, no key in the address
    "web:statement_of": "302 403 403 403 403 403 200 200",  # NFR-4: whose work it is
    "web:asking": NO_GET,
    "web:profile": "302 200 200 404 404 404 404 404",  # one's own
    "web:accumulate": OWN,
    "web:decline": OWN,
    "web:saved": "302 200 200 404 404 404 404 404",  # one's own, no key in the address
    "web:asked": "302 302 302 404 404 404 404 404",  # nothing is asked in this address
    "web:for_you": "302 200 200 404 404 404 404 404",  # one's own, no key in the address
    "web:suggestions": NO_GET,
    "web:save": NO_GET,
    "web:alert": NO_GET,
    "web:alert_end": NO_GET,
    "web:inbox": "302 200 200 200 200 200 200 200",  # one's own
    "web:data": "302 200 200 403 403 403 403 403",  # one's own
    "web:erasing": "302 200 200 403 403 403 403 403",  # one's own
    "web:read_all": NO_GET,
    "web:read_one": NO_GET,
    "web:after_signin": "302 302 302 302 302 302 302 302",
    "web:session_extend": NO_GET,
    "files:download": "302 200 403 403 403 403 403 403",  # a link is good for one person
    # From application to completion
    "enrolments:apply": "302 200 200 403 403 403 403 403",
    "enrolments:apply_change": OWN,
    "enrolments:apply_support": OWN,
    "enrolments:apply_path": OWN,
    "enrolments:apply_code": OWN,
    "enrolments:apply_data": OWN,
    "enrolments:apply_keep": NO_GET,
    "enrolments:apply_check": OWN,
    "enrolments:application": OWN,
    "enrolments:withdraw": OWN,
    "enrolments:confirm": NO_GET,
    "enrolments:not_me": OWN,
    "enrolments:not_me_link": PUBLIC,  # whoever has the link of the letter
    "enrolments:absence": OWN,
    "enrolments:excuse_withdraw": NO_GET,
    # Refunds: one's own, from the list to the decision
    "funding:claims": "302 200 200 403 403 403 403 403",
    "funding:claim_new": "302 200 200 403 403 403 403 403",
    "funding:claim": OWN,
    "funding:claim_what": OWN,
    "funding:claim_papers": OWN,
    "funding:claim_check": OWN,
    "funding:claim_keep": NO_GET,
    "funding:appeal": "302 404 404 403 403 403 403 403",  # nothing was refused
    "funding:appeal_answer": OWN,
    "funding:appeal_withdraw": NO_GET,
    "funding:decisions": "302 200 200 403 403 403 403 403",
    "funding:decision": OWN,
    "funding:claim_account": OWN,
    "funding:claim_withdraw": OWN,
    # The provider's workspace. The agency looks in the admin, not here.
    "enrolments:provider_home": "302 403 403 200 200 403 403 403",
    "enrolments:provider_groups": "302 403 403 200 200 403 403 403",  # of one's own provider
    "enrolments:provider_applications": "302 403 403 200 200 403 403 403",
    "enrolments:provider_group": RUN,
    "enrolments:provider_group_new": "302 403 403 200 200 403 403 403",  # of one's own provider
    "enrolments:provider_group_edit": RUN,
    "enrolments:provider_group_open": NO_GET,
    "enrolments:provider_group_close": NO_GET,
    "enrolments:provider_group_cancel": RUN,
    "enrolments:provider_group_postpone": RUN,
    "enrolments:provider_timetable": RUN,
    "enrolments:provider_admit": NO_GET,
    "enrolments:provider_move": RUN,
    "enrolments:provider_move_back": NO_GET,
    "enrolments:apply_queue": "302 200 200 403 403 403 403 403",
    "enrolments:move": OWN,
    "enrolments:provider_session_edit": RUN,
    "enrolments:provider_start": NO_GET,
    "enrolments:provider_completion": RUN,
    "enrolments:provider_completion_import": RUN,
    "funding:aid": "302 404 200 403 403 403 403 403",  # the resident learns with a stipend
    "funding:aid_end": NO_GET,
    "enrolments:provider_own_parts": RUN,
    "enrolments:provider_own_parts_list": RUN,
    "enrolments:provider_own_parts_import": NO_GET,
    "enrolments:provider_own_part": RUN,
    "enrolments:provider_attendance": RUN,
    "enrolments:provider_marks": NO_GET,
    "enrolments:provider_code": RUN,
    "enrolments:provider_group_attendance": RUN,
    "enrolments:provider_close_month": NO_GET,
    "enrolments:provider_excuse": RUN,
    "enrolments:provider_application": RUN,
    "enrolments:provider_statements": "302 403 403 200 200 403 403 403",
    "enrolments:provider_certificate_list": "302 403 403 200 200 403 403 403",
    "enrolments:provider_certificates": RUN,
    "enrolments:certificate_withdraw": RUN,
    "enrolments:certificate_template": RIVALS,
    "enrolments:certificate_check": PUBLIC,
    "enrolments:certificate_paper": "302 302 404 302 404 302 302 302",
    "enrolments:provider_statement": RUN,
    "enrolments:provider_statement_paper": "302 403 403 302 404 403 403 403",
    "enrolments:provider_bank": "302 403 403 404 200 403 403 403",  # its administrators
    "enrolments:provider_organisations": "302 403 403 302 302 403 403 403",
    "enrolments:provider_organisation": RUN,
    "enrolments:provider_about": RIVALS,
    "enrolments:provider_venues": RUN,
    "enrolments:provider_venue": RUN,
    "enrolments:provider_rooms": RUN,
    "enrolments:provider_room": RUN,
    "enrolments:provider_teachers": RUN,
    "enrolments:provider_teacher": RUN,
    "enrolments:provider_staff": RIVALS,
    "enrolments:provider_staff_end": RIVALS,
    "enrolments:provider_invitation_again": NO_GET,
    "enrolments:provider_invitation_withdraw": NO_GET,
    # Programmes, by whoever writes them
    "web:work_programmes": "302 403 403 200 200 403 403 403",  # of one's own provider
    "web:work_programme_new": "302 403 403 200 200 403 403 403",
    "web:work_programme": RUN,
    "web:work_draft": RUN,
    "web:work_draft_keep": NO_GET,
    "web:work_preview": RUN,
    "web:work_send": RUN,
    "web:work_take_back": NO_GET,
    "web:work_new_version": NO_GET,
    "web:work_archive": NO_GET,
    "web:work_filter": NO_GET,
    "web:work_filter_drop": NO_GET,
    # Signing in and the second factor, which residents have at Latvija.lv
    "account_login": "200 302 302 302 302 302 302 302",
    "account_logout": "302 200 200 200 200 200 200 200",
    "account_inactive": PUBLIC,
    "account_reauthenticate": "302 403 403 200 200 200 200 200",
    "openid_connect_login": NOT_HERE,  # no such provider of identity; tests/accounts walk the real
    "openid_connect_callback": NOT_HERE,
    "mfa_index": "302 403 403 200 200 200 200 200",
    "mfa_authenticate": "302 302 302 302 302 302 302 302",
    "mfa_reauthenticate": "302 403 403 200 200 200 200 200",
    "mfa_activate_totp": "302 403 403 302 302 302 302 302",  # they have it
    "mfa_view_recovery_codes": "302 403 403 404 404 404 404 404",  # there are none yet
    "mfa_generate_recovery_codes": "302 403 403 200 200 200 200 200",
    "mfa_download_recovery_codes": "302 403 403 404 404 404 404 404",
    "mfa_deactivate_totp": NOT_HERE,
    # The agency's workplace
    "admin:index": AGENCY,
    "admin:app_list": AGENCY,
    "admin:login": "302 403 403 403 403 302 302 302",
    "admin:logout": "302 403 403 403 403 405 405 405",
    "admin:password_change": AGENCY,
    "admin:password_change_done": AGENCY,
    "admin:search": AGENCY,
    "admin:jsi18n": AGENCY,
    "admin:funding_allocationround_progress": AGENCY,
    "admin:funding_budget_double": AGENCY,
    "admin:funding_budget_calculator": AGENCY,
    "admin:autocomplete": "302 403 403 403 403 403 200 200",  # asked for persons
    "admin:view_on_site": "302 403 403 403 403 404 404 404",
}

POST: dict[str, str] = {
    "web:home": NO_PUBLIC_POST,
    "web:catalogue": NO_PUBLIC_POST,
    "web:suggest": NO_PUBLIC_POST,
    "web:programme": NO_PUBLIC_POST,
    "web:choose": NO_PUBLIC_POST,
    "web:sessions": NO_PUBLIC_POST,
    "web:calls": NO_PUBLIC_POST,
    "web:rounds": NO_PUBLIC_POST,
    "web:round_log": NO_PUBLIC_POST,
    "web:programme_feed": NO_PUBLIC_POST,
    "web:fit": NO_PUBLIC_POST,
    "web:join": NO_PUBLIC_POST,
    "web:join_organisation": "302 302 302* 403 403 403 403 403",  # one's own
    "web:join_experience": "302 302 302 403 403 403 403 403",
    "web:join_check": "302 302 302 403 403 403 403 403",
    "web:join_keep": "302 204 204* 403 403 403 403 403",
    "web:join_withdraw": "302 302* 302 403 403 403 403 403",
    "staff_invitation": "302* 302* 302* 302* 302* 302* 302* 302*",  # proved by the mailbox
    "web:calendar": NO_PUBLIC_POST,
    "web:compare": NO_PUBLIC_POST,
    "web:archive": NO_PUBLIC_POST,
    "web:providers": NO_PUBLIC_POST,
    "web:provider": NO_PUBLIC_POST,
    "web:support": NO_PUBLIC_POST,
    "web:source": NO_PUBLIC_POST,
    "web:sitemap": NO_PUBLIC_POST,
    "web:sitemap_section": NO_PUBLIC_POST,
    "web:terms": NO_PUBLIC_POST,
    "web:privacy": NO_PUBLIC_POST,
    "web:health": NO_PUBLIC_POST,
    "web:robots": NO_PUBLIC_POST,
    # What editors publish, and news by e-mail
    "content:news_list": NO_PUBLIC_POST,
    "content:news_feed": NO_PUBLIC_POST,
    "content:news": NO_PUBLIC_POST,
    "content:help": NO_PUBLIC_POST,
    "content:page": NO_PUBLIC_POST,
    "content:contacts": NO_PUBLIC_POST,
    "content:glossary": NO_PUBLIC_POST,
    "content:picture": NO_PUBLIC_POST,
    "content:subscribe": MAILBOX,
    "content:report": MAILBOX,  # anybody may say what does not work
    "content:confirm": MAILBOX,  # whoever has the link of the letter
    "content:unsubscribe": MAILBOX,
    "web:gallery": NO_PUBLIC_POST,
    "api:schema": NO_PUBLIC_POST,
    **permission_api.ROWS,
    "api:keys": "302 403 403 404 200* 403 403 403",  # the new key is shown at once
    "api:key_revoke": RIVALS_FORM,
    "set_language": "302 302* 302* 302* 302* 302* 302* 302*",  # one's own
    "web:account": NO_POST,
    "web:opening": "302 302 302 403 403 403 403 403",
    "web:opening_draft": "302 204 204 403 403 403 403 403",  # nothing to draft: they have one
    "web:movements": NO_POST,
    "web:statement": NO_POST,
    "web:statement_of": NO_POST,
    "web:asking": "302 302* 302* 404 404 404 404 404",  # one's own
    "web:profile": "302 302* 302* 404 404 404 404 404",  # one's own
    "web:accumulate": OWN_FORM,
    "web:decline": OWN_FORM,
    "web:saved": NO_POST,
    "web:asked": NO_POST,
    "web:for_you": NO_POST,
    "web:suggestions": "302 302* 302* 404 404 404 404 404",  # one's own
    "web:save": "302 302* 302* 404 404 404 404 404",  # one's own
    "web:alert": "302 302* 302* 404 404 404 404 404",  # one's own
    "web:alert_end": OWN_FORM,
    "web:inbox": NO_POST,
    "web:data": "302 302* 302* 403 403 403 403 403",  # one's own
    "web:erasing": "302 400 400 403 403 403 403 403",  # not ticked; the owner has open matters
    "web:read_all": "302 302* 302* 302* 302 302 302 302",  # one's own; the others have none
    "web:read_one": OWN_FORM,
    "web:after_signin": NO_POST,
    "web:session_extend": "302 200 200 200 200 200 200 200",
    "files:download": NO_POST,
    "enrolments:apply": "302 302* 302* 403 403 403 403 403",  # one's own
    "enrolments:apply_change": OWN_FORM,
    "enrolments:apply_support": OWN_FORM,
    "enrolments:apply_path": OWN_FORM,
    "enrolments:apply_code": OWN_FORM,
    "enrolments:apply_data": OWN_FORM,
    "enrolments:apply_keep": "302 200* 404 404 404 404 404 404",
    "enrolments:apply_check": OWN_FORM,
    "enrolments:application": NO_POST,
    "enrolments:withdraw": OWN_FORM,
    "enrolments:confirm": OWN_FORM,
    "enrolments:not_me": OWN_FORM,
    "enrolments:not_me_link": MAILBOX,  # whoever has the link of the letter
    "enrolments:absence": OWN_FORM,
    "enrolments:excuse_withdraw": OWN_FORM,
    "funding:claims": NO_POST,
    "funding:claim_new": "302 302* 302* 403 403 403 403 403",  # one's own
    "funding:claim": NO_POST,
    "funding:appeal": "302 404 404 403 403 403 403 403",
    "funding:appeal_answer": NO_POST,
    "funding:appeal_withdraw": OWN_FORM,
    "funding:decisions": NO_POST,
    "funding:decision": NO_POST,
    "funding:claim_what": OWN_FORM,
    "funding:claim_papers": OWN_FORM,
    "funding:claim_check": OWN_FORM,
    "funding:claim_keep": "302 200* 404 404 404 404 404 404",
    "funding:claim_account": OWN_FORM,
    "funding:claim_withdraw": OWN_FORM,
    "enrolments:provider_home": NO_POST,
    "enrolments:provider_groups": NO_POST,
    "enrolments:provider_applications": NO_POST,
    "enrolments:provider_group": NO_POST,
    "enrolments:provider_group_new": "302 403 403 302* 400 403 403 403",  # not their programme
    "enrolments:provider_group_edit": RUN_FORM,
    "enrolments:provider_group_open": "302 403 403 302 404 403 403 403",  # it is open already
    "enrolments:provider_group_close": RUN_FORM,
    "enrolments:provider_group_cancel": RUN_FORM,
    "enrolments:provider_group_postpone": RUN_FORM,
    "enrolments:provider_timetable": RUN_FORM,
    "enrolments:provider_admit": RUN_FORM,
    "enrolments:provider_move": RUN_FORM,
    "enrolments:provider_move_back": RUN_FORM,
    "enrolments:apply_queue": "302 409 409 403 403 403 403 403",  # there are free places
    "enrolments:move": OWN_FORM,
    "enrolments:provider_session_edit": RUN_FORM,
    "enrolments:provider_start": RUN_FORM,
    "enrolments:provider_completion": RUN_FORM,
    "enrolments:provider_completion_import": "302 403 403 400 404 403 403 403",  # without a file
    "funding:aid": "302 404 302* 403 403 403 403 403",
    "funding:aid_end": "302 404 302* 403 403 403 403 403",
    "enrolments:provider_own_parts": RUN_FORM,
    "enrolments:provider_own_parts_list": NO_POST,
    "enrolments:provider_own_parts_import": "302 403 403 400 404 403 403 403",  # without a list
    "enrolments:provider_own_part": RUN_FORM,
    "enrolments:provider_attendance": RUN_FORM,
    "enrolments:provider_marks": "302 403 403 200* 404 403 403 403",
    "enrolments:provider_code": RUN_FORM,
    "enrolments:provider_group_attendance": NO_POST,
    "enrolments:provider_close_month": RUN_FORM,
    "enrolments:provider_excuse": RUN_FORM,
    "enrolments:provider_application": RUN_FORM,
    "enrolments:provider_statements": NO_POST,
    "enrolments:provider_certificate_list": NO_POST,
    "enrolments:provider_certificates": "302 403 403 302 404 403 403 403",  # all have theirs
    "enrolments:certificate_withdraw": RUN_FORM,
    "enrolments:certificate_template": RIVALS_FORM,
    "enrolments:certificate_check": NO_PUBLIC_POST,
    "enrolments:certificate_paper": NO_POST,
    "enrolments:provider_statement": NO_POST,
    "enrolments:provider_statement_paper": NO_POST,
    "enrolments:provider_bank": "302 403 403 404 302* 403 403 403",
    "enrolments:provider_organisations": NO_POST,
    "enrolments:provider_organisation": NO_POST,
    "enrolments:provider_about": RIVALS_FORM,
    "enrolments:provider_venues": RUN_FORM,
    "enrolments:provider_venue": RUN_FORM,
    "enrolments:provider_rooms": RUN_FORM,
    "enrolments:provider_room": RUN_FORM,
    "enrolments:provider_teachers": RUN_FORM,
    "enrolments:provider_teacher": RUN_FORM,
    "enrolments:provider_staff": RIVALS_FORM,
    "enrolments:provider_staff_end": RIVALS_FORM,
    "enrolments:provider_invitation_again": RIVALS_FORM,
    "enrolments:provider_invitation_withdraw": RIVALS_FORM,
    "web:work_programmes": NO_POST,
    "web:work_programme_new": "302 403 403 302* 302* 403 403 403",  # each for their own
    "web:work_programme": NO_POST,
    "web:work_draft": RUN_FORM,
    "web:work_draft_keep": "302 403 403 200* 404 403 403 403",
    "web:work_preview": NO_POST,
    "web:work_send": RUN_FORM,
    "web:work_take_back": RUN_FORM,
    "web:work_new_version": RUN_FORM,
    "web:work_archive": RUN_FORM,
    "web:work_filter": "302 403 403 302* 302* 403 403 403",  # each keeps their own
    "web:work_filter_drop": RUN_FORM,
    "account_login": "200 302 302 302 302 302 302 302",
    "account_logout": "302 302 302 302 302 302 302 302",
    "account_inactive": NO_PUBLIC_POST,
    "account_reauthenticate": "302 403 403 200 200 200 200 200",
    "openid_connect_login": NOT_HERE,
    "openid_connect_callback": NOT_HERE,
    "mfa_index": "302 403 403 405 405 405 405 405",
    "mfa_authenticate": "302 302 302 302 302 302 302 302",
    "mfa_reauthenticate": "302 403 403 200 200 200 200 200",
    "mfa_activate_totp": "302 403 403 302 302 302 302 302",
    "mfa_view_recovery_codes": "302 403 403 405 405 405 405 405",
    "mfa_generate_recovery_codes": "302 403 403 302* 302* 302* 302* 302*",  # one's own
    "mfa_download_recovery_codes": "302 403 403 404 404 404 404 404",
    "mfa_deactivate_totp": NOT_HERE,
    "admin:index": AGENCY,
    "admin:app_list": AGENCY,
    "admin:login": "302 403 403 403 403 302 302 302",
    "admin:logout": "302 403 403 403 403 302 302 302",
    "admin:password_change": "302 403 403 403 403 302* 302* 302*",  # one's own, the old one asked
    "admin:password_change_done": "302 403 403 403 403 405 405 405",
    "admin:search": AGENCY,
    "admin:jsi18n": "302 403 403 403 403 405 405 405",
    "admin:funding_allocationround_progress": "302 403 403 403 403 405 405 405",
    "admin:funding_budget_calculator": "302 403 403 403 403 405 405 405",
    "admin:funding_budget_double": "302 403 403 403 403 405 405 405",
    "admin:autocomplete": "302 403 403 403 403 405 405 405",
    "admin:view_on_site": "302 403 403 403 403 404 404 404",
}
