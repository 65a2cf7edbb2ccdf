"""Channels and people"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum("person", "key", "connector", "system", name="actorkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("correlation_id", sa.String(), nullable=True),
        sa.Column("ip", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_action", "audit_entries", ["action", "at", "id"], unique=False)
    op.create_index("ix_audit_entries_actor", "audit_entries", ["actor_id", "at", "id"], unique=False)
    op.create_index("ix_audit_entries_at", "audit_entries", ["at", "id"], unique=False)
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject_id", "at", "id"], unique=False)
    op.create_index("ix_audit_entries_subject_kind", "audit_entries", ["subject_kind", "at", "id"], unique=False)
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
    op.execute(
        "create function keep_audit_entries() returns trigger language plpgsql as $$ begin if current_setting('omnisales.audit_retention', true) = 'on' then return case tg_op when 'DELETE' then old else new end; end if; raise exception 'audit entries are never changed or removed' using errcode = 'insufficient_privilege'; end $$"
    )
    op.execute(
        "create trigger keep before update or delete on audit_entries for each row execute function keep_audit_entries()"
    )
    op.execute(
        "create trigger keep_all before truncate on audit_entries for each statement execute function keep_audit_entries()"
    )


def downgrade() -> None:
    op.drop_column("order_notes", "version")
    op.drop_column("channels", "version")
    op.drop_index("ix_audit_entries_subject_kind", table_name="audit_entries")
    op.drop_index("ix_audit_entries_subject", table_name="audit_entries")
    op.drop_index("ix_audit_entries_at", table_name="audit_entries")
    op.drop_index("ix_audit_entries_actor", table_name="audit_entries")
    op.drop_index("ix_audit_entries_action", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.execute("drop function keep_audit_entries()")
