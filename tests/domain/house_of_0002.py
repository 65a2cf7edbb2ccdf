"""A house as the second revision, the last that was released before the third, knew it: on top of that of the first.

Channels and couriers with sealed credentials, keys, roles, notes, invoices, estimates, rules, prices, work in hand.
"""

import json
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.kernel.secrets import digest

SECRET_KEY = "the secret key of a house that is moved"
CREDENTIALS = {"consumer_key": "ck_old", "consumer_secret": "cs_old"}
KEY = "omni_a-key-that-was-made-long-ago"
ADMIN = "a-key-of-the-administrator"


def of(number: int) -> str:
    """The ids of the house of the first revision end with 1 to 9; ours begin with 10."""
    return f"00000000-0000-7000-8000-{number:012d}"


WAREHOUSE, ENTITY, SERIES, CHANNEL, CUSTOMER, VARIANT, ORDER, LINE = map(of, (1, 2, 3, 4, 5, 7, 8, 9))
COURIER, ROLE, NOTE, RULE, DISCOUNT, PRICES, GROUP, ESTIMATE, INVOICE, ITEM, ENTRY, VIEW, PAYMENT, FIELD = map(
    of, range(10, 24)
)
STATEMENTS = f"""
insert into courier_accounts (id, slug, title, connector, enabled, settings, shipping_starts, credentials, created_at,
    updated_at) values ('{COURIER}', 'town', 'Town courier', 'manual', true, '{{"title": "Town courier"}}', 'AWB',
    :courier_credentials, now(), now());
update channels set credentials = :channel_credentials where id = '{CHANNEL}';
insert into roles (id, slug, title, permissions, version, created_at, updated_at) values
    ('{ROLE}', 'packer', 'Packer', '["orders.view", "warehouse.delivery_notes"]', 1, now(), now());
insert into api_keys (id, name, key_hash, permissions, roles, created_at) values
    ('{of(24)}', 'desk', '{digest(KEY)}', '["orders.view", "orders.edit"]', '["packer"]', now()),
    ('{of(25)}', 'admin', '{digest(ADMIN)}', '["orders.view", "access.edit"]', '["*"]', now());
insert into order_notes (id, order_id, audience, text, author, at) values
    ('{NOTE}', '{ORDER}', 'staff', 'Call before', 'desk', now());
insert into omni_order_approval_rules (id, name, channels, order_types, conditions, steps, priority, exclusive,
    four_eyes, active, version, created_at, updated_at) values
    ('{RULE}', 'Large', '[]', '[]', '[]', '[]', 1, false, false, false, 1, now(), now());
insert into trade_discounts (id, name, starts_at, formal, value, clients, client_groups, items, item_groups, channels,
    stores, stacks, priority, active, version, created_at, updated_at) values
    ('{DISCOUNT}', 'Autumn', now(), 'PERCENT', 5, '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', false, 1, false, 1,
     now(), now());
insert into price_lists (id, slug, name, level, currency, priority, active, version, created_at, updated_at) values
    ('{PRICES}', 'shop', 'Shop', 'CHANNEL', 'RON', 1, true, 1, now(), now());
insert into price_list_items (price_list_id, variant_id, min_quantity, unit_price) values
    ('{PRICES}', '{VARIANT}', 1, 9);
insert into customer_groups (id, slug, name, version, created_at) values ('{GROUP}', 'trade', 'Trade', 1, now());
insert into customer_group_members (customer_id, group_id) values ('{CUSTOMER}', '{GROUP}');
insert into estimates (id, number, state, version, valid_until, channel_id, customer_id, currency, charges, subtotal,
    fee_total, shipping_total, tax_total, total, author, created_at, updated_at) values
    ('{ESTIMATE}', 1, 'open', 1, current_date + 5, '{CHANNEL}', '{CUSTOMER}', 'RON', '[]', 10, 0, 0, 0, 10, 'desk',
     now(), now());
insert into invoices (id, series_id, number, display_number, kind, order_id, issued_at, currency, net, tax, total,
    buyer, lines, credited) values
    ('{INVOICE}', '{SERIES}', 1, 'INV1', 'invoice', '{ORDER}', now(), 'RON', 10, 0, 10, '{{"name": "Ștefan"}}', '[]',
     false);
update invoice_series set next_number = 2;
insert into payments (id, order_id, flow, amount, currency, at, actor) values
    ('{PAYMENT}', '{ORDER}', 'payment', 1, 'RON', now(), 'desk');
insert into inbox (id, channel_id, source, received_at, headers, body, verified, state, attempts) values
    ('{ITEM}', '{CHANNEL}', 'webhook', now(), '{{}}', '{{}}', true, 'waiting', 1);
insert into inbox_causes (item_id, cause) values ('{ITEM}', 'sku:NEW');
insert into diary (id, at, channel_id, direction, cause, message, state) values
    ('{ENTRY}', now(), '{CHANNEL}', 'in', 'sku:NEW', 'There is no such product', 'OPEN');
insert into channel_mappings (channel_id, kind, source, target) values
    ('{CHANNEL}', 'payment_method', 'cod', 'on_delivery');
insert into connector_state (account_id, key, value) values ('{CHANNEL}', 'seen', '"1"');
insert into schedules (id, kind, subject_id, every, next_run_at, enabled) values
    ('{of(26)}', 'poll_orders', '{CHANNEL}', '5 minutes', now() + interval '1 day', true);
insert into outbox (consumer, aggregate, payload, created_at, not_before) values
    ('push_status', 'order:{ORDER}', '{{}}', now(), now() + interval '1 day');
insert into order_views (id, owner, owner_label, name, filter, sort, columns, shared, version, created_at, updated_at)
    values ('{VIEW}', 'key:{of(24)}', 'desk', 'Mine', '{{}}', '{{}}', '[]', false, 1, now(), now());
insert into metafield_definitions (id, owner, key, kind, choices, title, filterable, version, created_at, updated_at)
    values ('{FIELD}', 'ORDER', 'colour', 'TEXT', '[]', 'Colour', false, 1, now(), now());
insert into exchange_rates (currency, day, rate, multiplier, source, set_by, set_at) values
    ('EUR', current_date, 4.97, 1, 'MANUAL', 'desk', now());
"""


def sealed(place: str) -> bytes:
    """Credentials as that revision encrypted them."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"omnisales secrets v1").derive(SECRET_KEY.encode())
    nonce = os.urandom(12)
    return b"\x01" + nonce + AESGCM(derived).encrypt(nonce, json.dumps(CREDENTIALS).encode(), place.encode())


VALUES = {
    "channel_credentials": sealed(f"channel:{CHANNEL}"),
    "courier_credentials": sealed(f"courier:{COURIER}"),
}
