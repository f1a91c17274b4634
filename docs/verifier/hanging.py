"""What an event does to overhangs (FORMATS 6.1): they are those that 7.5 computes right after it, no more and no less."""

from capacity import check_covered, is_freeze, overhangs
from fold import fold, touches
from values import burden_order, need, number_of, quantity_text


# Events that leave nothing hanging, since the law refuses what there is no room for: they name no overhangs.
_TAKING = ("right_issued", "reserved", "pledge_registered", "pledge_extended")


def check(signed, event, past):
    """Checks the overhangs of every right that an event touches and whose history the file shows."""
    items = event.get("overhangs", [])
    places = [(number_of(item["right"]), burden_order(item["burden"])) for item in items]
    need(all(a < b for a, b in zip(places, places[1:])), "the overhangs are not in their order")
    bare = {member: value for member, value in event.items() if member != "overhangs"}
    touched = {name for space, name in touches(bare) if space == "right"}
    need({item["right"] for item in items} <= touched, "an overhang on a right that nothing else changes")
    for name in sorted(touched):
        if past.has_history("right", name) and event["type"] not in _TAKING:
            before = past.before("right", name, signed.index)
            hung = any("overhang" in burden for burden in (before or {"burdens": []})["burdens"])
            after = fold(bare, signed.index, signed.entry["time"], "right", name, before)
            wanted = left(name, after, signed.time) if hung or event["type"] != "pledge_released" else []
            named = [item for item in items if item["right"] == name]
            need(named == wanted, f"the overhangs of {name} are not those that the event leaves")


def left(name, after, time):
    """Returns the overhangs that differ from those that the burdens have."""
    hangs, items = overhangs(after, time), []
    for burden in sorted(after["burdens"], key=lambda burden: burden_order(burden["id"])):
        text = _text(hangs.get(burden["id"], 0))
        if not is_freeze(burden) and burden.get("overhang") != text:
            more = {} if text is None else {"overhang": text}
            items.append({"burden": burden["id"], "right": name, **more})
    return items


def check_taking(name, accepted, past):
    """Checks that no event of the other kind has left more hanging of a right than its burdens say."""
    for signed in accepted:
        event = signed.event()
        if event["type"] in _TAKING and ("right", name) in touches(event):
            check_covered(name, past.before("right", name, signed.index + 1), signed.time)


def _text(lack):
    """Writes an overhang; none is left where nothing lacks."""
    if lack == "whole":
        return lack
    return quantity_text(lack) if lack else None
