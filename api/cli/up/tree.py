"""The children of `omnisales up` that are ours: what each is called and how it is started."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from api.cli.up.health import is_ready
from api.cli.up.supervisor import Child

# -P: a folder `api` or `jobs` where the operator happens to stand must not be taken for ours.
PYTHON = (sys.executable, "-P", "-m")


@dataclass(frozen=True)
class Programs:
    """The command lines of our processes. `api` gets `--host` and `--port` added."""

    migrate: tuple[str, ...] = (*PYTHON, "api.cli", "migrate")
    api: tuple[str, ...] = (*PYTHON, "api.cli", "serve")
    worker: tuple[str, ...] = (*PYTHON, "jobs.worker")
    scheduler: tuple[str, ...] = (*PYTHON, "jobs.scheduler")
    relay: tuple[str, ...] = (*PYTHON, "jobs.relay")


PROGRAMS = Programs()


def migration(programs: Programs, env: Mapping[str, str]) -> Child:
    """Brings the database to the newest form, and ends."""
    return Child(name="migrate", argv=programs.migrate, env=env)


def application(programs: Programs, env: Mapping[str, str], host: str, port: int, workers: int) -> list[Child]:
    """The processes that run until they are stopped."""
    names = ["worker"] if workers == 1 else [f"worker-{number}" for number in range(1, workers + 1)]
    return [
        Child(
            name="api",
            argv=(*programs.api, "--host", host, "--port", str(port)),
            env=env,
            is_ready=partial(is_ready, host, port),
        ),
        *(Child(name=name, argv=programs.worker, env=env, stop_seconds=30) for name in names),
        Child(name="scheduler", argv=programs.scheduler, env=env),
        Child(name="relay", argv=programs.relay, env=env),
    ]
