"""Channels and people"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channels", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("order_notes", sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("order_notes", "version")
    op.drop_column("channels", "version")
