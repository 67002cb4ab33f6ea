"""Hostile and damaged files: each ends in a clear Italian message, or in rows told broken, never in a crash."""

import contextlib
import io
import os
import random
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from etl.errors import SourceError
from etl.sources.readers import archive, content, workbook
from etl.sources.readers.table import read_table

Build = Callable[[Path], object]
CSV = "codice;nome;indirizzo\n1;Farmacia Uno;Via Po 1\n"


def text(content: str | bytes) -> Build:
    return lambda path: path.write_bytes(content.encode() if isinstance(content, str) else content)


def zipped(**members: str | bytes) -> Build:
    def build(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name, member in members.items():
                target.writestr(name.replace("__", "."), member)

    return build


def saved(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def altered(old: bytes, new: bytes, part: str) -> Build:
    """A workbook with a part of which some bytes are others."""

    def build(path: Path) -> None:
        with zipfile.ZipFile(io.BytesIO(saved(["a", "b"], [1, "x"]))) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                body = source.read(name)
                if name == part:
                    assert old in body
                    body = body.replace(old, new)
                target.writestr(name, body)

    return build


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("dati.csv", b"a;b\n" + b"0" * (40 * 1024**2))


def lying_bomb(path: Path) -> None:
    """An archive that declares 10 bytes where many more come out."""
    bomb(path)
    packed = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        packed[packed.index(mark) + at : packed.index(mark) + at + 4] = struct.pack("<I", 10)
    path.write_bytes(packed)


def protected(path: Path) -> None:
    zipped(dati__csv=CSV)(path)
    packed = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + at] |= 1
    path.write_bytes(packed)


def sheet_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/workbook.xml", b" " * (60 * 1024**2))


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def huge(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(content.LARGEST_FILE + 1)


def ods(rows: str) -> Build:
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    names = "".join(f' xmlns:{name}="{space}{name}:1.0"' for name in ("office", "table", "text"))
    body = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="F">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped(**{"mimetype": mimetype, "content__xml": body, "META-INF/manifest__xml": manifest})


CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
SHEET = "xl/worksheets/sheet1.xml"
DTD = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet'
GARBAGE = random.Random(3).randbytes(5_000)

# name of the file, format, how it is made, options, what the message must say
UNUSABLE: list[tuple[str, str, Build, dict[str, object], list[str]]] = [
    ("vuoto.csv", "csv", text(""), {}, ["è vuoto", "di nuovo"]),
    ("solo_righe_vuote.csv", "csv", text("\n\n\n"), {}, ["nessuna riga", "intestazione"]),
    ("spazi.csv", "csv", text("   \n"), {}, ["Riga 1", "intestazione è vuota"]),
    ("manca.csv", "csv", lambda path: None, {}, ["non esiste"]),
    ("cartella.csv", "csv", lambda path: path.mkdir(), {}, ["cartella"]),
    ("giro.csv", "csv", loop, {}, ["non si può leggere", "di nuovo"]),
    ("coda.csv", "csv", os.mkfifo, {}, ["ordinario"]),
    ("enorme.csv", "csv", huge, {}, ["512 MB"]),
    ("rumore.csv", "csv", text(GARBAGE), {}, ["non è testo"]),
    ("rumore.json", "json", text(GARBAGE), {}, ["non è testo"]),
    ("rumore.geojson", "geojson", text(GARBAGE), {}, ["non è testo"]),
    ("rumore.xlsx", "xlsx", text(GARBAGE), {}, ["XLSX o ODS"]),
    ("rumore.ods", "ods", text(GARBAGE), {}, ["XLSX o ODS"]),
    ("rumore.gpkg", "gpkg", text(GARBAGE), {}, ["GeoPackage", "danneggiato"]),
    ("rumore.shp", "shp", text(GARBAGE), {}, ["Shapefile", "danneggiato"]),
    (
        "mezzo.gpkg",
        "gpkg",
        text(b"SQLite format 3\x00" + GARBAGE),
        {},
        ["GPKG è danneggiato: esportarlo"],
    ),
    ("solo.shp", "shp", text(b"\x00\x00\x27\x0a" + bytes(200)), {}, ["solo.dbf", "solo.shx"]),
    ("pagina.csv", "csv", text("<!DOCTYPE html><html><body>Errore 404</body></html>"), {}, ["pagina web"]),
    ("documento.csv", "csv", text(b"%PDF-1.7 ..."), {}, ["PDF"]),
    ("foglio.csv", "csv", text(saved(["a"], ["b"])), {}, ["format"]),
    (
        "vecchio.xlsx",
        "xlsx",
        text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        {},
        ["salvarlo come XLSX"],
    ),
    ("compresso.csv", "csv", text(b"\x1f\x8b" + bytes(100)), {}, ["decomprimerlo"]),
    ("troncato.xlsx", "xlsx", text(saved(["a"], ["b"])[:-900]), {}, ["interrotto"]),
    ("troncato.zip", "csv", text(b"PK\x03\x04" + bytes(300)), {}, ["ZIP"]),
    ("bomba.zip", "csv", bomb, {}, ["dati.csv", "anomalo"]),
    ("bomba_bugiarda.zip", "csv", lying_bomb, {}, ["danneggiato"]),
    ("bomba.xlsx", "xlsx", sheet_bomb, {}, ["anomalo"]),
    ("protetto.zip", "csv", protected, {}, ["password"]),
    ("due.zip", "csv", zipped(a__csv=CSV, b__csv=CSV), {}, ["più file", "a.csv", "b.csv"]),
    ("nessuno.zip", "csv", zipped(leggimi__md="ciao"), {}, ["nessun file", ".csv"]),
    ("entita.xlsx", "xlsx", altered(b"<worksheet", DTD, SHEET), {}, ["entità", SHEET]),
    ("rotto.xlsx", "xlsx", altered(b"</sheetData>", b"", SHEET), {}, ["danneggiato", SHEET]),
    ("lontano.xlsx", "xlsx", altered(b'r="B2"', b'r="XFD1048576"', SHEET), {}, ["1048576", "16384"]),
    ("impossibile.xlsx", "xlsx", altered(b'r="B2"', b'r="ZZZ9999999"', SHEET), {}, ["troppe"]),
    ("altro_foglio.xlsx", "xlsx", text(saved(["a"], ["b"])), {"sheet": "Dati"}, ["«Dati»", "Sheet"]),
    ("foglio_vuoto.xlsx", "xlsx", text(saved()), {}, ["vuoti"]),
    (
        "ripetuto.ods",
        "ods",
        ods(f'<table:table-row table:number-rows-repeated="999999999">{CELL}</table:table-row>'),
        {},
        ["troppe"],
    ),
    (
        "insolito.ods",
        "ods",
        ods(f"<table:table-row>{CELL}</table:table-row>".replace("office:", "table:")),
        {},
        ["insolito"],
    ),
    ("doppi.csv", "csv", text("a;b;a;c;b\n1;2;3;4;5\n"), {}, ["«a»", "1, 3", "«b»", "2, 5"]),
    ("senza_nome.csv", "csv", text("a;;c;\n1;2;3;\n4;5;6;7\n"), {}, ["colonna 2", "riga 2", "colonna 4", "riga 3"]),
    ("larga.csv", "csv", text(";".join(f"c{i}" for i in range(2_001)) + "\n"), {}, ["2001", "2000"]),
    ("intestazione_nulla.csv", "csv", text("a\0;b\n1;2\n"), {}, ["intestazione", "illeggibili"]),
    ("virgolette.csv", "csv", text('a;"b\n1;2\n'), {}, ["Riga 1", "virgolette"]),
    ("corto.csv", "csv", text(CSV), {"header_row": 9}, ["riga 9", "ne ha 2"]),
    (
        "codifica.csv",
        "csv",
        text("a;b\n1;x\n2;Agliè\n".encode("cp1252")),
        {"encoding": "utf-8"},
        ["Riga 3", "utf-8", "cp1252"],
    ),
    ("codifica2.csv", "csv", text("a;b\n1;Agliè\n"), {"encoding": "cp1252"}, ["cp1252", "sembra utf-8"]),
    ("codifica3.csv", "csv", text(CSV), {"encoding": "utf8-bis"}, ["utf8-bis", "non esiste"]),
    ("codifica4.csv", "csv", text(CSV), {"encoding": "base64"}, ["base64", "non esiste"]),
    ("utf16.csv", "csv", text(CSV.encode("utf-16")[:-1]), {}, ["utf-16", "interrotto"]),
    ("separatore.csv", "csv", text(CSV), {"delimiter": ","}, ["«,»", "«;»"]),
    ("separatore2.csv", "csv", text(CSV), {"delimiter": "::"}, ["«::»", "non è ammesso"]),
    ("rotto.json", "json", text('[{"a": 1},\n {"a": }]'), {}, ["Riga 2, colonna 8", "da qui in poi non è JSON valido"]),
    ("testo.json", "json", text('"ciao"'), {}, ["elenco di oggetti"]),
    ("profondo.json", "json", text("[" * 100_000), {}, ["annidato"]),
    ("due_elenchi.json", "json", text('{"a": [{"x": 1}], "b": [{"y": 1}]}'), {}, ["a, b", "sheet"]),
    ("altro.geojson", "geojson", text('[{"a": 1}]'), {}, ["features"]),
    ("crs.geojson", "geojson", text('{"features": [], "crs": {"properties": {"name": "boh"}}}'), {}, ["riferimento"]),
]


@pytest.mark.parametrize(("name", "form", "build", "options", "said"), UNUSABLE, ids=[case[0] for case in UNUSABLE])
def test_an_unusable_file_is_told_clearly(tmp_path, name, form, build, options, said):
    path = tmp_path / name
    build(path)
    with pytest.raises(SourceError) as raised:
        read_table(path, format=form, **options)
    message = str(raised.value)
    assert name in raised.value.summary
    for part in said:
        assert part in message
    assert str(tmp_path) not in message


# content of a CSV, the broken rows with what is said of them, the rows that are read
BROKEN: list[tuple[str, str | bytes, dict[int, str], list[int]]] = [
    ("troppe celle", "a;b\n1;2\n1;2;3\n4;5\n", {3: "3 celle invece di 2"}, [2, 4]),
    ("poche celle", "a;b;c\n1;2\n3;4;5\n", {2: "2 celle invece di 3"}, [3]),
    ("cella enorme", f"a;b\n1;{'x' * 1_000_000}\n2;y\n", {2: "1000000 caratteri"}, [3]),
    ("cella oltre il lettore", f"a;b\n1;{'x' * 9_000_000}\n2;y\n", {2: "una cella supera"}, [3]),
    ("virgolette aperte", 'a;b\n1;"aperta\n2;y\n3;"chiusa"\n', {2: "virgolette non chiuse"}, [3, 4]),
    ("virgolette aperte alla fine", 'a;b\n1;x\n2;"aperta', {3: "virgolette non chiuse"}, [2]),
    ("virgolette non raddoppiate", 'a;b\n1;"Bar "Sport""\n2;y\n', {2: "raddoppiate"}, [3]),
    ("carattere nullo", "a;b\n1;x\0y\n2;y\n", {2: "caratteri nulli"}, [3]),
    ("byte illeggibile", "a;b\n1;Agliè\n2;Città\n".encode() + b"3;Cant\xf9\n4;x\n", {4: "illeggibili"}, [2, 3, 5]),
    ("separatore in più una volta", "a;b\n1;2;\n4;5\n", {2: "3 celle invece di 2"}, [3]),
]


@pytest.mark.parametrize(("title", "body", "broken", "whole"), BROKEN, ids=[case[0] for case in BROKEN])
def test_a_broken_row_does_not_stop_the_others(tmp_path, title, body, broken, whole):
    path = tmp_path / "righe.csv"
    text(body)(path)
    table = read_table(path, format="csv")
    assert {row.number for row in table.broken} == set(broken)
    for row in table.broken:
        assert broken[row.number] in row.message
        assert 0 < len(row.text) <= 500
        assert "\0" not in row.text
        row.text.encode("utf-8")
    assert [number for number, _row in table.rows] == whole


def test_a_file_that_may_not_be_read_says_so():
    user = os.geteuid()
    # pytest's own folders are closed to other users, and root may read everything.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "chiuso.csv"
        path.write_text(CSV)
        path.chmod(0)
        if user == 0:
            os.seteuid(65_534)
        try:
            with pytest.raises(SourceError, match="permesso di lettura"):
                read_table(path, format="csv")
        finally:
            os.seteuid(user)


def test_an_archive_is_watched_while_it_is_inflated(tmp_path, monkeypatch):
    path = tmp_path / "dati.zip"
    zipped(dati__csv="a;b\n" + "1;2\n" * 5_000)(path)
    monkeypatch.setattr(archive, "_check_declared", lambda archive: None)
    monkeypatch.setattr(archive, "FREE", 1_000)
    monkeypatch.setattr(archive, "LARGEST_RATIO", 2)
    with pytest.raises(SourceError, match="anomalo"):
        read_table(path, format="csv")


def test_a_member_cannot_be_written_outside_of_the_folder(tmp_path):
    path = tmp_path / "dati.zip"
    zipped(**{"../../fuori__csv": CSV})(path)
    assert len(read_table(path, format="csv").rows) == 1
    assert not list(tmp_path.parent.glob("fuori*"))


@pytest.mark.parametrize("seed", range(40))
def test_damaged_workbooks_never_crash(tmp_path, seed):
    """Bytes changed at random in the XML of a workbook, which is then whole as an archive."""
    chance = random.Random(seed)
    path = tmp_path / "foglio.xlsx"
    with zipfile.ZipFile(io.BytesIO(saved(["a", "b"], [1, "x"], [2.5, "y"]))) as source:
        parts = {name: bytearray(source.read(name)) for name in source.namelist()}
    part = parts[chance.choice(sorted(parts))]
    for _hit in range(chance.randint(1, 8)):
        part[chance.randrange(len(part))] = chance.randrange(32, 127)
    with zipfile.ZipFile(path, "w") as target:
        for name, body in parts.items():
            target.writestr(name, bytes(body))
    with contextlib.suppress(SourceError):
        read_table(path, format="xlsx")


def test_a_format_far_down_does_not_make_a_sheet_large(tmp_path):
    """Programs give a format to whole columns: cells without content do not count."""
    path = tmp_path / "formati.xlsx"
    styled = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    altered(b"</sheetData>", styled, SHEET)(path)
    assert [row for _number, row in read_table(path, format="xlsx").rows] == [{"a": "1", "b": "x"}]
    assert workbook.MOST_CELLS < 1_048_576 * 16_384
