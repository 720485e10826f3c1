"""expressions of editors."""

import sqlalchemy as sa
from alembic import op

from kit.database import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kb_expressions",
        sa.Column("expression", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("meaning", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("expression", name=op.f("pk_kb_expressions")),
    )


def downgrade() -> None:
    op.drop_table("kb_expressions")
