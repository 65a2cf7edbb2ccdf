"""The courier without an interface: its AWB number is typed in by hand, its label is its own.

For a merchant whose courier has no API, or none that they may use. Nothing is called; the number, once typed in, is
the shipment.
"""

from .courier import connector, create_awb, void_awb

__all__ = ["connector", "create_awb", "void_awb"]
