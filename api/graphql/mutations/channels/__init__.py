"""Mutations of channels and courier accounts, one file each."""

import strawberry

from api.graphql.types.channel import ChannelResult, ChannelUpdateResult, ConnectionTest, MappingResult, SyncStarted
from api.graphql.types.connection import (
    ChannelConnectionResult,
    ConnectionTryResult,
    CourierAccountUpdateResult,
    WebhookSecretResult,
)
from api.graphql.types.mapping import MappingRemoveResult
from api.graphql.types.shipping import CourierAccountResult

from .channel_connection_set import field as _channel_connection_set
from .channel_create import field as _channel_create
from .channel_hold_expiry_set import field as _channel_hold_expiry_set
from .channel_stock_set import field as _channel_stock_set
from .channel_sync import field as _channel_sync
from .channel_test import courier_field as _courier_account_test
from .channel_test import field as _channel_test
from .channel_update import field as _channel_update
from .connection_try import field as _connection_try
from .courier_account_create import field as _courier_account_create
from .courier_account_update import field as _courier_account_update
from .mapping_remove import field as _mapping_remove
from .mapping_set import field as _mapping_set
from .mappings_set import field as _mappings_set
from .webhook_secret_rotate import field as _webhook_secret_rotate


@strawberry.type
class ChannelsMutations:
    channel_create: ChannelResult = _channel_create
    channel_hold_expiry_set: ChannelResult = _channel_hold_expiry_set
    channel_stock_set: ChannelResult = _channel_stock_set
    channel_update: ChannelUpdateResult = _channel_update
    channel_test: ConnectionTest = _channel_test
    channel_connection_set: ChannelConnectionResult = _channel_connection_set
    courier_account_update: CourierAccountUpdateResult = _courier_account_update
    webhook_secret_rotate: WebhookSecretResult = _webhook_secret_rotate
    connection_try: ConnectionTryResult = _connection_try
    courier_account_create: CourierAccountResult = _courier_account_create
    courier_account_test: ConnectionTest = _courier_account_test
    channel_sync: SyncStarted = _channel_sync
    mapping_set: MappingResult = _mapping_set
    mappings_set: ChannelUpdateResult = _mappings_set
    mapping_remove: MappingRemoveResult = _mapping_remove
