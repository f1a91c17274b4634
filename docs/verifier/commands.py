"""Payloads of FORMATS section 2: what institutions sign, each member read strictly, and what members say about each other."""

from forms import ROLES, behind, findings, form_word, from_to, green, hidden, syndicate
from land import rings_of
from policies import TEXT_MAX
from values import (
    any_instant,
    any_quantity,
    boolean,
    burden_id,
    canonical,
    cmd_id,
    count,
    credit_code,
    day,
    day_of,
    freeze_id,
    hash_text,
    hold_id,
    identity,
    instant_of,
    integer,
    items,
    line_number,
    mapping,
    mark,
    name,
    need,
    number_of,
    one_of,
    party_id,
    pattern,
    person,
    plain,
    pledge_id,
    public_key,
    quantity,
    quantity_of,
    read,
    right_id,
    signature_text,
    span,
    string,
    unique,
)

# 2.6 Parts of bodies -----------------------------------------------------------------------------------------------

_AMOUNT = {"quantity": any_quantity, "unit": plain}


def years(value):
    items(integer, 2, 2)(value)
    need(1900 <= value[0] <= value[1] <= 9998, "must be the first and the last year")


_EXTENT = {**_AMOUNT, "from": day, "to": day, "years": years}


def _amount(value):
    need(("quantity" in value) == ("unit" in value), "`quantity` and `unit` stand together")


def _extent(value):
    _amount(value)
    from_to(value)


def line(value):
    read(value, {"right": right_id}, {**_EXTENT, "behind": behind})
    _extent(value)


def _step(value):
    read(value, {"from": day, "quantity": any_quantity})


def _offered(value):
    read(value, {"key": public_key, "person": person, "proof": signature_text})


def threshold(value):
    need(1 <= count(value) <= 5, "must be 1 to 5")


def _yuan_or_none(value):
    """An amount of money that may be nothing: at most two decimal digits."""
    need(quantity_of(value) % 10**4 == 0, "has more than two decimal digits")


def yuan(value):
    """An amount of money: above zero, at most two decimal digits."""
    need(quantity_of(value) > 0, "must be above zero")
    _yuan_or_none(value)


def _disposal(value):
    _amount(value)
    need("authority" in value or quantity_of(value["proceeds_cny"]) > 0, "a sale by agreement brings something")


def _ordered(value):
    need(("authority" in value) == ("document" in value), "`authority` and `document` stand together")


def _policy_text(value):
    need(1 <= len(string(value).encode()) <= TEXT_MAX, "must have 1 to 9,000 bytes")


def _ascending_parties(value):
    items(party_id, 16, 1)(value)
    numbers = [number_of(party) for party in value]
    need(all(a < b for a, b in zip(numbers, numbers[1:])), "parties are ascending")


def _changed_lines(required, optional):
    def each(value):
        read(value, {"line": line_number, **required}, optional)
        _amount(value)

    def whole(value):
        items(each, 64, 1)(value)
        unique([item["line"] for item in value], "lines")

    return whole


_lines = items(line, 64, 1)
_released = _changed_lines({}, _AMOUNT)
_right_document = {"right": right_id, "document": hash_text}
_SOLD = {**_AMOUNT, "authority": party_id, "buyer": party_id}
_pledge_document = {"pledge": pledge_id, "document": hash_text}
_OF_COURT = {"authority": party_id, "document": hash_text}
_party_document = {"party": party_id, "document": hash_text}
_register = pattern("[a-z0-9_-]{1,32}", "the name of a register")
_region = pattern("[0-9]{6,12}", "6 to 12 digits")
_status = one_of("registered", "lapsed", "cancelled", "absent")


def _part(value):
    read(value, {"kid": hash_text, "part": one_of("maker", "checker")})


def _rule(value):
    read(value, {"command": _type, "threshold": threshold})


def _type(value):
    need(isinstance(value, str) and value in BODIES, "must be a type of command")


def _within(least, most):
    def reader(value):
        need(least <= count(value) <= most, f"must be {least} to {most}")

    return reader


