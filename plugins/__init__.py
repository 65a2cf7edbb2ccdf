"""The plugin side of the house: the contract (omnisales_sdk) and the host that loads connectors."""
