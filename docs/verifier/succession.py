"""What a right takes over from those it succeeds (FORMATS 6.8): every burden that stood there, in the order of the positions."""

import hanging
import lines
from fold import counts_at
from values import burden_of, need, number_of


def check(signed, event, past):
    """Checks the burdens of a right that was issued, against the rights in `succeeds` as far as they are shown."""
    if event["type"] != "right_issued":
        return
    moved, burdens, index = event.get("moved", []), event["burdens"], signed.index
    need([item["burden"] for item in moved] == [burden["id"] for burden in burdens], "its burdens are not those that move")
    need(all(item["from"] in event["succeeds"] for item in moved), "a burden moves from a right that it does not succeed")
    need(_in_order(event["succeeds"], moved), "its burdens are not in the order of their positions")
    shown = {name: past.before("right", name, index) for name in event["succeeds"] if past.has_history("right", name)}
    for name, right in shown.items():
        need(right is not None, f"{name} did not exist")
        stood = [_bare(burden) for burden in right["burdens"] if counts_at(burden, signed.time)]
        taken = [_bare(burden) for item, burden in zip(moved, burdens) if item["from"] == name]
        need(stood == taken, f"it does not take over just what stood on {name}")
    for item, burden in zip(moved, burdens):
        _, pledge, number = burden_of(item["burden"])
        was = lines.was(past, pledge, number, index, signed.time) if pledge.startswith("P") else None
        need(was is None or was == lines.line_of(item["from"], burden), f"{burden['id']} did not stand so on {item['from']}")
    if len(shown) == len(event["succeeds"]):
        converted = [years for right in shown.values() for years in right.get("converted", [])]
        need(event.get("converted", []) == converted, "the converted years are not those of the rights that it succeeds")
    name = f"R{index}"
    need(hanging.left(name, event, signed.time) == [], f"the overhangs of {name} are not those that the event leaves")


def _bare(burden):
    return {member: value for member, value in burden.items() if member != "overhang"}


def _in_order(succeeds, moved):
    """Whoever has the smaller entry comes first; a line counts as late as those before it on its right."""
    placed = []
    for name in succeeds:
        least = 0
        for item in moved:
            if item["from"] == name:
                _, record, _ = burden_of(item["burden"])
                least = max(least, number_of(record or item["burden"]))
                placed.append((least, item["burden"]))
    placed.sort(key=lambda place: place[0])
    return [burden for _, burden in placed] == [item["burden"] for item in moved]
