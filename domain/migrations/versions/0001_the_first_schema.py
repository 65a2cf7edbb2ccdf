"""The first schema"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create extension if not exists pg_trgm")
    op.execute(sa.schema.CreateSequence(sa.Sequence("order_numbers", start=100001)))
    op.execute(sa.schema.CreateSequence(sa.Sequence("delivery_note_numbers", start=1)))
    op.execute(sa.schema.CreateSequence(sa.Sequence("packing_list_numbers", start=1)))
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("permissions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "trying", "done", "refused", "failed", "unknown", name="attemptstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_subject", "attempts", ["subject_id"], unique=False)
    op.create_index(
        "uq_attempts_open", "attempts", ["key"], unique=True, postgresql_where=sa.text("state IN ('trying', 'unknown')")
    )
    op.create_table(
        "connector_state",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_connector_state")),
    )
    op.create_table(
        "courier_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("settings", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=True),
        sa.Column(
            "shipping_starts",
            sa.Enum("AWB", "DISPATCH", "FIRST_SCAN", name="shippingstarts", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courier_accounts")),
        sa.UniqueConstraint("slug", name=op.f("uq_courier_accounts_slug")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("company", sa.String(), nullable=True),
        sa.Column("tax_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_index(
        "ix_customers_email", "customers", ["email"], unique=False, postgresql_where=sa.text("email IS NOT NULL")
    )
    op.create_index(
        "ix_customers_email_trgm",
        "customers",
        ["email"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"email": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_customers_name_trgm",
        "customers",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_customers_phone", "customers", ["phone"], unique=False, postgresql_where=sa.text("phone IS NOT NULL")
    )
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consumer", sa.String(), nullable=False),
        sa.Column("aggregate", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("correlation_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("died_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letters")),
    )
    op.create_index(op.f("ix_dead_letters_died_at"), "dead_letters", ["died_at"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("outcome", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "legal_entities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tax_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_entities")),
        sa.UniqueConstraint("name", name=op.f("uq_legal_entities_name")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("consumer", sa.String(), nullable=False),
        sa.Column("aggregate", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("correlation_id", sa.String(), nullable=True),
        sa.Column("coalesce", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_aggregate", "outbox", ["aggregate", "consumer", "id"], unique=False)
    op.create_index(
        "ix_outbox_sent", "outbox", ["sent_at"], unique=False, postgresql_where=sa.text("sent_at IS NOT NULL")
    )
    op.create_index(
        "ix_outbox_unsent", "outbox", ["not_before", "id"], unique=False, postgresql_where=sa.text("sent_at IS NULL")
    )
    op.create_index(
        "uq_outbox_coalesced",
        "outbox",
        ["consumer", "aggregate"],
        unique=True,
        postgresql_where=sa.text("coalesce AND sent_at IS NULL"),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
    )
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("every", sa.Interval(), nullable=False),
        sa.Column("next_run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint(
            "kind", "subject_id", name=op.f("uq_schedules_kind_subject_id"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index(op.f("ix_schedules_next_run_at"), "schedules", ["next_run_at"], unique=False)
    op.create_table(
        "status_count_deltas",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_count_deltas")),
    )
    op.create_table(
        "status_counts",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "status", name=op.f("pk_status_counts")),
    )
    op.create_table(
        "warehouses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouses")),
        sa.UniqueConstraint("code", name=op.f("uq_warehouses_code")),
    )
    op.create_table(
        "invoice_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("legal_entity_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["legal_entity_id"], ["legal_entities.id"], name=op.f("fk_invoice_series_legal_entity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_series")),
        sa.UniqueConstraint("prefix", name=op.f("uq_invoice_series_prefix")),
    )
    op.create_table(
        "variants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("barcode", sa.String(), nullable=True),
        sa.Column("price", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("vat_rate", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("weight_kg", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("length_cm", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("width_cm", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("height_cm", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_variants_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
        sa.UniqueConstraint("sku", name=op.f("uq_variants_sku")),
    )
    op.create_index(op.f("ix_variants_product_id"), "variants", ["product_id"], unique=False)
    op.create_table(
        "channels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("settings", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=True),
        sa.Column("auto_confirm", sa.Boolean(), nullable=False),
        sa.Column("auto_delivery_note", sa.Boolean(), nullable=False),
        sa.Column(
            "invoice_at",
            sa.Enum("CONFIRMATION", "DISPATCH", "MANUAL", name="invoiceat", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_series_id", sa.Uuid(), nullable=False),
        sa.Column("credit_series_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["credit_series_id"], ["invoice_series.id"], name=op.f("fk_channels_credit_series_id")),
        sa.ForeignKeyConstraint(
            ["invoice_series_id"], ["invoice_series.id"], name=op.f("fk_channels_invoice_series_id")
        ),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouses.id"], name=op.f("fk_channels_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("slug", name=op.f("uq_channels_slug")),
    )
    op.create_table(
        "stock_levels",
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.CheckConstraint("on_hand - reserved >= 0", name=op.f("ck_stock_levels_available_not_negative")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_levels_reserved_not_negative")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_stock_levels_variant_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouses.id"], name=op.f("fk_stock_levels_warehouse_id")),
        sa.PrimaryKeyConstraint("warehouse_id", "variant_id", name=op.f("pk_stock_levels")),
    )
    op.create_index("ix_stock_levels_variant", "stock_levels", ["variant_id"], unique=False)
    op.create_table(
        "stock_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("receipt", "dispatch", "correction", name="movekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_stock_moves_variant_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouses.id"], name=op.f("fk_stock_moves_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_moves")),
    )
    op.create_index("ix_stock_moves_variant", "stock_moves", ["warehouse_id", "variant_id"], unique=False)
    op.create_table(
        "channel_mappings",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("payment_method", "status_in", "status_out", name="mappingkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_channel_mappings_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "kind", "source", name=op.f("pk_channel_mappings")),
    )
    op.create_table(
        "customer_refs",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_customer_refs_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_refs_customer_id")),
        sa.PrimaryKeyConstraint("channel_id", "external_id", name=op.f("pk_customer_refs")),
    )
    op.create_index(op.f("ix_customer_refs_customer_id"), "customer_refs", ["customer_id"], unique=False)
    op.create_table(
        "diary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.Enum("in", "out", name="direction", native_enum=False, length=40), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("remedy", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("OPEN", "WAITING", "RESOLVED", "IGNORED", name="diarystate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_diary_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary")),
    )
    op.create_index("ix_diary_at", "diary", ["at", "id"], unique=False)
    op.create_index("ix_diary_cause", "diary", ["cause", "channel_id"], unique=False)
    op.create_index(
        "ix_diary_open",
        "diary",
        ["state", "at"],
        unique=False,
        postgresql_where=sa.text("state IN ('OPEN', 'WAITING')"),
    )
    op.create_index(op.f("ix_diary_order_id"), "diary", ["order_id"], unique=False)
    op.create_index(
        "uq_diary_item_cause",
        "diary",
        ["item_id", "cause"],
        unique=True,
        postgresql_where=sa.text("item_id IS NOT NULL"),
    )
    op.create_index(
        "uq_diary_open_standing",
        "diary",
        ["channel_id", "cause", "external_id"],
        unique=True,
        postgresql_where=sa.text("item_id IS NULL AND state = 'OPEN'"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "external_orders",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("applied", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_external_orders_channel_id")),
        sa.PrimaryKeyConstraint("channel_id", "external_id", name=op.f("pk_external_orders")),
    )
    op.create_index(op.f("ix_external_orders_order_id"), "external_orders", ["order_id"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("courier_account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "source",
            sa.Enum("webhook", "poll", "fetch", "api", name="source", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("headers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "waiting",
                "imported",
                "duplicate",
                "superseded",
                "ignored",
                "refused",
                name="inboxstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correlation_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_inbox_channel_id")),
        sa.ForeignKeyConstraint(
            ["courier_account_id"], ["courier_accounts.id"], name=op.f("fk_inbox_courier_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_channel_received", "inbox", ["channel_id", "received_at"], unique=False)
    op.create_index("ix_inbox_external", "inbox", ["channel_id", "external_id"], unique=False)
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["state", "received_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('received', 'waiting')"),
    )
    op.create_table(
        "listings",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("external_variant_id", sa.String(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_listings_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_listings_variant_id")),
        sa.PrimaryKeyConstraint("channel_id", "external_variant_id", name=op.f("pk_listings")),
    )
    op.create_index(op.f("ix_listings_variant_id"), "listings", ["variant_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default=sa.text("nextval('order_numbers')"), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("external_number", sa.String(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approve_status", sa.SmallInteger(), nullable=True),
        sa.Column(
            "payment_state",
            sa.Enum(
                "UNPAID",
                "PARTLY_PAID",
                "PAID",
                "PARTLY_REFUNDED",
                "REFUNDED",
                name="paymentstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "fulfilment_state",
            sa.Enum("NONE", "PARTIAL", "FULL", name="fulfilmentstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("seller", sa.String(), nullable=True),
        sa.Column("buyer_tax_id", sa.String(), nullable=True),
        sa.Column("ticket", sa.String(), nullable=True),
        sa.Column("billing", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("shipping", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("delivery_point", sa.String(), nullable=True),
        sa.Column("payment_method", sa.String(), nullable=True),
        sa.Column("payment_title", sa.String(), nullable=True),
        sa.Column(
            "payment_kind",
            sa.Enum("prepaid", "on_delivery", "on_account", name="paymentkind", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("subtotal", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fee_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("shipping_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("held_from", sa.SmallInteger(), nullable=True),
        sa.Column("shortages", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_orders_channel_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    op.create_index(
        "ix_orders_billing_phone",
        "orders",
        [sa.literal_column("(billing ->> 'phone')")],
        unique=False,
        postgresql_where=sa.text(
            "billing ->> 'phone' IS NOT NULL AND billing ->> 'phone' IS DISTINCT FROM shipping ->> 'phone'"
        ),
    )
    op.create_index("ix_orders_channel_created", "orders", ["channel_id", "created_at", "id"], unique=False)
    op.create_index("ix_orders_created", "orders", ["created_at", "id"], unique=False)
    op.create_index("ix_orders_customer", "orders", ["customer_id", "created_at"], unique=False)
    op.create_index("ix_orders_external", "orders", ["channel_id", "external_id"], unique=False)
    op.create_index(
        "ix_orders_external_number",
        "orders",
        ["external_number"],
        unique=False,
        postgresql_where=sa.text("external_number IS NOT NULL"),
    )
    op.create_index(
        "ix_orders_shipping_phone",
        "orders",
        [sa.literal_column("(shipping ->> 'phone')")],
        unique=False,
        postgresql_where=sa.text("shipping ->> 'phone' IS NOT NULL"),
    )
    op.create_index("ix_orders_since", "orders", ["status_since", "id"], unique=False)
    op.create_index("ix_orders_status_created", "orders", ["status", "created_at", "id"], unique=False)
    op.create_index("ix_orders_total", "orders", ["total", "id"], unique=False)
    op.create_index("ix_orders_updated", "orders", ["updated_at", "id"], unique=False)
    op.create_table(
        "sync_cursors",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_sync_cursors_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "kind", name=op.f("pk_sync_cursors")),
    )
    op.create_table(
        "sync_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_sync_runs_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_runs")),
    )
    op.create_index("ix_sync_runs_channel", "sync_runs", ["channel_id", "kind", "requested_at"], unique=False)
    op.create_table(
        "delivery_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("OPEN", "HANDED_OVER", "VOIDED", name="deliverynotestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_delivery_notes_order_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouses.id"], name=op.f("fk_delivery_notes_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_notes")),
        sa.UniqueConstraint("number", name=op.f("uq_delivery_notes_number")),
    )
    op.create_index(op.f("ix_delivery_notes_order_id"), "delivery_notes", ["order_id"], unique=False)
    op.create_table(
        "inbox_causes",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["inbox.id"], name=op.f("fk_inbox_causes_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "cause", name=op.f("pk_inbox_causes")),
    )
    op.create_index("ix_inbox_causes_cause", "inbox_causes", ["cause", "channel_id"], unique=False)
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("display_number", sa.String(), nullable=False),
        sa.Column(
            "kind", sa.Enum("invoice", "credit_note", name="invoicekind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("credits_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("net", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("buyer", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("lines", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("credited", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["credits_id"], ["invoices.id"], name=op.f("fk_invoices_credits_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoices_order_id")),
        sa.ForeignKeyConstraint(["series_id"], ["invoice_series.id"], name=op.f("fk_invoices_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("credits_id", name=op.f("uq_invoices_credits_id")),
        sa.UniqueConstraint("display_number", name=op.f("uq_invoices_display_number")),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_invoices_series_id_number")),
    )
    op.create_index(op.f("ix_invoices_order_id"), "invoices", ["order_id"], unique=False)
    op.create_index(
        "uq_invoices_live_per_order",
        "invoices",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'invoice' AND NOT credited"),
    )
    op.create_table(
        "order_charges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("shipping", "fee", "rounding", name="chargekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_charges_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_charges")),
    )
    op.create_index(op.f("ix_order_charges_order_id"), "order_charges", ["order_id"], unique=False)
    op.create_table(
        "order_discounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_discounts_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_discounts")),
    )
    op.create_index(op.f("ix_order_discounts_order_id"), "order_discounts", ["order_id"], unique=False)
    op.create_table(
        "order_history",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_history_order_id")),
        sa.PrimaryKeyConstraint("order_id", "seq", name=op.f("pk_order_history")),
    )
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("variant_id", sa.Uuid(), nullable=True),
        sa.Column("sku", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("subtotal", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_order_lines_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_lines_order_id_position")),
    )
    op.create_index("ix_order_lines_sku", "order_lines", ["sku"], unique=False)
    op.create_index("ix_order_lines_variant", "order_lines", ["variant_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("flow", sa.Enum("payment", "refund", name="moneyflow", native_enum=False, length=40), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("order_id", "flow", "external_id", name=op.f("uq_payments_order_id_flow_external_id")),
    )
    op.create_table(
        "push_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_push_records_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_records")),
    )
    op.create_index(op.f("ix_push_records_order_id"), "push_records", ["order_id"], unique=False)
    op.create_table(
        "status_pushes",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("known", sa.String(), nullable=True),
        sa.Column("known_version", sa.String(), nullable=True),
        sa.Column("tracking_pushed", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_status_pushes_channel_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_status_pushes_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_status_pushes")),
    )
    op.create_index(op.f("ix_status_pushes_channel_id"), "status_pushes", ["channel_id"], unique=False)
    op.create_table(
        "delivery_note_lines",
        sa.Column("delivery_note_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_note_id"], ["delivery_notes.id"], name=op.f("fk_delivery_note_lines_delivery_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_delivery_note_lines_order_line_id")
        ),
        sa.PrimaryKeyConstraint("delivery_note_id", "order_line_id", name=op.f("pk_delivery_note_lines")),
    )
    op.create_index(
        op.f("ix_delivery_note_lines_order_line_id"), "delivery_note_lines", ["order_line_id"], unique=False
    )
    op.create_table(
        "packing_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_note_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("DRAFT", "PACKED", "APPROVED", name="packingstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_note_id"], ["delivery_notes.id"], name=op.f("fk_packing_lists_delivery_note_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_packing_lists_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packing_lists")),
        sa.UniqueConstraint("number", name=op.f("uq_packing_lists_number")),
    )
    op.create_index(op.f("ix_packing_lists_delivery_note_id"), "packing_lists", ["delivery_note_id"], unique=False)
    op.create_index(op.f("ix_packing_lists_order_id"), "packing_lists", ["order_id"], unique=False)
    op.create_table(
        "reservations",
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_reservations_order_id")),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name=op.f("fk_reservations_order_line_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_reservations_variant_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouses.id"], name=op.f("fk_reservations_warehouse_id")),
        sa.PrimaryKeyConstraint("order_line_id", name=op.f("pk_reservations")),
    )
    op.create_index(op.f("ix_reservations_order_id"), "reservations", ["order_id"], unique=False)
    op.create_table(
        "parcels",
        sa.Column("packing_list_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("length_cm", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("width_cm", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("height_cm", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("weight_kg", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.ForeignKeyConstraint(["packing_list_id"], ["packing_lists.id"], name=op.f("fk_parcels_packing_list_id")),
        sa.PrimaryKeyConstraint("packing_list_id", "number", name=op.f("pk_parcels")),
    )
    op.create_table(
        "shipments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("packing_list_id", sa.Uuid(), nullable=False),
        sa.Column("courier_account_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("awb", sa.String(), nullable=True),
        sa.Column("typed_awb", sa.String(), nullable=True),
        sa.Column("refs", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("tracking_url", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "REQUESTED",
                "UNKNOWN",
                "CREATED",
                "PICKED_UP",
                "IN_TRANSIT",
                "OUT_FOR_DELIVERY",
                "DELIVERED",
                "DELIVERY_FAILED",
                "RETURNING",
                "RETURNED",
                "VOIDED",
                "LOST_DAMAGED",
                name="shipmentstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cod_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("cod_currency", sa.String(), nullable=True),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("price_currency", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("refused", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("attention", sa.String(), nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tracked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["courier_account_id"], ["courier_accounts.id"], name=op.f("fk_shipments_courier_account_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shipments_order_id")),
        sa.ForeignKeyConstraint(["packing_list_id"], ["packing_lists.id"], name=op.f("fk_shipments_packing_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
        sa.UniqueConstraint("key", name=op.f("uq_shipments_key")),
    )
    op.create_index("ix_shipments_awb", "shipments", ["awb"], unique=False)
    op.create_index(
        "ix_shipments_open",
        "shipments",
        ["courier_account_id", "tracked_at"],
        unique=False,
        postgresql_where=sa.text("NOT final AND awb IS NOT NULL"),
    )
    op.create_index(op.f("ix_shipments_order_id"), "shipments", ["order_id"], unique=False)
    op.create_index(
        "uq_shipments_live",
        "shipments",
        ["packing_list_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'VOIDED'"),
    )
    op.create_table(
        "shipment_labels",
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_shipment_labels_shipment_id")),
        sa.PrimaryKeyConstraint("shipment_id", "format", name=op.f("pk_shipment_labels")),
    )
    op.create_table(
        "tracking_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "REQUESTED",
                "UNKNOWN",
                "CREATED",
                "PICKED_UP",
                "IN_TRANSIT",
                "OUT_FOR_DELIVERY",
                "DELIVERED",
                "DELIVERY_FAILED",
                "RETURNING",
                "RETURNED",
                "VOIDED",
                "LOST_DAMAGED",
                name="shipmentstatus",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_tracking_events_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_events")),
        sa.UniqueConstraint(
            "shipment_id", "at", "code", "location", name=op.f("uq_tracking_events_shipment_id_at_code_location")
        ),
    )


def downgrade() -> None:
    op.drop_table("tracking_events")
    op.drop_table("shipment_labels")
    op.drop_index("uq_shipments_live", table_name="shipments", postgresql_where=sa.text("status <> 'VOIDED'"))
    op.drop_index(op.f("ix_shipments_order_id"), table_name="shipments")
    op.drop_index(
        "ix_shipments_open", table_name="shipments", postgresql_where=sa.text("NOT final AND awb IS NOT NULL")
    )
    op.drop_index("ix_shipments_awb", table_name="shipments")
    op.drop_table("shipments")
    op.drop_table("parcels")
    op.drop_index(op.f("ix_reservations_order_id"), table_name="reservations")
    op.drop_table("reservations")
    op.drop_index(op.f("ix_packing_lists_order_id"), table_name="packing_lists")
    op.drop_index(op.f("ix_packing_lists_delivery_note_id"), table_name="packing_lists")
    op.drop_table("packing_lists")
    op.drop_index(op.f("ix_delivery_note_lines_order_line_id"), table_name="delivery_note_lines")
    op.drop_table("delivery_note_lines")
    op.drop_index(op.f("ix_status_pushes_channel_id"), table_name="status_pushes")
    op.drop_table("status_pushes")
    op.drop_index(op.f("ix_push_records_order_id"), table_name="push_records")
    op.drop_table("push_records")
    op.drop_table("payments")
    op.drop_index("ix_order_lines_variant", table_name="order_lines")
    op.drop_index("ix_order_lines_sku", table_name="order_lines")
    op.drop_table("order_lines")
    op.drop_table("order_history")
    op.drop_index(op.f("ix_order_discounts_order_id"), table_name="order_discounts")
    op.drop_table("order_discounts")
    op.drop_index(op.f("ix_order_charges_order_id"), table_name="order_charges")
    op.drop_table("order_charges")
    op.drop_index(
        "uq_invoices_live_per_order",
        table_name="invoices",
        postgresql_where=sa.text("kind = 'invoice' AND NOT credited"),
    )
    op.drop_index(op.f("ix_invoices_order_id"), table_name="invoices")
    op.drop_table("invoices")
    op.drop_index("ix_inbox_causes_cause", table_name="inbox_causes")
    op.drop_table("inbox_causes")
    op.drop_index(op.f("ix_delivery_notes_order_id"), table_name="delivery_notes")
    op.drop_table("delivery_notes")
    op.drop_index("ix_sync_runs_channel", table_name="sync_runs")
    op.drop_table("sync_runs")
    op.drop_table("sync_cursors")
    op.drop_index("ix_orders_updated", table_name="orders")
    op.drop_index("ix_orders_total", table_name="orders")
    op.drop_index("ix_orders_status_created", table_name="orders")
    op.drop_index("ix_orders_since", table_name="orders")
    op.drop_index(
        "ix_orders_shipping_phone", table_name="orders", postgresql_where=sa.text("shipping ->> 'phone' IS NOT NULL")
    )
    op.drop_index(
        "ix_orders_external_number", table_name="orders", postgresql_where=sa.text("external_number IS NOT NULL")
    )
    op.drop_index("ix_orders_external", table_name="orders")
    op.drop_index("ix_orders_customer", table_name="orders")
    op.drop_index("ix_orders_created", table_name="orders")
    op.drop_index("ix_orders_channel_created", table_name="orders")
    op.drop_index(
        "ix_orders_billing_phone",
        table_name="orders",
        postgresql_where=sa.text(
            "billing ->> 'phone' IS NOT NULL AND billing ->> 'phone' IS DISTINCT FROM shipping ->> 'phone'"
        ),
    )
    op.drop_table("orders")
    op.drop_index(op.f("ix_listings_variant_id"), table_name="listings")
    op.drop_table("listings")
    op.drop_index("ix_inbox_open", table_name="inbox", postgresql_where=sa.text("state IN ('received', 'waiting')"))
    op.drop_index("ix_inbox_external", table_name="inbox")
    op.drop_index("ix_inbox_channel_received", table_name="inbox")
    op.drop_table("inbox")
    op.drop_index(op.f("ix_external_orders_order_id"), table_name="external_orders")
    op.drop_table("external_orders")
    op.drop_index(
        "uq_diary_open_standing",
        table_name="diary",
        postgresql_where=sa.text("item_id IS NULL AND state = 'OPEN'"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index("uq_diary_item_cause", table_name="diary", postgresql_where=sa.text("item_id IS NOT NULL"))
    op.drop_index(op.f("ix_diary_order_id"), table_name="diary")
    op.drop_index("ix_diary_open", table_name="diary", postgresql_where=sa.text("state IN ('OPEN', 'WAITING')"))
    op.drop_index("ix_diary_cause", table_name="diary")
    op.drop_index("ix_diary_at", table_name="diary")
    op.drop_table("diary")
    op.drop_index(op.f("ix_customer_refs_customer_id"), table_name="customer_refs")
    op.drop_table("customer_refs")
    op.drop_table("channel_mappings")
    op.drop_index("ix_stock_moves_variant", table_name="stock_moves")
    op.drop_table("stock_moves")
    op.drop_index("ix_stock_levels_variant", table_name="stock_levels")
    op.drop_table("stock_levels")
    op.drop_table("channels")
    op.drop_index(op.f("ix_variants_product_id"), table_name="variants")
    op.drop_table("variants")
    op.drop_table("invoice_series")
    op.drop_table("warehouses")
    op.drop_table("status_counts")
    op.drop_table("status_count_deltas")
    op.drop_index(op.f("ix_schedules_next_run_at"), table_name="schedules")
    op.drop_table("schedules")
    op.drop_table("products")
    op.drop_index("uq_outbox_coalesced", table_name="outbox", postgresql_where=sa.text("coalesce AND sent_at IS NULL"))
    op.drop_index("ix_outbox_unsent", table_name="outbox", postgresql_where=sa.text("sent_at IS NULL"))
    op.drop_index("ix_outbox_sent", table_name="outbox", postgresql_where=sa.text("sent_at IS NOT NULL"))
    op.drop_index("ix_outbox_aggregate", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("legal_entities")
    op.drop_index(op.f("ix_idempotency_keys_created_at"), table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index(op.f("ix_dead_letters_died_at"), table_name="dead_letters")
    op.drop_table("dead_letters")
    op.drop_index("ix_customers_phone", table_name="customers", postgresql_where=sa.text("phone IS NOT NULL"))
    op.drop_index(
        "ix_customers_name_trgm",
        table_name="customers",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.drop_index(
        "ix_customers_email_trgm",
        table_name="customers",
        postgresql_using="gin",
        postgresql_ops={"email": "gin_trgm_ops"},
    )
    op.drop_index("ix_customers_email", table_name="customers", postgresql_where=sa.text("email IS NOT NULL"))
    op.drop_table("customers")
    op.drop_table("courier_accounts")
    op.drop_table("connector_state")
    op.drop_index("uq_attempts_open", table_name="attempts", postgresql_where=sa.text("state IN ('trying', 'unknown')"))
    op.drop_index("ix_attempts_subject", table_name="attempts")
    op.drop_table("attempts")
    op.drop_table("api_keys")
    op.execute("drop sequence order_numbers")
    op.execute("drop sequence delivery_note_numbers")
    op.execute("drop sequence packing_list_numbers")
