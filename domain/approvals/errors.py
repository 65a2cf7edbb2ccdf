"""Why somebody may not decide."""

from domain.kernel.refusals import Refusal


class RoleNeeded(Refusal):
    """The step that is to decide is another role's (spec APR-3)."""

    code = "ROLE_NEEDED"

    def __init__(self, role: str, step: int, steps: int) -> None:
        super().__init__(
            f"Step {step} of {steps} is decided by the role {role}, not yours. Send it to someone who holds it.",
            path=("id",),
        )
        self.role = role
        self.step = step
