"""`python -m omnisales_sdk.testing module:factory --port 9001`: runs a connector's sandbox, prints its address."""

import argparse
import sys

from .loading import by_name
from .serving import serve_forever


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m omnisales_sdk.testing", description=__doc__)
    parser.add_argument("factory", help="the manifest's `sandbox`, such as connectors.woocommerce.sandbox:create_app")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="a free one unless said")
    options = parser.parse_args()
    app = by_name(options.factory)()
    serve_forever(app, host=options.host, port=options.port, announce=_say)


def _say(url: str) -> None:
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
