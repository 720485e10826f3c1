"""Rasa's ResponseSelector as a process of its own: lines of JSON come in, and each is answered by one.

`evaluation.benchmarks.rasa_peer` runs it with the Python of the bot's environment, the only one that has Rasa. That is
Python 3.10, and has nothing of the product's own environment.

The first line is ``{"entries": [[question, ...], ...], "epochs": ..., "seed": ...}``, answered by ``{"seconds": ...}``,
the time to train and to load what was trained. Each further line is a list of questions, answered by a list of
``{"ranked": [position of an entry, best first], "confidence": ..., "ms": ...}``. One thread does it all.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, TextIO

INTENT = "faq"
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_INTRA_OP_PARALLELISM_THREADS",
    "TF_INTER_OP_PARALLELISM_THREADS",
)


def prepare() -> None:
    """Sets this process to one thread and keeps Rasa quiet; to be called before anything is imported from it."""
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    os.environ.update(RASA_TELEMETRY_ENABLED="false", RASA_MAX_CACHE_SIZE="0", TF_CPP_MIN_LOG_LEVEL="2")

    from rasa.utils.log_utils import configure_structlog
    from rasa.utils.tensorflow.environment import setup_tf_environment

    warnings.simplefilter("ignore")
    configure_structlog(logging.WARNING)
    setup_tf_environment()


def configuration(epochs: int, seed: int) -> dict[str, Any]:
    """The pipeline: words of both languages, parts of words, and the selector as Rasa proposes it for a new bot."""
    return {
        "recipe": "default.v1",
        "assistant_id": "rasa-selector",
        "language": "zh",
        "pipeline": [
            {"name": "bot.nlu.tokeniser.BilingualJiebaTokenizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "ResponseSelector", "epochs": epochs, "random_seed": seed, "constrain_similarities": True},
        ],
    }


def examples(entries: list[list[str]]) -> dict[str, Any]:
    """Training data in the JSON form, which reads brackets as brackets: in the YAML form they mark entities."""
    return {
        "rasa_nlu_data": {
            "common_examples": [
                {"text": question, "intent": f"{INTENT}/{position}"}
                for position, questions in enumerate(entries)
                for question in questions
            ]
        }
    }


def trained(entries: list[list[str]], epochs: int, seed: int, folder: Path) -> Any:
    """An agent that was trained on the entries and loaded from ``folder``."""
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    config, data = folder / "config.yml", folder / "data.json"
    config.write_text(json.dumps(configuration(epochs, seed)), encoding="utf-8")
    data.write_text(json.dumps(examples(entries)), encoding="utf-8")
    model = train_nlu(str(config), str(data), str(folder))
    if model is None:
        raise SystemExit("Rasa trained nothing.")
    return Agent.load(model)


async def reply(agent: Any, question: str) -> dict[str, Any]:
    """The entries of one question, and the time it took."""
    begun = time.perf_counter()
    parsed = await agent.parse_message(question)
    ms = 1000 * (time.perf_counter() - begun)
    ranking = parsed["response_selector"]["default"]["ranking"]
    return {
        "ranked": [int(label["intent_response_key"].rpartition("/")[2]) for label in ranking],
        "confidence": float(ranking[0]["confidence"]) if ranking else 0.0,
        "ms": ms,
    }


async def serve(lines: TextIO, replies: TextIO) -> None:
    """Train on the first line, then answer each of the others."""
    wanted = json.loads(lines.readline())
    prepare()
    import rasa.core.agent
    import rasa.model_training  # noqa: F401  # importing takes seconds that are not training's

    with tempfile.TemporaryDirectory(prefix="bilin-rasa-") as folder:
        begun = time.perf_counter()
        agent = trained(wanted["entries"], wanted["epochs"], wanted["seed"], Path(folder))
        print(json.dumps({"seconds": time.perf_counter() - begun}), file=replies, flush=True)
        for line in lines:
            print(json.dumps([await reply(agent, question) for question in json.loads(line)]), file=replies, flush=True)


def main() -> None:
    """Serve standard input; what Rasa prints goes to standard error, for standard output is ours."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as replies:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        asyncio.run(serve(sys.stdin, replies))


if __name__ == "__main__":
    main()
