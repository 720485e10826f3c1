"""insight: what happened to entries in conversations, questions asked in vain, suggestions, origins of drafts."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from kit.database import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LOT = 1000

_uses = sa.table(
    "entry_uses",
    sa.column("conversation_id", sa.String),
    sa.column("seq", sa.Integer),
    sa.column("use", sa.String),
    sa.column("entry_id", sa.String),
    sa.column("language", sa.String),
    sa.column("release_id", sa.Integer),
    sa.column("revision", sa.Integer),
    sa.column("at", Moment),
)
_unanswered = sa.table(
    "unanswered_questions",
    sa.column("conversation_id", sa.String),
    sa.column("seq", sa.Integer),
    sa.column("why", sa.String),
    sa.column("at", Moment),
    sa.column("taken", sa.Boolean),
)
_messages = sa.table(
    "messages",
    sa.column("conversation_id", sa.String),
    sa.column("seq", sa.Integer),
    sa.column("sender", sa.String),
    sa.column("kind", sa.String),
    sa.column("language", sa.String),
    sa.column("data", sa.JSON),
    sa.column("turn", sa.JSON),
    sa.column("helpful", sa.Boolean),
    sa.column("created_at", Moment),
)


def upgrade() -> None:
    op.create_table(
        "entry_uses",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("use", sa.String(length=12), nullable=False),
        sa.Column("entry_id", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_entry_uses_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", "use", "entry_id", name=op.f("pk_entry_uses")),
    )
    op.create_index("ix_entry_uses_counted", "entry_uses", ["at", "use", "entry_id", "language"])
    op.create_index("ix_entry_uses_of_entry", "entry_uses", ["entry_id", "at"])
    op.create_table(
        "unanswered_questions",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_unanswered_questions_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_unanswered_questions")),
    )
    op.create_index("ix_unanswered_questions_waiting", "unanswered_questions", ["taken", "at"])
    _create_suggestions()
    _fill()


def _create_suggestions() -> None:
    op.create_table(
        "kb_suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("encoder", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_seen", Moment(), nullable=False),
        sa.Column("last_seen", Moment(), nullable=False),
        sa.Column("nearest_id", sa.String(length=120), nullable=True),
        sa.Column("nearest_confidence", sa.Double(), nullable=True),
        sa.Column("scenario", sa.String(length=120), nullable=False),
        sa.Column("entry_id", sa.String(length=120), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_suggestions")),
    )
    op.create_index("ix_kb_suggestions_listed", "kb_suggestions", ["status", "count", "last_seen"])
    op.create_index("ix_kb_suggestions_last_seen", "kb_suggestions", ["last_seen"])
    op.create_table(
        "kb_suggested_questions",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["kb_suggestions.id"],
            name=op.f("fk_kb_suggested_questions_suggestion_id_kb_suggestions"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_kb_suggested_questions")),
    )
    op.create_index(op.f("ix_kb_suggested_questions_suggestion_id"), "kb_suggested_questions", ["suggestion_id"])
    op.create_index(
        "ix_kb_suggested_questions_week", "kb_suggested_questions", ["week", "suggestion_id", "language", "why"]
    )
    op.create_table(
        "kb_origins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=120), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=True),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["kb_entries.id"], name=op.f("fk_kb_origins_entry_id_kb_entries")),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["kb_suggestions.id"], name=op.f("fk_kb_origins_suggestion_id_kb_suggestions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_origins")),
    )
    op.create_index(op.f("ix_kb_origins_entry_id"), "kb_origins", ["entry_id"])


def _fill() -> None:
    """What the conversations that are there already say, but for handoffs after an answer."""
    connection = op.get_bind()
    uses: list[dict[str, Any]] = []
    unanswered: list[dict[str, Any]] = []
    for _, conversation in groupby(_stored(connection), key=lambda row: row.conversation_id):
        rows = list(conversation)
        uses += _uses_in(rows)
        unanswered += _unanswered_in(rows)
        if len(uses) + len(unanswered) >= LOT:
            _write(connection, uses, unanswered)
            uses, unanswered = [], []
    _write(connection, uses, unanswered)


def _stored(connection: sa.Connection) -> Iterator[Any]:
    """All messages, in lots: a large table is never in memory whole."""
    after = ("", 0)
    while True:
        key = sa.tuple_(_messages.c.conversation_id, _messages.c.seq)
        rows = connection.execute(
            sa.select(_messages)
            .where(key > sa.tuple_(sa.literal(after[0]), sa.literal(after[1])))
            .order_by(_messages.c.conversation_id, _messages.c.seq)
            .limit(LOT)
        ).all()
        if not rows:
            return
        yield from rows
        after = (rows[-1].conversation_id, rows[-1].seq)


def _uses_in(rows: list[Any]) -> list[dict[str, Any]]:
    found: dict[tuple[int, str, str], dict[str, Any]] = {}
    offered: set[str] = set()

    def note(row: Any, use: str, entry_id: str, release_id: int | None = None) -> None:
        found[row.seq, use, entry_id] = {
            "conversation_id": row.conversation_id,
            "seq": row.seq,
            "use": use,
            "entry_id": entry_id,
            "language": row.language,
            "release_id": release_id,
            "revision": None,
            "at": row.created_at,
        }

    for row in rows:
        data = row.data or {}
        if row.sender == "bot" and row.kind == "answer" and "entry_id" in data:
            note(row, "answered", data["entry_id"], data.get("release_id"))
            if row.helpful is not None:
                note(row, "helpful" if row.helpful else "unhelpful", data["entry_id"])
        elif row.sender == "bot" and row.kind == "choices":
            for choice in data.get("choices", []):
                offered.add(choice["entry_id"])
                note(row, "offered", choice["entry_id"])
        elif row.sender == "customer" and data.get("choice") in offered:
            note(row, "chosen", data["choice"])
    return list(found.values())


def _unanswered_in(rows: list[Any]) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    asked: Any = None
    for row in rows:
        turn = row.turn or {}
        if row.sender == "customer":
            pressed = (row.data or {}).get("choice")
            asked = asked if pressed else row
            outcome = turn.get("outcome")
            if outcome == "decline" or (outcome == "handoff" and "candidates" in turn):
                _note_unanswered(found, row, outcome, row.created_at)
            elif outcome == "handoff" and pressed == "none":
                _note_unanswered(found, asked, "none_of_these", row.created_at)
        elif row.sender == "bot" and row.helpful is False:
            _note_unanswered(found, asked, "not_helpful", row.created_at)
    return list(found.values())


def _note_unanswered(found: dict[int, dict[str, Any]], asked: Any, why: str, at: Any) -> None:
    if asked is not None:
        row = {"conversation_id": asked.conversation_id, "seq": asked.seq, "why": why, "at": at, "taken": False}
        found.setdefault(asked.seq, row)


def _write(connection: sa.Connection, uses: list[dict[str, Any]], unanswered: list[dict[str, Any]]) -> None:
    for table, rows in ((_uses, uses), (_unanswered, unanswered)):
        if rows:
            connection.execute(sa.insert(table), rows)


def downgrade() -> None:
    for table in ("kb_origins", "kb_suggested_questions", "kb_suggestions", "unanswered_questions", "entry_uses"):
        op.drop_table(table)
