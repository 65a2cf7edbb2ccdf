"""The parts of orders, filled in for all orders of an answer at once: one statement each, whatever their number.

A part is filled in when the selection asks for it; the executor then finds it as a plain attribute.
"""
