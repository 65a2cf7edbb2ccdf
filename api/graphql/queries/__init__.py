"""The root fields of queries, one module per noun."""

import strawberry

from api.graphql.types.catalog import Product
from api.graphql.types.channel import Channel, ChannelHealth
from api.graphql.types.connector import Connector
from api.graphql.types.customer import Customer
from api.graphql.types.diary import DiaryConnection
from api.graphql.types.order import Order
from api.graphql.types.order_page import OrderConnection, OrderCount
from api.graphql.types.shipping import CourierAccount
from api.graphql.types.stock import StockLevel

from . import catalog as _catalog
from . import channels as _channels
from . import customers as _customers
from . import diary as _diary
from . import orders as _orders


@strawberry.type(description="What can be read.")
class Query:
    orders: OrderConnection = _orders.orders
    order: Order | None = _orders.order
    order_counts: list[OrderCount] = _orders.order_counts
    channels: list[Channel] = _channels.channels
    courier_accounts: list[CourierAccount] = _channels.courier_accounts_field
    connectors: list[Connector] = _channels.connectors
    diary: DiaryConnection = _diary.diary
    channel_health: ChannelHealth | None = _channels.channel_health_field
    customers: list[Customer] = _customers.customers
    product: Product | None = _catalog.product
    stock: list[StockLevel] = _catalog.stock