# 2.6 Bodies: the law that first knows the type, required members, optional members, and what remains to be said -----


def _admit(value):
    if "credit_code" in value:
        need("name" in value, "a party with a credit code has a name")
    else:
        need("name" not in value, "the name of a person is hidden")
        need({"name", "resident_id"} <= set(value.get("hidden", {})), "hidden values of a person are missing")
    order = [ROLES.index(role) for role in value["roles"]]
    need(all(a < b for a, b in zip(order, order[1:])), "roles are in their order")
    need(all(a < b for a, b in zip(value["duties"], value["duties"][1:])), "duties are ascending")
    unique([offered["key"] for offered in value["keys"]], "keys")


def _issue(value):
    need(("quantity" in value) != ("steps" in value), "a right has a quantity or steps")
    if "polygon" in value:
        rings_of(value["polygon"])
    unique([(i["scheme"], i["value"]) for i in value["identities"]], "identities")
    unique(value["succeeds"], "succeeds")
    unique(value.get("units", []), "units")
    if "steps" in value:
        days = [day_of(step["from"]) for step in value["steps"]]
        first, end = day_of(value["span"]["from"]), day_of(value["span"]["to"])
        need(days and days[0] == first, "the first step is from the first day")
        need(all(a < b for a, b in zip(days, days[1:])), "steps are ascending")
        need(days[-1] < end, "a step is outside the span")


def _one_of(*members):
    return lambda value: need(any(member in value for member in members), "there is nothing to change")


def _rules(value):
    words = [rule["command"] for rule in value.get("rules", [])]
    kids = [part["kid"] for part in value.get("parts", [])]
    for names in (words, kids):
        need(all(a < b for a, b in zip(names, names[1:])), "rules and parts are ascending")


def _split(value):
    need(value.get("residual") in (None, *value["successors"]), "the residual is one of the successors")
    kinds = [item["kind"] for item in value.get("kinds", [])]
    need(all(a < b for a, b in zip(kinds, kinds[1:])), "kinds are ascending")


def _handed(value):
    read(value, {"kind": name, "party": party_id})


def _hiding(value):
    if string(value).startswith("P"):
        pledge_id(value)
    else:
        party_id(value)


_claim = pattern("[a-z0-9_]{1,32}", "the name of a hidden value")


def _claims(value):
    need(all(a < b for a, b in zip(value["claims"], value["claims"][1:])), "claims are ascending")


def _order(value):
    unique(value["from"], "from")
    need(sorted(value["from"]) == sorted(value["to"]), "both orders name the same lines")
    need(value["from"] != value["to"], "the new order is another one")


def _consenting(value):
    items(party_id, 32, 1)(value)
    numbers = [number_of(party) for party in value]
    need(all(a < b for a, b in zip(numbers, numbers[1:])), "parties are ascending")


def _relied(value):
    read(value, {"position": count}, {"number": plain})


def _correct(value):
    _amount(value)
    of_line, of_quantity = "line" in value, "quantity" in value and "line" not in value
    ways = ("class" in value or "attributes" in value, of_quantity, "resolution" in value, of_line)
    need(sum(ways) == 1, "one thing is corrected")
    need(not of_line or "quantity" in value, "a line is corrected to a quantity")
    need(of_line or "relied" not in value, "only on a line has anybody relied")


def _moved_line(value):
    read(value, {"line": burden_id}, {"quantity": any_quantity, "joint": mark})
    need(("quantity" in value) != ("joint" in value), "a line has a quantity or is joint")


def _transfer(value):
    _amount(value)
    need(("quantity" in value) == ("identities" in value), "a part has a quantity and identities")
    need("quantity" in value or "lines" not in value, "only of a part are lines named")
    unique([line["line"] for line in value.get("lines", [])], "lines")


def _into(value):
    required = {"kind": name, "identities": items(identity, 8, 1), "span": span, **_AMOUNT}
    read(value, required, {"class": plain})


def _convert(value):
    _amount(value)
    need(("years" in value) != ("quantity" in value), "years or a quantity are converted")


_burdens = items(burden_id, 256, 2)


