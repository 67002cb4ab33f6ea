import pytest

from etl.errors import ReferenceDataError
from tests.bench.linkage.labels import COLUMNS, Label, chosen, ordered, read

HEAD = ",".join(COLUMNS)


def write(folder, *lines, head=HEAD, name="prova.csv"):
    (folder / name).write_text("\n".join([head, *lines, ""]), encoding="utf-8")


def test_a_pair_is_the_same_in_either_order(tmp_path):
    write(tmp_path, 'service,b,2,a,1,stesso,semplice,"stesso civico, 3 m"')
    assert read(tmp_path) == [Label("prova", "service", (("a", "1"), ("b", "2")), "stesso", "semplice")]
    assert ordered(("b", "1"), ("a", "2")) == ordered(("a", "2"), ("b", "1"))


def test_all_faults_are_told_at_once(tmp_path):
    write(tmp_path, "x", head="question,verdict", name="altro.csv")
    write(
        tmp_path,
        "service,a,1,b,2,stesso,semplice,x",
        "service,b,2,a,1,diverso,semplice,x",
        "sede,a,1,b,3,stesso,semplice,x",
        "service,a,1,b,4,forse,semplice,x",
        "service,a,1,a,1,stesso,semplice,x",
        "service,a,1",
        "location,a,1,b,2,diverso,semplice,x",
    )
    with pytest.raises(ReferenceDataError) as found:
        read(tmp_path)
    told = str(found.value)
    for words in (
        "altro.csv: le colonne devono essere",
        "riga 3: coppia già giudicata",
        "riga 4: domanda sconosciuta «sede»",
        "riga 5: verdetto sconosciuto «forse»",
        "riga 6: una riga con se stessa",
        "riga 7: numero di celle sbagliato",
    ):
        assert words in told
    assert "riga 2" not in told
    assert "riga 8" not in told


def test_the_labels_of_the_project_are_as_many_as_promised():
    labels = read()
    services = chosen(labels)
    assert len(services) >= 500
    assert sum(label.verdict == "stesso" for label in services) >= 150
    assert len(chosen(labels, file="farmacie")) < len(services)
