"""Events of FORMATS 3.3 and 6: which records an event touches, and what each of them becomes."""

import copy

import strict
from difference import NAMED_BY
from extents import EXTENT, extent_of, is_within
from forms import identity_name, record_reader
from proofs import state_key
from values import burden_of, instant_of, kid_of, need


def _key_name(key_text):
    return "identity", f"ed25519-key:{kid_of(key_text)}"


def _space_of(burden):
    kind, record, _ = burden_of(burden)
    return None if kind == "F" else ("pledge", record)


def touches(event):
    """Returns the records that an event touches, as pairs of space and name."""
    kind, keys = event["type"], set()
    if "changes" in event:
        keys.update(tuple(part["of"].split("|", 1)) for part in event["changes"] + event.get("rows", []))
    elif kind == "party_admitted":
        keys.add(("party", event["party"]))
        if "credit_code" in event:
            keys.add(("identity", f"credit-code:{event['credit_code']}"))
        keys.update(_key_name(held["key"]) for held in event["keys"])
    elif kind == "key_added":
        keys.update({("party", event["party"]), _key_name(event["key"])})
    elif kind in ("key_revoked", "signing_policy_set"):
        keys.add(("party", event["party"]))
    elif kind == "policy_adopted":
        keys.add(("policy", event["kind"]))
    elif kind == "right_issued":
        keys.update(_issued(event))
    elif kind in ("right_adjusted", "right_revoked", "frozen", "unfrozen"):
        keys.add(("right", event["right"]))
    elif kind in ("reserved", "reservation_cancelled"):
        keys.add(("pledge", event["reservation"]))
        keys.update(("right", right) for right in event.get("rights", []))
        keys.update(("right", line["right"]) for line in event.get("lines", []))
    else:
        keys.add(("pledge", event["pledge"]))
        keys.update(("right", line["right"]) for line in event.get("lines", []))
        taken = event.get("reservation")
        if taken:
            keys.add(("pledge", taken["id"]))
            keys.update(("right", right) for right in taken["rights"])
    keys.update(("right", item["right"]) for item in event.get("overhangs", []))
    return keys


def _issued(event):
    keys = {("right", event["right"])}
    keys.update(("identity", identity_name(i["scheme"], i["value"])) for i in event["identities"])
    if "source" in event:
        keys.add(("source", event["source"]))
    keys.update(("cell", cell) for cell in event.get("cells", []))
    keys.update(("right", right) for right in event["succeeds"])
    keys.update(("right", item["right"]) for item in event.get("tolerated", []))
    for item in event.get("moved", []):
        keys.add(("right", item["from"]))
        keys.add(_space_of(item["burden"]))
    keys.discard(None)
    return keys


def touched_hashes(events):
    keys = {key for event in events for key in touches(event)}
    return sorted(state_key(space, name).hex() for space, name in keys)


# 6 Fold -------------------------------------------------------------------------------------------------------------

_OF_EVENT = ("type", "right", "tolerated", "moved")


def counts_at(burden, now):
    return "expires" not in burden or now < instant_of(burden["expires"])


def fold(event, index, time, space, name, before):
    """Returns the record after the event; `before` is None where there was none."""
    before = copy.deepcopy(before)
    if "changes" in event:
        return _act(event, instant_of(time), space, name, before)
    if space == "right":
        return _right(event, instant_of(time), name, before)
    if space == "pledge":
        return _reservation(event, name, before) if name.startswith("V") else _pledge(event, name, before)
    if space == "party":
        return _party(event, index, before)
    if space == "identity":
        handed_on = event["type"] == "right_issued" and before and before.get("right") in event["succeeds"]
        need(before is None or handed_on, "an identity has its owner for ever")
        need(event["type"] in ("party_admitted", "key_added", "right_issued"), "no identity is made")
        return {"right": event["right"]} if event["type"] == "right_issued" else {"party": event["party"]}
    if space == "policy":
        need(event["type"] == "policy_adopted", "no policy is adopted")
        version = {"active_from": event["active_from"], "digest": event["digest"], "entry": index}
        return {"versions": (before or {"versions": []})["versions"] + [version]}
    need(event["type"] == "right_issued", "no right is issued")
    rights = (before or {"rights": []})["rights"]
    if space == "source":
        return {"rights": rights + [{"right": event["right"], **event["span"]}]}
    need("layer" in event, "a cell holds rights with a layer")
    return {"rights": rights + [{"layer": event["layer"], "right": event["right"]}]}


