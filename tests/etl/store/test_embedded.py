"""The private cluster: made, found again, repaired, refused for clear reasons."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from etl.errors import ClusterError
from etl.store.cluster import places, processes
from etl.store.cluster.owner import find_owner
from etl.store.cluster.places import cluster_home
from etl.store.embedded import Cluster, _conninfo
from tests.databases import make_home, remove_home

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="serve root: si prova il cambio di utente")
NOBODY = 65534


@pytest.fixture
def home():
    home = make_home()
    yield home
    remove_home(home)


@pytest.fixture
def cluster(home):
    cluster = Cluster(home)
    cluster.ensure_running()
    return cluster


def query(cluster, statement):
    with psycopg.connect(_conninfo(cluster.url), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def kill_server(cluster):
    os.kill(cluster.status().pid, signal.SIGKILL)


def write_as_owner(cluster, path, text):
    find_owner(cluster.folder).write(path, text)


def start_elsewhere(home):
    code = "import sys; from pathlib import Path; from etl.store.embedded import Cluster; "
    code += "print(Cluster(Path(sys.argv[1])).ensure_running())"
    return subprocess.Popen(
        [sys.executable, "-c", code, home], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_a_new_cluster_starts_quickly_and_has_postgis(home):
    cluster, began = Cluster(home), time.monotonic()
    cluster.ensure_running()
    assert time.monotonic() - began < 10  # about 0.7 s when the machine is free
    query(cluster, "CREATE EXTENSION postgis")
    assert query(cluster, "SELECT upper('è') || current_user") == "Èombra"


def test_nothing_is_open_to_others(cluster):
    assert query(cluster, "SHOW listen_addresses") == ""
    assert query(cluster, "SHOW jit") == "off"  # our settings win over those that initdb wrote
    assert query(cluster, "SHOW fsync") == "on"
    assert query(cluster, "SHOW data_checksums") == "on"
    for folder in (cluster.folder, cluster.data, cluster.folder / "run"):
        assert folder.stat().st_mode & 0o077 == 0
    owner = find_owner(cluster.folder).name
    rules = (cluster.data / "pg_hba.conf").read_text()
    assert rules == "local all all peer map=ombra\n"
    users = (cluster.data / "pg_ident.conf").read_text()
    assert {line.split('"')[1] for line in users.splitlines()} == {owner, "root"}


def test_a_second_call_while_it_runs_changes_nothing(cluster):
    pid = cluster.status().pid
    assert Cluster(cluster.home).ensure_running() == cluster.url
    assert cluster.status().pid == pid


def test_status_and_stop(cluster):
    status = cluster.status()
    assert status.exists
    assert status.running
    assert cluster.stop() is True
    assert cluster.stop() is False
    assert not cluster.status().running
    assert cluster.status().version == status.version


def test_status_of_nothing(home):
    status = Cluster(home).status()
    assert (status.exists, status.running, status.pid, status.version) == (False, False, None, None)
    assert [path.name for path in home.iterdir()] == ["run"]  # the mark of the test run, nothing else


def test_it_recovers_from_kill_9_with_all_that_was_committed(cluster):
    query(cluster, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    busy = psycopg.connect(_conninfo(cluster.url))
    busy.execute("INSERT INTO kept SELECT generate_series(1, 1000)")  # never committed
    kill_server(cluster)
    cluster.ensure_running()
    busy.close()
    assert query(cluster, "SELECT count(*) FROM kept") == 1000


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="serve /proc")
def test_backends_that_outlive_the_server_are_ended(cluster):
    slow = psycopg.connect(_conninfo(cluster.url))
    slow.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")  # does not look up for hours
    time.sleep(0.3)
    kill_server(cluster)
    time.sleep(0.3)
    assert processes.remains(cluster.data)
    cluster.ensure_running()
    slow.close()
    assert query(cluster, "SELECT 1") == 1


@pytest.mark.slow
def test_thirty_kills_lose_nothing_committed(cluster):
    query(cluster, "CREATE TABLE kept (n int PRIMARY KEY)")
    for number in range(30):
        query(cluster, f"INSERT INTO kept VALUES ({number})")
        kill_server(cluster)
        cluster.ensure_running()
        assert query(cluster, "SELECT count(*) FROM kept") == number + 1


def test_processes_that_start_it_together_find_one_server(home):
    starters = [start_elsewhere(home) for _ in range(3)]
    outputs = [starter.communicate(timeout=60)[0] for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0, 0], outputs
    assert set(outputs) == {f"{Cluster(home).url}\n"}


def test_a_starter_killed_half_way_does_no_harm(home):
    for delay in (0.4, 0.7, 1.0):
        starter = start_elsewhere(home)
        time.sleep(delay)
        starter.kill()
        starter.communicate()
    cluster = Cluster(home)
    cluster.ensure_running()
    assert query(cluster, "SELECT 1") == 1


def test_a_stale_process_number_that_now_is_somebody_else(cluster):
    owner = find_owner(cluster.folder)
    lines = (cluster.data / "postmaster.pid").read_text().splitlines(keepends=True)
    cluster.stop()
    with owner.start(["sleep", "60"], cwd=Path("/")) as stranger:
        socket = places.socket_file(places.socket_folder(cluster.folder, owner))
        write_as_owner(cluster, cluster.data / "postmaster.pid", "".join([f"{stranger.pid}\n", *lines[1:]]))
        write_as_owner(cluster, Path(f"{socket}.lock"), "".join([f"{stranger.pid}\n", *lines[1:]]))
        write_as_owner(cluster, socket, "")
        assert not cluster.status().running
        cluster.ensure_running()
        assert query(cluster, "SELECT 1") == 1
        stranger.kill()


def test_a_folder_deleted_under_a_running_server_is_made_anew(home):
    cluster = Cluster(home / "una cartella")  # its socket lies elsewhere and is still held by the old server
    cluster.ensure_running()
    query(cluster, "CREATE TABLE gone (n int)")
    shutil.rmtree(cluster.home)
    cluster.ensure_running()
    assert query(cluster, "SELECT to_regclass('gone')") is None
    cluster.stop()


def test_a_cut_off_initdb_is_done_again(home):
    cluster = Cluster(home)
    owner = find_owner(cluster.folder)
    places.make_private([cluster.folder], owner)
    owner.run(["mkdir", "data.new"], cwd=cluster.folder)
    write_as_owner(cluster, cluster.folder / "data.new" / "PG_VERSION", "15\n")
    cluster.ensure_running()
    assert query(cluster, "SELECT 1") == 1
    assert not (cluster.folder / "data.new").exists()


def test_a_database_that_was_not_made_is_made_later(cluster):
    with psycopg.connect(
        _conninfo(cluster._url("postgres", find_owner(cluster.folder))), autocommit=True
    ) as connection:
        connection.execute("DROP DATABASE ombra")
    cluster.ensure_running()
    assert query(cluster, "SELECT current_database()") == "ombra"


@pytest.mark.parametrize("name", ["una cartella", 'd\'Ivrea, "$HOME" `x`', "città", "lunga" * 22])
def test_paths_with_odd_characters_and_long_ones(home, name):
    cluster = Cluster(home / name)
    (home / name).mkdir(mode=0o755)
    url = cluster.ensure_running()
    assert query(cluster, "SELECT 1") == 1
    socket = Path(url.query["host"])
    assert not socket.is_relative_to(cluster.home)
    assert len(os.fsencode(places.socket_file(socket))) <= places.SOCKET_LIMIT
    cluster.stop()
    assert not socket.exists()


def test_a_socket_folder_that_others_can_enter_is_refused(home):
    cluster = Cluster(home / "una cartella")
    cluster.home.mkdir(mode=0o755)
    trap = places.socket_folder(cluster.folder, find_owner(cluster.folder))
    trap.mkdir(mode=0o755)
    try:
        if os.geteuid() == 0:
            os.chown(trap, NOBODY, NOBODY)
        with pytest.raises(ClusterError, match=r"non appartiene soltanto"):
            cluster.ensure_running()
    finally:
        trap.rmdir()


@needs_root
def test_a_clone_that_the_server_cannot_reach_keeps_its_data_in_the_system_folder(home):
    private = Path(tempfile.mkdtemp())  # mode 0700 and root's, like a clone under /root
    try:
        found = cluster_home(private, system_folder=home)
        assert found == home / places.digest(private)
        cluster = Cluster(found)
        cluster.ensure_running()
        assert query(cluster, "SELECT 1") == 1
        cluster.stop()
        assert private.stat().st_mode & 0o777 == 0o700
        private.chmod(0o755)  # later the clone becomes reachable: the data that exist are still the ones used
        assert cluster_home(private, system_folder=home) == found
    finally:
        shutil.rmtree(private)


@needs_root
def test_data_in_a_clone_that_becomes_unreachable_are_not_silently_replaced(home):
    clone = home / "clone"
    clone.mkdir(mode=0o755)
    assert cluster_home(clone) == clone / ".ombra"
    cluster = Cluster(clone / ".ombra")
    cluster.ensure_running()
    cluster.stop()
    clone.chmod(0o700)
    with pytest.raises(ClusterError, match="non può più entrare"):
        cluster_home(clone)


@needs_root
def test_a_normal_user_runs_the_cluster_as_itself_and_is_kept_from_roots(cluster):
    folder = Path(tempfile.mkdtemp())
    os.chown(folder, NOBODY, NOBODY)
    code = (
        "import encodings.ascii, sys, os, psycopg\n"
        "from pathlib import Path; from etl.store.embedded import Cluster, _conninfo\n"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "own = Cluster(Path(sys.argv[1])); own.ensure_running()\n"
        "with psycopg.connect(_conninfo(own.url)) as c: print(c.execute('SELECT current_user').fetchone()[0])\n"
        "own.stop()\n"
        "try: Cluster(Path(sys.argv[2])).ensure_running()\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, folder, cluster.home], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    finally:
        shutil.rmtree(folder)
    first, second = done.stdout.splitlines()
    assert first == "ombra"
    assert "ClusterError" in second
    assert "appartiene all'utente «postgres»" in second


def test_data_of_another_version_name_the_package_to_install(cluster):
    cluster.stop()
    write_as_owner(cluster, cluster.data / "PG_VERSION", "12\n")
    with pytest.raises(ClusterError, match=r"creati con PostgreSQL 12.*postgresql-12-postgis-3"):
        cluster.ensure_running()


def test_damaged_data_show_the_log_and_the_way_out(cluster):
    cluster.stop()
    (cluster.data / "global" / "pg_control").unlink()
    with pytest.raises(ClusterError, match=r"(?s)danneggiati.*pg_control.*spostare altrove"):
        cluster.ensure_running()


@needs_root
def test_a_full_disk_is_named_before_anything_is_written(home):
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", str(home)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("qui non si può montare un disco di prova")
    try:
        with pytest.raises(ClusterError, match=r"Spazio insufficiente.*20 MB liberi, ne servono 500"):
            Cluster(home).ensure_running()
    finally:
        subprocess.run(["umount", home], check=True)


def test_a_home_that_cannot_be_written(home):
    (home / "file").write_text("")
    with pytest.raises(ClusterError, match="Non posso scrivere in"):
        Cluster(home / "file").ensure_running()