def _order_number(value):
    plain(value)
    need(len(value.encode()) <= 64, "the number of an order has at most 64 bytes")


def _price(value):
    need(quantity_of(value) > 0, "must be above zero")


_ORDER = {"order": _order_number, "until": day, "limit_cny": yuan, "price_cny": _price}

def _execution(value):
    _amount(value)
    need("quantity" in value or "buyer" in value, "neither a quantity nor the buyer of ground")


def _change_freeze(value):
    _amount(value)
    _one_of("until", "quantity")(value)
    need("limit_cny" not in value or "quantity" in value, "a limit stands beside what stays frozen")


def _asked(value):
    """A question (7.4); its body is read with the act that holds it."""
    read(value, {"org": party_id, "type": one_of("register_pledge"), "body": lambda v: None})


def _of_the_right(asked):
    need("syndicate" not in asked and "green" not in asked, "a question says nothing of the claim")


def _verification(value):
    asked = value["question"]["body"]
    body("register_pledge", asked)
    _of_the_right(asked)
    need({line["right"] for line in asked["lines"]} == {value["right"]}, "a question about another right")
    written = [line["quantity"] for line in asked["lines"] if "quantity" in line]
    for text in written + [asked[name] for name in ("cap_cny",) if name in asked]:
        quantity(text)
    need(len(value["answer"].encode()) <= 12_288, "an answer has at most 12,288 bytes")
    read(canonical(value["answer"]), {"admissible": boolean, "findings": findings, "law": count})


