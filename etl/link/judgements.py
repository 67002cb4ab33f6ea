"""What people decide: kept for ever with author and time, undone by a second note and never deleted.

Of a pair the latest judgement that nobody has undone is in force. What one person decides at one moment is one act,
and is undone as one: the judgements that part a service are an act. Callers hold the lock of loading (:mod:`etl.turn`).
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product

from sqlalchemy import Connection, func, insert, select, update

from etl.errors import FaultsError, NotFound
from etl.i18n import _
from etl.link import contradictions, members
from etl.link.claim import Question
from etl.link.pair import Judgement, Verdict, ends
from etl.store import models as m


class JudgementError(FaultsError):
    """A judgement that cannot be made or undone; nothing was written."""


def in_force(connection: Connection, question: Question | None = None) -> list[Judgement]:
    """The judgements that count, one a pair, in order of the pairs."""
    return contradictions.in_force(history(connection, question))


def history(connection: Connection, question: Question | None = None) -> list[Judgement]:
    """Every judgement ever made, the undone and the superseded too, the newest first."""
    table = m.Judgement
    statement = select(table).order_by(table.made_at.desc(), table.left_id, table.right_id)
    if question is not None:
        statement = statement.where(table.question == question)
    return [_read(row) for row in connection.execute(statement)]


def judge(
    connection: Connection,
    question: Question,
    left: uuid.UUID,
    right: uuid.UUID,
    verdict: Verdict,
    *,
    author: str,
    note: str | None = None,
) -> Judgement:
    """Keep what a person thinks of two members; it supersedes what was thought of them before.

    Raises
    ------
    JudgementError
        A member does not exist or is protected, the two are one member, or the author has no name.
    Contradictory
        It cannot hold beside other judgements in force, which are told.
    """
    made = _made(connection, question, [(left, right)], verdict, author, note)
    _refuse_unknown(connection, question, [left, right])
    keep(connection, made)
    return made[0]


def split(
    connection: Connection,
    entity_id: uuid.UUID,
    parts: Sequence[Collection[uuid.UUID]],
    *,
    author: str,
    note: str | None = None,
    question: Question = "service",
) -> list[Judgement]:
    """Part what is published as one: every two members of different parts are judged to be two things.

    Parameters
    ----------
    parts
        Members that go together; those that no part names are the last part.

    Raises
    ------
    JudgementError
        Nothing of that identifier is published, it is of one member, or the parts do not fit its members.
    """
    whole = members_of(connection, question, entity_id)
    _refuse_parts(entity_id, whole, parts)
    rest = whole.difference(*parts)
    every = [set(part) for part in parts] + ([rest] if rest else [])
    across = [pair for at, part in enumerate(every) for other in every[at + 1 :] for pair in product(part, other)]
    made = _made(connection, question, across, "diverso", author, note)
    keep(connection, made)
    return made


def join(
    connection: Connection,
    left: uuid.UUID,
    right: uuid.UUID,
    *,
    author: str,
    note: str | None = None,
    question: Question = "service",
) -> list[Judgement]:
    """Make two published things one; what kept their members apart is superseded.

    Raises
    ------
    JudgementError
        One of the two does not exist or is protected, or they are one already.
    """
    whole = [members_of(connection, question, one) for one in (left, right)]
    if whole[0] == whole[1]:
        raise JudgementError(_("Non c'è nulla da unire."), [_("I due identificativi sono già la stessa cosa.")])
    _refuse_unknown(connection, question, [left, right])
    across = {ends(*pair) for pair in product(*whole)}
    kept = [(one.left, one.right) for one in in_force(connection, question) if one.verdict != "stesso"]
    apart = [pair for pair in kept if pair in across]
    made = _made(connection, question, apart or [(left, right)], "stesso", author, note)
    keep(connection, made)
    return made


def undo(connection: Connection, judgement_id: uuid.UUID, *, author: str) -> list[Judgement]:
    """Take back an act: the judgement and those that its author made at the same moment.

    What they had superseded is in force again.

    Raises
    ------
    NotFound
        There is no such judgement.
    JudgementError
        It is undone already, or the author has no name.
    Contradictory
        What would be in force again contradicts what was decided since.
    """
    every = history(connection)
    asked = next((one for one in every if one.id == judgement_id), None)
    if asked is None:
        raise NotFound(_("Nessun giudizio ha il numero {id}: vedere --history.").format(id=judgement_id))
    if asked.undone_at is not None:
        raise _cannot(_("Il giudizio {id} è già stato annullato.").format(id=str(judgement_id)[:8]))
    _refuse_nameless(author)
    moment = _now(connection)
    act = [one for one in every if _same_act(one, asked)]
    gone = {one.id for one in act}
    undone = [replace(one, undone_at=moment, undone_by=author.strip()) for one in act]
    _refuse_contradictions(connection, [one for one in every if one.id not in gone], fresh=())
    values = {"undone_at": moment, "undone_by": author.strip()}
    connection.execute(update(m.Judgement).where(m.Judgement.id.in_(gone)).values(values))
    return undone


def keep(connection: Connection, made: Sequence[Judgement]) -> None:
    """Write judgements down, if they can hold beside those in force.

    Raises
    ------
    Contradictory
        They cannot; every contradiction is told.
    """
    _refuse_contradictions(connection, [*history(connection), *made], fresh={one.id for one in made})
    rows = [
        {name: value for name, value in vars(one).items() if name not in ("left", "right")}
        | {"left_id": one.left, "right_id": one.right}
        for one in made
    ]
    if rows:
        connection.execute(insert(m.Judgement), rows)


def members_of(connection: Connection, question: Question, entity_id: uuid.UUID) -> set[uuid.UUID]:
    """The members that are published under an identifier, or together with the member whose own it is."""
    identity = m.Identity
    own = select(identity.entity_id).where(identity.entity == question, identity.member_id == entity_id)
    entity = connection.execute(own).scalar() or entity_id
    statement = select(identity.member_id).where(identity.entity == question, identity.entity_id == entity)
    return set(connection.execute(statement).scalars()) or {entity_id}


# --- checks ---------------------------------------------------------------------------------------------


def _refuse_unknown(connection: Connection, question: Question, ids: Iterable[uuid.UUID]) -> None:
    wanted = list(ids)
    found = members.known(connection, question, wanted)
    faults = [_("Nessuna fonte dice nulla di {id}.").format(id=one) for one in wanted if one not in found]
    protected = _("{id} è un luogo protetto: non si confronta con altri.")
    faults += [protected.format(id=one) for one in wanted if one in found and found[one].protected]
    if faults:
        raise JudgementError(_("Il giudizio non si può dare."), faults)


def _refuse_parts(entity_id: uuid.UUID, whole: Collection[uuid.UUID], parts: Sequence[Collection[uuid.UUID]]) -> None:
    faults = []
    if len(whole) < 2:
        faults.append(_("{id} viene da una sola riga di una sola fonte.").format(id=entity_id))
    named = [one for part in parts for one in part]
    strange = _("{id} non ne fa parte.")
    faults += [strange.format(id=one) for one in sorted(set(named)) if one not in whole]
    twice = _("{id} è nominato due volte.")
    faults += [twice.format(id=one) for one in sorted(set(named)) if named.count(one) > 1]
    if not faults and (not named or (len(parts) == 1 and set(named) == set(whole))):
        faults.append(
            _("Nominare una parte sola dei suoi membri: {ids}.").format(ids=", ".join(map(str, sorted(whole))))
        )
    if faults:
        raise JudgementError(_("{id} non si può dividere così.").format(id=entity_id), faults)


def _refuse_nameless(author: str) -> None:
    if not author.strip():
        raise _cannot(_("Un giudizio ha un autore: indicarlo con --author."))


def _refuse_contradictions(
    connection: Connection, judgements: Iterable[Judgement], *, fresh: Collection[uuid.UUID]
) -> None:
    found = contradictions.contradictions(judgements)
    if not found:
        return
    names: dict[uuid.UUID, str] = {}
    for one in found:
        ids = {end for judgement in one.judgements for end in (judgement.left, judgement.right)}
        told = members.known(connection, one.apart.question, ids - set(names))
        names |= {member.id: f"{member.name} ({member.source_id}:{member.key})" for member in told.values()}
    raise contradictions.Contradictory(found, [contradictions.told(one, names, fresh) for one in found])


def _cannot(why: str) -> JudgementError:
    return JudgementError(_("Il giudizio non si può dare o annullare."), [why])


# --- rows -----------------------------------------------------------------------------------------------


def _made(
    connection: Connection,
    question: Question,
    pairs: Iterable[tuple[uuid.UUID, uuid.UUID]],
    verdict: Verdict,
    author: str,
    note: str | None,
) -> list[Judgement]:
    """One act."""
    _refuse_nameless(author)
    wanted = sorted({ends(*pair) for pair in pairs})
    if any(left == right for left, right in wanted):
        raise _cannot(_("I due identificativi sono uno solo."))
    told, moment = (note or "").strip() or None, _now(connection)
    return [
        Judgement(uuid.uuid4(), question, left, right, verdict, author.strip(), moment, told) for left, right in wanted
    ]


def _same_act(one: Judgement, other: Judgement) -> bool:
    act = [(each.question, each.author, each.made_at, each.undone_at) for each in (one, other)]
    return act[0] == act[1]


def _now(connection: Connection) -> datetime:
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def _read(row: object) -> Judgement:
    names = ("id", "question", "verdict", "author", "made_at", "note", "undone_at", "undone_by")
    told = {name: getattr(row, name) for name in names}
    return Judgement(left=getattr(row, "left_id"), right=getattr(row, "right_id"), **told)  # noqa: B009
