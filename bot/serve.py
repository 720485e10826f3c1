"""Serves the trained assistant on 127.0.0.1.

    bot/.venv/bin/python bot/serve.py

Every path but `/` needs `?token=` with the value of BILIN_BOT_TOKEN: Rasa's own `auth_token`
guards its API but leaves the REST channel open. Settings are described in `bot/settings.py`.
With BILIN_REDIS_URL, conversations and locks are in Redis, and SANIC_WORKERS may be more than 1.
"""

from __future__ import annotations

import hmac
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanic import HTTPResponse, Request, Sanic


def require_token(app: Sanic, token: str) -> None:
    """Refuses every request without the token, except the health check at `/`."""
    from sanic.response import json

    async def check(request: Request) -> HTTPResponse | None:
        given = request.args.get("token") or ""
        if request.path == "/" or hmac.compare_digest(given.encode(), token.encode()):
            return None
        return json({"error": {"code": "wrong_token", "message": "Token missing or wrong."}}, 401)

    app.register_middleware(check, "request")


def serve(model: Path, port: int, token: str, redis_url: str) -> None:
    """Runs the server until it is told to stop."""
    from rasa.core.channels.rest import RestInput
    from rasa.core.run import close_resources, configure_app, load_agent_on_start
    from rasa.core.utils import AvailableEndpoints, number_of_sanic_workers

    from bot.endpoint import KeptEndpoint
    from bot.model import BOT
    from bot.ports import LOOPBACK
    from bot.schemas import check_schemas_once
    from bot.stores import lock_store, tracker_store

    check_schemas_once()
    endpoints = AvailableEndpoints.read_endpoints(str(BOT / "endpoints.yml"))
    actions = endpoints.action = KeptEndpoint(endpoints.action.url, **endpoints.action.kwargs)
    endpoints.tracker_store = tracker_store(redis_url)
    endpoints.lock_store = lock_store(redis_url)
    app = configure_app([RestInput()], auth_token=token, endpoints=endpoints, port=port)
    require_token(app, token)
    app.register_listener(partial(load_agent_on_start, str(model), endpoints, None), "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    app.register_listener(lambda *_: actions.close(), "after_server_stop")
    app.run(
        host=LOOPBACK,
        port=port,
        workers=number_of_sanic_workers(endpoints.lock_store),
        access_log=False,
        motd=False,
    )


def main() -> None:
    """Checks what can be checked before the slow start, then serves."""
    from bot.model import model_path
    from bot.ports import is_free
    from bot.process import prepare
    from bot.settings import Settings, SettingsError

    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.exit(f"bot: {error}")
    model = model_path()
    if not settings.bot_token:
        sys.exit("bot: BILIN_BOT_TOKEN is not set; give the bot and `web` the same secret.")
    if not model.exists():
        sys.exit("bot: there is no model of these files; run bot/.venv/bin/python bot/train.py")
    if not is_free(settings.bot_port):
        sys.exit(f"bot: port {settings.bot_port} is taken; stop what uses it or set BILIN_BOT_PORT.")
    os.environ["BILIN_ACTIONS_URL"] = settings.actions_url
    prepare()
    print(f"bot: loading {model.name}, will listen on 127.0.0.1:{settings.bot_port}", flush=True)
    try:
        serve(model, settings.bot_port, settings.bot_token, settings.redis_url)
    except ValueError as error:
        sys.exit(f"bot: {error}")


if __name__ == "__main__":
    # In place of this script's own folder, so that `bot` is found by its name.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    main()