BODIES = {
    "admit_party": (
        1,
        {
            "roles": items(one_of(*ROLES), 6, 1),
            "duties": items(name, 16),
            "keys": items(_offered, 128),
            "threshold": threshold,
        },
        {"name": plain, "credit_code": credit_code, "region": _region, "hidden": hidden},
        _admit,
    ),
    "add_key": (1, {"key": public_key, "person": person, "proof": signature_text}, {}),
    "revoke_key": (1, {"kid": hash_text}, {}),
    "set_signing_policy": (1, {"threshold": threshold}, {}),
    "adopt_policy": (1, {"kind": name, "text": _policy_text}, {}),
    "issue_right": (
        1,
        {
            "kind": name,
            "holder": party_id,
            "identities": items(identity, 8, 1),
            "span": span,
            "unit": plain,
            "succeeds": items(right_id, 16),
        },
        {
            "quantity": any_quantity,
            "steps": items(_step, 128),
            "class": plain,
            "attributes": mapping(plain, 16),
            "polygon": string,
            "units": items(plain, 32, 1),
            "additional": mark,
            "adjudication": hash_text,
        },
        _issue,
    ),
    "adjust_right": (1, {**_right_document, "from": day, **_AMOUNT}, {}),
    "revoke_right": (1, {**_right_document, "from": day}, {}),
    "freeze": (1, {**_right_document, "authority": party_id}, {**_EXTENT, **_ORDER}, _extent),
    "change_freeze": (
        2,
        {**_right_document, "freeze": freeze_id},
        {**_AMOUNT, "until": day, "limit_cny": yuan},
        _change_freeze,
    ),
    "execute_freeze": (
        2,
        {**_right_document, "freeze": freeze_id, "proceeds_cny": yuan},
        {**_AMOUNT, "buyer": party_id},
        _execution,
    ),
    "unfreeze": (1, {**_right_document, "freeze": freeze_id}, {}),
    "reserve": (1, {"pledgor": party_id, "lines": _lines, "days": _within(1, 30)}, {}),
    "cancel_reservation": (1, {"reservation": hold_id}, {}),
    "register_pledge": (
        1,
        {"pledgor": party_id, "form": form_word, "lines": _lines},
        {
            "debtor": party_id,
            "term": span,
            "reservation": hold_id,
            "hidden": hidden,
            "cap_cny": yuan,
            "maximum": span,
            "syndicate": syndicate,
            "green": green,
        },
    ),
    "amend_pledge": (
        1,
        {"pledge": pledge_id},
        {"lines": _changed_lines(_AMOUNT, {"behind": behind}), "cap_cny": yuan, "green": green, "consenting": _consenting},
        _one_of("lines", "cap_cny", "green"),
    ),
    "extend_pledge": (
        1,
        {"pledge": pledge_id},
        {"lines": _changed_lines({"to": day}, {**_AMOUNT, "behind": behind}), "term": span, "maximum": span, "consenting": _consenting},
        _one_of("lines", "term", "maximum"),
    ),
    "release_pledge": (1, {"pledge": pledge_id}, {"lines": _released, **_OF_COURT}, _ordered),
    "change_party": (2, {**_party_document, "name": plain}, {}),
    "merge_parties": (2, {"absorbed": _ascending_parties, "into": party_id, "document": hash_text}, {}),
    "split_party": (
        2,
        {**_party_document, "successors": _ascending_parties},
        {"residual": party_id, "kinds": items(_handed, 16, 1)},
        _split,
    ),
    "rotate_key": (2, {"party": party_id, "old": hash_text, "new": _offered}, {}),
    "set_signing_rules": (
        2,
        {"party": party_id},
        {"rules": items(_rule, 64, 1), "parts": items(_part, 128, 1)},
        _rules,
    ),
    "dispute_entries": (2, {**_party_document, "kid": hash_text, "from": count}, {}),
    "resolve_dispute": (2, {**_party_document, "dispute": count}, {}),
    "recover_party": (
        2,
        {**_party_document, "keys": items(_offered, 16, 1)},
        {},
        lambda value: unique([offered["key"] for offered in value["keys"]], "keys"),
    ),
    "veto_recovery": (2, {"party": party_id}, {}),
    "complete_recovery": (2, {"party": party_id}, {}),
    "rotate_log_key": (
        2,
        {"key": public_key, "overlap_seconds": _within(3_600, 34_560_000), "proof": signature_text},
        {},
    ),
    "erase": (2, {"of": _hiding, "claims": items(_claim, 16, 1), "document": hash_text}, {}, _claims),
    "extend_right": (2, {**_right_document, "to": day}, {}),
    "surrender_right": (
        2,
        {**_right_document, **_AMOUNT},
        {"carve_out": one_of("consent", "order"), "consenting": _consenting},
    ),
    "correct_right": (
        2,
        _right_document,
        {
            "consenting": _consenting,
            "class": plain,
            "attributes": mapping(plain, 16),
            **_AMOUNT,
            "resolution": mark,
            "line": burden_id,
            "relied": items(_relied, 16, 1),
        },
        _correct,
    ),
    "transfer_right": (
        2,
        {**_right_document, "to": party_id},
        {
            "succession": mark,
            "consenting": _consenting,
            **_AMOUNT,
            "identities": items(identity, 8, 1),
            "lines": items(_moved_line, 64, 1),
        },
        _transfer,
    ),
    "convert_right": (
        2,
        {**_right_document, "into": _into},
        {"years": years, **_AMOUNT, "consenting": _consenting},
        _convert,
    ),
    "change_rank": (2, {"right": right_id, "from": _burdens, "to": _burdens}, {}, _order),
    "substitute_collateral": (2, {"pledge": pledge_id, "drop": _released, "add": _lines}, {}),
    "assign_pledge": (2, {**_pledge_document, "to": party_id}, {"subrogation": mark, "part_cny": yuan, "authority": party_id}),
    "determine_claim": (2, _pledge_document, {"authority": party_id}),
    "record_disposal": (2, {**_pledge_document, "line": line_number, "proceeds_cny": _yuan_or_none}, _SOLD, _disposal),
    "object": (2, _pledge_document, {"suit": hash_text}),
    "withdraw_objection": (2, {"pledge": pledge_id, "objection": count}, _OF_COURT, _ordered),
    "register_guarantee": (2, {**_pledge_document, "share_bp": _within(0, 10_000)}, {"counter": pledge_id, "of": party_id}),
    "register_buyout_commitment": (2, {**_pledge_document, "price_cny": yuan, "trigger": plain}, {}),
    "record_verification": (
        2,
        {**_right_document, "question": _asked, "answer": string, "size": count, "root": hash_text},
        {},
        _verification,
    ),
    "record_external_registration": (
        2,
        {"pledge": pledge_id, "register": _register, "number": plain, "status": _status, "checked": day},
        {"term": span},
    ),
}


