"""Pledges that a file shows (FORMATS 6.10): what its entries noted in them is there, and they stand on the rights
whose histories are shown as the burdens there say.
"""

import lapse
from extents import extent_of
from values import NOTES_MAX, burden_of, need

LISTS = ("attested", "corrections", "disposals", "joint")
_FIXED = ("pledgor", "debtor", "form", "hidden", "syndicate")


class Notes:
    """What the accepted entries so far have noted in pledges."""

    def __init__(self):
        self.entries, self._items, self._registered = set(), {}, {}
        self._reserved, self._ended = {}, {}

    def keep(self, signed):
        event = signed.event()
        self.entries.add(signed.index)
        if event["type"] == "pledge_registered":
            self._registered[event["pledge"]] = event
            self._add(event["pledge"], "attested", event.get("attested", []))
        if event["type"] == "reserved":
            self._reserved[event["reservation"]] = event
        if event["type"] == "reservation_cancelled":
            self._ended[event["reservation"]] = "cancelled"
        if event["type"] == "pledge_registered" and "reservation" in event:
            self._ended[event["reservation"]["id"]] = event["pledge"]
        for row in event.get("rows", []):
            space, _, name = row["of"].partition("|")
            if space == "pledge" and row["list"] in LISTS and row.get("entry") == signed.index:
                item = {member: value for member, value in row.items() if member not in ("of", "list")}
                self._add(name, row["list"], [item])

    def _add(self, pledge, listed, items):
        self._items.setdefault((pledge, listed), []).extend(items)

    def of(self, pledge, listed):
        return self._items.get((pledge, listed), [])

    def shown(self, items):
        """Those of the items whose entries have passed."""
        return [item for item in items if item.get("entry") in self.entries]

    def check(self, name, pledge):
        """Checks a pledge that is shown."""
        event = self._registered.get(name)
        if event is not None:
            taken = event["reservation"]["id"] if "reservation" in event else None
            first = (pledge.get("former") or [{"party": pledge["pledgee"]}])[0]["party"]
            same = all(event.get(member) == pledge.get(member) for member in _FIXED)
            same = same and first == event["pledgee"] and pledge.get("reservation") == taken
            need(same and _is_period_of(pledge.get("maximum"), event.get("maximum")), f"{name} is not what was registered")
        for listed in LISTS:
            items, noted = pledge.get(listed, []), self.of(name, listed)
            shown = self.shown(items)
            # Where a list is full, an older note may have given way.
            if listed != "joint" and len(items) >= NOTES_MAX:
                noted = [item for item in noted if item in shown]
            need(shown == noted, f"{listed} of {name} are not those that the entries noted")

    def check_reservation(self, name, held, past):
        """Checks a reservation: what it began as, and the shown entry that ended it."""
        event = self._reserved.get(name)
        if event is not None:
            same = all(event[member] == held[member] for member in ("pledgee", "pledgor", "expires"))
            need(same, f"{name} is not what was reserved")
        known = name in self._ended or any(past.has_history("right", line["right"]) for line in held["lines"])
        need(not known or held.get("ended") == self._ended.get(name), f"{name} has not ended so")


def _is_period_of(period, registered):
    """Only a determination period that was registered gets longer, and none gets shorter."""
    if period is None or registered is None:
        return period is registered
    return period["from"] <= registered["from"] and registered["to"] <= period["to"]


def check(past, notes, time):
    """Checks the shown records after all entries of the file."""
    for (space, name), record in past.records.items():
        if record is None:
            continue
        if space == "pledge" and name.startswith("P"):
            notes.check(name, record)
            lapse.check_term(name, record, time)
            for number, line in enumerate(record["lines"]):
                own = [other for other in line.get("behind", []) if other.partition(".")[0] == name]
                need(not own, f"{name}.{number} stands behind a line of its own pledge")
                _check_stands(past, f"{name}.{number}", line, time)
        if space == "pledge" and name.startswith("V"):
            notes.check_reservation(name, record, past)
        if space == "right" and past.has_history("right", name):
            for burden in record["burdens"]:
                _check_burden(past, name, burden)


def _check_stands(past, name, line, time):
    if not lapse.is_open(line, time) or not past.has_history("right", line["right"]):
        return
    right = past.records[("right", line["right"])]
    need(any(burden["id"] == name for burden in right["burdens"]), f"{name} does not stand on {line['right']}")


def _check_burden(past, right, burden):
    kind, record, number = burden_of(burden["id"])
    if kind == "F" or ("pledge", record) not in past.records:
        return
    lines = (past.records["pledge", record] or {"lines": []})["lines"]
    line = lines[number] if number < len(lines) else {"right": None}
    same = line["right"] == right and "released" not in line
    same = same and extent_of(line) == extent_of(burden) and line.get("behind") == burden.get("behind")
    same = same and (kind != "P" or line.get("expires") == burden.get("expires"))
    need(same, f"{burden['id']} on {right} is not the line of its record")
