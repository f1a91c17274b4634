"""Acts of law 2 that use, correct, transfer and convert rights (FORMATS 6.8): their limits, against the signed payload.

What exactly such an act makes of lines, stacks and shares is the law's, and an auditor's to replay.
"""

from collateral import Event
from fold import counts_at
from values import burden_of, need, quantity_of, quantity_text


def check(signed, event, past):
    """Checks that the event stays within what the command asks for."""
    kind, body = signed.command["type"], signed.command["body"]
    is_part = kind == "convert_right" or (kind == "transfer_right" and "quantity" in body)
    act = Act(signed, Event(event, f"R{signed.index}" if is_part else None), past)
    CHECKS[kind](act)


class Act:
    """A command on a right, with its event taken apart."""

    def __init__(self, signed, event, past):
        self.body, self.index, self.event, self.past = signed.command["body"], signed.index, event, past
        self.name, self.new = self.body["right"], f"R{signed.index}"
        self.notes = event.notes.get(("right", self.name), {})
        self.right, self.before = past.shown("right", self.name), None
        if past.has_history("right", self.name):
            self.before = past.before("right", self.name, signed.index)
            live = [burden for burden in self.before["burdens"] if counts_at(burden, signed.time)]
            self.before = {**self.before, "burdens": live}

    def need_alone(self, *members):
        """Of the right, no other member changes."""
        need(set(self.notes) <= set(members), f"{self.name} changes more than {', '.join(members)}")
        need(not self.event.clears.get(("right", self.name)), f"{self.name} loses a member")

    def need_no_lines(self):
        """No line, burden or pledge changes."""
        others = [of for of in self.event.notes if of != ("right", self.name)]
        need(not self.event.lines and not self.event.burdens and not others, "a record that the command does not name")


def _surrender(act):
    act.need_alone("balance", "measure")
    act.need_no_lines()
    for member in ("balance", "measure"):
        if act.before is not None and member in act.before and member in act.notes:
            left = quantity_of(act.before[member]) - quantity_of(act.body["quantity"])
            need(quantity_of(act.notes[member]) == left, f"another {member} than what is left")


def _correct(act):
    body, notes = act.body, act.notes
    if "line" in body:
        _correct_line(act)
        return
    act.need_no_lines()
    if "resolution" in body:
        act.need_alone("resolution")
        need(notes.get("resolution") == body["document"], "another resolution")
    elif "quantity" in body:
        act.need_alone("balance", "measure", "steps")
        levels = [notes[member] for member in ("balance", "measure") if member in notes]
        levels += [step["quantity"] for step in notes.get("steps", [])][-1:]
        asked = quantity_of(body["quantity"])
        need(levels and all(quantity_of(level) == asked for level in levels), "another quantity")
    else:
        act.need_alone("class", "attributes")
        need("class" not in notes or notes["class"] == body.get("class"), "another class")
        given = {**(act.before or {}), **notes}
        attributes = given.get("attributes", {}) if act.before is not None else notes.get("attributes", {})
        wanted = body.get("attributes", {})
        need(all(attributes.get(name) == text for name, text in wanted.items()), "other attributes")
        need("class" not in body or given.get("class", body["class"]) == body["class"], "the class is not what was asked")


def _correct_line(act):
    body, event = act.body, act.event
    act.need_alone()
    _, pledge, number = burden_of(body["line"])
    noted = event.notes.get(("pledge", pledge), {})
    need(set(noted) == {"corrections"} and not event.clears[("pledge", pledge)], f"{pledge} changes otherwise")
    last = (noted["corrections"] or [{}])[-1]
    asked = {"document": body["document"], "entry": act.index, "line": number}
    need({member: last.get(member) for member in asked} == asked, "the correction is not noted")
    need(quantity_of(last["quantity"]) == quantity_of(body["quantity"]), "the correction notes another quantity")
    need(len(event.lines) == 1, "exactly one line is put")
    [((other, put), line)] = event.lines.items()
    need(other == pledge and line["right"] == act.name and "released" not in line, "a line of another pledge or right")
    quantity = quantity_of(line.get("quantity", "0"))
    asked = quantity_of(body["quantity"])
    need(quantity == asked if put == number else quantity < asked, "a line of another quantity")
    others = set(event.notes) - {("pledge", pledge), ("right", act.name)}
    need(not others, "a record that the command does not name")
    event.check_burdens()


def _transfer(act):
    if "quantity" in act.body:
        _transfer_part(act)
        return
    act.need_alone("holder")
    act.need_no_lines()
    need(act.notes.get("holder") == act.body["to"], "another holder")


def _new_right(act, wanted):
    made = act.event.notes.get(("right", act.new))
    need(made is not None, f"{act.new} is not made")
    for member, value in wanted.items():
        need(made.get(member) == value, f"another {member} of {act.new}")
    return made


def _transfer_part(act):
    body, event = act.body, act.event
    need(act.right is not None, f"there is no right {act.name}")
    wanted = {"balance": quantity_text(quantity_of(body["quantity"])), "identities": body["identities"]}
    wanted.update({"holder": body["to"], "kind": act.right["kind"], "issuer": act.right["issuer"]})
    _new_right(act, wanted)
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
    event.check_burdens()
    allowed = {("pledge", pledge): {"joint"} for pledge in pledges}
    event.check_others({("right", act.name): {"balance"}, ("right", act.new): _ANY, **allowed})


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
    rights = {line["right"] for line in event.lines.values()}
    need(rights <= {act.name, act.new}, "a line on another right")
    event.check_burdens()
    pledges = {("pledge", pledge): {"joint"} for pledge, _ in event.lines}
    changed = {"balance", "measure", "steps", "converted"}
    event.check_others({("right", act.name): changed, ("right", act.new): _ANY, **pledges})


CHECKS = {
    "surrender_right": _surrender,
    "correct_right": _correct,
    "transfer_right": _transfer,
    "convert_right": _convert,
}
