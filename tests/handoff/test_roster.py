"""Teams, colleagues and presence over the real tables, on both databases."""

from __future__ import annotations

import asyncio

import pytest

from chat.desk import DeskConversations
from chat.queueing import QueueRules
from handoff.policy import Reason
from handoff.presence import Presence, Timing
from handoff.roster import Roster, RosterRules
from handoff.teams import DEMO_TEAMS, MemberDefinition, TeamDefinition, read_teams
from identity.models import Staff
from identity.repository import IdentityRepository
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import Conflict, InvalidRequest, NotFound
from kit.events import MemoryEvents

RULES = RosterRules(capacity=2, timing=Timing(10, 30, 60))
NAMES = {"zh": "财富", "en": "Wealth"}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def conversations(database: Database, clock: ManualClock) -> DeskConversations:
    return DeskConversations(database, MemoryEvents(), clock, QueueRules(RULES))


@pytest.fixture
def roster(conversations: DeskConversations) -> Roster:
    return Roster(conversations.database, conversations.events, conversations.clock, conversations, RULES)


@pytest.fixture
async def staff(database: Database, clock: ManualClock) -> dict[str, int]:
    """Two agents, a supervisor and an editor; their ids by login."""
    people = {"lin": ["agent"], "chen": ["agent"], "zhao": ["supervisor"], "he": ["editor"]}
    async with database.write() as session:
        for login, roles in people.items():
            row = Staff(login=login, name=login.title(), password_hash="", roles=roles, languages=["zh", "en"])
            row.created_at = clock.now()
            IdentityRepository(session).add_staff(row)
    async with database.read() as session:
        return {person.login: person.id for person in await IdentityRepository(session).active()}


class TestTeams:
    async def test_without_any_there_is_the_built_in_one_which_is_always_open(self, roster) -> None:
        (team,) = await roster.teams()
        assert (team.definition.id, team.open, team.waiting) == ("general", True, 0)

    async def test_a_team_counts_who_waits_for_it(self, roster, conversations, staff) -> None:
        await roster.put_team(TeamDefinition(id="complaints", name=NAMES, reasons=["complaint"]), "zhao")
        for reason in (Reason.COMPLAINT, Reason.COMPLAINT, Reason.NO_ENTRY):
            conversation, _ = await conversations.create("zh", "web")
            await conversations.hand_off(conversation.id, reason, actor="policy")
        assert {team.definition.id: team.waiting for team in await roster.teams()} == {"complaints": 2, "general": 1}

    async def test_while_a_team_is_closed_its_stand_in_serves(self, roster, conversations, clock) -> None:
        night = TeamDefinition(id="night", name=NAMES, hours={"mon-sun": ["00:00-24:00"]})
        await roster.put_team(night, "zhao")
        day = TeamDefinition(
            id="day", name=NAMES, time_zone="UTC", hours={"mon-sun": ["08:00-18:00"]}, reasons=["complaint"]
        )
        await roster.put_team(day.model_copy(update={"overflow": "night"}), "zhao")
        teams = []
        for _ in range(2):  # at midnight, and at noon
            conversation, _ = await conversations.create("zh", "web")
            await conversations.hand_off(conversation.id, Reason.COMPLAINT, actor="policy")
            teams.append((await conversations.current(conversation.id)).team)
            clock.advance(12 * 3600)
        assert teams == ["night", "day"]

    async def test_the_general_team_and_a_stand_in_cannot_be_removed(self, roster) -> None:
        await roster.put_team(TeamDefinition(id="night", name=NAMES), "zhao")
        await roster.put_team(TeamDefinition(id="day", name=NAMES, overflow="night"), "zhao")
        for needed in ("general", "night"):
            with pytest.raises(Conflict):
                await roster.remove_team(needed, "zhao")
        await roster.remove_team("day", "zhao")
        with pytest.raises(NotFound):
            await roster.team("day")

    async def test_a_stand_in_must_exist(self, roster) -> None:
        with pytest.raises(InvalidRequest):
            await roster.put_team(TeamDefinition(id="day", name=NAMES, overflow="nowhere"), "zhao")

    async def test_the_demonstration_is_loaded_once(self, roster, staff) -> None:
        assert await roster.load(read_teams(DEMO_TEAMS))
        assert not await roster.load(read_teams(DEMO_TEAMS))
        assert [team.definition.id for team in await roster.teams()] == ["safety", "complaints", "wealth", "general"]
        assert (await roster.agent(staff["lin"])).teams == ["complaints", "general", "safety"]

    async def test_two_workers_that_start_together_load_it_once(self, roster, conversations, staff) -> None:
        other = Roster(conversations.database, conversations.events, conversations.clock, conversations, RULES)
        file = read_teams(DEMO_TEAMS)
        loaded = await asyncio.gather(*(each.load(file) for each in (roster, other) * 3), return_exceptions=True)
        assert sorted(map(str, loaded)) == ["False"] * 5 + ["True"]

    def test_a_broken_file_names_the_field(self, tmp_path) -> None:
        broken = tmp_path / "teams.yml"
        broken.write_text("teams: [{id: a, name: {zh: 甲, en: A}, hours: {mon: ['9-17']}}]")
        with pytest.raises(InvalidRequest, match=r"teams.0"):
            read_teams(broken)


