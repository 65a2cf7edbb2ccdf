from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import OrderStatus


class Queue(BaseModel):
    orders: "QueueOrders"


class QueueOrders(BaseModel):
    edges: list["QueueOrdersEdges"]
    page_info: "QueueOrdersPageInfo" = Field(alias="pageInfo")


class QueueOrdersEdges(BaseModel):
    node: "QueueOrdersEdgesNode"


class QueueOrdersEdgesNode(BaseModel):
    id: str
    number: str
    status: OrderStatus
    version: int
    total: "QueueOrdersEdgesNodeTotal"
    customer: Optional["QueueOrdersEdgesNodeCustomer"]


class QueueOrdersEdgesNodeTotal(BaseModel):
    amount: Decimal
    currency: str


class QueueOrdersEdgesNodeCustomer(BaseModel):
    name: str


class QueueOrdersPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


Queue.model_rebuild()
QueueOrders.model_rebuild()
QueueOrdersEdges.model_rebuild()
QueueOrdersEdgesNode.model_rebuild()
