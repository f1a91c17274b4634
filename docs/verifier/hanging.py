"""What an event does to overhangs (FORMATS 6.1): they are those that 7.5 computes right after it, no more and no less."""

from capacity import overhangs
from fold import touches
from values import need, quantity_text


# Events that leave nothing hanging, since the law refuses what there is no room for: they name no overhangs.
_TAKING = ("right_issued", "reserved", "pledge_registered", "pledge_extended")


def check(signed, event, past):
    """Checks the overhangs of every right that an event touches and whose history the file shows, where it can name them."""
    for name in sorted(name for space, name in touches(event) if space == "right"):
        if past.has_history("right", name) and event["type"] not in _TAKING:
            _check_right(name, signed, event, past)


def check_taking(name, accepted, past):
    """Checks that no event of the other kind has left more hanging of a right than its burdens say."""
    for signed in accepted:
        event = signed.event()
        if event["type"] in _TAKING and ("right", name) in touches(event):
            _check_right(name, signed, event, past)


def _check_right(name, signed, event, past):
    before, after = past.before("right", name, signed.index), past.before("right", name, signed.index + 1)
    was = {burden["id"]: burden.get("overhang") for burden in (before or after)["burdens"]}
    hangs, differ = overhangs(after, signed.time), []
    for burden in after["burdens"]:
        if burden["id"].startswith("F"):
            need("overhang" not in burden, f"the freeze {burden['id']} hangs")
            continue
        recorded = burden.get("overhang")
        need(recorded == _text(hangs.get(burden["id"], 0)), f"{burden['id']} hangs with another quantity on {name}")
        if recorded != was.get(burden["id"]):
            differ.append(burden["id"])
    named = [item["burden"] for item in event.get("overhangs", []) if item["right"] == name]
    need(named == differ, f"the overhangs of {name} are not those that the event changes")


def _text(lack):
    """Writes an overhang; none is left where nothing lacks."""
    if lack == "whole":
        return lack
    return quantity_text(lack) if lack else None
