"""Mutations of people and of one's own log-in, one file each."""

import strawberry

from api.graphql.types.person import (
    LogInResult,
    PasswordChangeResult,
    PasswordResetAskResult,
    PasswordResetResult,
    PersonCreateResult,
    PersonResult,
    SecondFactorBeginResult,
    SecondFactorConfirmResult,
    SecondFactorRemoveResult,
    SessionsEndedResult,
)

from .log_in import field as _log_in
from .log_out import field as _log_out
from .log_out_everywhere import field as _log_out_everywhere
from .password_change import field as _password_change
from .password_reset import field as _password_reset
from .password_reset_ask import field as _password_reset_ask
from .person_create import field as _person_create
from .person_disable import field as _person_disable
from .person_enable import field as _person_enable
from .person_invite import field as _person_invite
from .person_password_set import field as _person_password_set
from .person_second_factor_reset import field as _person_second_factor_reset
from .person_update import field as _person_update
from .second_factor_begin import field as _second_factor_begin
from .second_factor_confirm import field as _second_factor_confirm
from .second_factor_remove import field as _second_factor_remove
from .session_revoke import field as _session_revoke


@strawberry.type
class PeopleMutations:
    log_in: LogInResult = _log_in
    log_out: SessionsEndedResult = _log_out
    log_out_everywhere: SessionsEndedResult = _log_out_everywhere
    session_revoke: SessionsEndedResult = _session_revoke
    password_change: PasswordChangeResult = _password_change
    person_create: PersonCreateResult = _person_create
    person_update: PersonResult = _person_update
    person_disable: PersonResult = _person_disable
    person_enable: PersonResult = _person_enable
    person_password_set: PersonResult = _person_password_set
    person_invite: PersonResult = _person_invite
    person_second_factor_reset: PersonResult = _person_second_factor_reset
    password_reset_ask: PasswordResetAskResult = _password_reset_ask
    password_reset: PasswordResetResult = _password_reset
    second_factor_begin: SecondFactorBeginResult = _second_factor_begin
    second_factor_confirm: SecondFactorConfirmResult = _second_factor_confirm
    second_factor_remove: SecondFactorRemoveResult = _second_factor_remove