class TestAgents:
    async def test_agents_and_supervisors_are_colleagues_and_nobody_else(self, roster, staff) -> None:
        found = await roster.colleagues()
        assert {(one.name, tuple(one.teams), one.presence, one.load, one.capacity) for one in found} == {
            ("Lin", ("general",), "offline", 0, 2),
            ("Chen", ("general",), "offline", 0, 2),
            ("Zhao", (), "offline", 0, 2),
        }

    async def test_load_is_how_many_conversations_they_have(self, roster, conversations, staff) -> None:
        conversation, _ = await conversations.create("zh", "web")
        await conversations.hand_off(conversation.id, Reason.NO_ENTRY, actor="policy")
        await conversations.take(await conversations.case(conversation.id), staff["lin"], "Lin")
        assert {one.name: one.load for one in await roster.colleagues()} == {"Lin": 1, "Chen": 0, "Zhao": 0}

    async def test_what_a_supervisor_says_of_an_agent_holds(self, roster, staff) -> None:
        await roster.put_team(TeamDefinition(id="wealth", name=NAMES), "zhao")
        said = MemberDefinition(teams=["wealth"], languages=["en"], skills=["insurance"], capacity=3)
        assert await roster.put_agent(staff["chen"], said, "zhao") == said
        chen = await roster.colleague(staff["chen"])
        assert (chen.teams, chen.capacity) == (["wealth"], 3)

    async def test_a_team_or_an_agent_that_does_not_exist(self, roster, staff) -> None:
        with pytest.raises(InvalidRequest):
            await roster.put_agent(staff["chen"], MemberDefinition(teams=["nowhere"]), "zhao")
        with pytest.raises(NotFound):
            await roster.put_agent(staff["he"], MemberDefinition(), "zhao")


class TestPresence:
    async def test_an_open_desk_is_online_until_it_falls_silent(self, roster, staff, clock) -> None:
        connection = await roster.connect(staff["lin"])
        clock.advance(25)
        await roster.heard(connection, staff["lin"])
        clock.advance(25)
        assert (await roster.colleague(staff["lin"])).presence == "online"
        clock.advance(10)
        assert (await roster.colleague(staff["lin"])).presence == "offline"

    async def test_of_two_desks_the_second_still_counts(self, roster, staff) -> None:
        first, second = await roster.connect(staff["lin"]), await roster.connect(staff["lin"])
        await roster.disconnect(first, staff["lin"])
        assert (await roster.colleague(staff["lin"])).presence == "online"
        await roster.disconnect(second, staff["lin"])
        assert (await roster.colleague(staff["lin"])).presence == "offline"

    async def test_a_break_survives_a_short_gap_and_not_a_long_one(self, roster, staff, clock) -> None:
        connection = await roster.connect(staff["lin"])
        await roster.choose(staff["lin"], Presence.BREAK)
        await roster.disconnect(connection, staff["lin"])
        clock.advance(30)
        connection = await roster.connect(staff["lin"])
        assert (await roster.colleague(staff["lin"])).presence == "break"
        await roster.disconnect(connection, staff["lin"])
        clock.advance(61)
        await roster.connect(staff["lin"])
        assert (await roster.colleague(staff["lin"])).presence == "online"

    async def test_after_the_grace_they_have_dropped_off(self, roster, staff, clock) -> None:
        connection = await roster.connect(staff["lin"])
        await roster.disconnect(connection, staff["lin"])
        clock.advance(60)
        assert await roster.absent([staff["lin"], staff["chen"]]) == []
        clock.advance(1)
        assert await roster.absent([staff["lin"], staff["chen"]]) == [staff["lin"]]

    async def test_what_a_dead_worker_left_behind_counts_from_its_last_sign_of_life(self, roster, staff, clock) -> None:
        await roster.connect(staff["lin"])
        clock.advance(61)
        assert await roster.absent([staff["lin"], staff["chen"]]) == [staff["lin"]]
        clock.advance(2 * 3600)
        await roster.forget_silent()
        assert await roster.absent([staff["lin"], staff["chen"]]) == [staff["lin"]]

    async def test_offline_is_not_chosen(self, roster, staff) -> None:
        with pytest.raises(InvalidRequest):
            await roster.choose(staff["lin"], Presence.OFFLINE)
