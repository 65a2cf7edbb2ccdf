from typing import Any, Optional, Union

from .async_base_client import AsyncBaseClient
from .base_model import UNSET, UnsetType
from .confirm import Confirm
from .input_types import OrderFilter
from .morning import Morning
from .queue import Queue


def gql(q: str) -> str:
    return q


class OmniSales(AsyncBaseClient):
    async def queue(
        self,
        first: int,
        after: Union[Optional[str], UnsetType] = UNSET,
        filter_: Union[Optional[OrderFilter], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Queue:
        query = gql("""
            query Queue($first: Int!, $after: String, $filter: OrderFilter) {
              orders(first: $first, after: $after, filter: $filter) {
                edges {
                  node {
                    id
                    number
                    status
                    version
                    total {
                      amount
                      currency
                    }
                    customer {
                      name
                    }
                  }
                }
                pageInfo {
                  hasNextPage
                  endCursor
                }
              }
            }
            """)
        variables: dict[str, object] = {
            "first": first,
            "after": after,
            "filter": filter_,
        }
        response = await self.execute(
            query=query, operation_name="Queue", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Queue.model_validate(data)

    async def confirm(self, id: str, version: int, **kwargs: Any) -> Confirm:
        query = gql("""
            mutation Confirm($id: ID!, $version: Int!) {
              orderConfirm(input: {id: $id, expectedVersion: $version}) {
                __typename
                ... on Order {
                  number
                  status
                  version
                  shortages {
                    sku
                    ordered
                    available
                  }
                }
                ... on Refusal {
                  code
                  message
                  path
                }
                ... on IllegalMove {
                  legalMoves
                }
                ... on StaleVersion {
                  currentVersion
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "version": version}
        response = await self.execute(
            query=query, operation_name="Confirm", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Confirm.model_validate(data)

    async def morning(self, **kwargs: Any) -> Morning:
        query = gql("""
            query Morning {
              morning(first: 3) {
                sections {
                  kind
                  count
                  orders {
                    number
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="Morning", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Morning.model_validate(data)
