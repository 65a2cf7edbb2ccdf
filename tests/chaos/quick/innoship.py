"""Innoship with short limits."""

from dataclasses import replace
from datetime import timedelta

from connectors.innoship import (
    create_awb,
    find_awb,
    label,
    manifest,
    parse_tracking,
    quote,
    test_connection,
    track,
    void_awb,
)
from omnisales_sdk import Limits, Manifest, hookimpl

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


@hookimpl
def connector() -> Manifest:
    limits = Limits(request_timeout=timedelta(seconds=1), hook_timeout=timedelta(seconds=0.5))
    return replace(manifest.connector(), limits=limits, settling=timedelta(seconds=3))
