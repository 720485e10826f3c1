"""notes, consultations, outcomes, ratings, edited suggestions, canned replies; customers across conversations."""

import sqlalchemy as sa
from alembic import op

from kit.database import Moment

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def _conversation() -> sa.Column[str]:
    return sa.Column("conversation_id", sa.String(length=32), nullable=False)


def _to_conversation(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_conversation_id_conversations")
    return sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=name)


def upgrade() -> None:
    with op.batch_alter_table("conversations") as batch:
        batch.add_column(sa.Column("customer_id", sa.String(length=32), nullable=True))
        batch.create_index(batch.f("ix_conversations_customer_id"), ["customer_id"])

    op.create_table(
        "case_notes",
        _conversation(),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        _to_conversation("case_notes"),
        sa.PrimaryKeyConstraint("conversation_id", "number", name=op.f("pk_case_notes")),
        sa.UniqueConstraint(
            "conversation_id", "author_id", "client_id", name=op.f("uq_case_notes_conversation_id_author_id_client_id")
        ),
    )
    op.create_table(
        "consultations",
        _conversation(),
        sa.Column("colleague_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("colleague_name", sa.String(length=120), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        _to_conversation("consultations"),
        sa.PrimaryKeyConstraint("conversation_id", "colleague_id", name=op.f("pk_consultations")),
    )
    op.create_index(op.f("ix_consultations_colleague_id"), "consultations", ["colleague_id"])
    op.create_table(
        "case_outcomes",
        _conversation(),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.String(length=120), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("agent_name", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        _to_conversation("case_outcomes"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_case_outcomes")),
    )
    op.create_index(op.f("ix_case_outcomes_at"), "case_outcomes", ["at"])
    op.create_table(
        "ratings",
        _conversation(),
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("agent_name", sa.String(length=120), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        _to_conversation("ratings"),
        sa.PrimaryKeyConstraint("conversation_id", "subject", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_agent_id"), "ratings", ["agent_id"])
    op.create_index(op.f("ix_ratings_at"), "ratings", ["at"])
    op.create_table(
        "edited_suggestions",
        _conversation(),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("suggested", sa.Text(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("agent_name", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        _to_conversation("edited_suggestions"),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_edited_suggestions")),
    )
    op.create_table(
        "bridged_conversations",
        _conversation(),
        sa.Column("told_seq", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        _to_conversation("bridged_conversations"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_bridged_conversations")),
    )
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
    )


def downgrade() -> None:
    op.drop_table("canned_replies")
    op.drop_table("bridged_conversations")
    for table in ("edited_suggestions", "ratings", "case_outcomes", "consultations", "case_notes"):
        op.drop_table(table)
    with op.batch_alter_table("conversations") as batch:
        batch.drop_index(batch.f("ix_conversations_customer_id"))
        batch.drop_column("customer_id")