def body(kind, value):
    """Reads the body of a command. What a later law brings comes in entries of that law, which are not read (7.3)."""
    need(kind in BODIES, f"there is no type of command {kind!r}")
    _, required, optional, *more = BODIES[kind]
    read(value, required, optional)
    for check in more:
        check(value)


# Members of types of law 1 that exist from law 2 on; those after a dot are of each of `lines`.
_FROM_LAW_2 = {
    "freeze": ("order", "until", "limit_cny", "price_cny"),
    "register_pledge": ("cap_cny", "maximum", "syndicate", "green"),
    "amend_pledge": ("cap_cny", "green", "consenting", "lines.behind"),
    "extend_pledge": ("maximum", "consenting", "lines.behind", "lines.quantity"),
    "release_pledge": ("authority", "document"),
}


def _check_law(kind, value, law):
    """A command has only what the law of its entry knows."""
    need(BODIES[kind][0] <= law, f"law {law} has no {kind}")
    both = kind == "issue_right" and {"polygon", "units"} <= set(value)
    need(law >= 2 or not both, f"under law {law} a right has a polygon or units")
    for member in _FROM_LAW_2.get(kind, ()) if law < 2 else ():
        _, dot, of_line = member.partition(".")
        there = any(of_line in line for line in value.get("lines", [])) if dot else member in value
        need(not there, f"law {law} has no {member} in {kind}")


# 2.2 Payloads -------------------------------------------------------------------------------------------------------


def _audience(value):
    need(1 <= len(string(value)) <= 256 and all("!" <= c <= "~" for c in value), "the audience")


def _expect(value):
    need(isinstance(value, dict) and value, "`expect` names at least one record")
    for record, version in value.items():
        (pledge_id if record.startswith("P") else right_id)(record)
        count(version)


def _attested(value):
    consent = {"org": party_id, "class": one_of("paper", "video"), "document": hash_text}
    items(lambda item: read(item, consent), 32, 1)(value)
    orgs = [number_of(item["org"]) for item in value]
    need(all(a < b for a, b in zip(orgs, orgs[1:])), "attested consents ascend by org")


def _signer(value):
    read(value, {"org": party_id, "role": one_of("maker", "checker")})


_seen = {"index": count, "root": hash_text}


def command(payload, law):
    """Reads the payload of a command that was decided under a law."""
    need(len(payload) <= 24_576, "a payload is at most 24,576 bytes")
    value = canonical(payload)
    required = {
        "aud": _audience,
        "org": party_id,
        "cmd": cmd_id,
        "type": string,
        "body": lambda v: None,
        "signers": items(_signer, 32),
        "iat": any_instant,
        "exp": any_instant,
    }
    read(value, required, {"attested": _attested, "expect": _expect, "seen": lambda v: read(v, _seen)})
    need("attested" not in value or law >= 2, f"law {law} knows no attested consents")
    body(value["type"], value["body"])
    _check_law(value["type"], value["body"], law)
    signers = [(number_of(s["org"]), s["role"] == "checker") for s in value["signers"]]
    need(signers == sorted(signers), "signers are sorted")
    makers = [org for org, checks in signers if not checks]
    need(len(set(makers)) == len(makers), "two makers of one party")
    need({org for org, _ in signers} == set(makers), "a checker without a maker")
    need(number_of(value["org"]) in makers, "the giver must sign")
    iat, exp = instant_of(value["iat"]), instant_of(value["exp"])
    need(iat < exp <= iat + 7 * 86_400 * 10**6, "the life of the command")
    return value


def question(text):
    """Reads a question (7.4)."""
    value = canonical(text)
    read(value, {"org": party_id, "type": one_of("register_pledge"), "body": lambda v: None})
    body(value["type"], value["body"])
    _of_the_right(value["body"])
    return value
