"""Innoship, the courier aggregator: quotes, AWBs, labels and tracking of all the couriers of one Innoship account.

    settings   what an account may choose          services  which service and courier a shipment asks for
    client     two hosts, one key, what answers mean   checks, body   our shipment in Innoship's words
    refusals   its errors as problems per field    statuses  its status table

Facts about Innoship come from its OpenAPI description (service 6.0.1.513), its support articles 80000946191 (API
information), 80000946202 (Order) and 80000952205 (Track), and its own Magento 2 module 1.3.8; what is assumed beyond
them is said where it is used, and listed in `sandbox.behaviour`.
"""

from .create import create_awb, find_awb
from .labels import label
from .manifest import connector, test_connection
from .quotes import quote
from .tracking import parse_tracking, track
from .void import void_awb

__all__ = [
    "connector",
    "create_awb",
    "find_awb",
    "label",
    "parse_tracking",
    "quote",
    "test_connection",
    "track",
    "void_awb",
]
