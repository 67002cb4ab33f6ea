"""The publishers' own files, all at once: every row accounted for, nothing new again, nothing read unasked."""

import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from etl.history import history, rollback
from etl.pipeline import run
from tests.etl.files import TODAY, directory, kinds
from tests.etl.tools import SHARED, fingerprint, frame, scalar

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason=f"i file dei publicatori non ci sono: {SHARED.name}")
# Read by tests only: another hand's answers.
UNREAD = "answer-keys"
GEOCODED = ("Long", "Lat", "arcGIS_response")


class Opened:
    """Paths of the files that are opened while it watches; a hook of the interpreter stays for ever."""

    def __init__(self):
        self.watching = False
        self.paths: set[str] = set()
        sys.addaudithook(self._hook)

    def _hook(self, event, arguments):
        if self.watching and event == "open":
            self.paths.add(str(arguments[0]))


@pytest.fixture(scope="module")
def opened():
    return Opened()


@pytest.fixture(scope="module")
def real(databases, filled, opened):
    """A database with all that the files hold, and what the run told."""
    with databases.clone(filled, "real") as engine:
        opened.watching = True
        outcome = run(engine, folder=SHARED, today=TODAY)
        opened.watching = False
        yield engine, outcome


def shuffled(table: Path) -> bool:
    """Shuffle the rows of a file of one row a line; false where it is no such file."""
    head, *lines = table.read_bytes().splitlines(keepends=True)
    if any(line.count(b'"') % 2 or not line.endswith(b"\n") for line in [head, *lines]):
        return False
    random.Random(541).shuffle(lines)
    table.write_bytes(head + b"".join(lines))
    return True


def test_every_row_of_every_file_is_accounted_for(real):
    _engine, outcome = real
    assert not outcome.failed
    assert [file.name for file in outcome.files if file.accepted + file.rejected != file.read or not file.read] == []
    print()
    for file in outcome.files:
        print(f"{file.name:95} {file.source_id:30} {file.read:6} {file.accepted:6} {file.rejected:6}")
    counted = {Path(file.name).name: (file.read, file.rejected) for file in outcome.files}
    assert counted["Torino_farmacie.csv"] == (279, 0)
    assert counted["territorio.csv"] == (432, 0)
    assert counted["comuniIPA.tsv"] == (312, 0)
    assert counted["ElencoUnitaAmministrative2011.csv"] == (315, 0)


def test_every_rejection_has_its_reason(real):
    engine, _outcome = real
    silent = (
        "select r.source_id, r.key from source_record r where not r.accepted and not exists (select from issue i"
        " where i.source_id = r.source_id and i.record_key = r.key and i.severity = 'scartato')"
    )
    assert frame(engine, silent).empty


def test_nothing_is_opened_that_no_source_knows_and_no_answer_is_read(real, opened):
    engine, outcome = real
    unknown = [unclaimed.name for unclaimed in outcome.unclaimed if not unclaimed.reasons]
    assert sum(name.startswith(UNREAD) for name in unknown) >= 2
    read = {str(Path(path).resolve()) for path in opened.paths}
    assert str((SHARED / "aperto-torino" / "farmacie.csv").resolve()) in read
    assert not {str((SHARED / name).resolve()) for name in unknown} & read
    columns = "select distinct jsonb_object_keys(raw) from source_record where source_id = 'ministero-farmacie'"
    assert not set(frame(engine, columns).iloc[:, 0]) & set(GEOCODED)


def test_renamed_schools_are_told_as_such_and_stay_the_same_schools(real):
    engine, outcome = real
    told = Counter(
        event.kind
        for source in outcome.sources
        if source.source_id == "mim-scuole-paritarie"
        for event in source.events
        if event.entity == "service"
    )
    assert told["rinominato"] == 32
    listed = "select count(*), count(distinct key) from source_record where source_id = 'mim-scuole-paritarie'"
    rows, codes = frame(engine, listed).iloc[0]
    assert rows == codes
    assert told["nuovo"] == scalar(
        engine,
        "select count(distinct o.entity_id) from field_origin o join source_record r on r.id = o.source_record_id"
        " where r.source_id = 'mim-scuole-paritarie' and o.entity = 'service' and o.field = 'name'",
    )


def test_the_two_lists_of_pharmacies_count_each_pharmacy_once(real):
    engine, outcome = real
    told = frame(
        engine,
        "select i.entity_id, count(*) filter (where c.source_id = 'aperto-farmacie') as city,"
        " count(*) filter (where c.source_id = 'ministero-farmacie') as ministry"
        " from restricted.service_claim c join identity i on i.entity = 'service' and i.member_id = c.id"
        " where c.source_id in ('aperto-farmacie', 'ministero-farmacie') group by 1",
    )
    both = (told["city"] > 0) & (told["ministry"] > 0)
    print(f"{len(told)} farmacie, {both.sum()} in entrambi gli elenchi")
    assert (told["city"].sum(), told["ministry"].sum()) == (243, 279)
    # Neither list holds a pharmacy twice; what they share is published once (the bench tells how many of them).
    assert (told["city"].max(), told["ministry"].max()) == (1, 1)
    assert both.sum() > 200
    counted = "select count(*) from service where id = any(:ids) and closed_on is null"
    assert scalar(engine, counted, ids=told["entity_id"].tolist()) == 243 + 279 - both.sum()
    assert outcome.linkage.merged >= both.sum()


def test_the_same_files_again_and_shuffled_change_nothing(real, tmp_path):
    engine, _outcome = real
    before = fingerprint(engine)
    assert not run(engine, folder=SHARED, today=TODAY).changed
    copies = shutil.copytree(SHARED, tmp_path / "z" / "altrove", ignore=shutil.ignore_patterns(UNREAD))
    done = [shuffled(path) for path in sorted(copies.rglob("*.csv"))]
    assert sum(done) >= 10
    outcome = run(engine, folder=tmp_path, today=TODAY)
    assert [file.state for file in outcome.files if file.state not in ("invariato", "superato")] == []
    assert not outcome.changed
    assert fingerprint(engine) == before


def test_the_renamings_are_undone_by_a_rollback(real):
    engine, _outcome = real
    before = directory(engine)
    with engine.connect() as connection:
        latest = history(connection, "mim-scuole-paritarie")[0]
    undone = rollback(engine, latest.run_id, today=TODAY)
    assert len(kinds(undone, "mim-scuole-paritarie")["rinominato"]) > 0
    assert sum(event.kind == "rinominato" for source in undone.sources for event in source.events) == 32
    with engine.connect() as connection:
        again = history(connection, "mim-scuole-paritarie")[0]
    rollback(engine, again.run_id, today=TODAY)
    assert directory(engine) == before
