"""The order desk"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_groups")),
        sa.UniqueConstraint("slug", name=op.f("uq_customer_groups_slug")),
    )
    op.create_table(
        "product_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["product_groups.id"], name=op.f("fk_product_groups_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_groups")),
        sa.UniqueConstraint("slug", name=op.f("uq_product_groups_slug")),
    )
    op.create_index(op.f("ix_product_groups_parent_id"), "product_groups", ["parent_id"], unique=False)
    op.create_table(
        "roles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("permissions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("slug", name=op.f("uq_roles_slug")),
    )
    op.create_table(
        "customer_group_members",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_group_members_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["customer_groups.id"], name=op.f("fk_customer_group_members_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "group_id", name=op.f("pk_customer_group_members")),
    )
    op.create_index(op.f("ix_customer_group_members_group_id"), "customer_group_members", ["group_id"], unique=False)
    op.add_column(
        "api_keys",
        sa.Column(
            "roles", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.add_column("api_keys", sa.Column("created_by", sa.String(), nullable=True))
    op.create_index(
        "ix_orders_approve",
        "orders",
        ["approve_status", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("approve_status IS NOT NULL"),
    )
    op.create_index("ix_orders_channel_status", "orders", ["channel_id", "status", "created_at", "id"], unique=False)
    op.create_index("ix_orders_placed", "orders", ["placed_at", "id"], unique=False)
    op.create_index(
        "ix_orders_promised",
        "orders",
        ["promised_on", "id"],
        unique=False,
        postgresql_where=sa.text("promised_on IS NOT NULL"),
    )
    op.create_index(
        "ix_orders_seller",
        "orders",
        ["seller", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("seller IS NOT NULL"),
    )
    op.create_index("ix_orders_status_since", "orders", ["status", "status_since", "id"], unique=False)
    op.create_index(
        "ix_orders_ticket", "orders", ["ticket"], unique=False, postgresql_where=sa.text("ticket IS NOT NULL")
    )
    op.add_column("products", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_products_group_id"), "products", ["group_id"], unique=False)
    op.create_foreign_key(op.f("fk_products_group_id"), "products", "product_groups", ["group_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_products_group_id"), "products", type_="foreignkey")
    op.drop_index(op.f("ix_products_group_id"), table_name="products")
    op.drop_column("products", "group_id")
    op.drop_index("ix_orders_ticket", table_name="orders", postgresql_where=sa.text("ticket IS NOT NULL"))
    op.drop_index("ix_orders_status_since", table_name="orders")
    op.drop_index("ix_orders_seller", table_name="orders", postgresql_where=sa.text("seller IS NOT NULL"))
    op.drop_index("ix_orders_promised", table_name="orders", postgresql_where=sa.text("promised_on IS NOT NULL"))
    op.drop_index("ix_orders_placed", table_name="orders")
    op.drop_index("ix_orders_channel_status", table_name="orders")
    op.drop_index("ix_orders_approve", table_name="orders", postgresql_where=sa.text("approve_status IS NOT NULL"))
    op.drop_column("api_keys", "created_by")
    op.drop_column("api_keys", "roles")
    op.drop_index(op.f("ix_customer_group_members_group_id"), table_name="customer_group_members")
    op.drop_table("customer_group_members")
    op.drop_table("roles")
    op.drop_index(op.f("ix_product_groups_parent_id"), table_name="product_groups")
    op.drop_table("product_groups")
    op.drop_table("customer_groups")