_OWN = ("of", "new", "clear", "list", "drop")


def _act(event, now, space, name, before):
    """6.4: an act of law 2 says how each record is different now, in the record's own form."""
    of = f"{space}|{name}"
    changes = [change for change in event["changes"] if change["of"] == of]
    change = changes[0] if changes else {}
    need(("new" in change) == (before is None), "whether the record is new")
    record = before or {}
    if space == "right" and before is not None:
        record["burdens"] = [burden for burden in record["burdens"] if counts_at(burden, now)]
    for member in change.get("clear", []):
        need(member in record, "a member that is not there is gone")
        del record[member]
    record.update((member, copy.deepcopy(value)) for member, value in change.items() if member not in _OWN)
    for row in event.get("rows", []):
        if row["of"] == of:
            _row(record, row)
    if space == "right":
        _hang(event, name, record)
    record_reader(space, name)(record)
    strict.check(record)
    return record


def _row(record, row):
    listed = record.setdefault(row["list"], [])
    item = {member: copy.deepcopy(value) for member, value in row.items() if member not in _OWN}
    named_by = NAMED_BY.get(row["list"])
    if named_by is None:
        need("drop" not in row, "an item without a name is dropped")
        listed.append(item)
        return
    need(named_by in item, "a row names its item")
    if row["list"] == "lines":
        number = item.pop("line")
        need("drop" not in row and 0 <= number <= len(listed), "the number of a line")
        listed[number : number + 1] = [item]
        return
    places = [place for place, other in enumerate(listed) if other[named_by] == item[named_by]]
    need(places or "drop" not in row, "an item that is not there is dropped")
    if "drop" in row:
        del listed[places[0]]
    elif places:
        listed[places[0]] = item
    else:
        listed.append(item)


def _right(event, now, name, before):
    kind = event["type"]
    if kind == "right_issued" and event["right"] == name:
        need(before is None, "the right exists")
        return {member: value for member, value in event.items() if member not in _OF_EVENT}
    need(before is not None, "the right does not exist")
    right = before
    right["burdens"] = [burden for burden in right["burdens"] if counts_at(burden, now)]
    if kind == "right_issued":
        _succeeded(event, name, right)
    elif kind == "right_adjusted":
        _adjusted(event, right)
    elif kind == "right_revoked":
        right["revoked_from"] = event["from"]
    elif kind == "frozen":
        right["burdens"].append(copy.deepcopy(event["burden"]))
    elif kind == "unfrozen":
        _drop(right, lambda burden: burden == event["freeze"])
    elif kind == "reserved":
        right["burdens"].extend(_burdens(event, event["reservation"], name, {"expires": event["expires"]}))
    elif kind == "reservation_cancelled":
        _drop(right, lambda burden: burden_of(burden)[1] == event["reservation"])
    elif kind == "pledge_registered":
        added = _burdens(event, event["pledge"], name, {})
        if "reservation" in event:
            added = _taken_over(event["reservation"], right, added)
        right["burdens"].extend(added)
    else:
        need(kind in ("pledge_amended", "pledge_extended", "pledge_released"), "the event is not of a right")
        _changed(event, name, right)
    _hang(event, name, right)
    return right


def _hang(event, name, right):
    for item in event.get("overhangs", []):
        for burden in right["burdens"]:
            if (item["right"], item["burden"]) == (name, burden["id"]):
                burden.pop("overhang", None)
                if "overhang" in item:
                    burden["overhang"] = item["overhang"]
                break


def _drop(right, leaves):
    right["burdens"] = [burden for burden in right["burdens"] if not leaves(burden["id"])]


def _succeeded(event, name, right):
    if name in event["succeeds"]:
        right["succeeded_by"] = event["right"]
    leaving = {item["burden"] for item in event.get("moved", []) if item["from"] == name}
    _drop(right, lambda burden: burden in leaving)
    for item in event.get("tolerated", []):
        if item["right"] == name and "measure" in right:
            area = int(right.get("tolerated_area2", "0")) + int(item["area2"])
            if area:
                right["tolerated_area2"] = str(min(area, 2**127 - 1))


