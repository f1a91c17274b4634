"""Acts that use, correct, transfer and convert rights (FORMATS 6.8): exact where the history of the right is shown.

Else only the limits of an act that takes lines along are checked against the signed payload.
"""

import copy

import carried
import forms
import lapse
from amounts import check_amount
from collateral import Event
from fold import counts_at
from past import signs_itself
from values import NOTES_MAX, burden_of, civil_day, day_of, need, quantity_of, quantity_text

# Orders of authorities under both laws, of which the event says all by itself.
OF_AUTHORITIES = ("adjust_right", "revoke_right")


def is_alone(signed):
    """Says whether an act changes one right alone, so that its history is in the file and the event is exact."""
    kind, body = signed.command["type"], signed.command["body"]
    if kind == "correct_right":
        return "line" not in body
    return kind == "surrender_right" or (kind == "transfer_right" and "quantity" not in body)


def _stood(signed, past):
    """The right as the entry found it; no act changes one that has a successor or was revoked."""
    name = signed.command["body"]["right"]
    right = past.before("right", name, signed.index)
    need(right is not None, f"there is no right {name}")
    need("succeeded_by" not in right and "revoked_from" not in right, f"{name} has a successor, or was revoked")
    live = [burden for burden in right["burdens"] if counts_at(burden, signed.time)]
    return {**copy.deepcopy(right), "burdens": copy.deepcopy(live)}


def check_order(signed, past):
    """Checks an adjustment or a revocation against the right as it stood."""
    right, body = _stood(signed, past), signed.command["body"]
    if signed.command["type"] == "adjust_right":
        need("measure" not in right, "ground is not adjusted")
        inside = "steps" not in right or right["span"]["from"] <= body["from"] < right["span"]["to"]
        need(inside, "a flow is adjusted within its span")
        is_stock = "measure" not in right and "steps" not in right
        late = is_stock and signed.entry["law"] > 1 and day_of(body["from"]) > civil_day(signed.time)
        need(not late, "units change by a day that has come")


def _amount(body, policy):
    check_amount(body, policy)
    need(quantity_of(body["quantity"]) > 0, "the quantity is zero")
    return quantity_of(body["quantity"])


def carries(signed, past):
    """Says whether an act takes lines along to a right that it makes, from a right whose history is shown."""
    kind, body = signed.command["type"], signed.command["body"]
    is_made = kind == "convert_right" or (kind == "transfer_right" and "quantity" in body)
    return is_made and past.has_history("right", body["right"])


def carry(signed, event, past, facts):
    """Returns what every record of such an act was and becomes."""
    return carried.make(signed, event, _stood(signed, past), past, facts)


def make(signed, past, facts):
    """Returns what the right was and becomes, of an act on it alone."""
    before, body = _stood(signed, past), signed.command["body"]
    policy = facts.policy(before["kind"], signed.time)
    need(policy is not None, f"the policy of {before['kind']} is missing")
    after = copy.deepcopy(before)
    if signed.command["type"] == "surrender_right":
        level = next((member for member in ("balance", "measure") if member in after), None)
        need(policy.surrender is not None and level is not None, "the kind is not used up")
        left = quantity_of(after[level]) - _amount(body, policy)
        need(left >= 0, "more than there is")
        after[level] = quantity_text(left)
        if level == "measure":
            is_ordered = body.get("carve_out") == "order" and policy.surrender == "order"
            ordered = {"ordered": True} if is_ordered else {}
            used = {"entry": signed.index, "quantity": quantity_text(quantity_of(body["quantity"])), **ordered}
            after["uses"] = [*after.get("uses", []), used]
    elif signed.command["type"] == "transfer_right":
        need(after["holder"] != body["to"], "it has the right already")
        after.update({"holder": body["to"], "acquired": signed.index})
    else:
        _set_right(after, body, policy)
        need(after != before, "nothing changes")
    return {("right", body["right"]): (before, after)}


def _set_right(right, body, policy):
    if "resolution" in body:
        need("adjudication" in right and "resolution" not in right, "nothing is disputed")
        right["resolution"] = body["document"]
    elif "quantity" in body:
        level = quantity_text(_amount(body, policy))
        if "steps" in right:
            need(len(right["steps"]) == 1, "a flow of several steps")
            right["steps"][0]["quantity"] = level
        else:
            right["balance" if "balance" in right else "measure"] = level
    else:
        right.update({"class": body["class"]} if "class" in body else {})
        attributes = {**right.get("attributes", {}), **body.get("attributes", {})}
        need(len(attributes) <= 16, "more than 16 attributes")
        right.update({"attributes": attributes} if attributes else {})


