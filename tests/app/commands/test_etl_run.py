"""What ``etl run`` says of the linkage."""

import uuid

import pytest

from app.commands.etl.run import show_linkage
from etl.outcome import Event, Linkage, Outcome

TOLD = """\
Servizi: 1510, di cui 257 da più righe.
Già pubblicati: 2 uniti ad altri, 1 divisi da altri.
Coppie da giudicare: 35. Per vederle: ./ombra etl review"""


def union(kind):
    return Event("collegamento", "service", uuid.uuid4(), "Nido", kind, "id", "a", "b")


@pytest.mark.parametrize(
    ("linkage", "unions", "told"),
    [
        (None, (), ""),
        (Linkage(244, 0, 0, 0), (), "Servizi: 244, di cui 0 da più righe."),
        (
            Linkage(1510, 257, 7, 35),
            (union("unito"), union("unito"), union("diviso")),
            TOLD,
        ),
    ],
)
def test_what_was_united_and_what_waits_is_told(capfd, linkage, unions, told):
    show_linkage(Outcome((), (), (), changed=True, linkage=linkage, unions=unions))
    assert capfd.readouterr().out.strip() == told
