"""Who may write and who may mail: the agency's administrators; a draft is seen by its writers."""

from __future__ import annotations

import rules

from accounts.permissions import is_administrator

rules.add_perm("content.edit", is_administrator)
rules.add_perm("content.mail_news", is_administrator)
rules.add_perm("content.settle_report", is_administrator)
