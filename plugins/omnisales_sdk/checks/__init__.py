"""What the contract demands, as checks: the host runs them at load and at the border, the testing kit for authors."""

from .forms import form_problems
from .hooks import HOOKS, Hook, Implementation, hook_problems, implementations
from .manifest import manifest_problems
from .values import Check, Misfit, check_for

__all__ = [
    "HOOKS",
    "Check",
    "Hook",
    "Implementation",
    "Misfit",
    "check_for",
    "form_problems",
    "hook_problems",
    "implementations",
    "manifest_problems",
]
