"""The launcher ./ombra, run for real in a small clone.

Installing system packages, libraries and front-end components cannot happen in a test: apt-get, sudo, python3 and npm
are stood in for by scripts that write down how they were called. Everything else is the launcher itself.
"""

import os
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = "sh cat cksum chmod cp cut dirname env flock id mkdir mv ps readlink rm rmdir sed sleep sort tail tee touch"

PYTHON = """#!/bin/sh
case "$*" in
    *'import pip'*) exit 0 ;;
    '-c '*) exit 0 ;;
    *'-m venv'*)
        for venv in "$@"; do :; done
        echo venv >>"$CALLS"; rm -rf "$venv"; mkdir -p "$venv/bin"; cp "$0" "$venv/bin/python" ;;
    *'-m pip'*) echo "pip $*" >>"$CALLS"; [ ! -e "$CALLS.slow" ] || sleep 5; [ ! -e "$CALLS.fail" ] ;;
    '-P -m app.cli'*) shift 3; echo "cli<$*>" ;;
    *) echo "unexpected $*" >>"$CALLS"; exit 9 ;;
esac
"""
NPM = """#!/bin/sh
echo "npm $*" >>"$CALLS"
while read -r from to; do
    case $from in '' | '#'*) continue ;; */images) mkdir -p "node_modules/$from" ;; *)
        from=$(echo "$from" | sed 's/[*]/x/'); mkdir -p "node_modules/$(dirname "$from")"; touch "node_modules/$from" ;;
    esac
done <scripts/assets.txt
"""
APT = """#!/bin/sh
echo "apt-get $*" >>"$CALLS"
case $1 in install)
    printf '#!/bin/sh\\n' >"$SHIMS/node"; cp "$SHIMS/npm.later" "$SHIMS/npm"; chmod +x "$SHIMS/node" "$SHIMS/npm" ;;
esac
"""