def _adjusted(event, right):
    if "balance" in right:
        right["balance"] = event["quantity"]
        return
    need("steps" in right, "a land right is not adjusted")
    right["steps"] = [step for step in right["steps"] if step["from"] < event["from"]]
    right["steps"].append({"from": event["from"], "quantity": event["quantity"]})


def _burdens(event, record, name, more):
    burdens = []
    for number, line in enumerate(event["lines"]):
        if line["right"] == name:
            own = {member: line[member] for member in ("behind", "expires") if member in line}
            burden = {"id": f"{record}.{number}", **extent_of(line), **own, **more}
            burdens.append(burden)
    return burdens


def reserved_place(burdens, reservation, extent):
    """The place of the first line of a reservation into which an extent fits, of those that still stand."""
    for place, burden in enumerate(burdens):
        if burden["id"].startswith(reservation + ".") and is_within(extent, burden):
            return place
    return None


def _taken_over(reservation, right, lines):
    """Puts lines where they were reserved; returns those that are left."""
    left = []
    for line in lines:
        place = reserved_place(right["burdens"], reservation["id"], line) if "in_place" in reservation else None
        if place is None:
            left.append(line)
        else:
            right["burdens"][place] = line
    _drop(right, lambda burden: burden_of(burden)[1] == reservation["id"])
    return left


def _changed(event, name, right):
    for result in event.get("lines", []):
        if result["right"] != name:
            continue
        burden_name = f"{event['pledge']}.{result['line']}"
        if "released" in result:
            _drop(right, lambda burden: burden == burden_name)
            continue
        for burden in right["burdens"]:
            if burden["id"] == burden_name:
                for member in EXTENT:
                    burden.pop(member, None)
                burden.update(extent_of(result))
                break


def _replaced(lines, results):
    for result in results:
        need(result["line"] < len(lines), "there is no such line")
        lines[result["line"]] = {member: value for member, value in result.items() if member != "line"}


def _moved(event, name, lines):
    for item in event.get("moved", []):
        _, record, line = burden_of(item["burden"])
        if record == name:
            need(line < len(lines), "there is no such line")
            lines[line]["right"] = event["right"]


def _pledge(event, name, before):
    kind = event["type"]
    if kind == "pledge_registered":
        need(before is None, "the pledge exists")
        members = ("pledgee", "pledgor", "debtor", "form", "lines", "term", "hidden", "caps", "maximum", "syndicate", "green", "attested")
        pledge = {member: copy.deepcopy(event[member]) for member in members if member in event}
        if "reservation" in event:
            pledge["reservation"] = event["reservation"]["id"]
        return pledge
    need(before is not None, "the pledge does not exist")
    if kind == "right_issued":
        _moved(event, name, before["lines"])
        return before
    need(kind in ("pledge_amended", "pledge_extended", "pledge_released"), "the event is not of a pledge")
    _replaced(before["lines"], event.get("lines", []))
    if kind == "pledge_extended" and "term" in event:
        before["term"] = event["term"]
    return before


def _reservation(event, name, before):
    kind = event["type"]
    if kind == "reserved":
        need(before is None, "the reservation exists")
        members = ("pledgee", "pledgor", "lines", "expires")
        return {member: copy.deepcopy(event[member]) for member in members}
    need(before is not None, "the reservation does not exist")
    if kind == "reservation_cancelled":
        before["ended"] = "cancelled"
    elif kind == "pledge_registered":
        before["ended"] = event["pledge"]
    else:
        need(kind == "right_issued", "the event is not of a reservation")
        _moved(event, name, before["lines"])
    return before


def _party(event, index, before):
    kind = event["type"]
    if kind == "party_admitted":
        need(before is None, "the party exists")
        party = {member: value for member, value in event.items() if member not in ("type", "party", "keys")}
        party["keys"] = [{**held, "added": index} for held in event["keys"]]
        return party
    need(before is not None, "the party does not exist")
    if kind == "key_added":
        before["keys"].append({"added": index, "key": event["key"], "person": event["person"]})
    elif kind == "key_revoked":
        found = [held for held in before["keys"] if kid_of(held["key"]) == event["kid"]]
        need(found, "there is no such key")
        found[0]["revoked"] = index
    else:
        need(kind == "signing_policy_set", "the event is not of a party")
        before["threshold"] = event["threshold"]
    return before
