"""Serves the custom actions on 127.0.0.1.

    bot/.venv/bin/python bot/serve_actions.py

Settings are described in `bot/settings.py`.
"""

from __future__ import annotations

import logging
import sys
import warnings
from pathlib import Path


def main() -> None:
    """Checks the settings and the port, then serves."""
    from bot.ports import LOOPBACK, is_free
    from bot.settings import Settings, SettingsError

    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.exit(f"actions: {error}")
    port = settings.actions_port
    if not settings.internal_token:
        sys.exit("actions: BILIN_INTERNAL_TOKEN is not set; give it and `web` the same secret.")
    if not is_free(port):
        sys.exit(f"actions: port {port} is taken; stop what uses it or set BILIN_ACTIONS_PORT.")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")

    from rasa_sdk.endpoint import create_app

    from bot.actions.services import default_services

    # They come from inside rasa-sdk's pinned dependencies, about each other.
    warnings.simplefilter("ignore")
    app = create_app("bot.actions", cors_origins=[])
    app.register_listener(lambda *_: default_services().close(), "after_server_stop")
    print(f"actions: listening on {LOOPBACK}:{port}", flush=True)
    # rasa_sdk's own `run` listens on every interface unless SANIC_HOST says otherwise.
    app.run(host=LOOPBACK, port=port, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    # In place of this script's own folder, so that `bot` is found by its name.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    main()
