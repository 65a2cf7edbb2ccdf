"""Mutations of customers, one file each."""

import strawberry

from api.graphql.types.customer import CustomerResult

from .customers_merge import field as _customers_merge


@strawberry.type
class CustomersMutations:
    customers_merge: CustomerResult = _customers_merge
