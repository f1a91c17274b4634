"""The one form of an act of law 2 (FORMATS 3.2): the event that says how records differ from what they were.

The law makes no other event for the same difference, so a verifier that knows the records before and after compares events.
"""

import copy

from values import need

NAMED_BY = {"burdens": "id", "lines": "line", "keys": "key", "rights": "right"}
_SPACES = ("right", "pledge", "party", "identity", "source", "cell", "policy")


def order(of):
    """Sorts records by space as in FORMATS 5.1, ids by number, reservations after pledges, other names as texts."""
    space, name = of
    if space in ("right", "pledge", "party"):
        return _SPACES.index(space), name[0], int(name[1:]), ""
    return _SPACES.index(space), "", 0, name


def event(word, changed):
    """Returns the event of this word; `changed` has for each touched record what it was, None if new, and what it is."""
    changes, rows = [], []
    for of in sorted(changed, key=order):
        before, after = changed[of]
        change, its_rows = _difference(before or {}, after)
        name = "|".join(of)
        if before is None:
            change["new"] = True
        if change or not its_rows:
            changes.append({"of": name, **change})
        rows += [{"of": name, **row} for row in its_rows]
    return {"type": word, "changes": changes, **({"rows": rows} if rows else {})}


def _difference(before, after):
    change, rows = {}, []
    gone = sorted(set(before) - set(after))
    if gone:
        change["clear"] = gone
    for member in sorted(after):
        old, new = before.get(member), after[member]
        if old == new:
            continue
        if member in NAMED_BY:
            if old is None:
                change[member] = []
            rows += _named_rows(member, old or [], new)
        elif isinstance(new, list) and any(isinstance(item, dict) for item in new):
            change[member] = []
            rows += [{"list": member, **item} for item in new]
        else:
            change[member] = copy.deepcopy(new)
    return change, rows


def _named_rows(member, old, new):
    named_by = NAMED_BY[member]
    if member == "lines":
        old = [{"line": number, **item} for number, item in enumerate(old)]
        new = [{"line": number, **item} for number, item in enumerate(new)]
    kept = {item[named_by] for item in new}
    was = {item[named_by]: item for item in old}
    dropped = [{"list": member, named_by: item[named_by], "drop": True} for item in old if item[named_by] not in kept]
    return dropped + [{"list": member, **item} for item in new if was.get(item[named_by]) != item]


def check_form(event):
    """Checks what can be seen of the one form without the records: its order, and that nothing is said twice or in vain."""
    changes, rows = event["changes"], event.get("rows", [])
    of = [order(change["of"].split("|", 1)) for change in changes]
    need(all(a < b for a, b in zip(of, of[1:])), "the changes are not in their order")
    of = [(order(row["of"].split("|", 1)), row["list"]) for row in rows]
    need(of == sorted(of), "the rows are not in their order")
    with_rows = {row["of"] for row in rows}
    idle = [change for change in changes if set(change) == {"of"} and change["of"] in with_rows]
    need(not idle, "a change that says nothing beside rows")
    for of, listed in sorted({(row["of"], row["list"]) for row in rows}):
        its_rows = [row for row in rows if (row["of"], row["list"]) == (of, listed)]
        drops = ["drop" in row for row in its_rows]
        if listed in NAMED_BY:
            names = {row.get(NAMED_BY[listed]) for row in its_rows}
            need(None not in names and len(names) == len(its_rows), f"an item of {listed} twice")
            need(drops == sorted(drops, reverse=True), "what is dropped comes first")
        else:
            change = next((change for change in changes if change["of"] == of), {})
            need(change.get(listed) == [] and not any(drops), f"items of {listed} alone")
