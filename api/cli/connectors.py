"""`omnisales connectors`: what is installed, what it can do, and why something does not run."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from plugins.host import Host


def connectors(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """List the connectors: version, kinds, capabilities, and load errors. Needs no database."""
    from plugins.host import load_connectors

    host = load_connectors()
    if as_json:
        typer.echo(json.dumps(_facts(host), indent=2, ensure_ascii=False))
    else:
        _show(host)


def _facts(host: "Host") -> dict[str, Any]:
    return {
        "connectors": [
            {
                "key": one.key,
                "title": one.title,
                "version": one.version,
                "distribution": one.distribution,
                "kinds": sorted(one.kinds),
                "capabilities": list(one.capabilities),
            }
            for one in host.connectors()
        ],
        "wrappers": [
            {"name": one.name, "version": one.version, "distribution": one.distribution, "hooks": list(one.hooks)}
            for one in host.wrappings()
        ],
        "failures": [
            {
                "name": one.name,
                "version": one.version,
                "distribution": one.distribution,
                "reason": one.reason,
                "traceback": one.traceback,
            }
            for one in host.failures()
        ],
        "disabled": host.disabled(),
    }


def _show(host: "Host") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    table = Table(title="Connectors", title_justify="left", show_lines=True)
    table.add_column("connector", no_wrap=True)
    table.add_column("version", no_wrap=True)
    table.add_column("kinds", no_wrap=True)
    table.add_column("capabilities", overflow="fold", min_width=20)
    for one in host.connectors():
        kinds, capabilities = "\n".join(sorted(one.kinds)), ", ".join(one.capabilities)
        table.add_row(f"{one.key}\n{one.title}", f"{one.version}\n{one.distribution}", kinds, capabilities)
    console.print(table)
    for wrapping in host.wrappings():
        hooks = ", ".join(wrapping.hooks)
        name = f"{wrapping.name} {wrapping.version} ({wrapping.distribution})"
        console.print(f"{name} stands around: {hooks}", markup=False)
    for name in host.disabled():
        console.print(f"{name} is switched off by OMNISALES_CONNECTORS_DISABLED", markup=False)
    for failure in host.failures():
        console.print()
        of = " ".join(filter(None, (failure.distribution, failure.version)))
        console.print(
            Text(f"{failure.name} ({of or 'not installed'}) does not run: {failure.reason}", style="bold red")
        )
        if failure.traceback:
            console.print(Text(failure.traceback.rstrip(), style="dim"))
