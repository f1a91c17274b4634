"""The extent of a line, a burden or a request (FORMATS 2.6, 3.2): a quantity, days, both or neither."""

from values import quantity_of, span_of

EXTENT = ("quantity", "from", "to")


def extent_of(value):
    return {member: value[member] for member in EXTENT if member in value}


def span_of_years(years):
    """The days of certificate years."""
    return {"from": f"{years[0]}-01-01", "to": f"{years[1] + 1}-01-01"}


def is_extent(asked, made):
    """The extent that an event makes is the one that a payload asks for."""
    extent = extent_of(made)
    span = {member: asked[member] for member in ("from", "to") if member in asked}
    if "quantity" in extent:
        same = "quantity" in asked and quantity_of(asked["quantity"]) == quantity_of(extent.pop("quantity"))
        return same and span == extent
    if extent:
        return "years" in asked and span_of_years(asked["years"]) == extent
    return not any(member in asked for member in ("quantity", "from", "years"))


def is_within(extent, other):
    """An extent takes no more than another one, and on no other days."""
    if ("quantity" in extent, "from" in extent) != ("quantity" in other, "from" in other):
        return False
    if "quantity" in extent and quantity_of(extent["quantity"]) > quantity_of(other["quantity"]):
        return False
    return "from" not in extent or other["from"] <= extent["from"] and extent["to"] <= other["to"]


def converted_years(right):
    """The days of years that have turned into another right, or that a court has sold."""
    years = ([int(year) for year in text.split("-")] for text in right.get("converted", []))
    return [span_of(span_of_years(pair)) for pair in years]


def without(spans, taken):
    """Returns what is left of spans without the days of others; None is no days."""
    for first_taken, end_taken in filter(None, taken):
        parts = ((first, min(end, first_taken), max(first, end_taken), end) for first, end in spans)
        spans = [pair for a, b, c, d in parts for pair in ((a, b), (c, d)) if pair[0] < pair[1]]
    return spans
