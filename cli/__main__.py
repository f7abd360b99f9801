"""`python -m cli`: the same as `patchthrough`, where it isn't installed."""

from cli.main import app

app(prog_name="patchthrough")
