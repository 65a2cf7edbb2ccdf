"""The conformance checks that an author runs on a connector (spec PLG-2).

def test_conforms() -> None:
    assert check_connector(acme, Samples(orders=[RawItem(external_id="7", body=recorded)])) == []
"""

from collections.abc import Callable, Iterator

from omnisales_sdk.checks import hook_problems, implementations, manifest_problems
from omnisales_sdk.manifest import Manifest

from .behaviour import behaviour_findings
from .finding import Finding, Samples
from .statics import STATIC_RULES

__all__ = ["Finding", "Samples", "check_connector"]


def check_connector(plugin: object, samples: Samples | None = None) -> list[Finding]:
    """Everything that is wrong with a connector (its module); empty when it conforms.

    First what the host itself would refuse at load; where that is clean, what the card promises and the hooks do not
    keep; then the hooks are called: the pure ones with `samples` and with rubbish, the others with a far side that is
    away, refuses the credentials, or answers with a web page. Nothing is sent over the network.
    """
    problems = hook_problems(plugin)
    if problems:
        return [Finding("hooks", problem) for problem in problems]
    card = next((one.function for one in implementations(plugin) if one.hook == "connector"), None)
    if card is None:
        return [Finding("hooks", "connector: is missing; a plugin of wrappers alone has nothing to check")]
    manifest = card()
    problems = manifest_problems(manifest)
    if problems:
        return [Finding("manifest", problem) for problem in problems]
    return list(_all(plugin, manifest, samples or Samples()))


def _all(plugin: object, manifest: Manifest, samples: Samples) -> Iterator[Finding]:
    rules: tuple[Callable[[object, Manifest], Iterator[Finding]], ...] = STATIC_RULES
    for rule in rules:
        yield from rule(plugin, manifest)
    yield from behaviour_findings(plugin, manifest, samples)
