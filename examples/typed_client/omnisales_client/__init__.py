from .async_base_client import AsyncBaseClient
from .base_model import BaseModel, Upload
from .client import OmniSales
from .confirm import (
    Confirm,
    ConfirmOrderConfirmIllegalMove,
    ConfirmOrderConfirmInvalid,
    ConfirmOrderConfirmNotApproved,
    ConfirmOrderConfirmNotFound,
    ConfirmOrderConfirmOrder,
    ConfirmOrderConfirmOrderShortages,
    ConfirmOrderConfirmPaymentMissing,
    ConfirmOrderConfirmStaleVersion,
    ConfirmOrderConfirmStockMissing,
)
from .enums import (
    ApproveStatus,
    FulfilmentState,
    OrderAging,
    OrderStatus,
    PaymentKind,
    PaymentState,
)
from .exceptions import (
    GraphQLClientError,
    GraphQLClientGraphQLError,
    GraphQLClientGraphQLMultiError,
    GraphQLClientHttpError,
    GraphQLClientInvalidResponseError,
)
from .input_types import OrderFilter
from .morning import (
    Morning,
    MorningMorning,
    MorningMorningSections,
    MorningMorningSectionsOrders,
)
from .queue import (
    Queue,
    QueueOrders,
    QueueOrdersEdges,
    QueueOrdersEdgesNode,
    QueueOrdersEdgesNodeCustomer,
    QueueOrdersEdgesNodeTotal,
    QueueOrdersPageInfo,
)

__all__ = [
    "ApproveStatus",
    "AsyncBaseClient",
    "BaseModel",
    "Confirm",
    "ConfirmOrderConfirmIllegalMove",
    "ConfirmOrderConfirmInvalid",
    "ConfirmOrderConfirmNotApproved",
    "ConfirmOrderConfirmNotFound",
    "ConfirmOrderConfirmOrder",
    "ConfirmOrderConfirmOrderShortages",
    "ConfirmOrderConfirmPaymentMissing",
    "ConfirmOrderConfirmStaleVersion",
    "ConfirmOrderConfirmStockMissing",
    "FulfilmentState",
    "GraphQLClientError",
    "GraphQLClientGraphQLError",
    "GraphQLClientGraphQLMultiError",
    "GraphQLClientHttpError",
    "GraphQLClientInvalidResponseError",
    "Morning",
    "MorningMorning",
    "MorningMorningSections",
    "MorningMorningSectionsOrders",
    "OmniSales",
    "OrderAging",
    "OrderFilter",
    "OrderStatus",
    "PaymentKind",
    "PaymentState",
    "Queue",
    "QueueOrders",
    "QueueOrdersEdges",
    "QueueOrdersEdgesNode",
    "QueueOrdersEdgesNodeCustomer",
    "QueueOrdersEdgesNodeTotal",
    "QueueOrdersPageInfo",
    "Upload",
]
