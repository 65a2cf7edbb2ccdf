"""The product's own door: GraphQL over HTTP, with the operations of data/operations.graphql."""

from functools import cache
from pathlib import Path
from typing import Any

from graphql import parse, print_ast
from graphql.utilities import separate_operations

from omnisales_sdk import HttpClient

from .expectation import Unmet

Answer = dict[str, Any]

_OPERATIONS = Path(__file__).with_name("data") / "operations.graphql"


@cache
def operations() -> dict[str, str]:
    """Each operation with the fragments that it needs, by name."""
    return {name: print_ast(one) for name, one in separate_operations(parse(_OPERATIONS.read_text("utf-8"))).items()}


class Api:
    """A caller with a key. What it is refused is an error of the demo, unless a refusal is what it asks for."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self._headers = {"Authorization": f"Bearer {key}"}
        self._http = HttpClient(timeout=30.0)

    def ask(self, operation: str, **variables: Any) -> Any:
        """The value of the operation's one field. Raises Unmet for a refusal or an error, with its words."""
        value = self._value(operation, variables)
        if _is_refusal(value):
            raise Unmet(f"{operation} was refused: {told(value)}")
        return value

    def refusal(self, operation: str, **variables: Any) -> Answer:
        """The refusal that the operation must meet. Raises Unmet when it is carried out instead."""
        value = self._value(operation, variables)
        if not _is_refusal(value):
            raise Unmet(f"{operation} should have been refused, but the answer was {value!r}")
        refused: Answer = value
        return refused

    def fetch(self, path: str) -> tuple[int, bytes]:
        """What a plain address of the API answers, such as a label: status and body."""
        answer = self._http.send("GET", f"{self.url}{path}" if path.startswith("/") else path, headers=self._headers)
        return answer.status, answer.content

    def _value(self, operation: str, variables: dict[str, Any]) -> Any:
        body = {"query": operations()[operation], "operationName": operation, "variables": variables}
        answer = self._http.send("POST", f"{self.url}/graphql", headers=self._headers, json=body)
        found = answer.json()
        if found.get("errors") or answer.status != 200:
            raise Unmet(f"{operation} failed ({answer.status}): {found.get('errors') or found}")
        (value,) = found["data"].values()
        return value


def _is_refusal(value: object) -> bool:
    return isinstance(value, dict) and {"code", "message", "path"} <= set(value)


def told(refusal: Answer) -> str:
    """A refusal in one line: its sentence, its code, and what it says of each field."""
    problems = [f"{'.'.join(one['path'])}: {one['message']}" for one in refusal.get("problems", [])]
    return " ".join([f"{refusal['message']} ({refusal['code']})", *problems])
