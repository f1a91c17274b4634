"""Records as they stood before an entry, as far as a file shows it: by folding shown histories, and by what records keep of
their past. FORMATS 2.4 and 7.2 say when a verifier must look back.
"""

import bisect

from matrix import REGISTRAR
from values import need, number_of


class Past:
    """The shown records, and what those with a history had been before each entry."""

    def __init__(self, records, versions, sizes):
        """`versions` has, for each shown history, the record after each of its entries; `sizes` how many each record has."""
        self.records, self._versions, self.sizes = records, versions, sizes
        self._places = None

    def shown(self, space, name):
        """Returns the record as it stands in the state, None for an absence; it must be in the file."""
        need((space, name) in self.records, f"{name} is not in the file")
        return self.records[space, name]

    def has_history(self, space, name):
        return (space, name) in self._versions

    def version(self, space, name, index):
        """Returns how many entries before one have touched a record; its history must be shown."""
        return sum(at < index for at, _ in self._versions[space, name])

    def before(self, space, name, index):
        """Returns the record before an entry, None where there was none; its history must be shown."""
        need(self.has_history(space, name), f"the history of {name} is missing")
        found = None
        for at, record in self._versions[space, name]:
            if at >= index:
                break
            found = record
        return found

    def burden(self, name, index):
        """Returns the right, of those whose histories are shown, that carried a burden before an entry, and the burden."""
        for space, right in self._versions:
            record = self.before(space, right, index) if space == "right" else None
            for burden in (record or {"burdens": []})["burdens"]:
                if burden["id"] == name:
                    return right, burden
        return None

    def rights_under(self, pledge, index):
        """Returns the rights that lines of a pledge stood on last before an entry, of those whose histories are shown: no more than
        it has lines, whatever else the file shows."""
        if self._places is None:
            self._places = self._first_places()
        found = set()
        for stood in self._places.get(pledge, {}).values():
            at = bisect.bisect_left(stood, (index, ""))
            found |= {stood[at - 1][1]} if at else set()
        return sorted(found, key=number_of)

    def _first_places(self):
        """For each pledge and line, where it came to stand, in the order of the entries."""
        places = {}
        for (space, right), versions in self._versions.items():
            seen = set()
            for at, record in versions if space == "right" else []:
                for burden in {burden["id"] for burden in record["burdens"]} - seen:
                    seen.add(burden)
                    owner = burden.partition(".")[0]
                    places.setdefault(owner, {}).setdefault(burden, []).append((at, right))
        for lines in places.values():
            for stood in lines.values():
                stood.sort()
        return places

    def party(self, name, index):
        record = self.before("party", name, index)
        need(record is not None, f"{name} was not admitted before entry {index}")
        return record

    def acting(self, name, index, kind=None):
        """Returns who acts for a party at an entry: itself, or who it has ended in. Of rights of a kind and what was ordered on
        them, the party to which it has handed over the kind comes first.

        A party that the file does not show counts as itself: it cannot have signed anything in the file either.
        """
        last = 0
        while True:
            record = self.records.get(("party", name)) or {}
            steps = [(item["entry"], item["party"]) for item in record.get("handed", []) if item["kind"] == kind]
            if "ended" in record:
                steps.append((record["ended"]["entry"], record["ended"]["successor"]))
            later = [step for step in steps if last < step[0] < index]
            if not later:
                return name
            last, name = later[0]

    def pledgee(self, name, index):
        """Returns who acts as the pledgee of a pledge or reservation at an entry; those of the past stand in `former`."""
        record = self.shown("pledge", name)
        need(record is not None, f"there is no record {name}")
        past = [former["party"] for former in record.get("former", []) if index <= former["until"]]
        return self.acting(past[0] if past else record["pledgee"], index)

    def pledgor(self, name, index):
        record = self.shown("pledge", name)
        need(record is not None, f"there is no record {name}")
        return self.acting(record["pledgor"], index)


def is_valid(key, index):
    return key["added"] < index and ("revoked" not in key or index <= key["revoked"])


def signs_itself(past, name, index):
    """Whether nobody signs in the place of a party: it has not ended, and has held a key by then, be it valid or not."""
    party = past.party(name, index)
    has_ended = "ended" in party and party["ended"]["entry"] < index
    return not has_ended and any(key["added"] < index for key in party["keys"])


def in_recovery(party):
    recoveries = party.get("recoveries", [])
    return bool(recoveries) and "end" not in recoveries[-1]


def check_court(signed, past):
    """The registrar, and nobody else, names a court, as far as the file shows whether it is one."""
    name, is_for_court = signed.command["body"].get("authority"), signed.command["org"] == REGISTRAR
    need((name is not None) == is_for_court, "the registrar enters what a court that it names has ordered, and nobody else")
    court = past.records.get(("party", name))
    need(not is_for_court or court is None or "court" in court["roles"], f"{name} is no court")
