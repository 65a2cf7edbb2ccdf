"""`python -m api.cli`, by which `omnisales up` starts its children."""

from api.cli import app

app(prog_name="omnisales")
