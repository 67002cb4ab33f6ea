"""The functions of the model's conditions, in DuckDB's SQL."""

# Macros are plain SQL: any engine that has lists can have them.
MACROS = (
    # What words in common tell, in bits; a word is a struct of ``word`` and ``bits``.
    "CREATE MACRO shared_bits(a, b) AS coalesce(list_sum(list_transform(list_intersect(a, b), lambda w: w.bits)), 0)",
    "CREATE MACRO both_told(a, b) AS len(a) > 0 AND len(b) > 0",
    "CREATE MACRO same_town(a, b) AS coalesce(a = b, false)",
    "CREATE MACRO metres(xa, ya, xb, yb) AS sqrt((xa - xb) * (xa - xb) + (ya - yb) * (ya - yb))",
    "CREATE MACRO comparable(a, b, xa, xb) AS (a IS NOT NULL AND b IS NOT NULL) OR (xa IS NOT NULL AND xb IS NOT NULL)",
    """CREATE MACRO same_house(a, a_to, b, b_to) AS
        a = b OR (b BETWEEN a AND a_to AND (b - a) % 2 = (a_to - a) % 2)
              OR (a BETWEEN b AND b_to AND (a - b) % 2 = (b_to - b) % 2)""",
    "CREATE MACRO near_house(a, b) AS abs(a - b) <= 14",
    "CREATE MACRO at_one_point(xa, ya, fa, xb, yb, fb) AS fa AND fb AND metres(xa, ya, xb, yb) <= 60",
    # A slip of the pen, in a long word only.
    """CREATE MACRO slip(a, b) AS
        len(a) >= 6 AND len(b) >= 6 AND left(a, 1) = left(b, 1) AND damerau_levenshtein(a, b) = 1""",
    # "Via G. Bianchi" may be "Via Giovanni Bianchi" or "Via Bianchi", but not "Via Maria Bianchi".
    "CREATE MACRO initials_fit(a, b) AS len(b.initials) = 0 OR list_has_all(b.initials, a.cut)",
    """CREATE MACRO same_road(a, b) AS a.street = b.street OR (
        (a.kind = b.kind OR a.kind = '' OR b.kind = '')
        AND (a.last = b.last OR slip(a.last, b.last))
        AND (list_has_all(a.rest, b.rest) OR list_has_all(b.rest, a.rest))
        AND (a.telling = b.telling OR len(a.cut) > 0 OR len(b.cut) > 0)
        AND initials_fit(a, b) AND initials_fit(b, a))""",
)
