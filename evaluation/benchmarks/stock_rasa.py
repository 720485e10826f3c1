"""A stock Rasa FAQ bot as a process of its own: trained from one line of JSON, then served over REST.

`evaluation.benchmarks.stock_rasa_peer` runs it with the Python of the bot's environment. The bot is put together as
Rasa's documentation says, from Rasa's own parts: JiebaTokenizer, DIET, ResponseSelector, fallback classifier, SQL
tracker. Entries are one retrieval intent; requests for a person and complaints are the intents of Bilin's own bot.

The line is ``{"entries": [[question, ...], ...], "intents": {name: [text, ...]}, "epochs", "selector_epochs", "seed",
"port", "folder"}``, answered by ``{"trained_seconds": ..., "started": true}`` once it is trained; then it listens on
127.0.0.1. An answer's text is ``entry N``; that of a handoff is ``person``.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any

TO_PERSON = ("ask_human", "complaint", "nlu_fallback")
PERSON = "person"


def configuration(epochs: int, selector_epochs: int, seed: int) -> dict[str, Any]:
    """The pipeline and policies that Rasa proposes for Chinese FAQ, with its default fallback."""
    trained = {"random_seed": seed, "constrain_similarities": True}
    return {
        "recipe": "default.v1",
        "assistant_id": "stock-rasa",
        "language": "zh",
        "pipeline": [
            {"name": "JiebaTokenizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, **trained},
            {"name": "ResponseSelector", "epochs": selector_epochs, **trained},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [{"name": "MemoizationPolicy"}, {"name": "RulePolicy"}],
    }


def domain(entries: int, intents: list[str]) -> dict[str, Any]:
    """An intent and a response for everything."""
    responses: dict[str, Any] = {f"utter_faq/{number}": [{"text": f"entry {number}"}] for number in range(entries)}
    responses["utter_person"] = [{"text": PERSON}]
    responses["utter_talk"] = [{"text": "hello"}]
    names = ["faq", *intents]
    return {"version": "3.1", "intents": names, "responses": responses, "actions": ["utter_faq"]}


def rules(intents: list[str]) -> dict[str, Any]:
    """What follows each intent."""
    acts = {"faq": "utter_faq", "nlu_fallback": "utter_person"}
    acts |= {intent: "utter_person" if intent in TO_PERSON else "utter_talk" for intent in intents}
    return {
        "version": "3.1",
        "rules": [{"rule": name, "steps": [{"intent": name}, {"action": action}]} for name, action in acts.items()],
    }


def examples(entries: list[list[str]], intents: dict[str, list[str]]) -> dict[str, Any]:
    """Training data in the JSON form, which reads brackets as brackets: in the YAML form they mark entities."""
    faq = [(f"faq/{number}", text) for number, texts in enumerate(entries) for text in texts]
    talk = [(name, text) for name, texts in intents.items() for text in texts]
    return {"rasa_nlu_data": {"common_examples": [{"intent": name, "text": text} for name, text in faq + talk]}}


def _yaml(content: dict[str, Any]) -> str:
    """Rasa knows a file of rules by the key at the beginning of a line; without one it would train no policies."""
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in content.items())


def train(wanted: dict[str, Any], folder: Path) -> str:
    """Train the bot in ``folder``; returns the path of its model."""
    import rasa

    intents = sorted(wanted["intents"])
    files = {
        "config.yml": configuration(wanted["epochs"], wanted["selector_epochs"], wanted["seed"]),
        "domain.yml": domain(len(wanted["entries"]), intents),
        "rules.yml": rules(intents),
        "nlu.json": examples(wanted["entries"], wanted["intents"]),
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content) if name.endswith("json") else _yaml(content), encoding="utf-8")
    result = rasa.train(
        domain=str(folder / "domain.yml"),
        config=str(folder / "config.yml"),
        training_files=[str(folder / "nlu.json"), str(folder / "rules.yml")],
        output=str(folder),
        force_training=True,
    )
    if result.code != 0 or not result.model:
        raise SystemExit(f"Rasa's training failed with code {result.code}.")
    return str(result.model)


def serve(model: str, port: int, folder: Path) -> None:
    """Listen until the process is stopped."""
    from rasa.core.channels.rest import RestInput
    from rasa.core.run import close_resources, configure_app, load_agent_on_start
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    endpoints = AvailableEndpoints(tracker_store=EndpointConfig(type="SQL", dialect="sqlite", db=str(folder / "t.db")))
    app = configure_app([RestInput()], endpoints=endpoints, port=port)
    app.register_listener(partial(load_agent_on_start, model, endpoints, None), "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    app.run(host="127.0.0.1", port=port, workers=1, access_log=False, motd=False)


def main() -> None:
    """Train on the line of standard input, then serve; what Rasa prints goes to standard error."""
    os.environ.update(RASA_TELEMETRY_ENABLED="false", RASA_MAX_CACHE_SIZE="0", TF_CPP_MIN_LOG_LEVEL="2")
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as replies:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        wanted = json.loads(sys.stdin.readline())
        from rasa.utils.log_utils import configure_structlog

        warnings.simplefilter("ignore")
        configure_structlog(logging.WARNING)
        asyncio.set_event_loop(asyncio.new_event_loop())
        folder = Path(wanted["folder"])
        begun = time.perf_counter()
        model = train(wanted, folder)
        print(json.dumps({"trained_seconds": time.perf_counter() - begun}), file=replies, flush=True)
        serve(model, wanted["port"], folder)


if __name__ == "__main__":
    main()
