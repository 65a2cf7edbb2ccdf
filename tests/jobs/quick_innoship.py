"""The Innoship connector with short limits, so that leases run out and far sides settle within a test's time."""

from dataclasses import replace
from datetime import timedelta

from connectors.innoship import (
    create_awb,
    find_awb,
    label,
    manifest,
    parse_tracking,
    track,
    void_awb,
)
from omnisales_sdk import Limits, Manifest, hookimpl

__all__ = ["connector", "create_awb", "find_awb", "label", "parse_tracking", "track", "void_awb"]

SETTLING = timedelta(seconds=1)


@hookimpl
def connector() -> Manifest:
    limits = Limits(request_timeout=timedelta(seconds=1), hook_timeout=timedelta(seconds=0.5))
    return replace(manifest.connector(), limits=limits, settling=SETTLING)
