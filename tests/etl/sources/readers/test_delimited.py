import pytest

from etl.sources.readers.table import read_header, read_table

ROWS = "codice;nome;indirizzo\n1;Farmacia all'Università;Corso Città 1\n2;Perché no;Via Agliè 2\n"


def rows(table):
    return [row for _number, row in table.rows]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "mac_roman", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_line_ends_and_delimiter_are_found_out(tmp_path, encoding, line_end, delimiter):
    path = tmp_path / "dati.csv"
    path.write_bytes(ROWS.replace("\n", line_end).replace(";", delimiter).encode(encoding))
    table = read_table(path, format="csv")
    assert table.header == ("codice", "nome", "indirizzo")
    assert table.rows[1] == (3, {"codice": "2", "nome": "Perché no", "indirizzo": "Via Agliè 2"})
    assert table.rows[0][1]["nome"] == "Farmacia all'Università"
    assert (table.delimiter, table.broken) == (delimiter, ())


def test_the_encoding_does_not_hang_on_the_order_of_rows(tmp_path):
    lines = [f"{number};Via Roma {number};nota" for number in range(400)] + ["900;Caffè;x", "901;Città – «là»;y"]
    found = set()
    for order in (lines, lines[::-1]):
        path = tmp_path / "dati.csv"
        path.write_bytes("\n".join(["id;nome;nota", *order]).encode("cp1252"))
        table = read_table(path, format="csv")
        found.add((table.encoding, table.delimiter, frozenset(row["nome"] for row in rows(table))))
    assert len(found) == 1
    assert "Città – «là»" in found.pop()[2]


@pytest.mark.parametrize(("spoilt", "encoding"), [(1, "utf-8"), (2, "utf-8"), (3, "cp1252"), (5, "cp1252")])
def test_a_spoilt_byte_never_makes_a_file_of_a_mac(tmp_path, spoilt, encoding):
    lines = ["1;Città e perché".encode(), "2;Agliè".encode()]
    lines += [f"{number};Ciri{'è' * number}".encode("cp1252") for number in range(3, 3 + spoilt)]
    path = tmp_path / "dati.csv"
    path.write_bytes(b"\n".join([b"id;nome", *lines]))
    table = read_table(path, format="csv")
    assert table.encoding == encoding
    assert len(table.broken) == (spoilt if encoding == "utf-8" else 0)


@pytest.mark.parametrize("sign", ["’", "“x”", "– ", "€", "é", "Õ"])
def test_few_western_lines_are_of_windows(tmp_path, sign):
    path = tmp_path / "dati.csv"
    path.write_bytes(f"id;nome\n1;dell{sign}arte\n2;via\n".encode("cp1252"))
    assert read_table(path, format="csv").rows[0][1]["nome"] == f"dell{sign}arte"


def test_cells_are_raw(tmp_path):
    path = tmp_path / "dati.csv"
    path.write_text('id;nome;nota\n1; Nido ;"a ""b"" \n c"\n\n;;\n2;\xa0x\t;-\n', encoding="utf-8")
    assert read_table(path, format="csv").rows == (
        (2, {"id": "1", "nome": " Nido ", "nota": 'a "b" \n c'}),
        (6, {"id": "2", "nome": "\xa0x\t", "nota": "-"}),
    )


def test_blanks_after_the_delimiter_hide_neither_names_nor_quotes(tmp_path):
    path = tmp_path / "dati.csv"
    path.write_text('\ufeff id ; "nome"; nota\n1; "Rossi; figli"; x\n', encoding="utf-8")
    table = read_table(path, format="csv")
    assert table.header == ("id", "nome", "nota")
    assert rows(table) == [{"id": "1", "nome": "Rossi; figli", "nota": "x"}]


def test_a_decimal_comma_does_not_pass_for_a_delimiter(tmp_path):
    path = tmp_path / "dati.csv"
    path.write_text("nome, come noto;x;y\n" + "a;7,1;45,2\n" * 5)
    table = read_table(path, format="csv")
    assert (table.delimiter, table.header) == (";", ("nome, come noto", "x", "y"))


def test_one_column_needs_no_delimiter(tmp_path):
    path = tmp_path / "dati.csv"
    path.write_text("codice_fiscale\n00514490010\nVia Roma, 3; scala B\n")
    table = read_table(path, format="csv")
    assert table.delimiter is None
    assert [row["codice_fiscale"] for row in rows(table)] == ["00514490010", "Via Roma, 3; scala B"]


def test_a_delimiter_at_the_end_of_lines_is_no_column(tmp_path):
    for header in ("a;b;", "a;b"):
        path = tmp_path / "dati.csv"
        path.write_text(f"{header}\n1;2;\n3;4;\n")
        table = read_table(path, format="csv")
        assert (table.header, rows(table)) == (("a", "b"), [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}])
        assert table.broken == ()


def test_only_a_header_is_a_table_without_rows(tmp_path):
    path = tmp_path / "dati.csv"
    path.write_text("a;b")
    assert (read_table(path, format="csv").header, read_table(path, format="csv").rows) == (("a", "b"), ())
    assert read_header(path, format="csv") == ("a", "b")


def test_ignored_columns_never_enter_a_row_nor_the_text_of_a_broken_one(tmp_path):
    path = tmp_path / "dati.csv"
    path.write_text(f"a;segreto;b\n1;RISERVATO;2\n3;RISERVATO;4;5\n6;{'RISERVATO' * 9_000};7\n8;RISERVATO;\0\n")
    table = read_table(path, format="csv", ignored={"segreto"})
    assert table.header == ("a", "b")
    assert rows(table) == [{"a": "1", "b": "2"}, {"a": "6", "b": "7"}]
    assert [row.number for row in table.broken] == [3, 5]
    assert "RISERVATO" not in repr(table)
    assert table.broken[0].text != table.broken[1].text


def test_a_header_below_a_title(tmp_path):
    path = tmp_path / "dati.csv"
    path.write_text('Elenco "provvisorio"\n\nid;nome\n1;x\n')
    table = read_table(path, format="csv", header_row=3)
    assert (table.header, table.rows) == (("id", "nome"), ((4, {"id": "1", "nome": "x"}),))


def test_a_polygon_may_be_long(tmp_path):
    shape = "POLYGON ((" + ", ".join(f"7.{n} 45.{n}" for n in range(3_000)) + "))"
    path = tmp_path / "dati.csv"
    path.write_text(f'id;wkt\n1;"{shape}"\n')
    assert rows(read_table(path, format="csv")) == [{"id": "1", "wkt": shape}]


def test_a_limit_reads_the_beginning_only(tmp_path):
    path = tmp_path / "dati.csv"
    line = f"1;{'à' * 5_000}\n".encode()
    path.write_bytes(b"id;nome\n" + line * 1_000)
    table = read_table(path, format="csv", limit=3)
    assert (len(table.rows), table.broken, table.encoding) == (3, (), "utf-8")
    assert len(read_table(path, format="csv").rows) == 1_000
    # So many rows are more than what is read for them: the last line, cut somewhere, is none.
    assert read_table(path, format="csv", limit=900).broken == ()
