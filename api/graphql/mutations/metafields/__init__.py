"""Mutations of metafields, one file each."""

import strawberry

from api.graphql.types.metafield import MetafieldDefinitionResult, MetafieldsResult

from .metafield_define import field as _metafield_define
from .metafield_retire import field as _metafield_retire
from .metafields_set import field as _metafields_set


@strawberry.type
class MetafieldsMutations:
    metafield_define: MetafieldDefinitionResult = _metafield_define
    metafield_retire: MetafieldDefinitionResult = _metafield_retire
    metafields_set: MetafieldsResult = _metafields_set
