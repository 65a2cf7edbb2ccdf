"""Mutations of the diary, one file each."""

import strawberry

from api.graphql.types.diary import ReplayResult, ResolveResult

from .diary_replay import field as _diary_replay
from .diary_resolve import field as _diary_resolve


@strawberry.type
class DiaryMutations:
    diary_replay: ReplayResult = _diary_replay
    diary_resolve: ResolveResult = _diary_resolve
