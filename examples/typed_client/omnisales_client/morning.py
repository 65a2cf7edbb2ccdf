from .base_model import BaseModel
from .enums import OrderAging


class Morning(BaseModel):
    morning: "MorningMorning"


class MorningMorning(BaseModel):
    sections: list["MorningMorningSections"]


class MorningMorningSections(BaseModel):
    kind: OrderAging
    count: int
    orders: list["MorningMorningSectionsOrders"]


class MorningMorningSectionsOrders(BaseModel):
    number: str


Morning.model_rebuild()
MorningMorning.model_rebuild()
MorningMorningSections.model_rebuild()
