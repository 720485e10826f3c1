"""Who may do what with the knowledge base: every call there is, by every role, and with no right to be there."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from identity.service import Role
from kb.content import EntryContent
from kb.service import KnowledgeBase

STAFF = frozenset(Role)
EDITORS = frozenset({Role.EDITOR, Role.ADMIN})
REVIEWERS = frozenset({Role.REVIEWER, Role.ADMIN})
QUALITY = EDITORS | REVIEWERS | {Role.SUPERVISOR}
ENTRY = {"id": "lost-card", "scenario": "cards", "variants": {"zh": {"question": "卡丢了？"}}}
OF_ENTRY, OF_RELEASE, OF_SUGGESTION = "/entries/{entry_id}", "/releases/{release_id}", "/suggestions/{suggestion_id}"

# By call: what is sent, and who may.
CALLS: dict[tuple[str, str], tuple[Any, frozenset[Role]]] = {
    ("GET", "/entries"): (None, STAFF),
    ("GET", OF_ENTRY): (None, STAFF),
    ("PUT", OF_ENTRY): (ENTRY, EDITORS),
    ("POST", OF_ENTRY + "/submit"): ({"revision": 1}, EDITORS),
    ("POST", OF_ENTRY + "/return"): ({"revision": 1}, EDITORS | REVIEWERS),
    ("POST", OF_ENTRY + "/withdraw"): ({}, REVIEWERS),
    ("GET", OF_ENTRY + "/revisions"): (None, STAFF),
    ("GET", OF_ENTRY + "/revisions/{number}"): (None, STAFF),
    ("GET", OF_ENTRY + "/comments"): (None, STAFF),
    ("POST", OF_ENTRY + "/comments"): ({"text": "!"}, EDITORS | REVIEWERS),
    ("GET", OF_ENTRY + "/origins"): (None, STAFF),
    ("POST", "/checks"): (ENTRY, STAFF),
    ("GET", "/review"): (None, STAFF),
    ("GET", "/review/{entry_id}"): (None, STAFF),
    ("POST", "/review/regression"): ({}, REVIEWERS),
    ("GET", "/releases"): (None, STAFF),
    ("POST", "/releases"): ({}, REVIEWERS),
    ("GET", OF_RELEASE): (None, STAFF),
    ("POST", OF_RELEASE + "/restore"): ({}, REVIEWERS),
    ("GET", OF_RELEASE + "/entries/{entry_id}"): (None, STAFF),
    ("GET", "/imports"): (None, STAFF),
    ("POST", "/imports"): (None, EDITORS),
    ("GET", "/imports/{import_id}"): (None, STAFF),
    ("POST", "/imports/{import_id}/apply"): (None, EDITORS),
    ("GET", "/export"): (None, STAFF),
    ("GET", "/audit"): (None, REVIEWERS | {Role.SUPERVISOR}),
    ("POST", "/try"): ({"text": "卡丢了"}, STAFF),
    ("GET", "/search"): (None, STAFF),
    ("GET", "/lexicon"): (None, STAFF),
    ("PUT", "/lexicon/{expression}"): ({"language": "zh", "meaning": "外币现钞"}, EDITORS),
    ("DELETE", "/lexicon/{expression}"): (None, EDITORS),
    ("GET", "/suggestions"): (None, QUALITY),
    ("GET", OF_SUGGESTION): (None, QUALITY),
    ("POST", OF_SUGGESTION + "/accept"): ({"entry_id": "lost-card"}, EDITORS),
    ("POST", OF_SUGGESTION + "/draft"): (None, EDITORS),
    ("POST", OF_SUGGESTION + "/dismiss"): ({}, EDITORS),
    ("POST", OF_SUGGESTION + "/reopen"): (None, EDITORS),
    ("GET", "/insight/entries"): (None, QUALITY),
    ("GET", "/insight/entries.csv"): (None, QUALITY),
    ("GET", "/insight/unanswered"): (None, QUALITY),
}
NAMED = {"entry_id": "lost-card", "release_id": "1", "number": "1", "import_id": "x", "suggestion_id": "1"}


@pytest.fixture
async def told(knowledge: KnowledgeBase, bank: list[EntryContent]) -> int | None:
    return await knowledge.load(bank[:3])


async def call(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    body, _ = CALLS[method, path]
    address = "/api/kb" + re.sub(r"{(\w+)}", lambda name: NAMED.get(name[1], "花纸头"), path)
    return await client.request(method, address, json=body, headers={"If-Match": "*"})


def error_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


async def state(knowledge: KnowledgeBase) -> object:
    """What a call that is refused leaves as it was."""
    statuses = [(row.number, row.status) for row in await knowledge.browsing.revisions("lost-card")]
    talk, lexicon = await knowledge.browsing.comments("lost-card"), await knowledge.lexicon.expressions()
    return knowledge.release_id, await knowledge.browsing.version(), statuses, len(talk), len(lexicon)


def test_the_matrix_above_has_every_call_there_is(sign_in: Any) -> None:
    paths = sign_in.app.openapi()["paths"]
    there_are = {
        (method.upper(), path.removeprefix("/api/kb"))
        for path, operations in paths.items()
        if path.startswith("/api/kb/")
        for method in operations
    }
    assert set(CALLS) == there_are


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("role", list(Role))
async def test_each_role_does_what_it_may_and_nothing_else(sign_in: Any, knowledge: KnowledgeBase, role: Role) -> None:
    client = await sign_in(role)
    for (method, path), (_, allowed) in CALLS.items():
        before = await state(knowledge)
        answer = await call(client, method, path)
        if role in allowed:
            assert answer.status_code not in (401, 403), (method, path, answer.text)
            assert answer.status_code < 500, (method, path, answer.text)
        else:
            assert error_of(answer) == (403, "forbidden"), (method, path)
            assert await state(knowledge) == before, (method, path)


@pytest.mark.parametrize("key", ["none", "customers-token", "forged-cookie", "signed-out"])
async def test_who_is_not_signed_in_does_nothing(sign_in: Any, key: str) -> None:
    client = await sign_in()
    if key == "customers-token":
        client.headers["Authorization"] = "Bearer abc"
    elif key == "forged-cookie":
        client.headers["Cookie"] = "bilin_session=abc.def"
    elif key == "signed-out":
        admin = await sign_in(Role.ADMIN)
        cookie = admin.cookies["bilin_session"]
        assert (await admin.post("/api/staff/logout")).status_code == 204
        client.headers.update({"Cookie": f"bilin_session={cookie}", "X-CSRF-Token": admin.headers["X-CSRF-Token"]})
    for method, path in CALLS:
        assert error_of(await call(client, method, path)) == (401, "not_signed_in"), (method, path)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("csrf", [None, "", "wrong"])
async def test_a_change_needs_the_csrf_token(sign_in: Any, knowledge: KnowledgeBase, csrf: str | None) -> None:
    admin = await sign_in(Role.ADMIN)
    del admin.headers["X-CSRF-Token"]
    if csrf is not None:
        admin.headers["X-CSRF-Token"] = csrf
    before = await state(knowledge)
    for method, path in CALLS:
        if method != "GET":
            assert error_of(await call(admin, method, path)) == (403, "csrf_failed"), (method, path)
    assert await state(knowledge) == before
