"""YAML by libyaml, where PyYAML was built with it: files of examples and content take a tenth of the time."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """What a document says, in plain values.

    Raises:
        yaml.YAMLError: it is none; the message names the line.
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader, either way
