"""Forms of FORMATS sections 2.1, 3 and 5: envelopes, entries, events and state values, each member read strictly.

What is read stays plain JSON; every later step takes the members by name. Payloads stand in `commands.py`.
"""

from codes import CODES
from values import (
    SHORT_NAME,
    Fault,
    area,
    base64url,
    boolean,
    burden_id,
    canonical,
    count,
    credit_code,
    day,
    day_of,
    freeze_id,
    hash_text,
    hold_id,
    identity,
    instant,
    integer,
    items,
    line_number,
    mapping,
    mark,
    name,
    need,
    one_of,
    overhang,
    party_id,
    pattern,
    person,
    plain,
    pledge_id,
    public_key,
    quantity,
    read,
    right_id,
    sha256,
    span,
    string,
)

LAWS = {1, 2}  # the laws whose events and folds this program knows

ROLES = ("registrar", "authority", "bank", "guarantor", "court", "holder")

# Parts that several forms share ------------------------------------------------------------------------------------

_CONSENT = {"class": one_of("paper", "video"), "document": hash_text}
hidden = mapping(hash_text, 16)
form_word = one_of("质押", "抵押")
behind = items(burden_id, 256, 1)
green = pattern(r"[0-9A-Za-z.:_-]{1,32}", "a category of a loan")


def _share_bp(value):
    need(1 <= integer(value) <= 10_000, "a share is 1 to 10000")


def _share(value):
    read(value, {"party": party_id, "share_bp": _share_bp})


def syndicate(value):
    items(_share, 16, 1)(value)
    numbers = [int(share["party"][1:]) for share in value]
    need(all(a < b for a, b in zip(numbers, numbers[1:])), "a syndicate is ascending by party")


def from_to(value):
    """`from` and `to` stand together, and in order."""
    need(("from" in value) == ("to" in value), "`from` and `to` stand together")
    if "from" in value:
        need(day_of(value["from"]) < day_of(value["to"]), "`to` must be after `from`")


_EXTENT = {"quantity": quantity, "from": day, "to": day}


def line(value):
    read(value, {"right": right_id}, {**_EXTENT, "behind": behind, "expires": instant, "released": mark})
    from_to(value)


def line_result(value):
    read(value, {"right": right_id, "line": line_number}, {**_EXTENT, "behind": behind, "expires": instant, "released": mark})
    from_to(value)


lines = items(line, 64)
line_results = items(line_result, 64)


def _number(value):
    plain(value)
    need(len(value.encode()) <= 64, "the number of an order has at most 64 bytes")


def _above_zero(value):
    need(quantity(value) != "0", "must be above zero")


def _money(value):
    """A sum of money in written form: above zero, at most two decimal digits."""
    _above_zero(value)
    need(len(value.partition(".")[2]) <= 2, "has more than two decimal digits")


_ORDER = {
    "order": _number,
    "limit_cny": _money,
    "price_cny": _above_zero,
    "executed": _above_zero,
    "proceeds_cny": _money,
}


def burden(value):
    optional = {**_EXTENT, "expires": instant, "authority": party_id, "behind": behind, "overhang": overhang, **_ORDER}
    read(value, {"id": burden_id}, optional)
    from_to(value)


def _overhang_item(value):
    read(value, {"right": right_id, "burden": burden_id}, {"overhang": overhang})


overhangs = items(_overhang_item, 64 * 256, 1)

# 5.4 Records --------------------------------------------------------------------------------------------------------


def _listed(**members):
    def item(value):
        read(value, members)
        from_to(value)

    return items(item, 65_536)


def _step(value):
    read(value, {"from": day, "quantity": quantity})


def _named_parcel(value):
    read(value, {"unit": string, "right": right_id})


def polygon(value):
    from land import parcel

    parcel(value)


def cell_name(value):
    from land import cell_of

    if isinstance(value, str) and value.startswith("R"):
        right_id(value)
    else:
        cell_of(value)


class _Any(dict):
    """Members of a record of some space: any value, since the record that they give is read afterwards."""

    def __contains__(self, member):
        return dict.__contains__(self, member) or SHORT_NAME.fullmatch(member) is not None

    def __missing__(self, member):
        return lambda value: None


def _converted_years(value):
    pattern("[0-9]{4}-[0-9]{4}", "years such as 2028-2032")(value)
    need(1900 <= int(value[:4]) <= int(value[5:]) <= 9998, "the first and the last year")


