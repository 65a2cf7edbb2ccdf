"""What the host may raise beside the contract's own signals.

HostError
├── NotLoaded       no connector of this key is loaded
├── Unsupported     the connector does not implement this hook
├── ConnectorBug    the connector (or a wrapper) raised something else, or answered with a wrong type
└── InvalidAccount  the account's settings or credentials do not fit the connector's models
"""

from omnisales_sdk import Problem


class HostError(Exception):
    """Base of the host's errors. `code` is stable and meant for machines."""

    code = "host_error"


class NotLoaded(HostError):  # noqa: N818 - the field's words for these states, as in the contract's signals
    """`reason` says whether it is missing, disabled, or failed to load."""

    code = "connector_not_loaded"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"connector {key} is not loaded: {reason}")
        self.key = key
        self.reason = reason


class Unsupported(HostError):  # noqa: N818
    code = "hook_unsupported"

    def __init__(self, key: str, hook: str) -> None:
        super().__init__(f"connector {key} does not implement {hook}")
        self.key = key
        self.hook = hook


class ConnectorBug(HostError):  # noqa: N818
    """The call of `hook` ended in a fault of `plugins` (the connector, then the wrappers around it).

    It says nothing of what happened on the far side: after a hook with an effect (`create_awb`) the outcome is
    unknown, and has to be asked. `traceback` is text, with the account's secrets masked; no cause is chained, since a
    log would print it unmasked.
    """

    code = "connector_bug"

    def __init__(self, key: str, hook: str, reason: str, *, plugins: tuple[str, ...], traceback: str = "") -> None:
        super().__init__(f"{hook} of {' within '.join(plugins)}: {reason}")
        self.key = key
        self.hook = hook
        self.reason = reason
        self.plugins = plugins
        self.traceback = traceback


class InvalidAccount(HostError):  # noqa: N818
    """Each problem's path begins with `settings` or `credentials`; each message names it, and repeats no credential."""

    code = "account_invalid"

    def __init__(self, key: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"account of {key}: " + " ".join(one.message for one in problems))
        self.key = key
        self.problems = problems
