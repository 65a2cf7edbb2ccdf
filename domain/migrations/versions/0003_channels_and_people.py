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
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("slug", name=op.f("uq_teams_slug")),
    )
    op.create_table(
        "erasure_marks",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_erasure_marks_customer_id")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_erasure_marks")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_erasures_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_erasures_customer_id")),
    )
    op.create_index(
        "ix_erasures_open", "erasures", ["requested_at"], unique=False, postgresql_where=sa.text("finished_at IS NULL")
    )
    op.create_index("ix_erasures_requested", "erasures", ["requested_at", "id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roles", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("seller", sa.String(), nullable=True),
        sa.Column("own_orders_only", sa.Boolean(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("lockouts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_users_team_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("seller", name=op.f("uq_users_seller")),
    )
    op.create_index(op.f("ix_users_team_id"), "users", ["team_id"], unique=False)
    op.create_table(
        "api_key_uses",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_api_key_uses_key_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_key_uses")),
    )
    op.create_table(
        "mail_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("reset", "invitation", name="tokenkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("mail", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_tokens_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mail_tokens_token_hash")),
    )
    op.create_index(op.f("ix_mail_tokens_user_id"), "mail_tokens", ["user_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("used_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column(
            "kind", sa.Enum("cookie", "bearer", name="sessionkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("agent", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "channel_client_groups",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_channel_client_groups_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["customer_groups.id"], name=op.f("fk_channel_client_groups_group_id")),
        sa.PrimaryKeyConstraint("channel_id", "group_id", name=op.f("pk_channel_client_groups")),
    )
    op.create_index(op.f("ix_channel_client_groups_group_id"), "channel_client_groups", ["group_id"], unique=False)
    op.create_table(
        "channel_series_past",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invoice_series_id", sa.Uuid(), nullable=False),
        sa.Column("credit_series_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_channel_series_past_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["credit_series_id"], ["invoice_series.id"], name=op.f("fk_channel_series_past_credit_series_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_series_id"], ["invoice_series.id"], name=op.f("fk_channel_series_past_invoice_series_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", "until", name=op.f("pk_channel_series_past")),
    )
    op.create_table(
        "team_channels",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_team_channels_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_channels_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "channel_id", name=op.f("pk_team_channels")),
    )
    op.create_index(op.f("ix_team_channels_channel_id"), "team_channels", ["channel_id"], unique=False)
    op.add_column("api_keys", sa.Column("hint", sa.String(), nullable=True))
    op.add_column("api_keys", sa.Column("seller", sa.String(), nullable=True))
    op.add_column("api_keys", sa.Column("own_orders_only", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("api_keys", sa.Column("team_id", sa.Uuid(), nullable=True))
    op.add_column("api_keys", sa.Column("old_key_hash", sa.String(), nullable=True))
    op.add_column("api_keys", sa.Column("old_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_api_keys_team_id"), "api_keys", ["team_id"], unique=False)
    op.create_unique_constraint(op.f("uq_api_keys_old_key_hash"), "api_keys", ["old_key_hash"])
    op.create_foreign_key(op.f("fk_api_keys_team_id"), "api_keys", "teams", ["team_id"], ["id"], ondelete="RESTRICT")
    op.add_column("channels", sa.Column("settings_version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("channels", sa.Column("old_secrets", sa.LargeBinary(), nullable=True))
    op.add_column("channels", sa.Column("old_secrets_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("channels", sa.Column("order_type", sa.String(), nullable=True))
    op.add_column(
        "channels",
        sa.Column("allowed_payment_methods", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.add_column("channels", sa.Column("delivery_fee", sa.Numeric(precision=18, scale=2), nullable=True))
    op.add_column("channels", sa.Column("delivery_fee_tax_rate", sa.Numeric(precision=5, scale=2), nullable=True))
    op.add_column("channels", sa.Column("free_delivery_from", sa.Numeric(precision=18, scale=2), nullable=True))
    op.add_column(
        "channels",
        sa.Column("return_policy", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.add_column(
        "channels",
        sa.Column(
            "intervals",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column("channels", sa.Column("price_list_id", sa.Uuid(), nullable=True))
    op.add_column("channels", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_index(op.f("ix_channels_price_list_id"), "channels", ["price_list_id"], unique=False)
    op.create_foreign_key(op.f("fk_channels_price_list_id"), "channels", "price_lists", ["price_list_id"], ["id"])
    op.add_column(
        "courier_accounts", sa.Column("settings_version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column("courier_accounts", sa.Column("old_secrets", sa.LargeBinary(), nullable=True))
    op.add_column("courier_accounts", sa.Column("old_secrets_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("courier_accounts", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("customers", sa.Column("apart", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("customers", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_customers_erased", "customers", ["id"], unique=False, postgresql_where=sa.text("erased_at IS NOT NULL")
    )
    op.add_column("external_orders", sa.Column("erased", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("inbox", sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_inbox_unpurged", "inbox", ["received_at"], unique=False, postgresql_where=sa.text("purged_at IS NULL")
    )
    op.add_column(
        "invoice_series",
        sa.Column(
            "kind", sa.Enum("invoice", "credit_note", name="invoicekind", native_enum=False, length=40), nullable=True
        ),
    )
    op.add_column("invoice_series", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column(
        "invoices", sa.Column("seller", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.add_column("legal_entities", sa.Column("registration_number", sa.String(), nullable=True))
    op.add_column(
        "legal_entities",
        sa.Column("address", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.add_column("legal_entities", sa.Column("iban", sa.String(), nullable=True))
    op.add_column("legal_entities", sa.Column("bank", sa.String(), nullable=True))
    op.add_column("legal_entities", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("order_notes", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("orders", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_push_records_at", "push_records", ["at"], unique=False)
    op.create_index("ix_sync_runs_finished", "sync_runs", ["finished_at"], unique=False)
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
    op.drop_index("ix_sync_runs_finished", table_name="sync_runs")
    op.drop_index("ix_push_records_at", table_name="push_records")
    op.drop_column("orders", "erased_at")
    op.drop_column("order_notes", "version")
    op.drop_column("legal_entities", "version")
    op.drop_column("legal_entities", "bank")
    op.drop_column("legal_entities", "iban")
    op.drop_column("legal_entities", "address")
    op.drop_column("legal_entities", "registration_number")
    op.drop_column("invoices", "seller")
    op.drop_column("invoice_series", "version")
    op.drop_column("invoice_series", "kind")
    op.drop_index("ix_inbox_unpurged", table_name="inbox", postgresql_where=sa.text("purged_at IS NULL"))
    op.drop_column("inbox", "purged_at")
    op.drop_column("external_orders", "erased")
    op.drop_index("ix_customers_erased", table_name="customers", postgresql_where=sa.text("erased_at IS NOT NULL"))
    op.drop_column("customers", "erased_at")
    op.drop_column("customers", "apart")
    op.drop_column("courier_accounts", "version")
    op.drop_column("courier_accounts", "old_secrets_until")
    op.drop_column("courier_accounts", "old_secrets")
    op.drop_column("courier_accounts", "settings_version")
    op.drop_constraint(op.f("fk_channels_price_list_id"), "channels", type_="foreignkey")
    op.drop_index(op.f("ix_channels_price_list_id"), table_name="channels")
    op.drop_column("channels", "version")
    op.drop_column("channels", "price_list_id")
    op.drop_column("channels", "intervals")
    op.drop_column("channels", "return_policy")
    op.drop_column("channels", "free_delivery_from")
    op.drop_column("channels", "delivery_fee_tax_rate")
    op.drop_column("channels", "delivery_fee")
    op.drop_column("channels", "allowed_payment_methods")
    op.drop_column("channels", "order_type")
    op.drop_column("channels", "old_secrets_until")
    op.drop_column("channels", "old_secrets")
    op.drop_column("channels", "settings_version")
    op.drop_constraint(op.f("fk_api_keys_team_id"), "api_keys", type_="foreignkey")
    op.drop_constraint(op.f("uq_api_keys_old_key_hash"), "api_keys", type_="unique")
    op.drop_index(op.f("ix_api_keys_team_id"), table_name="api_keys")
    op.drop_column("api_keys", "old_until")
    op.drop_column("api_keys", "old_key_hash")
    op.drop_column("api_keys", "team_id")
    op.drop_column("api_keys", "own_orders_only")
    op.drop_column("api_keys", "seller")
    op.drop_column("api_keys", "hint")
    op.drop_index(op.f("ix_team_channels_channel_id"), table_name="team_channels")
    op.drop_table("team_channels")
    op.drop_table("channel_series_past")
    op.drop_index(op.f("ix_channel_client_groups_group_id"), table_name="channel_client_groups")
    op.drop_table("channel_client_groups")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("second_factors")
    op.drop_index(op.f("ix_recovery_codes_user_id"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
    op.drop_index(op.f("ix_mail_tokens_user_id"), table_name="mail_tokens")
    op.drop_table("mail_tokens")
    op.drop_table("api_key_uses")
    op.drop_index(op.f("ix_users_team_id"), table_name="users")
    op.drop_table("users")
    op.drop_index("ix_erasures_requested", table_name="erasures")
    op.drop_index("ix_erasures_open", table_name="erasures", postgresql_where=sa.text("finished_at IS NULL"))
    op.drop_table("erasures")
    op.drop_table("erasure_marks")
    op.drop_table("teams")
    op.drop_index("ix_audit_entries_subject_kind", table_name="audit_entries")
    op.drop_index("ix_audit_entries_subject", table_name="audit_entries")
    op.drop_index("ix_audit_entries_at", table_name="audit_entries")
    op.drop_index("ix_audit_entries_actor", table_name="audit_entries")
    op.drop_index("ix_audit_entries_action", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.execute("drop function keep_audit_entries()")