def _verified(value):
    digests = dict.fromkeys(("question", "answer", "root"), hash_text)
    read(value, {"guarantor": party_id, "size": count, "entry": count, **digests})


def _used(value):
    read(value, {"quantity": quantity, "entry": count}, {"ordered": mark})


_RIGHT = {
    "kind": name,
    "issuer": party_id,
    "holder": party_id,
    "span": span,
    "burdens": items(burden, 256),
    "succeeds": items(right_id, 16),
}
_RIGHT_OPTIONAL = {
    "source": string,
    "layer": name,
    "class": string,
    "attributes": mapping(string, 16),
    "succeeded_by": right_id,
    "acquired": count,
    "additional": mark,
    "adjudication": hash_text,
    "revoked_from": day,
    "resolution": hash_text,
    "converted": items(_converted_years, 128, 1),
    "uses": items(_used, 128, 1),
    "verifications": items(_verified, 16, 1),
}


def _recorded_identity(value):
    read(value, {"scheme": name, "value": string})


_RIGHT["identities"] = items(_recorded_identity, 8)


def right(value, also=None, also_optional=None):
    """A right, its one capacity, and what an event adds."""
    if "balance" in value:
        capacity, optional = {"balance": quantity}, {}
    elif "steps" in value:
        capacity, optional = {"steps": items(_step, 128)}, {}
    else:
        capacity = {"measure": quantity}
        optional = {"cells": items(cell_name, 65_535 // 67, 1), "tolerated_area2": area}
        if "units" in value:
            capacity["units"] = items(_named_parcel, 32)
        else:
            optional["polygon"] = polygon
    required = {**_RIGHT, **capacity, **(also or {})}
    read(value, required, {**_RIGHT_OPTIONAL, **optional, **(also_optional or {})})
    need(value.get("tolerated_area2") != "0", "an area of zero is absent")


def _list_of(required, optional=None):
    """A list that is absent when it would be empty."""
    return items(lambda value: read(value, required, optional), 65_536, 1)


_erased = _list_of({"claim": pattern("[a-z0-9_]{1,32}", "the name of a hidden value"), "entry": count})
_external = {"register": string, "number": string, "status": string, "checked": day}
_PLEDGE_OPTIONAL = {
    "debtor": party_id,
    "term": span,
    "hidden": hidden,
    "reservation": hold_id,
    "caps": _list_of({"amount": quantity, "entry": count}),
    "maximum": span,
    "syndicate": syndicate,
    "green": green,
    "former": _list_of({"party": party_id, "until": count}, {"subrogation": mark}),
    "determined": count,
    "parts": _list_of({"amount": quantity, "entry": count, "party": party_id}),
    "guarantees": _list_of(
        {"document": hash_text, "entry": count, "guarantor": party_id, "share_bp": count}, {"counter": pledge_id}
    ),
    "joint": _list_of({"entry": count, "first": line_number, "quantity": quantity, "second": line_number}),
    "corrections": _list_of(
        {"document": hash_text, "entry": count, "line": line_number, "quantity": quantity},
        {"further": line_number, "relied": items(count, 16, 1)},
    ),
    "buyouts": _list_of(
        {"document": hash_text, "entry": count, "party": party_id, "price": quantity, "trigger": string}
    ),
    "objections": _list_of(
        {"document": hash_text, "entry": count, "party": party_id, "until": instant}, {"suit": hash_text}
    ),
    "disposals": _list_of(
        {"document": hash_text, "entry": count, "line": line_number, "proceeds": quantity},
        {"authority": party_id, "buyer": party_id, "quantity": quantity},
    ),
    "external": _list_of(_external, {"term": span}),
    "erased": _erased,
    "attested": _list_of({"class": one_of("paper", "video"), "document": hash_text, "entry": count, "party": party_id}),
}


def pledge(value):
    required = {"pledgee": party_id, "pledgor": party_id, "form": form_word, "lines": lines}
    read(value, required, _PLEDGE_OPTIONAL)


def _ended(value):
    if value != "cancelled":
        pledge_id(value)


def reservation(value):
    required = {"pledgee": party_id, "pledgor": party_id, "lines": lines, "expires": instant}
    read(value, required, {"ended": _ended})


def _held_key(value):
    read(value, {"key": public_key, "person": person})


def _party_key(value):
    read(value, {"added": count, "key": public_key, "person": person}, {"revoked": count})


held_keys = items(_held_key, 128)
_related = _list_of({"entry": count, "party": party_id})
_dispute = {"document": hash_text, "entry": count, "from": count, "kid": hash_text}
_recovery = {"document": hash_text, "entry": count, "ready": instant}

_PARTY = {"roles": items(one_of(*ROLES), 6), "duties": items(string, 16), "threshold": count}
_PARTY_ADMITTED = {"name": string, "credit_code": string, "region": string, "hidden": hidden}
_PARTY_OPTIONAL = {
    **_PARTY_ADMITTED,
    "erased": _erased,
    "former_names": _list_of({"name": string, "until": count}),
    "signing": _list_of({"command": string, "threshold": count}),
    "parts": _list_of({"kid": hash_text, "part": one_of("maker", "checker")}),
    "disputes": _list_of(_dispute, {"resolved": count, "decision": hash_text}),
    "recoveries": _list_of(_recovery, {"end": one_of("vetoed", "completed"), "ended": count}),
    "recovery_keys": items(_held_key, 16, 1),
    "predecessors": _related,
    "successors": _related,
    "handed": _list_of({"entry": count, "kind": string, "party": party_id}),
    "ended": lambda value: read(value, {"entry": count, "successor": party_id}),
    "log_keys": _list_of({"entry": count, "key": public_key, "overlap_until": instant}),
}


def party(value):
    read(value, {**_PARTY, "keys": items(_party_key, 128)}, _PARTY_OPTIONAL)


def owner(value):
    need(isinstance(value, dict), "must be an object")
    read(value, {"right": right_id} if "right" in value else {"party": party_id})


def source(value):
    read(value, {"rights": _listed(right=right_id, **{"from": day, "to": day})})


def cell(value):
    read(value, {"rights": _listed(right=right_id, layer=name)})


def policy(value):
    read(value, {"versions": _listed(digest=hash_text, entry=count, active_from=instant)})


def record_reader(space, record_name):
    """Returns the form of the record under this name; the name must be one of its space."""
    if space == "right":
        right_id(record_name)
        return right
    if space == "pledge":
        if record_name.startswith("V"):
            hold_id(record_name)
            return reservation
        pledge_id(record_name)
        return pledge
    if space == "party":
        party_id(record_name)
        return party
    if space == "identity":
        scheme, colon, value = record_name.partition(":")
        need(colon and identity_name(scheme, value) == record_name, "the name of an identity")
        return owner
    if space == "cell":
        cell_name(record_name)
        return cell
    readers = {"source": source, "policy": policy}
    need(space in readers, f"there is no space {space!r}")
    return readers[space]


def identity_name(scheme, value):
    """Names an identity in the state tree: the case of ASCII letters does not count."""
    if scheme != "ed25519-key":
        value = "".join(c.upper() if c.isascii() else c for c in value)
    return f"{scheme}:{value}"


def state_value(text, space, record_name):
    """Reads the text of a state value."""
    value = canonical(text)
    history = {"last": hash_text, "root": hash_text, "size": count}
    members = {"history": lambda v: read(v, history), "name": string, "space": string, "record": lambda v: None}
    read(value, members)
    need((value["space"], value["name"]) == (space, record_name), "the value names another record")
    record_reader(space, record_name)(value["record"])
    return value


# 3.2 Events ---------------------------------------------------------------------------------------------------------


def _tolerated(value):
    read(value, {"right": right_id, "area2": area})


def _moved(value):
    read(value, {"from": right_id, "burden": burden_id})


def _taken(value):
    read(value, {"id": hold_id, "rights": items(right_id, 64)}, {"in_place": mark})


_OVERHANGS = {"overhangs": overhangs}

EVENTS = {
    "party_admitted": ({"party": party_id, "keys": held_keys, **_PARTY}, _PARTY_ADMITTED),
    "key_added": ({"party": party_id, "key": public_key, "person": person}, {}),
    "key_revoked": ({"party": party_id, "kid": hash_text}, {}),
    "signing_policy_set": ({"party": party_id, "threshold": count}, {}),
    "policy_adopted": ({"kind": name, "digest": hash_text, "active_from": instant}, {}),
    "right_issued": None,
    "right_adjusted": ({"right": right_id, "from": day, "quantity": quantity}, _OVERHANGS),
    "right_revoked": ({"right": right_id, "from": day}, _OVERHANGS),
    "frozen": ({"right": right_id, "burden": burden}, _OVERHANGS),
    "unfrozen": ({"right": right_id, "freeze": freeze_id}, _OVERHANGS),
    "reserved": (
        {"reservation": hold_id, "pledgee": party_id, "pledgor": party_id, "lines": lines, "expires": instant},
        {},
    ),
    "reservation_cancelled": ({"reservation": hold_id, "rights": items(right_id, 64)}, _OVERHANGS),
    "pledge_registered": (
        {"pledge": pledge_id, "pledgee": party_id, "pledgor": party_id, "form": form_word, "lines": lines},
        {
            "debtor": party_id,
            "term": span,
            "hidden": hidden,
            "reservation": _taken,
            "caps": items(lambda v: read(v, {"amount": quantity, "entry": count}), 64, 1),
            "maximum": span,
            "syndicate": syndicate,
            "green": green,
            "attested": items(lambda v: read(v, {"party": party_id, "entry": count, **_CONSENT}), 64, 1),
        },
    ),
    "pledge_amended": ({"pledge": pledge_id, "lines": line_results}, _OVERHANGS),
    "pledge_extended": ({"pledge": pledge_id}, {"lines": items(line_result, 64, 1), "term": span}),
    "pledge_released": ({"pledge": pledge_id, "lines": line_results}, _OVERHANGS),
}


def _of(value):
    space, bar, record_name = string(value).partition("|")
    need(bar, "must be a record such as pledge|P57")
    record_reader(space, record_name)


def _change(value):
    need(isinstance(value, dict) and "list" not in value and "drop" not in value, "a change of a record")
    read(value, {"of": _of}, _Any({"new": mark, "clear": items(_short, 64, 1)}))


def _row(value):
    need(isinstance(value, dict) and "new" not in value and "clear" not in value, "a row of a record")
    read(value, {"of": _of, "list": _short}, _Any({"drop": mark}))


def row_item(row):
    """A line or a burden that an act puts is one, also where no history of its record is shown; a burden that goes is named."""
    item = {member: value for member, value in row.items() if member not in ("of", "list", "drop")}
    if row["list"] == "lines":
        line_result(item)
    elif row["list"] == "burdens" and "drop" in row:
        read(item, {"id": burden_id}, _Any())
    elif row["list"] == "burdens":
        burden(item)


_short = pattern("[a-z0-9_]{1,32}", "a short name")
_act = {"type": _short, "changes": items(_change, 65_535 // 32)}
_act_optional = {"rows": items(_row, 65_535 // 32, 1), "overhangs": overhangs}


def is_act(value):
    """An act of law 2: all of them have one form."""
    return value["type"] not in EVENTS


def event(value):
    need(isinstance(value, dict) and isinstance(value.get("type"), str), "an event has a type")
    if is_act(value):
        read(value, _act, _act_optional)
        return
    if value["type"] == "right_issued":
        also = {"type": string, "right": right_id}
        optional = {"tolerated": items(_tolerated, 512, 1), "moved": items(_moved, 256, 1)}
        right(value, also, optional)
        return
    required, optional = EVENTS[value["type"]]
    read(value, {"type": string, **required}, optional)


# 3 Entries ----------------------------------------------------------------------------------------------------------


def _format(value):
    need(value == 1 and value is not True, "an entry of another format")


def law(value):
    need(count(value) in LAWS, "a law that is not known here")


def _touches(value):
    items(hash_text, 65_535 // 67)(value)
    need(all(a < b for a, b in zip(value, value[1:])), "touches are ascending")


def _alternative(value):
    def part(item):
        read(item, {"from": day, "to": day, "quantity": quantity})
        from_to(item)

    read(value, {}, {"quantity": quantity, "segments": items(part, 1024, 1), "spans": items(span, 1024, 1)})


def finding(value):
    optional = {
        "line": line_number,
        "conflicts": items(string, 65_535, 1),
        "at": day,
        "share_ppm": lambda v: need(count(v) < 2**32, "must be a 32-bit number"),
        "alternative": _alternative,
    }
    read(value, {"code": lambda v: need(count(v) in CODES, "the number of a finding")}, optional)


findings = items(finding, 4096)


def _outcome(value):
    if isinstance(value, dict) and "refused" in value:
        read(value, {"refused": items(finding, 4096, 1)})
    else:
        accepted = {"event": event, "warnings": findings}
        read(value, {"accepted": lambda v: read(v, accepted)})


def envelope(value):
    """Reads a signed command: returns the payload bytes and the signatures with their headers."""
    read(value, {"payload": string, "signatures": items(lambda v: None, 32, 1)})
    payload = base64url(value["payload"], 24_576)
    signatures = []
    for item in value["signatures"]:
        read(item, {"protected": string, "signature": string})
        header = canonical(base64url(item["protected"], 256))
        members = {"alg": one_of("Ed25519", "EdDSA"), "kid": hash_text, "role": one_of("maker", "checker")}
        read(header, {**members, "typ": one_of("greenlien-cmd+jws")})
        signature = base64url(item["signature"], 64)
        need(len(signature) == 64, "a signature has 64 bytes")
        signing_input = f"{item['protected']}.{value['payload']}".encode()
        signatures.append((header, signing_input, signature))
    kids = [header["kid"] for header, _, _ in signatures]
    need(all(a < b for a, b in zip(kids, kids[1:])), "signatures are ascending by key, each key once")
    return payload, signatures


def genesis(value):
    def county(v):
        read(v, dict.fromkeys(("west", "south", "east", "north"), integer))
        need(all(-(2**31) <= n < 2**31 for n in v.values()), "a coordinate")
        need(v["west"] < v["east"] and v["south"] < v["north"], "the box of the county")

    def quorum(v):
        need(isinstance(v, dict) and all(role in ROLES for role in v), "the quorum of the genesis")
        for number in v.values():
            count(number)

    def policies(v):
        need(isinstance(v, dict), "the policies of the genesis")
        for kind, text in v.items():
            name(kind)
            string(text)

    members = {
        "origin": string,
        "log_vkey": string,
        "region": pattern("[0-9]{6}", "six digits"),
        "county": county,
        "registrar": lambda v: read(v, _PARTY, _PARTY_ADMITTED),
        "keys": held_keys,
        "quorum": quorum,
        "policy_delay_seconds": count,
        "policies": policies,
        "public": boolean,
    }
    read(value, members)


def entry(text):
    """Reads the bytes of an entry."""
    need(len(text.encode()) <= 65_535, "an entry is at most 65,535 bytes")
    value = canonical(text)
    need(isinstance(value, dict), "an entry is an object")
    common = {"v": _format, "kind": string, "index": count, "time": instant}
    if value.get("kind") == "genesis":
        read(value, {**common, "law": law, "policy": hash_text, "touches": _touches, "genesis": genesis})
        _check_genesis(value)
    elif value.get("kind") == "command":
        decided = {"law": law, "policy": hash_text, "prev": hash_text, "touches": _touches}
        read(value, {**common, **decided, "command": envelope, "outcome": _outcome})
    elif value.get("kind") == "state":
        roots = {"n": count, "root_n": hash_text, "state_root": hash_text, "prev": hash_text}
        mode = one_of("group", "heartbeat")
        read(value, {**common, **roots, "mode": mode}, {"previous_state_index": count})
    else:
        raise Fault(f"{value.get('kind')!r} is not a kind of entry")
    return value


def genesis_events(value):
    """What entry 0 does, as events (3.1)."""
    made = value["genesis"]
    events = [{"type": "party_admitted", "party": "M0", "keys": made["keys"], **made["registrar"]}]
    for kind in sorted(made["policies"]):
        digest = sha256(made["policies"][kind]).hex()
        events.append({"type": "policy_adopted", "kind": kind, "digest": digest, "active_from": value["time"]})
    return events


def events_of(value):
    """What an entry does, as events: none for a refusal or a state entry."""
    if value["kind"] == "genesis":
        return genesis_events(value)
    accepted = value["outcome"].get("accepted") if value["kind"] == "command" else None
    return [accepted["event"]] if accepted else []


def _check_genesis(value):
    from fold import touched_hashes

    need(value["index"] == 0, "a genesis is entry 0")
    policies = value["genesis"]["policies"]
    digests = "".join(f"{kind} {sha256(policies[kind]).hex()}\n" for kind in sorted(policies))
    need(value["policy"] == sha256(digests).hex(), "the digest of the first policies")
    need(value["touches"] == touched_hashes(genesis_events(value)), "the touches of the genesis")
