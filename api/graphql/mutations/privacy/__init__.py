"""Mutations of personal data, one file each."""

import strawberry

from api.graphql.types.privacy import PersonalDataEraseResult

from .personal_data_erase import field as _personal_data_erase


@strawberry.type
class PrivacyMutations:
    personal_data_erase: PersonalDataEraseResult = _personal_data_erase
