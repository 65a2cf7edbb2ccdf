"""Finds what a manifest names as text."""

from importlib import import_module
from typing import Any


def by_name(name: str) -> Any:
    """The object behind "module:attribute". Raises `ImportError` saying which half is wrong."""
    module_name, colon, attribute = name.partition(":")
    if not (module_name and colon and attribute):
        raise ImportError(f"{name!r} is not of the form 'module:attribute'")
    module = import_module(module_name)
    try:
        return getattr(module, attribute)
    except AttributeError:
        raise ImportError(f"{module_name} has no {attribute!r}") from None
