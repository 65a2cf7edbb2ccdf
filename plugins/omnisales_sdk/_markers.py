"""The contract's version, the entry point group, and pluggy's markers."""

import pluggy

CONTRACT = (1, 0)
"""Major and minor version of this contract. A connector built for another major is refused at load."""

ENTRY_POINT_GROUP = "omnisales.connectors"

hookspec = pluggy.HookspecMarker("omnisales")
hookimpl = pluggy.HookimplMarker("omnisales")
