"""Payments and refunds, and the payment state that follows from them."""
