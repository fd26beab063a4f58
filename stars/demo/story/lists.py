"""What residents of the demo have saved, so that lists and suggestions have something to show."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from catalogue.models import Programme
from catalogue.selectors import listed
from learning_accounts.services.favourites import save_programme
from stars.demo.story.world import World

SEED = 768  # the line of the seed document that asks for the list
MOST = 4
# In so many of ten cases people save what is of the field they learn in; otherwise anything.
SAME_FIELD = 7


def save_programmes(world: World, *, at: datetime) -> int:
    """Everybody with an account saves none to MOST programmes; the same at every loading."""
    chance = Random(SEED)
    offered = list(listed().select_related("current__field").order_by("code"))
    saved = 0
    for who in sorted(world.accounts):
        account = world.accounts[who]
        learned = Programme.objects.filter(
            versions__offers__applications__account=account
        ).select_related("current__field")
        fields = {each.current.field_id for each in learned if each.current}
        near = [each for each in offered if each.current and each.current.field_id in fields]
        own = set(learned.values_list("pk", flat=True))
        for _ in range(chance.randint(0, MOST)):
            choice = chance.choice(
                near if near and chance.randint(1, 10) <= SAME_FIELD else offered
            )
            day = at - timedelta(days=chance.randint(1, 60))
            if choice.pk in own or day < account.opened_at:
                continue
            saved += save_programme(
                account_id=account.pk, slug=choice.slug, actor=account.person.user, at=day
            )
    return saved
