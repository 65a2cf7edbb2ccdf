"""The order desk"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create extension if not exists unaccent")
    op.execute(
        "create or replace function phone_key(phone text) returns text language sql immutable parallel safe return nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 9), '')"
    )
    op.execute(
        "create or replace function search_plain(words text) returns text language sql immutable parallel safe return lower(unaccent(words))"
    )
    op.execute(
        "create or replace function search_words(words text) returns text language sql immutable parallel safe cost 1000 return translate(lower(unaccent(words)), '!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~', '                                ')"
    )
    op.execute(
        "create or replace function search_vector(words text) returns tsvector language sql immutable parallel safe return to_tsvector('simple', search_words(words))"
    )
    op.execute(
        "create or replace function search_query(words text) returns tsquery language sql immutable parallel safe return to_tsquery('simple', regexp_replace(nullif(btrim(search_words(words)), ''), ' +', ':* & ', 'g') || ':*')"
    )
    op.execute(
        "create or replace function customer_text(name varchar, email varchar, company varchar, tax_id varchar) returns text language sql immutable parallel safe return lower(unaccent(name || chr(10) || coalesce(email, '') || chr(10) || coalesce(company, '') || chr(10) || coalesce(tax_id, '')))"
    )
    op.execute(
        "create or replace function order_vector(shipping jsonb, billing jsonb, tax_id text, note text) returns tsvector language sql immutable parallel safe return to_tsvector('simple', search_words(coalesce(shipping ->> 'name', '') || ' ' || coalesce(shipping ->> 'company', '') || ' ' || coalesce(shipping ->> 'email', '') || ' ' || coalesce(shipping ->> 'street', '') || ' ' || coalesce(shipping ->> 'city', '') || ' ' || coalesce(billing ->> 'name', '') || ' ' || coalesce(billing ->> 'company', '') || ' ' || coalesce(billing ->> 'email', '') || ' ' || coalesce(billing ->> 'street', '') || ' ' || coalesce(billing ->> 'city', '') || ' ' || coalesce(tax_id, '') || ' ' || coalesce(regexp_replace(tax_id, '[^0-9]', '', 'g'), '') || ' ' || coalesce(note, '')))"
    )
    op.create_table(
        "bulk_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "CONFIRM",
                "HOLD",
                "RESUME",
                "CANCEL",
                "MOVE",
                "APPROVE",
                "CREATE_DELIVERY_NOTE",
                "PRINT_LABELS",
                name="bulkaction",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("to", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("actor", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum("RUNNING", "DONE", "CANCELLED", name="runstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("background", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_runs")),
    )
    op.create_index(op.f("ix_bulk_runs_started_at"), "bulk_runs", ["started_at"], unique=False)
    op.create_table(
        "business_calendar",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("hours", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("closed", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("worked", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_business_calendar_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_calendar")),
    )
    op.create_table(
        "changes",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "xid", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text::bigint)"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_at", "changes", ["at"], unique=False)
    op.create_index("ix_changes_read", "changes", ["xid", "position"], unique=False)
    op.create_table(
        "customer_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_groups")),
        sa.UniqueConstraint("slug", name=op.f("uq_customer_groups_slug")),
    )
    op.create_table(
        "exchange_rates",
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("multiplier", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("currency", "day", name=op.f("pk_exchange_rates")),
    )
    op.create_table(
        "feed_start",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_feed_start_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_start")),
    )
    op.create_table(
        "metafield_definitions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "owner",
            sa.Enum("ORDER", "LINE", "CUSTOMER", "PRODUCT", name="owner", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "TEXT",
                "INTEGER",
                "DECIMAL",
                "BOOLEAN",
                "DATE",
                "DATETIME",
                "CHOICE",
                name="fieldkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("choices", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("filterable", sa.Boolean(), nullable=False),
        sa.Column("permission", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metafield_definitions")),
        sa.UniqueConstraint("owner", "key", name=op.f("uq_metafield_definitions_owner_key")),
    )
    op.create_table(
        "omni_order_approval_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("channels", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("order_types", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("conditions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("steps", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_omni_order_approval_rules")),
    )
    op.create_index(
        "ix_approval_rules_active",
        "omni_order_approval_rules",
        ["priority"],
        unique=False,
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "order_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("owner_label", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filter", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("sort", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("columns", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_views")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_order_views_owner_name")),
    )
    op.create_index(
        "ix_order_views_shared", "order_views", ["updated_at"], unique=False, postgresql_where=sa.text("shared")
    )
    op.create_table(
        "price_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("CUSTOMER", "GROUP", "CHANNEL", "STANDARD", name="level", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_lists")),
        sa.UniqueConstraint("slug", name=op.f("uq_price_lists_slug")),
    )
    op.create_index("ix_price_lists_created", "price_lists", ["created_at", "id"], unique=False)
    op.create_table(
        "product_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
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
        "trade_discounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("formal", sa.Enum("AMOUNT", "PERCENT", name="formal", native_enum=False, length=40), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("minimum_order_value", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("voucher", sa.String(), nullable=True),
        sa.Column("voucher_key", sa.String(), nullable=True),
        sa.Column("clients", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("client_groups", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("items", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("item_groups", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("stores", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("limit_total", sa.Integer(), nullable=True),
        sa.Column("limit_per_client", sa.Integer(), nullable=True),
        sa.Column("stacks", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_discounts")),
    )
    op.create_index("ix_trade_discounts_created", "trade_discounts", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_trade_discounts_ends",
        "trade_discounts",
        ["ends_at", "id"],
        unique=False,
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.create_index(
        "uq_trade_discounts_voucher_key",
        "trade_discounts",
        ["voucher_key"],
        unique=True,
        postgresql_where=sa.text("archived_at IS NULL AND voucher_key IS NOT NULL"),
    )
    op.create_table(
        "bulk_items",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("given", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("expected_version", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("PENDING", "DONE", "REFUSED", "CANCELLED", name="itemstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("refusal", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("made", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["bulk_runs.id"], name=op.f("fk_bulk_items_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_bulk_items")),
    )
    op.create_index(
        "ix_bulk_items_pending",
        "bulk_items",
        ["run_id", "place"],
        unique=False,
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_index("ix_bulk_items_state", "bulk_items", ["run_id", "state", "place"], unique=False)
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
    op.create_table(
        "receipt_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("DRAFT", "APPROVED", "CANCELLED", name="receiptstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouses.id"], name=op.f("fk_receipt_notes_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_notes")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_notes_number")),
    )
    op.create_index("ix_receipt_notes_created", "receipt_notes", ["created_at", "id"], unique=False)
    op.create_index("ix_receipt_notes_state", "receipt_notes", ["state", "created_at", "id"], unique=False)
    op.create_table(
        "price_list_items",
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("min_quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_lists.id"], name=op.f("fk_price_list_items_price_list_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_price_list_items_variant_id")),
        sa.PrimaryKeyConstraint("price_list_id", "variant_id", "min_quantity", name=op.f("pk_price_list_items")),
    )
    op.create_index(op.f("ix_price_list_items_variant_id"), "price_list_items", ["variant_id"], unique=False)
    op.create_table(
        "price_list_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(customer_id, group_id, channel_id) = 1", name=op.f("ck_price_list_members_one_member")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_price_list_members_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_price_list_members_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["customer_groups.id"], name=op.f("fk_price_list_members_group_id")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_lists.id"], name=op.f("fk_price_list_members_price_list_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list_members")),
        sa.UniqueConstraint(
            "price_list_id",
            "customer_id",
            "group_id",
            "channel_id",
            name=op.f("uq_price_list_members_price_list_id_customer_id_group_id_channel_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_price_list_members_channel_id"), "price_list_members", ["channel_id"], unique=False)
    op.create_index(op.f("ix_price_list_members_customer_id"), "price_list_members", ["customer_id"], unique=False)
    op.create_index(op.f("ix_price_list_members_group_id"), "price_list_members", ["group_id"], unique=False)
    op.create_table(
        "procurement_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("OPEN", "ORDERED", "RECEIVED", "CANCELLED", name="requeststate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("assignee", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supplier", sa.String(), nullable=True),
        sa.Column("eta", sa.Date(), nullable=True),
        sa.Column("ordered_quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("received_quantity", sa.Numeric(precision=14, scale=3), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_procurement_requests_variant_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouses.id"], name=op.f("fk_procurement_requests_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procurement_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_procurement_requests_number")),
    )
    op.create_index(
        "ix_procurement_requests_live",
        "procurement_requests",
        ["variant_id", "warehouse_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('OPEN', 'ORDERED')"),
    )
    op.create_index(
        "ix_procurement_requests_state", "procurement_requests", ["state", "created_at", "id"], unique=False
    )
    op.create_index(
        "uq_procurement_requests_open",
        "procurement_requests",
        ["warehouse_id", "variant_id"],
        unique=True,
        postgresql_where=sa.text("state = 'OPEN'"),
    )
    op.create_table(
        "receipt_note_lines",
        sa.Column("receipt_note_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("batch", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["receipt_note_id"], ["receipt_notes.id"], name=op.f("fk_receipt_note_lines_receipt_note_id")
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_receipt_note_lines_variant_id")),
        sa.PrimaryKeyConstraint("receipt_note_id", "position", name=op.f("pk_receipt_note_lines")),
    )
    op.create_table(
        "discount_uses",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_discount_uses_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_discount_uses_order_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["trade_discounts.id"], name=op.f("fk_discount_uses_rule_id")),
        sa.PrimaryKeyConstraint("rule_id", "order_id", name=op.f("pk_discount_uses")),
    )
    op.create_index("ix_discount_uses_client", "discount_uses", ["rule_id", "customer_id"], unique=False)
    op.create_index(op.f("ix_discount_uses_order_id"), "discount_uses", ["order_id"], unique=False)
    op.create_table(
        "estimates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "accepted", "cancelled", name="estimatestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("seller", sa.String(), nullable=True),
        sa.Column("buyer_tax_id", sa.String(), nullable=True),
        sa.Column("billing", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("shipping", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("payment_method", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("charges", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("subtotal", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fee_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("shipping_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_estimates_channel_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_estimates_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_estimates_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimates")),
        sa.UniqueConstraint("number", name=op.f("uq_estimates_number")),
        sa.UniqueConstraint("order_id", name=op.f("uq_estimates_order_id")),
    )
    op.create_index("ix_estimates_created", "estimates", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_estimates_customer_id"), "estimates", ["customer_id"], unique=False)
    op.create_index("ix_estimates_seller", "estimates", ["seller", "created_at", "id"], unique=False)
    op.create_index("ix_estimates_state", "estimates", ["state", "created_at", "id"], unique=False)
    op.create_table(
        "omni_log_discount",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("rule_name", sa.String(), nullable=False),
        sa.Column("voucher", sa.String(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=True),
        sa.Column("sku", sa.String(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("original", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("after", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("saved", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_omni_log_discount_channel_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_omni_log_discount_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_omni_log_discount_order_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["trade_discounts.id"], name=op.f("fk_omni_log_discount_rule_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_omni_log_discount_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_omni_log_discount")),
    )
    op.create_index("ix_omni_log_discount_at", "omni_log_discount", ["at", "id"], unique=False)
    op.create_index(op.f("ix_omni_log_discount_customer_id"), "omni_log_discount", ["customer_id"], unique=False)
    op.create_index(op.f("ix_omni_log_discount_order_id"), "omni_log_discount", ["order_id"], unique=False)
    op.create_index("ix_omni_log_discount_rule", "omni_log_discount", ["rule_id", "at", "id"], unique=False)
    op.create_index(
        "ix_omni_log_discount_voucher",
        "omni_log_discount",
        [sa.literal_column("upper(voucher)"), "at", "id"],
        unique=False,
        postgresql_where=sa.text("voucher IS NOT NULL"),
    )
    op.create_table(
        "order_approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "asked", sa.Enum("ENTERED", "CHANGED", "AGAIN", name="asked", native_enum=False, length=40), nullable=False
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rules", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "PENDING", "APPROVED", "REJECTED", "SUPERSEDED", name="approvalstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_approvals_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_approvals")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_order_approvals_order_id_number")),
    )
    op.create_index(
        "ix_order_approvals_awaited",
        "order_approvals",
        ["role", "asked_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_index(
        "ix_order_approvals_oldest",
        "order_approvals",
        ["asked_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_index(
        "uq_order_approvals_pending",
        "order_approvals",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_table(
        "order_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "audience", sa.Enum("staff", "customer", name="noteaudience", native_enum=False, length=40), nullable=False
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_notes_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_notes")),
    )
    op.create_index(op.f("ix_order_notes_order_id"), "order_notes", ["order_id"], unique=False)
    op.create_index(
        "ix_order_notes_words",
        "order_notes",
        [sa.literal_column("search_vector(text)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "back_orders",
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_back_orders_order_id")),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name=op.f("fk_back_orders_order_line_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_back_orders_variant_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouses.id"], name=op.f("fk_back_orders_warehouse_id")),
        sa.PrimaryKeyConstraint("order_line_id", name=op.f("pk_back_orders")),
    )
    op.create_index(op.f("ix_back_orders_order_id"), "back_orders", ["order_id"], unique=False)
    op.create_index("ix_back_orders_variant", "back_orders", ["warehouse_id", "variant_id"], unique=False)
    op.create_table(
        "estimate_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("estimate_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("subtotal", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["estimate_id"], ["estimates.id"], name=op.f("fk_estimate_lines_estimate_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_estimate_lines_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimate_lines")),
        sa.UniqueConstraint("estimate_id", "position", name=op.f("uq_estimate_lines_estimate_id_position")),
    )
    op.create_index(op.f("ix_estimate_lines_variant_id"), "estimate_lines", ["variant_id"], unique=False)
    op.create_table(
        "order_approval_steps",
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["order_approvals.id"], name=op.f("fk_order_approval_steps_approval_id")
        ),
        sa.PrimaryKeyConstraint("approval_id", "number", name=op.f("pk_order_approval_steps")),
    )
    op.add_column(
        "api_keys",
        sa.Column(
            "roles", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.add_column("api_keys", sa.Column("created_by", sa.String(), nullable=True))
    op.add_column(
        "channels", sa.Column("stock_check_on_entry", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.add_column(
        "channels", sa.Column("pre_order_check_days", sa.Integer(), server_default=sa.text("7"), nullable=False)
    )
    op.add_column("channels", sa.Column("hold_expiry_hours", sa.Integer(), nullable=True))
    op.add_column("customers", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "customers", sa.Column("metafields", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.add_column(
        "customers",
        sa.Column(
            "searched",
            sa.Text(),
            sa.Computed("customer_text(name, email, company, tax_id)", persisted=True),
            nullable=False,
        ),
    )
    op.drop_index(
        op.f("ix_customers_email_trgm"),
        table_name="customers",
        postgresql_ops={"email": "gin_trgm_ops"},
        postgresql_using="gin",
    )
    op.drop_index(
        op.f("ix_customers_name_trgm"),
        table_name="customers",
        postgresql_ops={"name": "gin_trgm_ops"},
        postgresql_using="gin",
    )
    op.drop_index(op.f("ix_customers_phone"), table_name="customers", postgresql_where="(phone IS NOT NULL)")
    op.create_index("ix_customers_created", "customers", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_customers_metafields",
        "customers",
        ["metafields"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"metafields": "jsonb_path_ops"},
        postgresql_where=sa.text("metafields IS NOT NULL"),
    )
    op.create_index(
        "ix_customers_phone_key",
        "customers",
        [sa.literal_column("phone_key(phone)")],
        unique=False,
        postgresql_where=sa.text("phone_key(phone) IS NOT NULL"),
    )
    op.create_index(
        "ix_customers_searched",
        "customers",
        ["searched"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"searched": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_delivery_notes_open",
        "delivery_notes",
        ["order_id"],
        unique=False,
        postgresql_where=sa.text("state = 'OPEN'"),
    )
    op.add_column("order_discounts", sa.Column("rule_id", sa.Uuid(), nullable=True))
    op.add_column("order_discounts", sa.Column("voucher", sa.String(), nullable=True))
    op.create_foreign_key(op.f("fk_order_discounts_rule_id"), "order_discounts", "trade_discounts", ["rule_id"], ["id"])
    op.add_column("order_history", sa.Column("version", sa.Integer(), nullable=True))
    op.add_column(
        "order_lines",
        sa.Column("price_source", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.add_column(
        "order_lines",
        sa.Column("metafields", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.create_index(
        "ix_order_lines_metafields",
        "order_lines",
        ["metafields"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"metafields": "jsonb_path_ops"},
        postgresql_where=sa.text("metafields IS NOT NULL"),
    )
    op.create_index(
        "ix_order_lines_words",
        "order_lines",
        [sa.literal_column("search_vector(name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.add_column("orders", sa.Column("delivery_point_provider", sa.String(), nullable=True))
    op.add_column("orders", sa.Column("delivery_point_name", sa.String(), nullable=True))
    op.add_column("orders", sa.Column("reservation_expired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("short_on_entry", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("orders", sa.Column("short_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "orders", sa.Column("vouchers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.add_column(
        "orders", sa.Column("metafields", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.drop_index(
        op.f("ix_orders_billing_phone"),
        table_name="orders",
        postgresql_where="(((billing ->> 'phone'::text) IS NOT NULL) AND ((billing ->> 'phone'::text) IS DISTINCT FROM (shipping ->> 'phone'::text)))",
    )
    op.drop_index(
        op.f("ix_orders_shipping_phone"),
        table_name="orders",
        postgresql_where="((shipping ->> 'phone'::text) IS NOT NULL)",
    )
    op.create_index(
        "ix_orders_approve",
        "orders",
        ["approve_status", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("approve_status IS NOT NULL"),
    )
    op.create_index(
        "ix_orders_billing_phone_key",
        "orders",
        [sa.literal_column("phone_key(billing ->> 'phone')")],
        unique=False,
        postgresql_where=sa.text(
            "phone_key(billing ->> 'phone') IS NOT NULL AND phone_key(billing ->> 'phone') IS DISTINCT FROM phone_key(shipping ->> 'phone')"
        ),
    )
    op.create_index("ix_orders_channel_status", "orders", ["channel_id", "status", "created_at", "id"], unique=False)
    op.create_index(
        "ix_orders_confirmed",
        "orders",
        ["confirmed_at"],
        unique=False,
        postgresql_where=sa.text("confirmed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_orders_metafields",
        "orders",
        ["metafields"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"metafields": "jsonb_path_ops"},
        postgresql_where=sa.text("metafields IS NOT NULL"),
    )
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
    op.create_index(
        "ix_orders_shipping_phone_key",
        "orders",
        [sa.literal_column("phone_key(shipping ->> 'phone')")],
        unique=False,
        postgresql_where=sa.text("phone_key(shipping ->> 'phone') IS NOT NULL"),
    )
    op.create_index("ix_orders_status_since", "orders", ["status", "status_since", "id"], unique=False)
    op.create_index(
        "ix_orders_ticket", "orders", ["ticket"], unique=False, postgresql_where=sa.text("ticket IS NOT NULL")
    )
    op.create_index(
        "ix_orders_words",
        "orders",
        [sa.literal_column("order_vector(shipping, billing, buyer_tax_id, note)")],
        unique=False,
        postgresql_using="gin",
    )
    op.add_column("packing_lists", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("payments", sa.Column("reference", sa.String(), nullable=True))
    op.add_column("payments", sa.Column("reverses", sa.Uuid(), nullable=True))
    op.add_column("payments", sa.Column("voided", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "uq_payments_reference",
        "payments",
        ["order_id", "flow", "reference"],
        unique=True,
        postgresql_where=sa.text("reference IS NOT NULL AND NOT voided AND reverses IS NULL"),
    )
    op.create_unique_constraint(op.f("uq_payments_reverses"), "payments", ["reverses"])
    op.create_foreign_key(op.f("fk_payments_reverses"), "payments", "payments", ["reverses"], ["id"])
    op.add_column("products", sa.Column("description", sa.String(), server_default="", nullable=False))
    op.add_column("products", sa.Column("unit", sa.String(), nullable=True))
    op.add_column(
        "products",
        sa.Column(
            "images", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.add_column(
        "products",
        sa.Column(
            "option_names",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
    )
    op.add_column("products", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("products", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_products_group_id"), "products", ["group_id"], unique=False)
    op.create_foreign_key(op.f("fk_products_group_id"), "products", "product_groups", ["group_id"], ["id"])
    op.add_column(
        "stock_levels",
        sa.Column("quarantined", sa.Numeric(precision=14, scale=3), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "stock_moves",
        sa.Column("quarantined", sa.Numeric(precision=14, scale=3), server_default=sa.text("0"), nullable=False),
    )
    op.create_index("ix_stock_moves_newest", "stock_moves", ["variant_id", "at", "id"], unique=False)
    op.add_column(
        "variants",
        sa.Column(
            "options", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.add_column(
        "variants", sa.Column("metafields", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.drop_index(op.f("ix_variants_product_id"), table_name="variants")
    op.create_index(
        "ix_variants_barcode", "variants", ["barcode"], unique=False, postgresql_where=sa.text("barcode IS NOT NULL")
    )
    op.create_index("ix_variants_created", "variants", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_variants_metafields",
        "variants",
        ["metafields"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"metafields": "jsonb_path_ops"},
        postgresql_where=sa.text("metafields IS NOT NULL"),
    )
    op.create_index(
        "ix_variants_name_trgm",
        "variants",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index("ix_variants_product", "variants", ["product_id", "id"], unique=False)
    op.create_index(
        "ix_variants_sku_trgm",
        "variants",
        ["sku"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"sku": "gin_trgm_ops"},
    )
    op.add_column("warehouses", sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("warehouses", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.execute(
        "alter table stock_levels add constraint ck_stock_levels_quarantine_in_what_is_free check (quarantined >= 0 and on_hand - reserved - quarantined >= 0)"
    )


def downgrade() -> None:
    op.drop_column("warehouses", "version")
    op.drop_column("warehouses", "active")
    op.drop_index(
        "ix_variants_sku_trgm", table_name="variants", postgresql_using="gin", postgresql_ops={"sku": "gin_trgm_ops"}
    )
    op.drop_index("ix_variants_product", table_name="variants")
    op.drop_index(
        "ix_variants_name_trgm", table_name="variants", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}
    )
    op.drop_index(
        "ix_variants_metafields",
        table_name="variants",
        postgresql_using="gin",
        postgresql_ops={"metafields": "jsonb_path_ops"},
        postgresql_where=sa.text("metafields IS NOT NULL"),
    )
    op.drop_index("ix_variants_created", table_name="variants")
    op.drop_index("ix_variants_barcode", table_name="variants", postgresql_where=sa.text("barcode IS NOT NULL"))
    op.create_index(op.f("ix_variants_product_id"), "variants", ["product_id"], unique=False)
    op.drop_column("variants", "metafields")
    op.drop_column("variants", "options")
    op.drop_index("ix_stock_moves_newest", table_name="stock_moves")
    op.drop_column("stock_moves", "quarantined")
    op.drop_column("stock_levels", "quarantined")
    op.drop_constraint(op.f("fk_products_group_id"), "products", type_="foreignkey")
    op.drop_index(op.f("ix_products_group_id"), table_name="products")
    op.drop_column("products", "group_id")
    op.drop_column("products", "version")
    op.drop_column("products", "option_names")
    op.drop_column("products", "images")
    op.drop_column("products", "unit")
    op.drop_column("products", "description")
    op.drop_constraint(op.f("fk_payments_reverses"), "payments", type_="foreignkey")
    op.drop_constraint(op.f("uq_payments_reverses"), "payments", type_="unique")
    op.drop_index(
        "uq_payments_reference",
        table_name="payments",
        postgresql_where=sa.text("reference IS NOT NULL AND NOT voided AND reverses IS NULL"),
    )
    op.drop_column("payments", "voided")
    op.drop_column("payments", "reverses")
    op.drop_column("payments", "reference")
    op.drop_column("packing_lists", "version")
    op.drop_index("ix_orders_words", table_name="orders", postgresql_using="gin")
    op.drop_index("ix_orders_ticket", table_name="orders", postgresql_where=sa.text("ticket IS NOT NULL"))
    op.drop_index("ix_orders_status_since", table_name="orders")
    op.drop_index(
        "ix_orders_shipping_phone_key",
        table_name="orders",
        postgresql_where=sa.text("phone_key(shipping ->> 'phone') IS NOT NULL"),
    )
    op.drop_index("ix_orders_seller", table_name="orders", postgresql_where=sa.text("seller IS NOT NULL"))
    op.drop_index("ix_orders_promised", table_name="orders", postgresql_where=sa.text("promised_on IS NOT NULL"))
    op.drop_index("ix_orders_placed", table_name="orders")
    op.drop_index(
        "ix_orders_metafields",
        table_name="orders",
        postgresql_using="gin",
        postgresql_ops={"metafields": "jsonb_path_ops"},
        postgresql_where=sa.text("metafields IS NOT NULL"),
    )
    op.drop_index("ix_orders_confirmed", table_name="orders", postgresql_where=sa.text("confirmed_at IS NOT NULL"))
    op.drop_index("ix_orders_channel_status", table_name="orders")
    op.drop_index(
        "ix_orders_billing_phone_key",
        table_name="orders",
        postgresql_where=sa.text(
            "phone_key(billing ->> 'phone') IS NOT NULL AND phone_key(billing ->> 'phone') IS DISTINCT FROM phone_key(shipping ->> 'phone')"
        ),
    )
    op.drop_index("ix_orders_approve", table_name="orders", postgresql_where=sa.text("approve_status IS NOT NULL"))
    op.create_index(
        op.f("ix_orders_shipping_phone"),
        "orders",
        [sa.literal_column("(shipping ->> 'phone'::text)")],
        unique=False,
        postgresql_where="((shipping ->> 'phone'::text) IS NOT NULL)",
    )
    op.create_index(
        op.f("ix_orders_billing_phone"),
        "orders",
        [sa.literal_column("(billing ->> 'phone'::text)")],
        unique=False,
        postgresql_where="(((billing ->> 'phone'::text) IS NOT NULL) AND ((billing ->> 'phone'::text) IS DISTINCT FROM (shipping ->> 'phone'::text)))",
    )
    op.drop_column("orders", "metafields")
    op.drop_column("orders", "vouchers")
    op.drop_column("orders", "short_since")
    op.drop_column("orders", "short_on_entry")
    op.drop_column("orders", "reservation_expired_at")
    op.drop_column("orders", "delivery_point_name")
    op.drop_column("orders", "delivery_point_provider")
    op.drop_index("ix_order_lines_words", table_name="order_lines", postgresql_using="gin")
    op.drop_index(
        "ix_order_lines_metafields",
        table_name="order_lines",
        postgresql_using="gin",
        postgresql_ops={"metafields": "jsonb_path_ops"},
        postgresql_where=sa.text("metafields IS NOT NULL"),
    )
    op.drop_column("order_lines", "metafields")
    op.drop_column("order_lines", "price_source")
    op.drop_column("order_history", "version")
    op.drop_constraint(op.f("fk_order_discounts_rule_id"), "order_discounts", type_="foreignkey")
    op.drop_column("order_discounts", "voucher")
    op.drop_column("order_discounts", "rule_id")
    op.drop_index("ix_delivery_notes_open", table_name="delivery_notes", postgresql_where=sa.text("state = 'OPEN'"))
    op.drop_index(
        "ix_customers_searched",
        table_name="customers",
        postgresql_using="gin",
        postgresql_ops={"searched": "gin_trgm_ops"},
    )
    op.drop_index(
        "ix_customers_phone_key", table_name="customers", postgresql_where=sa.text("phone_key(phone) IS NOT NULL")
    )
    op.drop_index(
        "ix_customers_metafields",
        table_name="customers",
        postgresql_using="gin",
        postgresql_ops={"metafields": "jsonb_path_ops"},
        postgresql_where=sa.text("metafields IS NOT NULL"),
    )
    op.drop_index("ix_customers_created", table_name="customers")
    op.create_index(
        op.f("ix_customers_phone"), "customers", ["phone"], unique=False, postgresql_where="(phone IS NOT NULL)"
    )
    op.create_index(
        op.f("ix_customers_name_trgm"),
        "customers",
        ["name"],
        unique=False,
        postgresql_ops={"name": "gin_trgm_ops"},
        postgresql_using="gin",
    )
    op.create_index(
        op.f("ix_customers_email_trgm"),
        "customers",
        ["email"],
        unique=False,
        postgresql_ops={"email": "gin_trgm_ops"},
        postgresql_using="gin",
    )
    op.drop_column("customers", "searched")
    op.drop_column("customers", "metafields")
    op.drop_column("customers", "version")
    op.drop_column("channels", "hold_expiry_hours")
    op.drop_column("channels", "pre_order_check_days")
    op.drop_column("channels", "stock_check_on_entry")
    op.drop_column("api_keys", "created_by")
    op.drop_column("api_keys", "roles")
    op.drop_table("order_approval_steps")
    op.drop_index(op.f("ix_estimate_lines_variant_id"), table_name="estimate_lines")
    op.drop_table("estimate_lines")
    op.drop_index("ix_back_orders_variant", table_name="back_orders")
    op.drop_index(op.f("ix_back_orders_order_id"), table_name="back_orders")
    op.drop_table("back_orders")
    op.drop_index("ix_order_notes_words", table_name="order_notes", postgresql_using="gin")
    op.drop_index(op.f("ix_order_notes_order_id"), table_name="order_notes")
    op.drop_table("order_notes")
    op.drop_index(
        "uq_order_approvals_pending", table_name="order_approvals", postgresql_where=sa.text("state = 'PENDING'")
    )
    op.drop_index(
        "ix_order_approvals_oldest", table_name="order_approvals", postgresql_where=sa.text("state = 'PENDING'")
    )
    op.drop_index(
        "ix_order_approvals_awaited", table_name="order_approvals", postgresql_where=sa.text("state = 'PENDING'")
    )
    op.drop_table("order_approvals")
    op.drop_index(
        "ix_omni_log_discount_voucher", table_name="omni_log_discount", postgresql_where=sa.text("voucher IS NOT NULL")
    )
    op.drop_index("ix_omni_log_discount_rule", table_name="omni_log_discount")
    op.drop_index(op.f("ix_omni_log_discount_order_id"), table_name="omni_log_discount")
    op.drop_index(op.f("ix_omni_log_discount_customer_id"), table_name="omni_log_discount")
    op.drop_index("ix_omni_log_discount_at", table_name="omni_log_discount")
    op.drop_table("omni_log_discount")
    op.drop_index("ix_estimates_state", table_name="estimates")
    op.drop_index("ix_estimates_seller", table_name="estimates")
    op.drop_index(op.f("ix_estimates_customer_id"), table_name="estimates")
    op.drop_index("ix_estimates_created", table_name="estimates")
    op.drop_table("estimates")
    op.drop_index(op.f("ix_discount_uses_order_id"), table_name="discount_uses")
    op.drop_index("ix_discount_uses_client", table_name="discount_uses")
    op.drop_table("discount_uses")
    op.drop_table("receipt_note_lines")
    op.drop_index(
        "uq_procurement_requests_open", table_name="procurement_requests", postgresql_where=sa.text("state = 'OPEN'")
    )
    op.drop_index("ix_procurement_requests_state", table_name="procurement_requests")
    op.drop_index(
        "ix_procurement_requests_live",
        table_name="procurement_requests",
        postgresql_where=sa.text("state IN ('OPEN', 'ORDERED')"),
    )
    op.drop_table("procurement_requests")
    op.drop_index(op.f("ix_price_list_members_group_id"), table_name="price_list_members")
    op.drop_index(op.f("ix_price_list_members_customer_id"), table_name="price_list_members")
    op.drop_index(op.f("ix_price_list_members_channel_id"), table_name="price_list_members")
    op.drop_table("price_list_members")
    op.drop_index(op.f("ix_price_list_items_variant_id"), table_name="price_list_items")
    op.drop_table("price_list_items")
    op.drop_index("ix_receipt_notes_state", table_name="receipt_notes")
    op.drop_index("ix_receipt_notes_created", table_name="receipt_notes")
    op.drop_table("receipt_notes")
    op.drop_index(op.f("ix_customer_group_members_group_id"), table_name="customer_group_members")
    op.drop_table("customer_group_members")
    op.drop_index("ix_bulk_items_state", table_name="bulk_items")
    op.drop_index("ix_bulk_items_pending", table_name="bulk_items", postgresql_where=sa.text("state = 'PENDING'"))
    op.drop_table("bulk_items")
    op.drop_index(
        "uq_trade_discounts_voucher_key",
        table_name="trade_discounts",
        postgresql_where=sa.text("archived_at IS NULL AND voucher_key IS NOT NULL"),
    )
    op.drop_index(
        "ix_trade_discounts_ends", table_name="trade_discounts", postgresql_where=sa.text("archived_at IS NULL")
    )
    op.drop_index("ix_trade_discounts_created", table_name="trade_discounts")
    op.drop_table("trade_discounts")
    op.drop_table("roles")
    op.drop_index(op.f("ix_product_groups_parent_id"), table_name="product_groups")
    op.drop_table("product_groups")
    op.drop_index("ix_price_lists_created", table_name="price_lists")
    op.drop_table("price_lists")
    op.drop_index("ix_order_views_shared", table_name="order_views", postgresql_where=sa.text("shared"))
    op.drop_table("order_views")
    op.drop_index(
        "ix_approval_rules_active", table_name="omni_order_approval_rules", postgresql_where=sa.text("active")
    )
    op.drop_table("omni_order_approval_rules")
    op.drop_table("metafield_definitions")
    op.drop_table("feed_start")
    op.drop_table("exchange_rates")
    op.drop_table("customer_groups")
    op.drop_index("ix_changes_read", table_name="changes")
    op.drop_index("ix_changes_at", table_name="changes")
    op.drop_table("changes")
    op.drop_table("business_calendar")
    op.drop_index(op.f("ix_bulk_runs_started_at"), table_name="bulk_runs")
    op.drop_table("bulk_runs")
    op.execute("drop function order_vector(jsonb, jsonb, text, text)")
    op.execute("drop function customer_text(varchar, varchar, varchar, varchar)")
    op.execute("drop function search_query(text)")
    op.execute("drop function search_vector(text)")
    op.execute("drop function search_words(text)")
    op.execute("drop function search_plain(text)")
    op.execute("drop function phone_key(text)")
