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
    op.execute(
        "UPDATE api_keys SET permissions = permissions || '[\"access.view\"]' WHERE permissions @> '[\"access.edit\"]' AND NOT permissions @> '[\"access.view\"]'"
    )
    op.execute(
        "UPDATE api_keys SET permissions = permissions || '[\"reports.view\"]' WHERE permissions @> '[\"discounts.view\"]' AND NOT permissions @> '[\"reports.view\"]'"
    )
    op.execute(
        "UPDATE roles SET permissions = permissions || '[\"access.view\"]', version = version + 1 WHERE permissions @> '[\"access.edit\"]' AND NOT permissions @> '[\"access.view\"]'"
    )
    op.execute(
        "UPDATE roles SET permissions = permissions || '[\"reports.view\"]', version = version + 1 WHERE permissions @> '[\"discounts.view\"]' AND NOT permissions @> '[\"reports.view\"]' AND (version > 1 OR slug NOT IN ('order_operator', 'sales_manager', 'ecommerce_manager', 'sales_agent'))"
    )


def downgrade() -> None:
    op.drop_column("order_notes", "version")
    op.drop_column("channels", "version")
