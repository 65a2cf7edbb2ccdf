"""`python -m omnisales_sdk.testing module:factory --port 9001`: runs a connector's sandbox as a process."""

import argparse

from .loading import by_name
from .serving import serve_forever


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m omnisales_sdk.testing", description=__doc__)
    parser.add_argument("factory", help="the manifest's `sandbox`, such as connectors.woocommerce.sandbox:create_app")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    serve_forever(by_name(options.factory)(), host=options.host, port=options.port)


if __name__ == "__main__":
    main()
