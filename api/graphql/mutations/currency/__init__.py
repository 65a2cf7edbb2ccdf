"""Mutations of exchange rates, one file each."""

import strawberry

from api.graphql.types.currency import ExchangeRatesResult

from .exchange_rates_set import field as _exchange_rates_set


@strawberry.type
class CurrencyMutations:
    exchange_rates_set: ExchangeRatesResult = _exchange_rates_set
