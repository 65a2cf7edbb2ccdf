"""Checks of what an order is told, before it reaches the database. Pure; each says what to do."""

from domain.kernel.money import price_problem
from domain.kernel.texts import TEXT_LIMIT, check_text, text_problem

__all__ = ["TEXT_LIMIT", "check_text", "price_problem", "text_problem"]
