"""teams, agents at the desk, left messages, and by what the queue is ordered."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from kit.database import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("holidays", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("scenarios", sa.JSON(), nullable=False),
        sa.Column("assignment", sa.String(length=10), nullable=False),
        sa.Column("overflow", sa.String(length=40), nullable=True),
        sa.Column("message_hours", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id_teams")),
        sa.PrimaryKeyConstraint("team_id", "staff_id", name=op.f("pk_team_members")),
    )
    op.create_table(
        "agent_profiles",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("languages", sa.JSON(), nullable=True),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_agent_profiles")),
    )
    op.create_table(
        "agent_presence",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chosen", sa.String(length=8), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("assigned_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_agent_presence")),
    )
    op.create_table(
        "desk_connections",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("heard_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_connections")),
    )
    op.create_index(op.f("ix_desk_connections_staff_id"), "desk_connections", ["staff_id"])
    op.create_table(
        "left_messages",
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("team", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("promised_at", Moment(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("agent_name", sa.String(length=120), nullable=True),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_left_messages")),
        sa.UniqueConstraint("conversation_id", "client_id", name=op.f("uq_left_messages_conversation_id_client_id")),
    )
    op.create_index(op.f("ix_left_messages_conversation_id"), "left_messages", ["conversation_id"])
    op.create_index(op.f("ix_left_messages_state"), "left_messages", ["state"])
    with op.batch_alter_table("conversations") as batch:
        batch.drop_index("ix_conversations_queue")
        batch.add_column(sa.Column("customer_class", sa.String(length=10), nullable=False, server_default="standard"))
        batch.add_column(sa.Column("team", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("scenario", sa.String(length=80), nullable=True))
        batch.add_column(sa.Column("queue_since", Moment(), nullable=True))
        batch.add_column(sa.Column("last_agent_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("last_agent_at", Moment(), nullable=True))
        batch.create_index("ix_conversations_queue", ["owner", "queue_since"])
    _order_those_who_wait()
    with op.batch_alter_table("owner_changes") as batch:
        batch.add_column(sa.Column("agent_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("team", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("priority", sa.Integer(), nullable=True))
        batch.create_index(op.f("ix_owner_changes_at"), ["at"])


def _order_those_who_wait() -> None:
    """Until now 1 was the class of those in distress, and the only one."""
    conversations = sa.table(
        "conversations",
        sa.column("id", sa.String),
        sa.column("priority", sa.Integer),
        sa.column("waiting_since", Moment()),
        sa.column("queue_since", Moment()),
    )
    bind = op.get_bind()
    bind.execute(conversations.update().where(conversations.c.priority == 1).values(priority=4))
    waiting = sa.select(conversations).where(conversations.c.waiting_since.is_not(None))
    for row in bind.execute(waiting).all():
        since = row.waiting_since - timedelta(hours=4 if row.priority == 4 else 0)
        bind.execute(conversations.update().where(conversations.c.id == row.id).values(queue_since=since))


def downgrade() -> None:
    with op.batch_alter_table("owner_changes") as batch:
        batch.drop_index(op.f("ix_owner_changes_at"))
        for column in ("priority", "team", "agent_id"):
            batch.drop_column(column)
    with op.batch_alter_table("conversations") as batch:
        batch.drop_index("ix_conversations_queue")
        for column in ("last_agent_at", "last_agent_id", "queue_since", "scenario", "team", "customer_class"):
            batch.drop_column(column)
        batch.create_index("ix_conversations_queue", ["owner", "priority", "waiting_since"])
    for table in (
        "left_messages",
        "desk_connections",
        "agent_presence",
        "agent_profiles",
        "team_members",
        "teams",
    ):
        op.drop_table(table)
