"""Signatures and authority of FORMATS 7.2: who asked for an event, and whether it is what they asked for."""

from fold import extent_of
from forms import command, envelope
from values import instant_of, kid_of, need, quantity_of, sha256, verifies


class Parties:
    """The parties whose complete histories the file shows."""

    def __init__(self, records):
        self.keys = {}
        for name, record in sorted(records.items(), key=lambda item: int(item[0][1:])):
            for held in record["keys"]:
                self.keys.setdefault(kid_of(held["key"]), (name, held))


class Signed:
    """A command entry with its payload and verified signatures."""

    def __init__(self, entry, aud, parties):
        self.entry, self.index = entry, entry["index"]
        payload, signatures = envelope(entry["command"])
        self.command = command(payload)
        found = []
        for header, signing_input, signature in signatures:
            need(header["kid"] in parties.keys, f"the history of the owner of {header['kid']} is missing")
            party, held = parties.keys[header["kid"]]
            need(verifies(bytes.fromhex(held["key"]), signing_input, signature), f"a false signature by {header['kid']}")
            found.append((party, header["role"], held))
        asked = sorted((signer["org"], signer["role"]) for signer in self.command["signers"])
        need(sorted((party, role) for party, role, _ in found) == asked, "the signatures are not those of `signers`")
        time = instant_of(entry["time"])
        need(self.command["aud"] == aud, "a command for another register")
        need(instant_of(self.command["exp"]) > time, "the command has expired")
        need(instant_of(self.command["iat"]) <= time + 300 * 10**6, "the command is of the future")
        self.counts = {}
        if "accepted" in entry["outcome"]:
            self._check_keys(found)

    def _check_keys(self, found):
        persons = set()
        for party, _, held in found:
            valid = held["added"] < self.index and self.index <= held.get("revoked", self.index)
            need(valid, f"a key of {party} was not valid there")
            need((party, held["person"]) not in persons, f"two keys of {party} are of one person")
            persons.add((party, held["person"]))
            self.counts[party] = self.counts.get(party, 0) + 1


def thresholds(acts):
    """Returns for each party the thresholds that were set, with their positions."""
    found = {}
    for index, events, _, _ in acts:
        for event in events:
            if event["type"] in ("party_admitted", "signing_policy_set"):
                found.setdefault(event["party"], []).append((index, event["threshold"]))
    return found


def _threshold_at(found, party, index):
    before = [threshold for at, threshold in found.get(party, []) if at < index]
    need(before, f"the signing policy of {party} is not shown")
    return before[-1]


def check(signed, event, facts, found):
    """Checks one accepted entry."""
    asked, org, body = signed.command, signed.command["org"], signed.command["body"]
    changed = body["pledge"] if asked["type"] in ("amend_pledge", "extend_pledge", "release_pledge") else None
    pledge = facts.record("pledge", changed) if changed else None
    need(changed is None or pledge is not None, f"the record of {changed} is missing")
    needed = [org]
    if asked["type"] in ("reserve", "register_pledge"):
        needed.append(body["pledgor"])
    if asked["type"] in ("amend_pledge", "extend_pledge"):
        needed.append(pledge["pledgor"])
    for party in needed:
        least = _threshold_at(found, party, signed.index)
        need(signed.counts.get(party, 0) >= least, f"{party} signs with {least}")
    matches = _MATCHES.get((asked["type"], event["type"]))
    what = f"the signed command ({asked['type']}) is not the event ({event['type']})"
    need(matches is not None and matches(org, body, event, signed.index, facts), what)


def _same(a, b, *members):
    return all(a.get(member) == b.get(member) for member in members)


def _admitted(org, body, event, index, facts):
    offered = [(key["key"], key["person"]) for key in body["keys"]]
    members = ("name", "credit_code", "region", "roles", "duties", "threshold", "hidden")
    held = [(key["key"], key["person"]) for key in event["keys"]]
    return org == "M0" and event["party"] == f"M{index}" and _same(body, event, *members) and offered == held


def _of_party(*members):
    return lambda org, body, event, index, facts: event["party"] == org and _same(body, event, *members)


def _adopted(org, body, event, index, facts):
    return event["kind"] == body["kind"] and event["digest"] == sha256(body["text"]).hex()


def _issued_by(right, org, facts):
    record = facts.right(right)
    return record is not None and record["issuer"] == org


def _issued(org, body, event, index, facts):
    issuer = facts.record("party", org)
    duties = issuer["duties"] if issuer else []
    may = any(policy.kind == event["kind"] and policy.duty in duties for policy in facts.policies)
    members = ("kind", "holder", "identities", "span", "class", "attributes", "succeeds", "additional")
    return (
        may
        and event["right"] == f"R{index}"
        and event["issuer"] == org
        and _same(body, event, *members)
        and event.get("adjudication") in (None, body.get("adjudication"))
        and (not event["burdens"] or event["succeeds"] != [])
        and "succeeded_by" not in event
        and "revoked_from" not in event
        and _is_capacity(body, event)
    )


def _steps(steps):
    return [(step["from"], quantity_of(step["quantity"])) for step in steps]


def _is_capacity(body, event):
    level = quantity_of(body["quantity"]) if "quantity" in body else None
    if "balance" in event:
        return level is not None and quantity_of(event["balance"]) == level
    if "steps" in event:
        wanted = _steps(body["steps"]) if level is None else [(body["span"]["from"], level)]
        return _steps(event["steps"]) == wanted
    units = [unit["unit"] for unit in event["units"]] if "units" in event else None
    same_ground = event.get("polygon") == body.get("polygon") and units == body.get("units")
    return level is not None and quantity_of(event["measure"]) == level and same_ground


