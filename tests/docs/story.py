"""Plays a guide: sends what it sends, and compares what comes back with what it shows."""

import json
from typing import Any

import httpx

from .events import happen
from .house import House
from .markdown import Part, commands_in, parts
from .matching import Known, compare, fill


async def play(house: House, guide: str, known: Known) -> int:
    """Plays a guide from top to bottom; returns how many answers were compared. Fails with the place in the guide."""
    told = list(parts(guide))
    compared = 0
    answer: httpx.Response | None = None
    operation: Part | None = None
    for place, part in enumerate(told):
        following = told[place + 1] if place + 1 < len(told) else None
        if part.info == "meanwhile":
            await happen(house, known, part.text)
        elif part.info == "json screen":
            assert operation is not None, f"{part.place}: variables of nothing"
            await _send(house, known, operation, json.loads(part.text))
        elif part.info == "graphql":
            operation = part
            variables = json.loads(following.text) if following and following.info == "json variables" else {}
            answer = await _send(house, known, part, variables)
        elif part.info == "sh":
            for program, *words in commands_in(part.text):
                if program == "curl":
                    answer = await _curl(house, known, words)
        elif part.info.startswith("json answer"):
            assert answer is not None, f"{part.place}: an answer to nothing"
            _check(house, known, part, answer)
            compared += 1
    return compared


async def _send(house: House, known: Known, part: Part, variables: dict[str, Any]) -> httpx.Response:
    """Sends an operation. One that cannot run is an error of the guide; a refusal may be what it shows."""
    body = {"query": part.text, "variables": _redirected(house, fill(variables, known))}
    answer = await house.http.post("/graphql", json=body, headers={"Authorization": f"Bearer {known['<key>']}"})
    assert answer.status_code == 200 and "errors" not in answer.json(), f"{part.place}: {answer.text}"
    refused = [value for value in answer.json()["data"].values() if isinstance(value, dict) and "problems" in value]
    assert not refused or "problems" in part.text, f"{part.place}: {refused}"
    await house.at_rest()
    return answer


async def _curl(house: House, known: Known, words: list[str]) -> httpx.Response:
    """Sends a `curl` with its -H, -d, -X and -s; no other option is known here. Cookies are kept anyway."""
    headers, data, method, url = {}, None, None, ""
    rest = iter(_redirected(house, fill(words, known)))
    for word in rest:
        match word:
            case "-s" | "-i":
                pass
            case "-b" | "-c":
                next(rest)
            case "-H":
                name, _, value = next(rest).partition(":")
                headers[name] = value.strip()
            case "-d":
                data = next(rest)
            case "-X":
                method = next(rest)
            case _ if word.startswith("-"):
                raise AssertionError(f"curl {word} is not known to this test")
            case _:
                url = word
    answer = await house.http.request(method or ("POST" if data else "GET"), url, content=data, headers=headers)
    await house.at_rest()
    return answer


def _check(house: House, known: Known, part: Part, answer: httpx.Response) -> None:
    status = int(part.info.removeprefix("json answer").strip() or 200)
    assert answer.status_code == status, f"{part.place}: {answer.status_code} {answer.text}"
    shown, seen = json.loads(part.text), _directed_back(house, answer.json())
    problems = compare(shown, {name: seen[name] for name in shown if name in seen}, known)
    assert not problems, "\n".join([f"{part.place} shows another answer than comes:", *problems, answer.text])


def _redirected(house: House, value: Any) -> Any:
    """The addresses of the guides lead to the house of the test."""
    text = json.dumps(value, ensure_ascii=False)
    for address, here in house.addresses.items():
        text = text.replace(address, here)
    return json.loads(text)


def _directed_back(house: House, value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False)
    for address, here in house.addresses.items():
        text = text.replace(here, address)
    return json.loads(text)
