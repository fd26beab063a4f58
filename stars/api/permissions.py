"""Who makes keys and who ends them; both predicates look at the object."""

from __future__ import annotations

from typing import Any

import rules

from accounts.models import Organisation
from accounts.permissions import is_administrator, is_provider_admin_of
from stars.api.models import ApiKey


@rules.predicate
def administers(user: Any, obj: Organisation | ApiKey | None) -> bool:
    """Administers the provider whose key it is, or would be."""
    organisation = obj.organisation if isinstance(obj, ApiKey) else obj
    return bool(is_provider_admin_of(user, organisation))


rules.add_perm("api.make_key", administers)
# A key that leaked is stopped by whoever hears of it first.
rules.add_perm("api.revoke_key", administers | is_administrator)
