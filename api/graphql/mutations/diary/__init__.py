"""Mutations of the diary, one file each."""

import strawberry

from api.graphql.types.dead_letters import DeadLetterReviveResult
from api.graphql.types.diary import ReplayResult, ResolveResult

from .dead_letter_revive import field as _dead_letter_revive
from .diary_replay import field as _diary_replay
from .diary_resolve import field as _diary_resolve


@strawberry.type
class DiaryMutations:
    dead_letter_revive: DeadLetterReviveResult = _dead_letter_revive
    diary_replay: ReplayResult = _diary_replay
    diary_resolve: ResolveResult = _diary_resolve
