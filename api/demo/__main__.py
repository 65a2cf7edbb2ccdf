"""`python -m api.demo`, the same as `omnisales demo`."""

import typer

from api.cli.demo import demo

typer.run(demo)
