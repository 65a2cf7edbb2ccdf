"""Which media type an answer has, after the GraphQL-over-HTTP specification."""

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"

_SERVED = {GRAPHQL: GRAPHQL, JSON: JSON, "application/*": JSON, "*/*": JSON}


def media_type(accept: str | None) -> str | None:
    """The type to answer with: the caller's first wish that we serve; None if we serve none of them."""
    if not accept:
        return JSON
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.split(",")):
        name, *parameters = (one.strip().lower() for one in part.split(";"))
        quality = next((_quality(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        if quality > 0 and name in _SERVED and "charset=" not in "".join(parameters).replace("charset=utf-8", ""):
            wishes.append((-quality, place, _SERVED[name]))
    return min(wishes)[2] if wishes else None


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
