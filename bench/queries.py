"""The GraphQL documents that are measured."""

import orjson

FIELDS = """id number status paymentState fulfilmentState version total { amount currency }
taxTotal { amount } shippingTotal { amount } createdAt updatedAt statusSince"""

LIST = f"query {{ orders(first: 50) {{ edges {{ node {{ {FIELDS} }} }} }} }}"
DEEP = f"""query {{ orders(first: 50) {{ edges {{ node {{ {FIELDS}
lines {{ id sku name quantity unitPrice {{ amount }} total {{ amount }} }}
customer {{ id name email }} }} }} }} }}"""
ONE = f"query One($id: ID!) {{ order(by: {{id: $id}}) {{ {FIELDS} }} }}"
QUEUE = f"query {{ orders(first: 50, filter: {{status: [DELIVERED]}}) {{ edges {{ node {{ {FIELDS} }} }} }} }}"
PAGE = f"""query Page($filter: OrderFilter, $sort: OrderSort) {{ orders(first: 50, filter: $filter, sort: $sort) {{
edges {{ cursor node {{ {FIELDS} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
CREATE = """mutation Create($input: OrderCreateInput!) { orderCreate(input: $input) {
__typename ... on Order { id number } ... on Refusal { code message } } }"""
CONFIRM = """mutation Confirm($input: OrderActionInput!) { orderConfirm(input: $input) {
__typename ... on Order { id status } ... on Refusal { code message } } }"""


def body(document: str, variables: dict[str, object] | None = None) -> bytes:
    return orjson.dumps({"query": document, "variables": variables or {}})
