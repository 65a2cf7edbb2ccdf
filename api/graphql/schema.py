"""The schema. `schema.graphql` at the top of the project is its printed form."""

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from .mutations import Mutation
from .queries import Query
from .scalars import SCALARS
from .subscriptions import Subscription
from .tuning import tune

schema = strawberry.Schema(
    query=Query, mutation=Mutation, subscription=Subscription, config=StrawberryConfig(scalar_map=SCALARS)
)

executable: GraphQLSchema = schema._schema
"""The same schema as the executor takes it."""

tune(executable)
