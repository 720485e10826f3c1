"""Entries as text files: YAML as in ``kb/content``, with as many scenarios as there are, and JSON Lines."""

from __future__ import annotations

import itertools
import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from kb.content import LANGUAGES, EntryContent, Variant
from kb.exchange.imported import DATE_FIELDS, MAX_ROWS, Location, Row, checked, readable_id, shortened
from kb.exchange.sentences import said
from kit.errors import InvalidRequest
from kit.sentences import Bilingual, alike
from kit.yaml_text import SAFE_LOADER

# ── JSON Lines ────────────────────────────────────────────────────────────────────────────────────────────────────


class _Unusable(Exception):
    """A line that holds no object."""

    def __init__(self, problem: Bilingual) -> None:
        super().__init__(problem["en"])
        self.problem = problem


def read_jsonl(content: bytes) -> list[Row]:
    """An entry a line, as the evaluation's ``kb.jsonl``; fields that are null count as left out.

    Raises:
        InvalidRequest: no line is a JSON object, or there are too many.
    """
    rows: list[Row] = []
    found = False
    for number, line in enumerate(content.removeprefix(BOM_UTF8).split(b"\n"), start=1):
        if not line.strip():
            continue
        if len(rows) == MAX_ROWS:
            raise InvalidRequest(said("too_many_entries", most=MAX_ROWS))
        try:
            values = _object(line)
        except _Unusable as error:
            rows.append(Row(number, problem=error.problem))
        else:
            found = True
            rows.append(_json_row(number, values))
    if not found:
        raise InvalidRequest(said("json_none"))
    return rows


def _object(line: bytes) -> dict[str, Any]:
    """The object that a line holds.

    Raises:
        _Unusable: it holds none.
    """
    try:
        values = json.loads(line.decode(), object_pairs_hook=_unrepeated)
        if b"\\u" in line:
            json.dumps(values, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        raise _Unusable(said("json_not_utf8")) from None
    except UnicodeEncodeError:
        raise _Unusable(said("json_half_pair")) from None
    except RecursionError:
        raise _Unusable(said("json_too_deep")) from None
    except json.JSONDecodeError as error:
        raise _Unusable(said("json_invalid", column=error.colno, reason=_reason(error.msg))) from None
    except ValueError:
        raise _Unusable(said("json_number_too_long")) from None
    if not isinstance(values, dict):
        raise _Unusable(said("json_not_an_object"))
    return values


def _reason(words: str) -> Bilingual:
    """What a parser says, in both languages where it is known, else as the parser says it."""
    plain = words.rstrip(": ")
    return said.by_key.get(plain, alike(plain))


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Unusable(said("field_repeated", field=shortened(twice)))
    return values


def _json_row(number: int, values: dict[str, Any]) -> Row:
    said = {key: value for key, value in values.items() if value is not None}
    variants = said.get("variants")
    if isinstance(variants, dict):
        said["variants"] = {
            language: {key: value for key, value in variant.items() if value is not None}
            if isinstance(variant, dict)
            else variant
            for language, variant in variants.items()
            if variant
        }
    return checked(number, said, _json_name)


def _json_name(place: Location) -> str:
    return ".".join(str(part) for part in place if isinstance(part, str))


def write_jsonl(entries: Sequence[EntryContent]) -> bytes:
    """An entry a line. Fields are left out where they are as they would be without being said."""
    return "".join(json.dumps(_plain(entry), ensure_ascii=False) + "\n" for entry in entries).encode()


def _plain(entry: EntryContent) -> dict[str, Any]:
    """The entry as JSON takes it; ``question``, ``similar`` and ``answer`` are always said."""
    return {
        **entry.model_dump(mode="json", exclude_defaults=True, exclude={"variants"}),
        "variants": {
            language: variant.model_dump(mode="json", exclude={"risk"} if variant.risk is None else None)
            for language, variant in entry.variants.items()
        },
    }


# ── YAML ──────────────────────────────────────────────────────────────────────────────────────────────────────────

MAX_VALUES = 5_000_000

_DEEPEST = 6
_RESOLVERS: Any = yaml.SafeLoader.yaml_implicit_resolvers
_CONSTRUCTORS: Any = yaml.SafeLoader.yaml_constructors
_TYPES = frozenset(f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "null", "timestamp"))
_ODD = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SURELY_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


