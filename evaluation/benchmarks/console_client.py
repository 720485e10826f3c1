"""What the benchmarks do over REST with a running system: sign in, import a file and follow it, publish, ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from kit.errors import Unavailable

# The first release of a large file is answered when it has been learnt.
PATIENCE_SECONDS = 3600.0
POLL_SECONDS = 0.25
ANSWER_SECONDS = 60.0

Json = dict[str, Any]


def answered(response: httpx.Response) -> Json:
    """What a call answered.

    Raises:
        Unavailable: it was refused.
    """
    if not response.is_success:
        raise Unavailable(f"{response.request.method} {response.request.url.path}: {response.text[:500]}")
    found: Json = response.json()
    return found


class Console:
    """Somebody signed in, by their login and password."""

    def __init__(self, url: str, login: str, password: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS)
        session = answered(self.http.post("/api/staff/login", json={"login": login, "password": password}))
        self.http.headers["X-CSRF-Token"] = session["csrf"]

    def check(self, name: str, content: bytes) -> Json:
        """Send a file; says what would become of each row."""
        return answered(self.http.post("/api/kb/imports", files={"file": (name, content)}))

    def apply(self, import_id: str) -> Json:
        """Have it stored in the background."""
        return answered(self.http.post(f"/api/kb/imports/{import_id}/apply"))

    def followed(self, import_id: str, progress: Callable[[int, int], None], until: int | None = None) -> Json:
        """Wait until an import is done, or has come as far as ``until`` rows."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = answered(self.http.get(f"/api/kb/imports/{import_id}"))
            progress(found["done"], found["total"])
            if found["state"] == "done" or (until is not None and found["done"] >= until):
                return found
            time.sleep(POLL_SECONDS)
        raise Unavailable("The import does not end.")

    def publish(self, reason: str) -> int:
        """Put all that is in review live, in spite of its warnings; returns the release."""
        body = {"comment": reason, "reasons": {"*": reason}}
        release: int = answered(self.http.post("/api/kb/releases", json=body))["release_id"]
        return release

    def rehearse(self) -> None:
        """Have the check questions asked of what is in review, as the console does before a publication."""
        answered(self.http.post("/api/kb/review/regression", json={}))

    def entry(self, entry_id: str) -> Json:
        """The newest revision of an entry, with its number."""
        return answered(self.http.get(f"/api/kb/entries/{entry_id}"))

    def rewrite(self, content: Json, revision: int) -> None:
        """Store an entry that was made from a revision, and ask for its review."""
        path = f"/api/kb/entries/{content['id']}"
        stored = answered(self.http.put(path, json=content, headers={"If-Match": f'"{revision}"'}))
        answered(self.http.post(f"{path}/submit", json={"revision": stored["revision"]}))

    def export(self, form: str) -> bytes:
        """Every entry as a file."""
        response = self.http.get("/api/kb/export", params={"format": form})
        response.raise_for_status()
        return response.content


class Customer:
    """Somebody at the widget, over its REST channel."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=ANSWER_SECONDS)

    def ask(self, text: str, language: str) -> Json:
        """What the bot says to a question in a conversation of its own.

        Raises:
            Unavailable: it says nothing.
        """
        begun = answered(self._http.post("/api/chat/conversations", json={"language": language}))
        headers = {"Authorization": f"Bearer {begun['token']}"}
        path = f"/api/chat/conversations/{begun['conversation']['id']}/messages"
        answered(self._http.post(path, json={"client_id": uuid4().hex, "text": text}, headers=headers))
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            said = answered(self._http.get(path, params={"after": 1, "wait": 5}, headers=headers))["messages"]
            if said:
                first: Json = said[0]
                return first
        raise Unavailable(f"Nothing was said to {text!r}.")
