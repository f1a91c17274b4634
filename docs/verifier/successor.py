"""What a right that takes the place of others keeps beneath their burdens (FORMATS 2.9): the source, the days and the ground.

A predecessor is judged where its history is shown. Parcels that the file does not show are not judged; a polygon never changes, so
the records of those that it shows will do as they stand.
"""

from capacity import days_of, parcels
from fold import counts_at
from land import overlap2, parcel
from values import civil_day, need, span_of


def check(signed, event, past, facts):
    """Checks a right that was issued against each of those it succeeds."""
    if event["type"] != "right_issued" or signed.entry["law"] == 1:
        return
    for name in event["succeeds"]:
        right = past.before("right", name, signed.index) if past.has_history("right", name) else None
        stood = [burden for burden in right["burdens"] if counts_at(burden, signed.time)] if right else []
        if stood:
            need(_keeps_source(signed, right, event, past), f"the source beneath the burdens of {name} is not kept")
            policy = facts.policy(event["kind"], signed.time)
            need(policy is not None, f"the policy of {event['kind']} is missing")
            need(_keeps_days(signed, right, stood, event), f"the days beneath the burdens of {name} are not kept")
            tolerance = policy.tolerance_ppm or 0
            need(_keeps_ground(right, event, facts, tolerance), f"the ground beneath the burdens of {name} is not kept")


def _keeps_source(signed, right, event, past):
    """The same source, or that of the firm which acts in the place of the holder: a permit has the credit code of its firm in front."""
    old, new = right.get("source"), event.get("source")
    if old is None or old == new:
        return True
    codes = []
    for holder in (right["holder"], event["holder"]):
        if ("party", holder) not in past.records:
            return True
        whole = past.has_history("party", holder)
        party = past.before("party", holder, signed.index) if whole else past.records["party", holder]
        codes.append((party or {}).get("credit_code"))
    return None not in codes and old.replace(*codes) == new


def _keeps_days(signed, right, stood, event):
    today, days, old = civil_day(signed.time), span_of(event["span"]), span_of(right["span"])
    for burden in stood:
        taken = days_of(burden, right) if "measure" in right else span_of(burden) if "from" in burden else None
        # A freeze may name days on which there never was a right; these are nothing to lose.
        first, end = (max(taken[0], old[0], today), min(taken[1], old[1])) if taken else (0, 0)
        if first < end and not (days[0] <= first and end <= days[1]):
            return False
    return True


def _keeps_ground(right, event, facts, tolerance):
    if "measure" not in right:
        return True
    if "polygon" not in right and "units" not in right:
        return right["identities"][0] in event["identities"]
    named = [unit["right"] for unit in event.get("units", [])]
    if any(facts.right(other) is None for other in named):
        return True
    left = [right["polygon"]] if "polygon" in right else []
    for unit in right.get("units", []):
        other = facts.right(unit["right"])
        if unit["right"] not in named and other is not None:
            if "polygon" not in other:
                return False
            left.append(other["polygon"])
    there = parcels(facts, event) if left else []
    return all(_outside(parcel(text), there) * 1_000_000 <= tolerance * parcel(text).area2 for text in left)


def _outside(own, others):
    """Twice the area of a parcel that lies outside of others."""
    return own.area2 - overlap2(own, others)
