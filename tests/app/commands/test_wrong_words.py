"""Wrong words of a command are told in Italian, with what may stand there instead."""

import pytest

from app.cli import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "gaps --type x --level comune",
            "--level: «comune» non è ammesso; valori ammessi: metropolitan_city, zona_omogenea",
        ),
        ("gaps", "manca --type"),
        ("gaps --type", "--type: manca il valore"),
        ("gaps --type x --top 3", "opzione sconosciuta: --top"),
        ("gaps --type x zzz", "parole di troppo: zzz"),
        ("coverage compare", "manca CALCOLO"),
        ("up --port abc", "--port: serve un numero intero"),
        ("fantasia", "Comando sconosciuto: «fantasia»"),
    ],
)
def test_wrong_words_are_told_in_italian(words: str, told: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    said = capfd.readouterr().err
    assert ended.value.code == 2
    assert told in said
    for english in ("Invalid", "Missing", "value", "argument", "option '"):
        assert english not in said
