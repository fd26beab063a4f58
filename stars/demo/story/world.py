"""Everything the story does, each thing by the service that does it in the portal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from accounts.claims import Claims
from accounts.enums import FactKind
from accounts.models import User
from accounts.services.consent import current_texts
from accounts.services.facts import declare
from accounts.services.identity import identify
from catalogue.models import Group, Offer, Programme, Session
from catalogue.rules import Block
from catalogue.services import groups as catalogue_groups
from enrolments import messages
from enrolments.enums import AbsenceReason, ParticipationState, Presence
from enrolments.models import Application, Participation
from enrolments.services import aid as month_hours
from enrolments.services import applications, decisions, excuses, learning, outcomes
from funding.enums import AidKind, PayerKind
from funding.models import AidRequest, AllocationRound, CoPayment, FundingSource, Grant
from funding.services import aid, aid_lists, co_payments, grants, reminders, requests, rounds
from funding.services.quote import quote
from learning_accounts.models import LearningAccount
from learning_accounts.services.account import Profile, open_account
from learning_accounts.services.path import create_path
from stars.common.dates import riga_date, start_of_day
from stars.common.permissions import SYSTEM
from stars.demo.offer.data import invented_providers, programmes
from stars.demo.offer.groups import teacher_and_place
from stars.demo.story.plan import Member, Plot, Story
from stars.demo.story.timeline import StoryGroup
from stars.notifications.services import mark_read

SOURCE = "imk-next"
# Types whose training is paid in full where there is a learning path (rule 12).
PAID_IN_FULL = ("further_education", "upskilling")
GOAL = "Strādāt datoru un programmu jomā"
# Missing more than this share of the hours would stand in the way of completing (rule 15).
MAY_MISS = 0.2
# So many people say why they were away.
TOLD = 6


@dataclass
class World:
    """The database as the story's people know it: accounts, groups and applications by key."""

    story: Story
    staff: dict[str, User]
    staff_of: dict[str, User]
    chance: Random
    rounds: list[AllocationRound]
    accounts: dict[str, LearningAccount] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    _shown: dict[UUID, Decimal] = field(default_factory=dict)
    _completing: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _missing: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))

    # --- the daily tasks ---------------------------------------------------------------------

    def funding_daily(self, *, at: datetime) -> None:
        """`funding.tasks.daily`: expiry, rounds, reminders, in this order.

        Of the rounds only the continuation's: those of the pilot have a replay of their own.
        """
        grants.expire_due(at=at)
        for each in self.rounds:
            if start_of_day(each.due_on) <= at < each.ends_at:
                rounds.run(code=each.code, at=at, actor=SYSTEM)
        reminders.remind(at=at)

    def enrolments_daily(self, *, at: datetime) -> None:
        """`enrolments.tasks.daily`: no answer in time, groups that close, begin and end."""
        decisions.lapse_overdue(at=at)
        learning.close_late_groups(at=at)
        decisions.lapse_drafts(at=at)
        learning.start_participations(at=at)
        learning.finish_groups(at=at)
        messages.remind_of_starts(at=at)

    # --- accounts and their money ------------------------------------------------------------

    def open_account(self, member: Member, *, at: datetime) -> None:
        """Sign in for the first time, open the account, tick the box for the money."""
        resident = member.resident
        claims = Claims(
            given_name=resident.given_name,
            family_name=resident.family_name,
            birth_date=resident.birth_date,
            code=resident.code,
            historical_codes=resident.historical_codes,
        )
        person = identify(claims=claims, at=at)
        account = open_account(
            person_id=person.pk,
            accepted_text_ids=[text.pk for text in current_texts()],
            profile=Profile(
                email=resident.email,
                phone=resident.phone,
                education=resident.education,
                employment=resident.employment,
                wish=resident.wish,
                reasons=resident.reasons,
                heard_from=resident.heard_from,
            ),
            actor=person.user,
            at=at,
        )
        if resident.region:
            declare(
                person_id=person.pk,
                kind=FactKind.REGION,
                value=resident.region,
                actor=person.user,
                at=at,
            )
        if member.asks:
            requests.ask(account_id=account.pk, actor=person.user, at=at)
        self.accounts[resident.key] = account

    def keep(self, who: str, *, at: datetime) -> None:
        """Keep what is left of the first lot for one more period."""
        grants.accumulate(grant_id=self._lot(who).pk, actor=self._user(who), at=at)

    def decline(self, who: str, *, at: datetime) -> None:
        """Give the first lot back."""
        grants.decline(grant_id=self._lot(who).pk, actor=self._user(who), at=at)

    def _lot(self, who: str) -> Grant:
        return Grant.objects.filter(account=self.accounts[who]).order_by("granted_at").get()

    def _user(self, who: str) -> Any:
        return self.accounts[who].person.user

    # --- groups ------------------------------------------------------------------------------

    def announce(self, group: StoryGroup, *, at: datetime) -> None:
        """The provider announces a group and, unless it stays a draft, opens it."""
        entry = next(p for p in programmes() if p["code"] == group.programme)
        programme = Programme.objects.select_related("current").get(code=group.programme)
        assert programme.current is not None
        teacher, place = teacher_and_place(entry, group.code)
        places = self.story.places[group.key]
        actor = self.staff_of[entry["provider"]]
        made = catalogue_groups.create_group(
            version_id=programme.current.pk,
            code=group.code,
            starts_on=group.starts_on,
            ends_on=group.ends_on,
            apply_until=group.apply_until,
            capacity=places,
            minimum=max(1, places // 2),
            place=place,
            teacher=teacher,
            times_lv=group.times[0],
            times_en=group.times[1],
            sessions=[Block(b.starts_at, b.ends_at, b.hours) for b in group.blocks],
            actor=actor,
            at=at,
        )
        if not group.draft:
            made = catalogue_groups.open_group(group_id=made.pk, actor=actor, at=at)
        self.groups[group.key] = made
        self.done["groups"] += 1

    def own_parts(self, key: str, *, at: datetime) -> None:
        """The provider records what people paid beside their support, before the start."""
        group = self.groups[key]
        rows = CoPayment.objects.filter(
            commitment__application__group=group, commitment__state="held", paid_on__isnull=True
        ).select_related("commitment")
        for row in rows.order_by("commitment__held_at", "pk"):
            self.done["own parts"] += 1
            co_payments.record_paid(
                co_payment_id=row.pk,
                paid_on=max(riga_date(at) - timedelta(days=1), riga_date(row.commitment.held_at)),
                proof=f"MU-{at:%y%m}-{self.done['own parts']:03d}",
                actor=self._teacher(group),
                at=at,
            )

    def mark(self, key: str, number: int, *, at: datetime) -> None:
        """Attendance of one session: first who is missing, then everybody else."""
        group = self.groups[key]
        actor = self._teacher(group)
        session = Session.objects.get(group=group, number=number)
        absent = list(
            Participation.objects.filter(
                group=group,
                state=ParticipationState.LEARNING,
                account__in=[self.accounts[who].pk for who in self._missing[key, number]],
            )
            .select_related("account__person__user")
            .order_by("admitted_at", "pk")
        )
        for participation in absent:
            learning.mark_attendance(
                participation_id=participation.pk,
                session_id=session.pk,
                presence=Presence.ABSENT,
                expected_version=0,
                actor=actor,
                at=at,
            )
        learning.mark_rest(session_id=session.pk, presence=Presence.PRESENT, actor=actor, at=at)
        # Whoever is expelled in the end never said why: hours with a reason are no ground for it.
        silent = {
            self.accounts[plot.who].pk
            for plot in self.story.plots
            if plot.group == key and plot.fate == "expelled"
        }
        telling = [row for row in absent if row.account_id not in silent]
        if telling and self.done["reasons"] < TOLD:
            self._tell_why(telling[0], riga_date(session.starts_at), actor, at)

    def _tell_why(self, participation: Participation, day: date, actor: User, at: datetime) -> None:
        """One says why they were away; every second reason still waits for the answer."""
        excuse = excuses.submit_excuse(
            participation_id=participation.pk,
            reason=(AbsenceReason.WORK, AbsenceReason.CHILD)[self.done["reasons"] % 2],
            first_day=day,
            last_day=day,
            actor=participation.account.person.user,
            at=at,
        )
        self.done["reasons"] += 1
        if self.done["reasons"] % 2:
            excuses.decide_excuse(excuse_id=excuse.pk, accept=True, actor=actor, at=at)

    def complete(self, key: str, *, at: datetime) -> None:
        """The provider records who completed, all at once, with the numbers of their documents."""
        group = self.groups[key]
        people = Participation.objects.filter(
            group=group,
            state=ParticipationState.LEARNING,
            account__in=[self.accounts[who].pk for who in self._completing[key]],
        ).order_by("admitted_at", "pk")
        if not people:
            return
        slug = group.version.programme.provider.slug
        outcome = outcomes.complete_group(
            group_id=group.pk,
            people=[
                outcomes.Completed(
                    participation.pk,
                    f"{slug[:3].upper()}-{at:%Y}-{self._number():04d}",
                    7 + place % 4 if group.version.type.has_grade else None,
                )
                for place, participation in enumerate(people)
            ],
            on=group.ends_on,
            actor=self._teacher(group),
            at=at,
        )
        if outcome.refused:
            raise AssertionError(f"the story lets people miss too much: {outcome.refused}")
        self.done["completed"] += len(outcome.completed)

    def _number(self) -> int:
        self.done["documents"] += 1
        return self.done["documents"]

    def _teacher(self, group: Group) -> User:
        return self.staff_of[group.version.programme.provider.slug]

    # --- who will be missing and who will complete --------------------------------------------

    def completing(self, plot: Plot) -> None:
        """When the group is over, this person completes it."""
        self._completing[plot.group].add(plot.who)

    def misses(self, plot: Plot, sessions: Iterable[int]) -> None:
        """The person is absent from these sessions, counted from 1."""
        for number in sessions:
            self._missing[plot.group, number].add(plot.who)

    def may_miss_one(self, plot: Plot) -> None:
        """One in three misses a session; nobody does at a provider that really exists."""
        group = self.story.groups[plot.group]
        entry = next(p for p in programmes() if p["code"] == group.programme)
        number = self.chance.randint(1, len(group.blocks))
        hours = sum(block.hours for block in group.blocks)
        allowed = group.blocks[number - 1].hours <= MAY_MISS * hours
        missed = self.chance.random() < 1 / 3
        if missed and allowed and entry["provider"] in invented_providers():
            self.misses(plot, [number])

    # --- applications ------------------------------------------------------------------------

    def draft(self, plot: Plot, *, at: datetime) -> Application:
        """Begin an application and fill in everything but the last button."""
        account, group = self.accounts[plot.who], self._group(plot.group)
        offer, user = self._offer(group), self._user(plot.who)
        if offer.version.type.code in PAID_IN_FULL:
            create_path(
                account_id=account.pk,
                goal=GOAL,
                programme_id=offer.version.programme_id,
                actor=user,
                at=at,
            )
        # Whoever comes to apply reads what came since.
        mark_read(user_id=user.pk, at=at)
        begun = applications.start_draft(
            account_id=account.pk, offer_id=offer.pk, group_id=group.pk, actor=user, at=at
        )
        answer = quote(offer=offer, account=account, at=at, use_support=True)
        if not answer.support:
            raise AssertionError(f"the story's people have no money: {answer.reason_code}")
        self._shown[begun.pk] = answer.support
        payer = self.chance.choice((PayerKind.PERSON, PayerKind.PERSON, PayerKind.EMPLOYER))
        return applications.update_draft(
            application_id=begun.pk,
            use_support=True,
            payer=payer if answer.own_part else "",
            knows_consequences=True,
            actor=user,
            at=at,
        )

    def submit(self, application: Application, *, at: datetime) -> Application:
        """Send it as the page would: with the support that the person was shown."""
        self.done["applications"] += 1
        return applications.submit(
            application_id=application.pk,
            expected_group_id=application.group_id,
            expected_support=self._shown[application.pk],
            actor=application.account.person.user,
            at=at,
        )

    def withdraw(self, application: Application, *, at: datetime) -> None:
        """The person changes their mind."""
        user = application.account.person.user
        decisions.withdraw(application_id=application.pk, actor=user, at=at)

    def approve(self, application: Application, *, at: datetime) -> Participation:
        """The provider admits the person."""
        self.done["admitted"] += 1
        actor = self._teacher(application.group)
        return decisions.approve(application_id=application.pk, actor=actor, at=at)

    def reject(self, application: Application, *, note: str, at: datetime) -> None:
        """The provider refuses the person."""
        actor = self._teacher(application.group)
        decisions.reject(application_id=application.pk, actor=actor, at=at, note=note)

    def confirm(self, participation: Participation, *, at: datetime) -> None:
        """The learner confirms the completion."""
        self.done["confirmed"] += 1
        user: Any = participation.account.person.user
        mark_read(user_id=user.pk, at=at)
        outcomes.confirm_completion(participation_id=participation.pk, actor=user, at=at)

    def check(self, participation: Participation, *, note: str, at: datetime) -> None:
        """The agency confirms for a learner who is silent."""
        self.done["confirmed"] += 1
        actor = self.staff["finance"]
        outcomes.confirm_for_agency(
            participation_id=participation.pk, actor=actor, at=at, note=note
        )

    def interrupt(self, participation: Participation, *, note: str, at: datetime) -> None:
        """The provider records that the person stopped."""
        outcomes.interrupt(
            participation_id=participation.pk,
            on=riga_date(at),
            note=note,
            actor=self._teacher(participation.group),
            at=at,
        )

    def expel(self, participation: Participation, *, note: str, at: datetime) -> None:
        """The provider expels the person."""
        outcomes.expel(
            participation_id=participation.pk,
            on=riga_date(at),
            note=note,
            actor=self._teacher(participation.group),
            at=at,
        )

    # --- monthly aid -------------------------------------------------------------------------

    def ask_aid(
        self,
        participation: Participation,
        kind: AidKind,
        *,
        monthly: Decimal | None = None,
        at: datetime,
    ) -> AidRequest:
        """The person asks, with an account number that no bank has given out."""
        commitment = participation.application.commitment
        assert commitment is not None
        self.done["stipends"] += 1
        person = participation.account.person
        return aid.ask(
            commitment_id=commitment.pk,
            kind=kind,
            monthly=monthly,
            iban=invented_iban(self.done["stipends"]),
            holder=person.full_name,
            actor=person.user,
            at=at,
        )

    def agree(self, request: AidRequest, *, at: datetime) -> None:
        """The agency approves the monthly aid."""
        aid.approve(request_id=request.pk, actor=self.staff["finance"], at=at)

    def count_aid(self, *, at: datetime) -> bool:
        """`enrolments.tasks.daily`: hours of the month; False where nobody has a stipend."""
        return bool(month_hours.count(at=at))

    def pay_aid(self, month: date, *, at: datetime) -> None:
        """One person puts the month's list forward, another one approves it."""
        source = FundingSource.objects.get(code=SOURCE)
        finance, second = self.staff["finance"], self.staff["administrator"]
        this = aid_lists.make_list(source_id=source.pk, month=month, actor=finance, at=at)
        approval = aid_lists.put_forward(list_id=this.pk, actor=finance, at=at)
        aid_lists.second(approval_id=approval.pk, approved=True, actor=second, at=at)

    # --- finding things ----------------------------------------------------------------------

    def _group(self, key: str) -> Group:
        if key not in self.groups:
            borrowed = Group.objects.filter(
                version__programme__code=self.story.borrowed[key], state="open"
            ).select_related("version__programme__provider")
            self.groups[key] = borrowed.order_by("apply_until")[0]
        return self.groups[key]

    def _offer(self, group: Group) -> Offer:
        code = group.version.programme.code
        if code not in self.offers:
            self.offers[code] = Offer.objects.select_related(
                "version__type", "version__programme__provider", "source"
            ).get(version=group.version_id, source__code=SOURCE)
        return self.offers[code]


def invented_iban(number: int) -> str:
    """An account number of the right form at a bank that does not exist."""
    body = f"STAR{number:013d}"
    digits = "".join(str(int(sign, 36)) for sign in f"{body}LV00")
    return f"LV{98 - int(digits) % 97:02d}{body}"
