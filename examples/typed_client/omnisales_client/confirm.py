from decimal import Decimal
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import OrderStatus


class Confirm(BaseModel):
    order_confirm: Union[
        "ConfirmOrderConfirmOrder",
        "ConfirmOrderConfirmInvalid",
        "ConfirmOrderConfirmNotFound",
        "ConfirmOrderConfirmStaleVersion",
        "ConfirmOrderConfirmIllegalMove",
        "ConfirmOrderConfirmNotApproved",
        "ConfirmOrderConfirmPaymentMissing",
        "ConfirmOrderConfirmStockMissing",
    ] = Field(alias="orderConfirm", discriminator="typename__")


class ConfirmOrderConfirmOrder(BaseModel):
    typename__: Literal["Order"] = Field(alias="__typename")
    number: str
    status: OrderStatus
    version: int
    shortages: list["ConfirmOrderConfirmOrderShortages"]


class ConfirmOrderConfirmOrderShortages(BaseModel):
    sku: str
    ordered: Decimal
    available: Decimal


class ConfirmOrderConfirmInvalid(BaseModel):
    typename__: Literal["Invalid"] = Field(alias="__typename")
    code: str
    message: str
    path: Optional[list[str]]


class ConfirmOrderConfirmNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: str
    message: str
    path: Optional[list[str]]


class ConfirmOrderConfirmStaleVersion(BaseModel):
    typename__: Literal["StaleVersion"] = Field(alias="__typename")
    code: str
    message: str
    path: Optional[list[str]]
    current_version: int = Field(alias="currentVersion")


class ConfirmOrderConfirmIllegalMove(BaseModel):
    typename__: Literal["IllegalMove"] = Field(alias="__typename")
    code: str
    message: str
    path: Optional[list[str]]
    legal_moves: list[OrderStatus] = Field(alias="legalMoves")


class ConfirmOrderConfirmNotApproved(BaseModel):
    typename__: Literal["NotApproved"] = Field(alias="__typename")
    code: str
    message: str
    path: Optional[list[str]]


class ConfirmOrderConfirmPaymentMissing(BaseModel):
    typename__: Literal["PaymentMissing"] = Field(alias="__typename")
    code: str
    message: str
    path: Optional[list[str]]


class ConfirmOrderConfirmStockMissing(BaseModel):
    typename__: Literal["StockMissing"] = Field(alias="__typename")
    code: str
    message: str
    path: Optional[list[str]]


Confirm.model_rebuild()
ConfirmOrderConfirmOrder.model_rebuild()
