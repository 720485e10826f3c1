"""A whole other desk in standard Python: hears Bilin's events, answers the first message, hands back on thanks."""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOO_OLD_SECONDS = 300
GREETING = {"zh": "您好，我是另一个工作台的小周。", "en": "Hello, this is Zhou from the other desk."}
THANKS = ("谢谢", "thank")


class Desk:
    """What one agent at the other desk does."""

    def __init__(self, bilin: str, token: str) -> None:
        self.bilin = bilin
        self.token = token
        self.heard: set[str] = set()
        self.greeted: set[str] = set()
        self.lock = threading.Lock()

    def is_new(self, delivery: str) -> bool:
        """Whether this event has not been taken before."""
        with self.lock:
            new = delivery not in self.heard
            self.heard.add(delivery)
            return new

    def take(self, event: dict[str, Any]) -> None:
        """React to one event."""
        if event["event"] == "conversation_status_changed":
            print(event["id"], event["status"], flush=True)
            if event["status"] == "open":
                for message in event["messages"]:
                    print("   ", message["message_type"], message["content"], flush=True)
                self.say(event["id"], GREETING[event["additional_attributes"]["language"]], "hello")
        elif event["message_type"] == "incoming":
            conversation = event["conversation"]["id"]
            print(conversation, "customer:", event["content"], flush=True)
            if any(word in event["content"].lower() for word in THANKS):
                self.call(conversation, "toggle_status", {"status": "pending"})
            else:
                self.say(conversation, f"({event['content']})", f"answer-{event['id']}")

    def say(self, conversation: str, content: str, echo_id: str) -> None:
        """Say something to the customer; the same echo_id is said once."""
        body = {"content": content, "message_type": "outgoing", "echo_id": echo_id, "sender": {"name": "Zhou"}}
        self.call(conversation, "messages", body)

    def call(self, conversation: str, what: str, body: dict[str, Any]) -> None:
        """Call Bilin."""
        request = urllib.request.Request(  # noqa: S310  # the address is the operator's own
            f"{self.bilin}/api/bridge/conversations/{conversation}/{what}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "api_access_token": self.token},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # the same
            print("    ->", what, answer.status, flush=True)


def is_signed(headers: Any, body: bytes, secret: str) -> bool:
    """Whether the event is Bilin's, and not an old one that somebody plays again."""
    timestamp = headers.get("X-Bilin-Timestamp", "")
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    fresh = timestamp.isdecimal() and abs(time.time() - int(timestamp)) < TOO_OLD_SECONDS
    return fresh and hmac.compare_digest(headers.get("X-Bilin-Signature", ""), f"sha256={expected}")


def handler(desk: Desk, secret: str) -> type[BaseHTTPRequestHandler]:
    """The webhook."""

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signed = is_signed(self.headers, body, secret)
            self.send_response(204 if signed else 401)
            self.end_headers()
            if signed and desk.is_new(self.headers["X-Bilin-Delivery"]):
                threading.Thread(target=desk.take, args=(json.loads(body),), daemon=True).start()

        def log_message(self, *_: Any) -> None:
            """Nothing: the desk prints what matters."""

    return Webhook


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--bilin", default="http://127.0.0.1:8000")
    parser.add_argument("--secret", required=True)
    parser.add_argument("--token", required=True)
    arguments = parser.parse_args()
    desk = Desk(arguments.bilin, arguments.token)
    ThreadingHTTPServer(("127.0.0.1", arguments.port), handler(desk, arguments.secret)).serve_forever()


if __name__ == "__main__":
    main()