def read_yaml(content: bytes) -> list[Row]:
    """The entries of one or more content files, one after the other with a line ``---`` between them.

    Raises:
        InvalidRequest: it is not UTF-8, not YAML, has no entries, or too many.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidRequest(said("yaml_not_utf8", line=line)) from error
    try:
        return _Documents(text).rows()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else text.count("\n") + 1
        raise InvalidRequest(said("yaml_invalid", line=line, reason=_reason(error.problem or ""))) from error
    except yaml.YAMLError as error:
        raise InvalidRequest(said("yaml_control_characters")) from error


class _Documents:
    """Content files built from the events of a YAML parser.

    PyYAML's own builder takes a hundred times the memory of a file, multiplies what aliases and merge keys name, and
    keeps the last of two fields of one name without a word.
    """

    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=SAFE_LOADER)
        self._constructor = yaml.constructor.SafeConstructor()
        self._problem: Bilingual | None = None
        self._values = 0
        self._rows: list[Row] = []

    def rows(self) -> list[Row]:
        """The rows of all documents; a document without anything in it is passed over."""
        found = False
        for event in self._events:
            if isinstance(event, yaml.MappingStartEvent):
                found = True
                self._document()
            elif isinstance(event, yaml.NodeEvent) and getattr(event, "value", None) != "":
                raise InvalidRequest(said("yaml_needs"))
        if not found:
            raise InvalidRequest(said("yaml_needs"))
        return self._rows

    def _document(self) -> None:
        scenario: Any = None
        entries: list[tuple[int, Any, Bilingual | None]] | None = None
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, event = self._value(event, 0), next(self._events)
            if key == "entries" and isinstance(event, yaml.SequenceStartEvent) and entries is None:
                entries = list(self._entries())
            elif key == "scenario" and scenario is None:
                scenario = self._value(event, 0)
            else:
                self._value(event, 0)
                if key in ("entries", "scenario"):
                    raise InvalidRequest(said("yaml_needs"))
        if entries is None or not isinstance(scenario, str | int) or isinstance(scenario, bool):
            raise InvalidRequest(said("yaml_needs"))
        for line, raw, problem in entries:
            self._rows.append(_yaml_row(line, str(scenario), raw, problem))

    def _entries(self) -> Iterator[tuple[int, Any, Bilingual | None]]:
        """Line, value and first problem of each entry."""
        for count in itertools.count(len(self._rows)):
            event = next(self._events)
            if isinstance(event, yaml.SequenceEndEvent):
                return
            if count == MAX_ROWS:
                raise InvalidRequest(said("too_many_entries", most=MAX_ROWS))
            self._problem = None
            line = _line(event)
            yield line, self._value(event, 0), self._problem

    def _value(self, event: yaml.Event, depth: int) -> Any:
        """The value that begins with an event; what is not read becomes None and a problem."""
        self._values += 1
        if self._values > MAX_VALUES:
            raise InvalidRequest(said("yaml_too_many_values", most=MAX_VALUES))
        if depth > _DEEPEST:
            raise InvalidRequest(said("yaml_too_deep", line=_line(event)))
        if getattr(event, "anchor", None) is not None:
            self._problem = self._problem or said("yaml_anchor")
        if getattr(event, "tag", None) is not None:
            self._problem = self._problem or said("yaml_tag")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
                items.append(self._value(event, depth + 1))
            return items
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth)
        return None

    def _mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            if not isinstance(key, str):
                self._problem = self._problem or said("yaml_name_not_text")
                key = ""
            elif key in found:
                self._problem = self._problem or said("field_repeated", field=shortened(key))
            found[key] = self._value(next(self._events), depth + 1)
        return found

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        tag = _type_of(event.value) if event.implicit[0] else None
        try:
            return _CONSTRUCTORS[tag](self._constructor, yaml.ScalarNode(tag, event.value)) if tag else event.value
        except ValueError:  # 2026-13-45 looks like a date
            return event.value


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _type_of(plain: str) -> str | None:
    """The tag of what YAML 1.1 takes for something else than text when it stands without quotation marks."""
    for tag, pattern in itertools.chain(_RESOLVERS.get(plain[:1], ()), _RESOLVERS.get(None, ())):
        if pattern.match(plain):
            return tag if tag in _TYPES else None
    return None


def _yaml_row(line: int, scenario: str, raw: Any, problem: Bilingual | None) -> Row:
    if not isinstance(raw, dict):
        return Row(line, problem=problem or said("yaml_without_fields"))
    entry_id = readable_id(raw)
    if problem:
        return Row(line, None, entry_id, None, problem)
    for field in ("scenario", "variants"):
        if field in raw:
            return Row(line, None, entry_id, field, said("yaml_not_a_field", field=field))
    values = {key: value for key, value in raw.items() if key not in LANGUAGES}
    variants = {language: raw[language] for language in LANGUAGES if raw.get(language)}
    return checked(line, {**values, "scenario": scenario, "variants": variants}, _yaml_name)


def _yaml_name(place: Location) -> str:
    return _json_name(place).removeprefix("variants.").replace("variants", LANGUAGES[0])


def write_yaml(entries: Sequence[EntryContent]) -> bytes:
    """Content files as people write them, one a scenario, in the order of the entries."""
    documents = []
    for scenario, group in itertools.groupby(entries, key=lambda entry: entry.scenario):
        lines = [f"scenario: {_scalar(scenario)}", "entries:"]
        for entry in group:
            lines.extend(_entry_lines(entry))
        documents.append("\n".join(lines) + "\n")
    return "---\n".join(documents).encode()


def _entry_lines(entry: EntryContent) -> Iterator[str]:
    yield f"  - id: {_scalar(entry.id)}"
    yield f"    audience: {entry.audience}"
    yield f"    risk_class: {entry.risk_class}"
    if entry.featured:
        yield "    featured: true"
    for field in DATE_FIELDS:
        if (day := getattr(entry, field)) is not None:
            yield f"    {field}: {day.isoformat()}"
    if entry.related:
        yield f"    related: [{', '.join(map(_flow_scalar, entry.related))}]"
    for language in LANGUAGES:
        if language in entry.variants:
            yield f"    {language}:"
            yield from _variant_lines(entry.variants[language])


def _variant_lines(variant: Variant) -> Iterator[str]:
    yield f"      question: {_block(variant.question)}"
    if variant.similar:
        yield "      similar:"
        yield from (f"        - {_scalar(text)}" for text in variant.similar)
    if variant.answer:
        yield f"      answer: {_block(variant.answer)}"
    if variant.risk is not None:
        yield f"      risk: {_block(variant.risk)}"


def _block(text: str) -> str:
    """Several lines as they are. The line end after them is no part of a text that is stripped when it is read."""
    if "\n" not in text or _ODD.search(text):
        return _scalar(text)
    return "|\n" + "\n".join(f"        {line}" if line else "" for line in text.split("\n"))


def _scalar(text: str) -> str:
    """A text without quotation marks where it is one without them for certain."""
    plain = text[:1].isalnum() and text == text.strip() and not re.search(r"[\t\n]|: | #|:$", text)
    return text if plain and not _ODD.search(text) and not _looks_special(text) else _quoted(text)


def _flow_scalar(text: str) -> str:
    return text if _SURELY_TEXT.fullmatch(text) and not _looks_special(text) else _quoted(text)


def _looks_special(text: str) -> bool:
    return any(pattern.match(text) for _, pattern in _RESOLVERS.get(text[:1], ()))


def _quoted(text: str) -> str:
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