def check(signed, event, past, facts):
    """Checks that the event stays within what the command asks for, where it takes lines along."""
    kind, body = signed.command["type"], signed.command["body"]
    act = Act(signed, Event(event, f"R{signed.index}" if kind != "correct_right" else None), past)
    if past.has_history("right", act.name):
        right = _stood(signed, past)
        policy, into = facts.policy(right["kind"], signed.time), body.get("into")
        if policy is not None and "quantity" in body:
            _amount(body, policy)
        policy = facts.policy(into["kind"], signed.time) if into else None
        if policy is not None:
            _amount(into, policy)
    CHECKS[kind](act)


class Act:
    """A command on a right, with its event taken apart."""

    def __init__(self, signed, event, past):
        self.body, self.index, self.event, self.past = signed.command["body"], signed.index, event, past
        self.raw, self.time = signed.event(), signed.time
        self.name, self.new = self.body["right"], f"R{signed.index}"
        self.notes = event.notes.get(("right", self.name), {})
        self.right = past.shown("right", self.name)


def _correct_line(act):
    body, event = act.body, act.event
    need(not act.notes and not act.event.clears.get(("right", act.name)), f"{act.name} changes")
    _, pledge, number = burden_of(body["line"])
    noted = event.notes.get(("pledge", pledge), {})
    need(set(noted) == {"corrections"} and not event.clears[("pledge", pledge)], f"{pledge} changes otherwise")
    need(len(event.lines) == 1, "exactly one line is put")
    [((other, put), line)] = event.lines.items()
    note = {"document": body["document"], "entry": act.index, "line": number, "quantity": quantity_text(quantity_of(body["quantity"]))}
    if put != number:
        note["further"] = put
    if "relied" in body:
        note["relied"] = [certificate["position"] for certificate in body["relied"]]
    need((noted["corrections"] or [{}])[-1] == note, "the correction is not noted as asked")
    need(other == pledge and line["right"] == act.name and "released" not in line, "a line of another pledge or right")
    lapse.check_corrected(act, line)
    quantity = quantity_of(line.get("quantity", "0"))
    asked = quantity_of(body["quantity"])
    need(quantity == asked if put == number else quantity < asked, "a line of another quantity")
    _have_agreed(act, pledge, put != number)
    if act.past.has_history("pledge", pledge):
        before = act.past.before("pledge", pledge, act.index)
        added = [one["further"] for one in before.get("corrections", []) if one["line"] == number and "further" in one]
        stand = [one for one in added if lapse.is_open(before["lines"][one], act.time)]
        need(not stand, f"what was added to line {number} is corrected itself")
        need(noted["corrections"][:-1] == _with_room(before, act.time), "the corrections of before are not those noted")
    others = set(event.notes) - {("pledge", pledge), ("right", act.name)}
    need(not others, "a record that the command does not name")
    event.check_burdens(act.past, act.index)


def _with_room(pledge, time):
    """The corrections of before, without one that gives way where there is no room: the first without a further line that stands."""
    notes = pledge.get("corrections", [])
    old = [note for note in notes if "further" not in note or not lapse.is_open(pledge["lines"][note["further"]], time)]
    return [note for note in notes if note not in old[: len(notes) >= NOTES_MAX]]


def _holder(act):
    """Who holds the right before the entry, where its history is shown."""
    if not act.past.has_history("right", act.name):
        return []
    return [act.past.before("right", act.name, act.index)["holder"]]


def _have_agreed(act, pledge, grows):
    """Nobody's collateral gets more or less by the word of the registrar alone."""
    record, past, index = act.past.records.get(("pledge", pledge)), act.past, act.index
    if record is None:
        return
    pledgee = next((item["party"] for item in record.get("former", []) if index <= item["until"]), record["pledgee"])
    parts = [part for part in record.get("parts", []) if part["entry"] < index]
    sharers = [one["party"] for one in parts + record.get("syndicate", [])]
    others = {past.acting(name, index) for name in ([record["pledgor"], *_holder(act)] if grows else sharers)}
    needed = {name for name in others if grows or signs_itself(past, name, index)}
    named = {past.acting(name, index) for name in act.body.get("consenting", [])}
    need(needed | {past.acting(pledgee, index)} <= named, "who gives or loses collateral has not consented")