class Clone:
    """A small clone and a PATH that holds nothing but the tools the launcher may count on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "una copia d'Ombra"
        self.shims = folder / "shims"
        self.calls = folder / "calls"
        self.shims.mkdir()
        self.calls.touch()
        for tool in TOOLS.split():
            self.shims.joinpath(tool).symlink_to(shutil.which(tool))
        (self.folder / "scripts").mkdir(parents=True)
        (self.folder / "app" / "pages" / "static").mkdir(parents=True)
        for name in ("ombra", "scripts/assets.txt", "scripts/copy-assets", "package-lock.json"):
            shutil.copy(ROOT / name, self.folder / name)
        for name in ("requirements.lock", "pyproject.toml"):
            (self.folder / name).write_text("")
        self.shim("python3", PYTHON)
        self.shim("node", "#!/bin/sh\n")
        self.shim("npm", NPM)
        self.environment = {
            "PATH": str(self.shims),
            "CALLS": str(self.calls),
            "SHIMS": str(self.shims),
            "OMBRA_DATABASE_URL": "postgresql://altrove/ombra",
        }

    def shim(self, name: str, text: str) -> None:
        (self.shims / name).write_text(text)
        (self.shims / name).chmod(0o755)

    def start(self, *words: str, script: Path | None = None, cwd: Path = Path("/")) -> subprocess.Popen:
        command = ["/bin/sh", script or self.folder / "ombra", *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, env=self.environment, cwd=cwd, text=True, start_new_session=True, **pipes)

    def run(self, *words: str, **options) -> subprocess.CompletedProcess:
        process = self.start(*words, **options)
        output, errors = process.communicate(timeout=60)
        return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def called(self) -> list[str]:
        return [line.split()[0] for line in self.calls.read_text().splitlines()]


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck non è installato")
@pytest.mark.parametrize("script", ["ombra", "scripts/copy-assets", ".ci/run"])
def test_scripts_have_no_fault_that_shellcheck_knows(script):
    done = subprocess.run(["shellcheck", ROOT / script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("script", ["ombra", "scripts/copy-assets", ".ci/run"])
def test_scripts_can_be_executed(script):
    assert (ROOT / script).stat().st_mode & stat.S_IXUSR


def test_the_first_run_prepares_and_the_second_only_runs(clone):
    first = clone.run("gaps", "--type", "casa comunita")
    assert (first.returncode, first.stdout) == (0, "cli<gaps --type casa comunita>\n"), first.stderr
    assert clone.called() == ["venv", "pip", "npm"]
    assert (clone.folder / "app/pages/static/vendor/leaflet/leaflet.js").is_file()
    began = time.monotonic()
    second = clone.run("gaps")
    assert time.monotonic() - began < 0.3
    assert (second.stdout, second.stderr) == ("cli<gaps>\n", "")
    assert clone.called() == ["venv", "pip", "npm"]


def test_help_asks_for_python_alone(clone):
    assert clone.run("--help").stdout == "cli<--help>\n"
    assert clone.called() == ["venv", "pip"]


def test_only_test_installs_the_tools_of_the_tests(clone):
    clone.run("up")
    assert "[test]" not in clone.calls.read_text()
    clone.run("test", "-k", "x")
    calls = clone.calls.read_text().splitlines()
    assert calls[-2].endswith("[test,linkage,bench,network,equity,scale]")
    assert calls[-1] == "npm ci --ignore-scripts --no-audit --no-fund"


@pytest.mark.parametrize(
    ("words", "extras"),
    [(f"etl {word}", "linkage") for word in ("run", "rollback", "review", "correct", "release", "train-linkage")]
    + [("bench linkage --json", "linkage,bench"), ("bench", "linkage,bench")]
    + [
        ("coverage run --engine network --file a.pbf", "network"),
        ("coverage run --file a.pbf --engine=network", "network"),
    ],
)
def test_what_only_some_commands_need_is_added_once(clone, words, extras):
    clone.run("up")
    first = clone.run(*words.split())
    assert (first.returncode, first.stdout) == (0, f"cli<{words}>\n"), first.stderr
    assert clone.calls.read_text().splitlines()[-1].endswith(f"[{extras}]")
    began = time.monotonic()
    second = clone.run(*words.split())
    assert time.monotonic() - began < 0.3
    assert (second.stdout, second.stderr) == (f"cli<{words}>\n", "")
    assert clone.called() == ["venv", "pip", "npm", "pip"]


@pytest.mark.parametrize("words", ["up", "etl report", "etl why a name", "gaps run", "gaps --out networks"])
def test_the_other_commands_add_nothing(clone, words):
    clone.run(*words.split())
    assert clone.called() == ["venv", "pip", "npm"]


def test_tools_of_the_tests_serve_every_command(clone):
    clone.run("test")
    before = clone.called()
    clone.run("bench")
    clone.run("etl", "run")
    assert clone.called() == before


def test_changed_libraries_are_added_again(clone):
    clone.run("etl", "run")
    (clone.folder / "requirements.lock").write_text("x==1\n")
    clone.run("etl", "run")
    assert clone.called() == ["venv", "pip", "npm", "pip", "pip", "pip"]


@pytest.mark.parametrize(("words", "code", "output"), [("etl run", 0, "cli<etl run>\n"), ("bench", 2, "")])
def test_loading_does_without_the_linkage_engine_and_benches_do_not(clone, words, code, output):
    clone.run("up")
    (fail := Path(f"{clone.calls}.fail")).touch()
    failed = clone.run(*words.split())
    assert (failed.returncode, failed.stdout) == (code, output), failed.stderr
    assert ("proseguo senza" in failed.stderr) == (code == 0)
    fail.unlink()
    assert clone.run(*words.split()).stdout == f"cli<{words}>\n"
    assert clone.called() == ["venv", "pip", "npm", "pip", "pip"]


def test_an_addition_that_was_cut_off_leads_to_a_new_environment(clone):
    clone.run("up")
    (slow := Path(f"{clone.calls}.slow")).touch()
    process = clone.start("etl", "run")
    while clone.called().count("pip") < 2:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    slow.unlink()
    assert clone.run("status").stdout == "cli<status>\n"
    assert clone.run("etl", "run").stdout == "cli<etl run>\n"
    assert clone.called() == ["venv", "pip", "npm", "pip", "venv", "pip", "npm", "pip"]


def test_a_changed_lock_file_renews_only_what_it_concerns(clone):
    clone.run("up")
    (clone.folder / "requirements.lock").write_text("x==1\n")
    clone.run("up")
    assert clone.called() == ["venv", "pip", "npm", "pip"]
    (clone.folder / "package-lock.json").write_text("{}")
    clone.run("up")
    assert clone.called() == ["venv", "pip", "npm", "pip", "npm"]


def test_a_moved_clone_gets_a_new_environment(clone):
    clone.run("up")
    clone.folder = clone.folder.rename(clone.folder.with_name("altrove"))
    clone.run("up")
    assert clone.called() == ["venv", "pip", "npm", "venv", "pip", "npm"]


def test_a_failed_step_is_told_and_done_again(clone):
    (fail := Path(f"{clone.calls}.fail")).touch()
    failed = clone.run("up")
    assert failed.returncode == 2
    assert "L'installazione delle librerie Python non è riuscita" in failed.stderr
    assert "riprende da qui" in failed.stderr
    fail.unlink()
    assert clone.run("up").returncode == 0
    assert clone.called() == ["venv", "pip", "venv", "pip", "npm"]


def test_a_killed_first_run_is_continued(clone):
    (slow := Path(f"{clone.calls}.slow")).touch()
    process = clone.start("up")
    while "pip" not in clone.called():
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    slow.unlink()
    assert clone.run("up").stdout == "cli<up>\n"
    assert clone.called() == ["venv", "pip", "venv", "pip", "npm"]


@pytest.mark.parametrize("with_flock", [True, False])
def test_two_first_runs_at_once_prepare_once(clone, with_flock):
    if not with_flock:
        (clone.shims / "flock").unlink()
    (slow := Path(f"{clone.calls}.slow")).touch()
    first = clone.start("up")
    while "pip" not in clone.called():
        time.sleep(0.02)
    second = clone.start("gaps")
    slow.unlink()
    outputs = [process.communicate(timeout=60) for process in (first, second)]
    assert [output for output, _ in outputs] == ["cli<up>\n", "cli<gaps>\n"], outputs
    assert "sta preparando questa cartella: attendo" in outputs[1][1]
    assert clone.called() == ["venv", "pip", "npm"]
    assert not (clone.folder / ".ombra/setup.lock.d").exists()


def test_a_lock_folder_of_a_dead_process_is_taken_over(clone):
    (clone.shims / "flock").unlink()
    dead = subprocess.Popen(["true"])
    dead.wait()
    lock = clone.folder / ".ombra/setup.lock.d"
    lock.mkdir(parents=True)
    (lock / "pid").write_text(f"{dead.pid}\n")
    assert clone.run("up").stdout == "cli<up>\n"


def test_what_cannot_be_installed_is_named_with_the_commands(clone):
    for name in ("node", "npm", "python3"):
        (clone.shims / name).unlink()
    done = clone.run("up")
    assert done.returncode == 2
    assert "apt-get install --no-install-recommends python3 python3-venv nodejs npm" in done.stderr
    assert "docker compose up" in done.stderr
    assert "OMBRA_DATABASE_URL" in done.stderr
    assert clone.called() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="serve root: si prova l'installazione senza sudo")
def test_missing_packages_are_installed_where_that_is_allowed(clone):
    (clone.shims / "npm").rename(clone.shims / "npm.later")
    (clone.shims / "node").unlink()
    clone.shim("apt-get", APT)
    clone.shim("apt-cache", "#!/bin/sh\n")
    done = clone.run("up")
    assert done.stdout == "cli<up>\n", done.stderr
    assert clone.called() == ["apt-get", "apt-get", "venv", "pip", "npm"]
    assert "apt-get install -y -q --no-install-recommends nodejs npm" in clone.calls.read_text()


def test_status_and_down_install_nothing(clone):
    status, down = clone.run("status"), clone.run("down")
    assert (status.returncode, down.returncode) == (3, 0)
    assert "non è ancora stata preparata" in status.stderr
    assert clone.called() == []
    clone.run("up")
    assert clone.run("status").stdout == "cli<status>\n"


def test_it_works_through_a_chain_of_links_and_from_anywhere(clone, tmp_path):
    (tmp_path / "altrove").mkdir()
    (tmp_path / "altrove" / "uno").symlink_to(clone.folder / "ombra")
    (tmp_path / "due").symlink_to("altrove/uno")
    assert clone.run("up", script=tmp_path / "due", cwd=tmp_path).stdout == "cli<up>\n"
    assert (clone.folder / ".venv").is_dir()


def test_a_strict_umask_does_not_lock_the_database_out(clone):
    before = os.umask(0o077)
    try:
        clone.run("up")
    finally:
        os.umask(before)
    assert (clone.folder / ".ombra").stat().st_mode & 0o777 == 0o755
