"""Who may come in: passwords, sessions, roles, and what is written down about it."""

from __future__ import annotations

import asyncio
import io
import itertools
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from identity.__main__ import main as add_account
from identity.demo import create_demo_accounts, demo_accounts
from identity.models import AuditRecord, Staff, StaffSession
from identity.service import Identity, Role, SignedIn, new_token, token_digest, token_matches
from kit.clock import ManualClock, SystemClock
from kit.database import Database
from kit.errors import Conflict, Forbidden, NotSignedIn
from kit.settings import Settings

PASSWORD = "correct horse battery 马"
HOUR = 3600


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def identity(database: Database, clock: ManualClock) -> Identity:
    made = Identity(database, clock, secret_key="s" * 32, session_hours=10)
    await made.create_staff("lin", "林晓", PASSWORD, [Role.AGENT], ["zh"])
    return made


async def rows(database: Database, model: Any) -> list[Any]:
    async with database.read() as session:
        return list((await session.execute(select(model).order_by(model.id))).scalars())


class TestPasswords:
    async def test_the_right_one_opens(self, identity: Identity) -> None:
        cookie, who = await identity.sign_in("lin", PASSWORD)
        assert (who.login, who.name, who.roles, who.languages) == ("lin", "林晓", {Role.AGENT}, ("zh",))
        assert await identity.signed_in(cookie) == who

    @pytest.mark.parametrize(
        ("login", "password"),
        [("lin", "wrong"), ("lin", ""), ("lin", PASSWORD + " "), ("nobody", PASSWORD), ("LIN", PASSWORD), ("", "")],
    )
    async def test_wrong_login_and_wrong_password_look_alike(self, identity: Identity, login, password) -> None:
        with pytest.raises(NotSignedIn) as refused:
            await identity.sign_in(login, password)
        assert (refused.value.code, refused.value.message) == ("wrong_password", "The login or the password is wrong.")

    async def test_they_take_alike_as_well(self, identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whether an account exists cannot be told from the time: a password is checked in either case."""
        checked = []
        verify = identity._verify
        monkeypatch.setattr(identity, "_verify", lambda *given: checked.append(given) or verify(*given))
        for login in ("lin", "nobody"):
            with pytest.raises(NotSignedIn):
                await identity.sign_in(login, "wrong")
        assert len(checked) == 2

    async def test_a_member_who_has_left_cannot_sign_in_and_is_signed_out(self, identity, database) -> None:
        cookie, _ = await identity.sign_in("lin", PASSWORD)
        async with database.write() as session:
            (await session.execute(select(Staff))).scalar_one().active = False
        with pytest.raises(NotSignedIn):
            await identity.signed_in(cookie)
        with pytest.raises(NotSignedIn):
            await identity.sign_in("lin", PASSWORD)

    async def test_a_password_is_stored_as_argon2_only(self, identity, database) -> None:
        (stored,) = await rows(database, Staff)
        assert stored.password_hash.startswith("$argon2id$")
        assert PASSWORD not in stored.password_hash

    async def test_a_login_is_taken_once(self, identity: Identity) -> None:
        with pytest.raises(Conflict) as refused:
            await identity.create_staff("lin", "Another", "x", [Role.ADMIN])
        assert refused.value.code == "login_taken"

    async def test_of_three_who_take_a_login_at_once_one_gets_it(self, identity, database) -> None:
        async with database.write() as session:  # holds everybody up where they have looked and not yet written
            if not database.is_sqlite:
                await session.execute(text("LOCK TABLE staff IN EXCLUSIVE MODE"))
            takers = [
                asyncio.create_task(identity.create_staff("chen", name, "x", [Role.AGENT])) for name in ("a", "b", "c")
            ]
            await asyncio.sleep(0.8)
        made = await asyncio.gather(*takers, return_exceptions=True)
        assert sorted(type(each).__name__ for each in made) == ["Conflict", "Conflict", "NoneType"]
        assert [staff.login for staff in await rows(database, Staff)] == ["lin", "chen"]


class TestSessions:
    @pytest.mark.parametrize(("seconds", "valid"), [(0, True), (10 * HOUR - 1, True), (10 * HOUR, False)])
    async def test_one_lasts_as_long_as_the_settings_say(self, identity, clock, seconds, valid) -> None:
        cookie, _ = await identity.sign_in("lin", PASSWORD)
        clock.advance(seconds)
        if valid:
            await identity.signed_in(cookie)
        else:
            with pytest.raises(NotSignedIn):
                await identity.signed_in(cookie)

    async def test_signing_out_ends_it_and_no_other(self, identity) -> None:
        phone, _ = await identity.sign_in("lin", PASSWORD)
        laptop, _ = await identity.sign_in("lin", PASSWORD)
        await identity.sign_out(phone)
        with pytest.raises(NotSignedIn):
            await identity.signed_in(phone)
        assert (await identity.signed_in(laptop)).login == "lin"

    async def test_a_forged_cookie_opens_nothing(self, identity, database) -> None:
        cookie, _ = await identity.sign_in("lin", PASSWORD)
        (row,) = await rows(database, StaffSession)
        body, _, signature = cookie.rpartition(".")
        other_key = Identity(database, ManualClock(), secret_key="t" * 32, session_hours=10)
        forged_cookie, _ = await other_key.sign_in("lin", PASSWORD)
        forged = [None, "", "x", ".", row.id, body, f"{body}.", f"{body}.{signature[:-1]}", f"{body}x.{signature}"]
        for attempt in [*forged, forged_cookie, "é", "\x00"]:
            with pytest.raises(NotSignedIn) as refused:
                await identity.signed_in(attempt)
            assert refused.value.code == "not_signed_in"
            await identity.sign_out(attempt)
        assert (await identity.signed_in(cookie)).login == "lin"

    async def test_expired_ones_are_forgotten(self, identity, clock, database) -> None:
        await identity.sign_in("lin", PASSWORD)
        clock.advance(11 * HOUR)
        await identity.sign_in("lin", PASSWORD)
        assert len(await rows(database, StaffSession)) == 1


def person(*roles: Role) -> SignedIn:
    return SignedIn(1, "x", "X", frozenset(roles), ("zh",), "the-token")


class TestRoles:
    @pytest.mark.parametrize(("has", "needed"), list(itertools.product(Role, Role)))
    def test_the_table(self, has: Role, needed: Role) -> None:
        if has == needed or has == Role.ADMIN:
            person(has).require(needed)
        else:
            with pytest.raises(Forbidden):
                person(has).require(needed)

    def test_one_of_several_is_enough(self) -> None:
        person(Role.EDITOR, Role.AGENT).require(Role.AGENT, Role.SUPERVISOR)

    def test_without_a_role_nothing_is_allowed(self) -> None:
        with pytest.raises(Forbidden):
            person().require(*Role)

    @pytest.mark.parametrize("given", [None, "", "the-toke", "the-token ", "é", "THE-TOKEN"])
    def test_a_csrf_token_must_be_the_sessions(self, given: str | None) -> None:
        with pytest.raises(Forbidden) as refused:
            person(Role.ADMIN).require_csrf(given)
        assert refused.value.code == "csrf_failed"

    def test_the_sessions_csrf_token_passes(self) -> None:
        person().require_csrf("the-token")


class TestTokens:
    def test_they_are_long_and_never_the_same(self) -> None:
        tokens = {new_token() for _ in range(200)}
        assert len(tokens) == 200
        assert min(map(len, tokens)) >= 43

    def test_only_the_digest_is_stored_and_only_the_token_matches(self) -> None:
        token = new_token()
        assert token not in token_digest(token)
        assert token_matches(token, token_digest(token))
        for wrong in ("", token[:-1], token + "x", token_digest(token), "\ud800"):
            assert not token_matches(wrong, token_digest(token))


class TestTheAuditLog:
    async def test_accounts_and_sign_ins_are_written_down(self, identity, database, clock) -> None:
        clock.advance(5)
        await identity.sign_in("lin", PASSWORD)
        with pytest.raises(NotSignedIn):
            await identity.sign_in("lin", "wrong")
        written = [(each.actor, each.action, each.subject, each.detail) for each in await rows(database, AuditRecord)]
        assert written == [
            ("system", "staff.created", "lin", {"roles": ["agent"]}),
            ("lin", "staff.signed_in", "lin", {}),
        ]
        assert (await rows(database, AuditRecord))[1].at == clock.now()

    async def test_what_is_undone_is_not_written_down(self, identity, database) -> None:
        with pytest.raises(LookupError):
            async with database.write() as session:
                identity.record(session, "lin", "kb.published", "release 1", comment="x")
                raise LookupError
        assert [each.action for each in await rows(database, AuditRecord)] == ["staff.created"]


class TestDemoAccounts:
    def test_passwords_follow_from_the_installations_secret(self) -> None:
        here, again, elsewhere = demo_accounts("secret"), demo_accounts("secret"), demo_accounts("other")
        assert here == again
        passwords = {account.password for account in (*here, *elsewhere)}
        assert len(passwords) == len(here) + len(elsewhere)
        assert all(len(password) == 10 for password in passwords)

    def test_there_is_one_for_every_role(self) -> None:
        assert {role for account in demo_accounts("s") for role in account.roles} == set(Role)

    async def test_they_open_and_are_made_once(self, identity, database) -> None:
        for _ in range(2):
            await create_demo_accounts(identity, "secret")
        account = demo_accounts("secret")[1]
        assert (await identity.sign_in(account.login, account.password))[1].roles == set(account.roles)
        assert len(await rows(database, Staff)) == len(demo_accounts("secret"))

    async def test_workers_that_start_together_make_them_once(self, database: Database) -> None:
        workers = [Identity(database, ManualClock(), secret_key="s" * 32, session_hours=1) for _ in range(2)]
        await asyncio.gather(*(create_demo_accounts(worker, "secret") for worker in workers))
        assert len(await rows(database, Staff)) == len(demo_accounts("secret"))


def test_an_operator_adds_an_account_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILIN_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    command = ["add", "ma", "--name", "Ma Li", "--role", "agent", "--role", "editor"]
    assert add_account(command) == 0
    password = capsys.readouterr().out.strip().rsplit(" ", 1)[1]

    async def sign_in() -> SignedIn:
        settings = Settings(data_dir=tmp_path)
        database = Database.from_settings(settings)
        identity = Identity(database, SystemClock(), secret_key=settings.secret("secret_key"), session_hours=1)
        try:
            return (await identity.sign_in("ma", password))[1]
        finally:
            await database.close()

    assert asyncio.run(sign_in()).roles == {Role.AGENT, Role.EDITOR}
    assert add_account(command) == 2
    assert "taken" in capsys.readouterr().err
