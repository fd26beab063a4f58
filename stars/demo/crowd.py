"""Many synthetic accounts at once, for measurements and for tests of large rounds.

The rows are what the services would write; one by one they would take an hour. Codes and names
are none: such people never sign in.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

_CROWD = [
    """CREATE TEMPORARY TABLE crowd ON COMMIT DROP AS
       SELECT gen_random_uuid() AS user_id, gen_random_uuid() AS person_id,
              gen_random_uuid() AS account_id,
              date '1960-01-01' + (n %% 15000)::int AS born
       FROM generate_series(1, %(count)s) n""",
    """INSERT INTO accounts_user (id, password, is_superuser, email, language, is_staff, is_active,
           created_at)
       SELECT user_id, '!', false, NULL, 'lv', false, true, %(at)s FROM crowd""",
    """INSERT INTO accounts_person (id, user_id, given_name, family_name, birth_date, email, phone,
           deceased, created_at, updated_at)
       SELECT person_id, user_id, 'Izdoma', 'Pūlis', born, user_id || '@pulis.example', '', false,
              %(at)s, %(at)s FROM crowd""",
    """INSERT INTO accounts_personfact (person_id, kind, value, source, observed_at, recorded_at)
       SELECT person_id, 'birth_date', born::text, 'identity', %(at)s, %(at)s FROM crowd""",
    """INSERT INTO learning_accounts_learningaccount (id, person_id, state, opened_at,
           profile_completed_at, wish, reasons, heard_from, created_at, updated_at)
       SELECT account_id, person_id, 'active', %(at)s, %(at)s, '', '[]', '[]', %(at)s, %(at)s
       FROM crowd""",
    """INSERT INTO funding_standingrequest (account_id, asked_at)
       SELECT account_id, %(at)s FROM crowd""",
    "DROP TABLE crowd",
]


@transaction.atomic
def gather(count: int, *, at: datetime) -> None:
    """Add `count` adults with open accounts, filled profiles and standing requests since `at`."""
    with connection.cursor() as cursor:
        for statement in _CROWD:
            cursor.execute(statement, {"count": count, "at": at})
