"""Trains the assistant, unless the model of these very files is already there.

    bot/.venv/bin/python bot/train.py

Prints the path of the model as its last line.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path


def train(model: Path) -> None:
    """Trains into a temporary folder and moves the finished model into place.

    Raises:
        SystemExit: If Rasa reports an error.
    """
    import rasa

    from bot.model import BOT

    model.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=model.parent) as folder:
        result = rasa.train(
            domain=str(BOT / "domain.yml"),
            config=str(BOT / "config.yml"),
            training_files=[str(BOT / "data")],
            output=folder,
            fixed_model_name=model.name,
            force_training=True,
        )
        if result.code != 0 or not result.model:
            raise SystemExit(f"Training failed with code {result.code}.")
        os.replace(result.model, model)


def main() -> None:
    """Trains if needed and prints the model's path."""
    from bot.model import model_path
    from bot.process import prepare

    model = model_path()
    if model.exists():
        print("The model is up to date.")
    else:
        print("Loading Rasa ...", flush=True)
        started = time.monotonic()
        prepare()
        print("Training ...", flush=True)
        train(model)
        print(f"Trained in {time.monotonic() - started:.0f} s.")
    print(model, flush=True)


if __name__ == "__main__":
    # In place of this script's own folder, so that `bot` is found by its name.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    main()
