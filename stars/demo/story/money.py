"""Money beside the 500 €: a line for scarce money, an employer's promise, objections, closed books.

Everything happens some days before the moment of loading, by the services of the portal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import User
from accounts.services.employers import record_employer
from catalogue.models import Group, Offer
from enrolments.services import applications
from funding.enums import ClaimState, PayerKind
from funding.models import AllocationRound, Claim, Grant, Pledge
from funding.services import appeals, budgets, periods, pledges, rounds
from funding.services.quote import quote
from learning_accounts.models import LearningAccount
from stars.common.dates import add_months, riga_date
from stars.common.permissions import SYSTEM
from stars.demo.story.world import SOURCE, World

REGION = "region-next"
LEARN, LEARNERS = "ia-ai-day", 2
PROFESSION = "pmc-programming-technician"
EMPLOYER = {"name": "SIA „Izdomātā darbnīca”", "registration_number": "00000000018"}
EMPLOYEES = ("janis-kalnins", "skaidrite-vitola")
DAY = timedelta(days=1)


def serve_the_line(world: World, *, at: datetime) -> int:
    """The region's round runs out of money: the first are served, the others wait in line; two of
    the served apply, and the budget's warning goes out. How many were served.
    """
    this = AllocationRound.objects.get(policy__scheme__source__code=REGION)
    rounds.run(code=this.code, at=at - 9 * DAY, actor=SYSTEM)
    served = Grant.objects.filter(round=this).select_related("account__person__user")
    learners = served.exclude(
        account__applications__offer__version__programme__code=LEARN
    ).order_by("account__person__family_name", "pk")
    group = Group.objects.filter(version__programme__code=LEARN, state="open")
    for number, grant in enumerate(learners[:LEARNERS]):
        apply(grant.account, group.order_by("starts_on")[0], at - (6 - number) * DAY)
    budgets.warn(at=at - 4 * DAY)
    return served.count()


def apply(account: LearningAccount, group: Group, at: datetime) -> None:
    """Apply with the region's money; the person pays the rest."""
    user = account.person.user
    offer = Offer.objects.select_related("version__type", "version__programme__provider").get(
        version=group.version_id, source__code=REGION
    )
    draft = applications.start_draft(
        account_id=account.pk, offer_id=offer.pk, group_id=group.pk, actor=user, at=at
    )
    applications.update_draft(
        application_id=draft.pk,
        use_support=True,
        payer=PayerKind.PERSON,
        knows_consequences=True,
        actor=user,
        at=at,
    )
    applications.submit(
        application_id=draft.pk,
        expected_group_id=group.pk,
        expected_support=quote(offer=offer, account=account, at=at).support,
        actor=user,
        at=at,
    )


def promise(world: World, users: Mapping[str, User], *, at: datetime) -> Pledge:
    """An invented employer pays half of what its people would pay, at most 150 € each."""
    officer, day = users["finance"], riga_date(at)
    employer = record_employer(**EMPLOYER, invented=True, actor=officer, at=at - 12 * DAY)
    return pledges.record(
        employer_id=employer.pk,
        source_id=None,
        share=Decimal("0.50"),
        per_person=Decimal("150.00"),
        total=Decimal("3000.00"),
        valid_from=day - 12 * DAY,
        valid_to=add_months(day, 12),
        employees=[world.story.members[key].resident.code for key in EMPLOYEES],
        actor=officer,
        at=at - 12 * DAY,
    ).pledge


def object_to_decisions(world: World, users: Mapping[str, User], *, at: datetime) -> int:
    """Two refusals are put before a person of the agency: one is answered, one waits."""
    claim = Claim.objects.filter(state=ClaimState.REJECTED).select_related("account__person__user")
    rejected = claim.get()
    appeals.ask(
        account_id=rejected.account_id,
        reference=f"claim:{rejected.pk}",
        text="Rēķinu uzņēmums samaksāja manā vietā, un algā to atvilka. Pievienošu algas lapu.",
        actor=rejected.account.person.user,
        at=at - 3 * DAY,
    )
    account = world.accounts["skaidrite-vitola"]
    offer = Offer.objects.get(version__programme__code=PROFESSION, source__code=SOURCE)
    asked = appeals.ask(
        account_id=account.pk,
        reference=f"offer:{offer.pk}",
        text="Profesiju jau zinu, tāpēc negribu vēl veidot mācību ceļu.",
        actor=account.person.user,
        at=at - 1.5 * DAY,
    )
    appeals.uphold(
        appeal_id=asked.pk,
        answer="Mācību ceļu izveidosi pieteikumā vienā solī, un tad viss tiks apmaksāts."
        " Tāpēc izņēmums nav vajadzīgs.",
        actor=users["administrator"],
        at=at - DAY,
    )
    return 2


def close_books(users: Mapping[str, User], *, at: datetime) -> date:
    """The books are closed until the pilot's first round; after it they stay open, so that the
    pilot can be replayed. The ledger has been proved."""
    first = AllocationRound.objects.order_by("due_on").values_list("due_on", flat=True)[0]
    month = add_months(first.replace(day=1), -1)
    return periods.close_month(month=month, actor=users["finance"], at=at).month
