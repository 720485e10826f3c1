"""The list of entries is filtered by first and last day, and searched in risk statements too."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DAYS = ("valid_from", "valid_to")


def upgrade() -> None:
    with op.batch_alter_table("kb_revisions") as batch:
        for name in DAYS:
            batch.add_column(sa.Column(name, sa.Date(), nullable=True))
    _fill()


def _fill() -> None:
    """Rows that are there already, as they would have been written."""
    revisions = sa.table(
        "kb_revisions",
        sa.column("id", sa.Integer),
        sa.column("content", sa.JSON),
        sa.column("searched", sa.Text),
        *(sa.column(name, sa.Date) for name in DAYS),
    )
    connection = op.get_bind()
    changes = []
    for row in connection.execute(sa.select(revisions.c.id, revisions.c.content, revisions.c.searched)):
        days = {name: date.fromisoformat(row.content[name]) if row.content.get(name) else None for name in DAYS}
        risks = [said["risk"].casefold() for said in row.content["variants"].values() if said.get("risk")]
        if risks or any(days.values()):
            changes.append({"row": row.id, "searched": "\n".join([row.searched, *risks]), **days})
    if changes:
        connection.execute(revisions.update().where(revisions.c.id == sa.bindparam("row")), changes)


def downgrade() -> None:
    with op.batch_alter_table("kb_revisions") as batch:
        for name in DAYS:
            batch.drop_column(name)
