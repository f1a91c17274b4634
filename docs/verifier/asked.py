"""What an event of law 1 must be for the payload that its signers signed (FORMATS 7.2 `authority`): same records, same
quantities, spans, keys and texts, and ids that are the index of the entry.
"""

from collateral import are_lines
from extents import EXTENT, is_extent
from values import begin_of, day_of, instant_of, quantity_of, sha256


def is_what_was_asked(signed, event):
    """Says whether the event is the act of the command."""
    asked = signed.command
    given = [{"party": c["org"], "class": c["class"], "document": c["document"]} for c in asked.get("attested", [])]
    if event.get("attested", []) != [{**consent, "entry": signed.index} for consent in given]:
        return False
    if event["type"] == "reserved":
        ends = signed.time + asked["body"]["days"] * 86_400 * 10**6
        if asked["type"] != "reserve" or instant_of(event["expires"]) != ends:
            return False
    matches = _MATCHES.get((asked["type"], event["type"]))
    return matches is not None and bool(matches(asked["org"], asked["body"], event, signed.index))


def _same(a, b, *members):
    return all(a.get(member) == b.get(member) for member in members)


def _admitted(org, body, event, index):
    offered = [(key["key"], key["person"]) for key in body["keys"]]
    members = ("name", "credit_code", "region", "roles", "duties", "threshold", "hidden")
    held = [(key["key"], key["person"]) for key in event["keys"]]
    return org == "M0" and event["party"] == f"M{index}" and _same(body, event, *members) and offered == held


def _of_party(*members):
    return lambda org, body, event, index: event["party"] == org and _same(body, event, *members)


def _adopted(org, body, event, index):
    return event["kind"] == body["kind"] and event["digest"] == sha256(body["text"]).hex()


def _issued(org, body, event, index):
    members = ("kind", "holder", "identities", "span", "class", "attributes", "succeeds", "additional")
    return (
        event["right"] == f"R{index}"
        and event["issuer"] == org
        and _same(body, event, *members)
        and event.get("adjudication") in (None, body.get("adjudication"))
        and (not event["burdens"] or event["succeeds"] != [])
        and ("converted" not in event or event["succeeds"] != [])
        and "acquired" not in event
        and "resolution" not in event
        and "succeeded_by" not in event
        and "revoked_from" not in event
        and "uses" not in event
        and "verifications" not in event
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
    # Of parcels and a polygon the kind takes one as the ground; the other was compared with it.
    if "units" in event:
        same_ground = [unit["unit"] for unit in event["units"]] == body.get("units")
    else:
        same_ground = event.get("polygon") == body.get("polygon") and ("polygon" in event or "units" not in body)
    return level is not None and quantity_of(event["measure"]) == level and same_ground


def _adjusted(org, body, event, index):
    return _same(body, event, "right", "from") and quantity_of(body["quantity"]) == quantity_of(event["quantity"])


def _revoked(org, body, event, index):
    return _same(body, event, "right", "from")


_OF_FREEZE = {"id", "authority", "expires", "order", "limit_cny", "price_cny", *EXTENT}


def _frozen(org, body, event, index):
    burden = event["burden"]
    named = burden["id"] == f"F{index}" and burden.get("authority") == body["authority"]
    sums = ("limit_cny", "price_cny")
    same = all(quantity_of(body.get(name, "0")) == quantity_of(burden.get(name, "0")) for name in sums)
    ordered = same and body.get("order") == burden.get("order") and set(burden) <= _OF_FREEZE
    ends = instant_of(burden["expires"]) if "expires" in burden else None
    until = begin_of(day_of(body["until"])) if "until" in body else None
    return body["right"] == event["right"] and named and ordered and ends == until and is_extent(body, burden)


def _unfrozen(org, body, event, index):
    return _same(body, event, "right", "freeze")


def _reserved(org, body, event, index):
    named = event["reservation"] == f"V{index}" and event["pledgee"] == org and event["pledgor"] == body["pledgor"]
    return named and are_lines(body["lines"], event["lines"])


def _cancelled(org, body, event, index):
    return _same(body, event, "reservation")


def _registered(org, body, event, index):
    taken = event["reservation"]["id"] if "reservation" in event else None
    caps = [(quantity_of(cap["amount"]), cap["entry"]) for cap in event.get("caps", [])]
    asked = [(quantity_of(body["cap_cny"]), index)] if "cap_cny" in body else []
    return (
        event["pledge"] == f"P{index}"
        and event["pledgee"] == org
        and _same(body, event, "pledgor", "debtor", "form", "term", "hidden", "maximum", "syndicate", "green")
        and caps == asked
        and taken == body.get("reservation")
        and are_lines(body["lines"], event["lines"])
    )


def _amended(org, body, event, index):
    def amended(change, line):
        return "released" not in line and quantity_of(change["quantity"]) == _quantity(line)

    return _same(body, event, "pledge") and _each(body, event, amended)


def _extended(org, body, event, index):
    def extended(change, line):
        return "released" not in line and "quantity" in line and line.get("to") == change["to"]

    return _same(body, event, "pledge", "term") and _each(body, event, extended)


def _released(org, body, event, index):
    def released(change, line):
        return "quantity" in change or "released" in line

    whole = "lines" not in body and all("released" in line for line in event["lines"])
    return _same(body, event, "pledge") and (whole or _each(body, event, released))


def _quantity(line):
    return quantity_of(line["quantity"]) if "quantity" in line else None


def _each(body, event, is_what_was_asked):
    changes, results = body.get("lines", []), event.get("lines", [])
    by_number = {result["line"]: result for result in results}
    return len(changes) == len(results) and all(
        change["line"] in by_number and is_what_was_asked(change, by_number[change["line"]]) for change in changes
    )


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
