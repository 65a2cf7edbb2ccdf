"""Outcomes of mutating requests by their Idempotency-Key, so that a repeated request is answered, not carried out."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from .database import Base, Json


class IdempotencyRecord(Base):
    """`fingerprint` is a hash of the request; `outcome` names what it made, from which the answer is rendered again."""

    __tablename__ = "idempotency_keys"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    outcome: Mapped[Json]
    created_at: Mapped[datetime] = mapped_column(index=True)
