"""Mutations of customers, one file each."""

import strawberry

from api.graphql.types.catalog import GroupDeleteResult
from api.graphql.types.customer import CustomerGroupResult, CustomerResult

from .customer_group_delete import field as _customer_group_delete
from .customer_group_set import field as _customer_group_set
from .customer_group_upsert import field as _customer_group_upsert
from .customer_upsert import field as _customer_upsert
from .customers_merge import field as _customers_merge


@strawberry.type
class CustomersMutations:
    customer_upsert: CustomerResult = _customer_upsert
    customers_merge: CustomerResult = _customers_merge
    customer_group_upsert: CustomerGroupResult = _customer_group_upsert
    customer_group_delete: GroupDeleteResult = _customer_group_delete
    customer_group_set: CustomerResult = _customer_group_set