def _new_right(act, wanted):
    made = act.event.notes.get(("right", act.new))
    need(made is not None and "acquired" not in made, f"{act.new} is not made")
    for member, value in wanted.items():
        need(made.get(member) == value, f"another {member} of {act.new}")
    return made


def _transfer_part(act):
    body, event = act.body, act.event
    need(act.right is not None, f"there is no right {act.name}")
    quantity, member = quantity_text(quantity_of(body["quantity"])), "balance"
    wanted = {"identities": body["identities"]}
    wanted.update({"holder": body["to"], "kind": act.right["kind"], "issuer": act.right["issuer"]})
    if "steps" in act.right:
        member, first = "steps", max(act.right["span"]["from"], civil_day(act.time).isoformat())
        wanted["steps"] = [{"from": first, "quantity": quantity}]
        need(_new_right(act, wanted)["span"]["from"] == first, f"{act.new} begins on another day")
    else:
        need("balance" in act.right, "ground has no parts")
        _new_right(act, {**wanted, "balance": quantity})
    _entered(act, body["identities"], member)
    moved = {line["line"]: line for line in body.get("lines", [])}
    further = [(pledge, number, line) for (pledge, number), line in event.lines.items() if line["right"] == act.new]
    stay = {f"{pledge}.{number}" for (pledge, number), line in event.lines.items() if line["right"] == act.name}
    need(len(further) == len(moved) and len(stay) + len(further) == len(event.lines), "other lines than those named")
    need(stay <= set(moved), "a line that is not named")
    quantities = sorted(quantity_of(line["quantity"]) for line in moved.values() if "quantity" in line)
    given = sorted(quantity_of(line.get("quantity", "0")) for _, _, line in further)
    joint = len(moved) - len(quantities)
    need(joint or quantities == given, "a line of another quantity")
    pledges = {burden_of(name)[1] for name in moved}
    need({pledge for pledge, _, _ in further} == pledges, "a line of another pledge")
    event.check_burdens(act.past, act.index)
    allowed = {("pledge", pledge): {"joint"} for pledge in pledges}
    event.check_others({("right", act.name): {member}, ("right", act.new): _ANY, **allowed})


def _entered(act, identities, member):
    """The new right gets these identities and its days at its source, no other place; the right it came of has less."""
    new, event, name = f"right|{act.new}", act.raw, f"right|{act.name}"
    changes = {change["of"]: change for change in event["changes"]}
    wanted = {f"identity|{forms.identity_name(one['scheme'], one['value'])}" for one in identities}
    owned = {of for of in changes if of.startswith("identity|")}
    need(owned == wanted, f"other identities of {act.new}")
    for of in owned:
        need(changes[of] == {"of": of, "new": True, "right": act.new}, f"{of} leads elsewhere")
    source = changes[new].get("source")
    rows = [row for row in event.get("rows", []) if row["of"].startswith(("source|", "cell|"))]
    row = {"of": f"source|{source}", "list": "rights", "right": act.new, **changes[new].get("span", {})}
    need(rows == ([] if source is None else [row]), f"{act.new} stands elsewhere")
    for of, change in changes.items():
        if of.startswith(("source|", "cell|")):
            begins = source is not None and change == {"of": f"source|{source}", "new": True, "rights": []}
            need(begins, f"{of} changes otherwise")
    less = {key for key in changes.get(name, {}) if key not in ("of", "new", "clear")}
    need(less == {member}, f"{act.name} does not change by {member} alone")


class _Anything(set):
    """Members of a new right that the law fills."""

    def __rsub__(self, members):
        return set()


_ANY = _Anything()


def _convert(act):
    into, event = act.body["into"], act.event
    wanted = {"kind": into["kind"], "identities": into["identities"], "span": into["span"]}
    wanted.update({"balance": quantity_text(quantity_of(into["quantity"])), "class": into.get("class")})
    _new_right(act, wanted)
    _entered(act, into["identities"], "converted" if "years" in act.body else "balance")
    rights = {line["right"] for line in event.lines.values()}
    need(rights <= {act.name, act.new}, "a line on another right")
    event.check_burdens(act.past, act.index)
    pledges = {("pledge", pledge): {"joint"} for pledge, _ in event.lines}
    changed = {"balance", "measure", "steps", "converted"}
    event.check_others({("right", act.name): changed, ("right", act.new): _ANY, **pledges})


CHECKS = {"correct_right": _correct_line, "transfer_right": _transfer_part, "convert_right": _convert}
