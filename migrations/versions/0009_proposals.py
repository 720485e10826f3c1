"""What is about to go live, for every worker to get ready for."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("kb_live_release") as batch:
        batch.add_column(sa.Column("proposed", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("kb_live_release") as batch:
        batch.drop_column("proposed")
