"""review: who approved what, comments, and what the list of entries is searched and filtered by."""

import sqlalchemy as sa
from alembic import op

from kit.database import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("scenario", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("searched", sa.Text(), nullable=False, server_default=""),
        sa.Column("zh_changed", sa.Integer(), nullable=True),
        sa.Column("en_changed", sa.Integer(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("reviewer", sa.String(length=120), nullable=True),
        sa.Column("reviewed_at", Moment(), nullable=True),
    )


def upgrade() -> None:
    with op.batch_alter_table("kb_revisions") as batch_op:
        for column in _columns():
            batch_op.add_column(column)
    with op.batch_alter_table("kb_entries") as batch_op:
        batch_op.add_column(sa.Column("newest_id", sa.Integer(), nullable=True))
    op.create_table(
        "kb_comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["kb_entries.id"], name=op.f("fk_kb_comments_entry_id_kb_entries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_comments")),
    )
    with op.batch_alter_table("kb_comments") as batch_op:
        batch_op.create_index(batch_op.f("ix_kb_comments_entry_id"), ["entry_id"], unique=False)
    _fill()


def _fill() -> None:
    """Rows that are there already, as they would have been written. Nothing tells when one language changed alone."""
    revisions = sa.table(
        "kb_revisions",
        sa.column("id", sa.Integer),
        sa.column("entry_id", sa.String),
        sa.column("number", sa.Integer),
        sa.column("content", sa.JSON),
        sa.column("scenario", sa.String),
        sa.column("searched", sa.Text),
        sa.column("zh_changed", sa.Integer),
        sa.column("en_changed", sa.Integer),
    )
    entries = sa.table("kb_entries", sa.column("id", sa.String), sa.column("newest_id", sa.Integer))
    connection = op.get_bind()
    newest: dict[str, tuple[int, int]] = {}
    for row in connection.execute(
        sa.select(revisions.c.id, revisions.c.entry_id, revisions.c.number, revisions.c.content)
    ).all():
        variants = row.content["variants"]
        said = [row.entry_id]
        for variant in variants.values():
            said += [variant["question"], *variant["similar"], variant["answer"]]
        connection.execute(
            revisions.update()
            .where(revisions.c.id == row.id)
            .values(
                scenario=row.content["scenario"],
                searched="\n".join(said).casefold(),
                zh_changed=row.number if "zh" in variants else None,
                en_changed=row.number if "en" in variants else None,
            )
        )
        newest[row.entry_id] = max(newest.get(row.entry_id, (0, 0)), (row.number, row.id))
    for entry_id, (_, revision_id) in newest.items():
        connection.execute(entries.update().where(entries.c.id == entry_id).values(newest_id=revision_id))


def downgrade() -> None:
    op.drop_table("kb_comments")
    with op.batch_alter_table("kb_entries") as batch_op:
        batch_op.drop_column("newest_id")
    with op.batch_alter_table("kb_revisions") as batch_op:
        for column in _columns():
            batch_op.drop_column(column.name)
