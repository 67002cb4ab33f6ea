"""Make the listing follow from the directory, touching only what differs, and write down the order of the changes."""

from typing import Final

from sqlalchemy import Connection, text

from etl.listing.content import CONTENT, NAMES

_NAMES: Final = ", ".join(NAMES)
_STAGE: Final = f"""
    create temporary table listed as select {_NAMES}, md5(told::text) as digest from ({CONTENT}) told
"""  # noqa: S608 - names of our own
# A row that is new or says something else; ``fresh`` tells which. Numbers are given in the order of identifiers, so
# that the same loads give the same feed on every machine.
_DIFFERENT: Final = """
    create temporary table differing as
    select id, fresh, nextval('service_change_seq') as seq from (
        select n.id, o.id is null as fresh from listed n left join service_listing o using (id)
        where o.id is null or o.digest <> n.digest order by n.id
    ) ordered
"""
_WRITE: Final = f"""
    insert into service_listing ({_NAMES}, digest, seq)
    select {_NAMES}, digest, seq from listed join differing using (id)
    on conflict (id) do update set
        {", ".join(f"{name} = excluded.{name}" for name in (*NAMES, "digest", "seq") if name != "id")}
"""  # noqa: S608
_TELL: Final = """
    insert into service_change (service_id, seq, kind)
    select id, seq, case when fresh then 'nuovo' else 'cambiato' end from differing
    on conflict (service_id) do update set
        seq = excluded.seq, kind = excluded.kind, changed_at = now(), merged_into = null
"""
# That a public place is one with a protected one is told by nothing: of such a pair the end is only an end.
_GONE: Final = """
    with gone as (
        delete from service_listing o where not exists (select from listed n where n.id = o.id)
        returning o.id, o.location_protected
    ), told as (
        select g.id, n.id as merged_into from gone g
        left join identity i on i.entity = 'service' and i.member_id = g.id and i.entity_id <> g.id
        left join listed n on n.id = i.entity_id and not n.location_protected and not g.location_protected
        order by g.id
    )
    insert into service_change (service_id, seq, kind, merged_into)
    select id, nextval('service_change_seq'), case when merged_into is null then 'chiuso' else 'unito' end, merged_into
    from told
    on conflict (service_id) do update set
        seq = excluded.seq, kind = excluded.kind, changed_at = now(), merged_into = excluded.merged_into
"""
_DROP: Final = "drop table listed, differing"


def refresh(connection: Connection) -> int:
    """Make ``service_listing`` say what the directory says, in the caller's transaction; how many rows changed.

    To be called under the lock of the loads (:mod:`etl.turn`): the numbers of changes then grow in the order in which
    transactions end, and a reader who has seen one has seen all before it.
    """
    connection.execute(text(_STAGE.replace(":", "\\:")))
    connection.execute(text(_DIFFERENT))
    gone = connection.execute(text(_GONE)).rowcount
    connection.execute(text(_WRITE))
    changed = connection.execute(text(_TELL)).rowcount
    connection.execute(text(_DROP))
    return gone + changed