def _adjusted(org, body, event, index, facts):
    same = _same(body, event, "right", "from") and quantity_of(body["quantity"]) == quantity_of(event["quantity"])
    return same and _issued_by(body["right"], org, facts)


def _revoked(org, body, event, index, facts):
    return _same(body, event, "right", "from") and _issued_by(body["right"], org, facts)


def _frozen(org, body, event, index, facts):
    burden, authority = event["burden"], body["authority"]
    itself = org == authority and _issued_by(body["right"], org, facts)
    return (
        body["right"] == event["right"]
        and burden["id"] == f"F{index}"
        and burden.get("authority") == authority
        and is_extent(body, burden)
        and (org == "M0" or itself)
    )


def _unfrozen(org, body, event, index, facts):
    return _same(body, event, "right", "freeze") and (org == "M0" or _issued_by(body["right"], org, facts))


def _reserved(org, body, event, index, facts):
    named = event["reservation"] == f"V{index}" and event["pledgee"] == org and event["pledgor"] == body["pledgor"]
    return named and _are_lines(body["lines"], event["lines"])


def _cancelled(org, body, event, index, facts):
    held = facts.record("pledge", event["reservation"])
    return body["reservation"] == event["reservation"] and held is not None and held["pledgee"] == org


def _registered(org, body, event, index, facts):
    taken = event["reservation"]["id"] if "reservation" in event else None
    caps = [(quantity_of(cap["amount"]), cap["entry"]) for cap in event.get("caps", [])]
    asked = [(quantity_of(body["cap_cny"]), index)] if "cap_cny" in body else []
    return (
        event["pledge"] == f"P{index}"
        and event["pledgee"] == org
        and _same(body, event, "pledgor", "debtor", "form", "term", "hidden", "maximum")
        and caps == asked
        and taken == body.get("reservation")
        and _are_lines(body["lines"], event["lines"])
    )


def _held(org, event, facts, index):
    """The pledgee of record at that position gives the command; those of the past stand in `former`."""
    record = facts.record("pledge", event["pledge"])
    if record is None:
        return False
    past = [former["party"] for former in record.get("former", []) if index <= former["until"]]
    return (past[0] if past else record["pledgee"]) == org


def _amended(org, body, event, index, facts):
    def amended(change, line):
        return "released" not in line and quantity_of(change["quantity"]) == _quantity(line)

    return body["pledge"] == event["pledge"] and _held(org, event, facts, index) and _each(body, event, amended)


def _extended(org, body, event, index, facts):
    def extended(change, line):
        return "released" not in line and "quantity" in line and line.get("to") == change["to"]

    same = _same(body, event, "pledge", "term")
    return same and _held(org, event, facts, index) and _each(body, event, extended)


def _released(org, body, event, index, facts):
    def released(change, line):
        return "quantity" in change or "released" in line

    whole = "lines" not in body and all("released" in line for line in event["lines"])
    same = body["pledge"] == event["pledge"] and _held(org, event, facts, index)
    return same and (whole or _each(body, event, released))


def _quantity(line):
    return quantity_of(line["quantity"]) if "quantity" in line else None


def _each(body, event, is_what_was_asked):
    changes, results = body.get("lines", []), event.get("lines", [])
    by_number = {}
    for result in results:
        by_number.setdefault(result["line"], result)
    return len(changes) == len(results) and all(
        change["line"] in by_number and is_what_was_asked(change, by_number[change["line"]]) for change in changes
    )


def _are_lines(asked, lines):
    def same(request, line):
        named = _same(request, line, "right", "behind") and "released" not in line
        return named and is_extent(request, line)

    return len(asked) == len(lines) and all(same(request, line) for request, line in zip(asked, lines))


def span_of_years(years):
    """The days of certificate years, or None beyond the calendar."""
    return {"from": f"{years[0]}-01-01", "to": f"{years[1] + 1}-01-01"}


def is_extent(asked, made):
    """The extent of an event is that of the request."""
    extent = extent_of(made)
    span = {member: asked[member] for member in ("from", "to") if member in asked}
    if "quantity" in extent:
        same = "quantity" in asked and quantity_of(asked["quantity"]) == quantity_of(extent.pop("quantity"))
        return same and span == extent
    if extent:
        return "years" in asked and span_of_years(asked["years"]) == extent
    return not any(member in asked for member in ("quantity", "from", "years"))


_MATCHES = {
    ("admit_party", "party_admitted"): _admitted,
    ("add_key", "key_added"): _of_party("key", "person"),
    ("revoke_key", "key_revoked"): _of_party("kid"),
    ("set_signing_policy", "signing_policy_set"): _of_party("threshold"),
    ("adopt_policy", "policy_adopted"): _adopted,
    ("issue_right", "right_issued"): _issued,
    ("adjust_right", "right_adjusted"): _adjusted,
    ("revoke_right", "right_revoked"): _revoked,
    ("freeze", "frozen"): _frozen,
    ("unfreeze", "unfrozen"): _unfrozen,
    ("reserve", "reserved"): _reserved,
    ("cancel_reservation", "reservation_cancelled"): _cancelled,
    ("register_pledge", "pledge_registered"): _registered,
    ("amend_pledge", "pledge_amended"): _amended,
    ("extend_pledge", "pledge_extended"): _extended,
    ("release_pledge", "pledge_released"): _released,
}
