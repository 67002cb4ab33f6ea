"""Which addresses are for machines, which are not counted: one place for every layer that asks."""

MACHINE = ("/api/", "/hsds/", "/ogc/", "/catalog/", "/catalog.", "/services/")
UNCOUNTED = ("/static/", "/health/")


def machine(path: str) -> bool:
    """Whether an address is for machines: faults as problem+json, readable by scripts of other sites.

    >>> machine("/hsds"), machine("/api/v1/areas"), machine("/catalog.ttl"), machine("/apiario"), machine("/mappa")
    (True, True, True, False, False)
    """
    return f"{path}/".startswith(MACHINE)


def counted(path: str) -> bool:
    """Whether requests for an address are counted towards the limit of a client.

    >>> counted("/static/ombra.svg"), counted("/health"), counted("/api/v1/areas")
    (False, False, True)
    """
    return not f"{path}/".startswith(UNCOUNTED)
