"""A part of a right that goes to somebody or turns into something, and the lines that go along (FORMATS 6.8).

Where the history of the right is shown, its burdens say what the lines said, and the law makes one event. Of a pledge without
history only the numbers of its lines are taken from the event, and nobody may have had them before.
"""

import copy

import hanging
from amounts import check_amount
from capacity import cuts, flow_burdens, flow_on, on_day, stacks, stock_burdens, used
from collateral import lessened
from extents import EXTENT, converted_years, extent_of, span_of_years
from forms import identity_name
from lines import line_of
from values import burden_of, civil_day, common_days, day_of, need, quantity_of, quantity_text, span_of


class Moved:
    """A burden of which something goes to the new right: extents, and what both secure together if it is not divided."""

    def __init__(self, burden, stays, goes, joint=None):
        self.burden, self.stays, self.goes, self.joint = burden, stays, goes, joint
        # Wherever a line goes, it lapses when it would have.
        self.end = {"expires": burden["expires"]} if "expires" in burden else {}


def _amount(item, policy):
    check_amount(item, policy)
    need(quantity_of(item["quantity"]) > 0, "the quantity is zero")
    return quantity_of(item["quantity"])


def _extent(millionths):
    return {"quantity": quantity_text(millionths)} if millionths else None


def make(signed, event, right, past, facts):
    """Returns what every touched record was and becomes; `right` is as the entry found it."""
    body, new = signed.command["body"], f"R{signed.index}"
    policy = facts.policy(right["kind"], signed.time)
    need(policy is not None, f"the policy of {right['kind']} is missing")
    after, made = copy.deepcopy(right), {"burdens": [], "succeeds": []}
    act = _transfer if signed.command["type"] == "transfer_right" else _convert
    moved, its_policy = act(signed, right, after, made, policy, facts)
    places = [burden["id"] for burden in right["burdens"]]
    moved.sort(key=lambda item: places.index(item.burden["id"]))
    pledges = _Pledges(signed, event, body["right"], right, past)
    names = {}
    for item in moved:
        names[item.burden["id"]] = pledges.move(item, new)
        made["burdens"].append({"id": names[item.burden["id"]], **item.goes, **item.end})
        _stay(after, item)
    for old, name in names.items():
        seniors = next(burden for burden in right["burdens"] if burden["id"] == old).get("behind", [])
        behind = [names[senior] for senior in seniors if senior in names]
        if behind:
            next(burden for burden in made["burdens"] if burden["id"] == name)["behind"] = behind
            pledges.line(name)["behind"] = behind
    if signed.command["type"] == "transfer_right":
        amount = quantity_of(body["quantity"])
        for there_is, stay, along in _instants(right, after, made, signed.time):
            need(amount <= there_is - used(stay) and used(along) <= amount, "more goes than is free")
    changed = {("right", body["right"]): (right, after), ("right", new): (None, made), **pledges.changed()}
    for identity in made["identities"]:
        changed["identity", identity_name(identity["scheme"], identity["value"])] = (None, {"right": new})
    source = its_policy.source_of(made["identities"][0]["value"])
    if source is not None:
        made["source"] = source
        item = {"right": new, **made["span"]}
        # Who else draws from it is not shown; the event adds one item and says nothing of the others.
        is_new = any(change["of"] == f"source|{source}" and "new" in change for change in event["changes"])
        changed["source", source] = (None if is_new else {"rights": []}, {"rights": [item]})
    named = [item for item in event.get("overhangs", []) if item["right"] == new]
    need(named == hanging.left(new, made, signed.time), f"the overhangs of {new} are not those that the event leaves")
    return changed


def _days_to_come(right, time):
    first, end = span_of(right["span"])
    return max(first, civil_day(time)), end


def _instants(right, after, made, time):
    """What there is of a right before its division, with what stays on it and what goes: of a flow, whenever one of them changes."""
    if "balance" in right:
        yield quantity_of(right["balance"]), stock_burdens(after, time), stock_burdens(made, time)
        return
    stay, along = flow_burdens(after, time), flow_burdens(made, time)
    for day, _ in cuts(right, stay + along, *_days_to_come(right, time)):
        yield flow_on(right, day), on_day(stay, day), on_day(along, day)


def _stay(after, item):
    if item.stays is None:
        after["burdens"] = [burden for burden in after["burdens"] if burden["id"] != item.burden["id"]]
        return
    burden = next(burden for burden in after["burdens"] if burden["id"] == item.burden["id"])
    for member in EXTENT:
        burden.pop(member, None)
    burden.update(item.stays)


def _transfer(signed, right, after, made, policy, facts):
    body, time = signed.command["body"], signed.time
    need(body["to"] != right["holder"], "it has the right already")
    amount = _amount(body, policy)
    need("measure" not in right, "ground has no parts")
    is_flow, (first, end) = "steps" in right, _days_to_come(right, time)
    levels = [flow_on(right, day) for day, _ in cuts(right, [], first, end)] if is_flow else [quantity_of(right["balance"])]
    left = min(levels, default=0) - amount
    need(left > 0, "no part, but all of it or more")
    moved = []
    for asked in body.get("lines", []):
        burden = next((burden for burden in right["burdens"] if burden["id"] == asked["line"]), None)
        stands = burden is not None and burden["id"].startswith("P") and "quantity" in burden
        stands = stands and (not is_flow or civil_day(time) < day_of(burden["to"]))
        need(stands and all(item.burden is not burden for item in moved), f"{asked['line']} does not stand, or goes twice")
        held, joint = quantity_of(burden["quantity"]), None
        if "quantity" in asked:
            goes = quantity_of(asked["quantity"])
            stays = held - goes
        else:
            need(not is_flow, "a line of a flow goes in a quantity")
            stays, goes, joint = min(held, left), min(held, amount), held
        need(goes > 0 and stays >= 0, f"{asked['line']} has less, or nothing goes")
        stays, goes = _extent(stays), _extent(goes)
        if is_flow:
            stays = stays and {**stays, "from": burden["from"], "to": burden["to"]}
            goes = {**goes, "from": max(burden["from"], civil_day(time).isoformat()), "to": burden["to"]}
        moved.append(Moved(burden, stays, goes, joint))
    need(not moved or policy.transfer != "blocked" or "succession" in body, "the kind does not go while it is pledged")
    kept = {member: copy.deepcopy(value) for member, value in right.items() if member not in ("acquired", "source", "verifications")}
    made.update({**kept, **made, "holder": body["to"], "identities": body["identities"]})
    if is_flow:
        days = {"from": first.isoformat(), "to": end.isoformat()}
        after["steps"] = lessened(right, days, amount, civil_day(time).isoformat())
        made.update({"span": days, "steps": [{"from": days["from"], "quantity": quantity_text(amount)}]})
    else:
        after["balance"] = quantity_text(left)
        made["balance"] = quantity_text(amount)
    return moved, policy


def _convert(signed, right, after, made, policy, facts):
    body = signed.command["body"]
    into = body["into"]
    into_policy = facts.policy(into["kind"], signed.time)
    need(into_policy is not None, f"the policy of {into['kind']} is missing")
    need(into["kind"] in policy.converts_into and into_policy.model == "stock", "the kind does not turn into that one")
    need("adjudication" not in right or "resolution" in right, "the right is disputed")
    need(civil_day(signed.time) < day_of(into["span"]["to"]), "what it turns into is over")
    if "years" not in body and into["kind"] == right["kind"]:
        kept = _amount(into, into_policy) == _amount(body, policy) and right["span"]["to"] <= into["span"]["to"]
        need(kept, "units of one kind keep their quantity and their days")
    whole = _amount(into, into_policy)
    share = _Share(whole, into_policy.scale)
    if "years" in body:
        moved = _of_years(signed, right, after, share)
    else:
        moved = _of_quantity(signed, right, after, _amount(body, policy), share)
    members = {member: into[member] for member in ("kind", "identities", "span", "class") if member in into}
    members.update({"attributes": right["attributes"]} if "attributes" in right else {})
    made.update({**members, "issuer": signed.command["org"], "holder": right["holder"], "balance": quantity_text(whole)})
    return moved, into_policy


class _Share:
    """What of the new right a line gets, rounded down to what the kind can count."""

    def __init__(self, whole, scale):
        self._whole, self._step = whole, 10 ** (6 - scale)

    def __call__(self, part, of):
        goes = self._whole * part // of // self._step * self._step
        need(goes > 0, "a line gets nothing")
        return _extent(goes)


def _of_quantity(signed, right, after, amount, share):
    need("balance" in right, "only a stock has a quantity that turns into something")
    balance, taken = quantity_of(right["balance"]), stock_burdens(right, signed.time)
    frozen = [item for item in taken if item[0].startswith("F")]
    need(amount <= balance - used(frozen), "more than there is, or what is frozen")
    still = max(0, amount - max(0, balance - used(taken)))
    burdens = {burden["id"]: burden for burden in right["burdens"]}
    member, moved = stacks(taken), []
    # Free units go first, then those of lines, the latest stack first.
    for stack in sorted(set(member), key=member.index, reverse=True):
        own = [(name, held) for (name, held, _), number in zip(taken, member) if number == stack]
        if not all(name.startswith("P") for name, _ in own):
            continue
        highest = max(held for _, held in own)
        most = min(still, highest)
        still -= most
        for name, held in own:
            goes = held - min(held, highest - most)
            if goes:
                moved.append(Moved(burdens[name], _extent(held - goes), share(goes, amount)))
    need(still == 0, "more than is free or goes along")
    after["balance"] = quantity_text(balance - amount)
    return moved


def _of_years(signed, right, after, share):
    need("measure" in right, "only ground has years that turn into something")
    first, last = signed.command["body"]["years"]
    years = span_of(span_of_years([first, last]))
    need(years[1] <= civil_day(signed.time), "years that are not over")
    own = span_of(right["span"])
    inside = own[0] <= years[0] and years[1] <= own[1]
    need(inside and all(common_days(years, span) is None for span in converted_years(right)), "years that the right does not have")
    moved = []
    for burden in right["burdens"]:
        days = span_of(burden) if "from" in burden and "quantity" not in burden else None
        common = common_days(days, years) if days else None
        if common is None:
            continue
        before, behind = days[0] < common[0], common[1] < days[1]
        need(burden["id"].startswith("P") and not (before and behind), f"{burden['id']} is in the way")
        stays = {"from": burden["from"], "to": common[0].isoformat()} if before else None
        stays = {"from": common[1].isoformat(), "to": burden["to"]} if behind else stays
        goes = share(common[1].year - common[0].year, years[1].year - years[0].year)
        moved.append(Moved(burden, stays, goes))
    after["converted"] = [*right.get("converted", []), f"{first:04}-{last:04}"]
    return moved


class _Pledges:
    """The pledges of the lines that move, before and after."""

    def __init__(self, signed, event, name, right, past):
        self._signed, self._event, self._name, self._right, self._past = signed, event, name, right, past
        self._before, self._after = {}, {}

    def changed(self):
        return {("pledge", name): (self._before[name], after) for name, after in self._after.items()}

    def line(self, name):
        _, pledge, number = burden_of(name)
        return self._after[pledge]["lines"][number]

    def move(self, item, new):
        """Leaves of a line what stays, adds what goes; returns the name of that."""
        _, pledge, number = burden_of(item.burden["id"])
        if pledge not in self._after:
            self._before[pledge] = self._stood(pledge, new)
            self._after[pledge] = copy.deepcopy(self._before[pledge])
        after = self._after[pledge]
        need(number < len(after["lines"]), f"{pledge} has no line {number}")
        line = after["lines"][number]
        # What a split left undivided stays together, wherever its parts go.
        is_part = any(number in (note["first"], note["second"]) for note in after.get("joint", []))
        joint = quantity_of(line["quantity"]) if item.joint is None and is_part and "quantity" in line else item.joint
        if item.stays is None:
            line["released"] = True
        else:
            for member in EXTENT:
                line.pop(member, None)
            line.update(item.stays)
        further = len(after["lines"])
        after["lines"].append({"right": new, **item.goes, **item.end})
        if joint is not None:
            note = {"entry": self._signed.index, "first": number, "quantity": quantity_text(joint), "second": further}
            after["joint"] = [*after.get("joint", []), note]
        return f"{pledge}.{further}"

    def _stood(self, pledge, new):
        """A pledge as the entry found it, or as far as the law asks: the lines on the right, and how many it had."""
        index = self._signed.index
        if self._past.has_history("pledge", pledge):
            record = self._past.before("pledge", pledge, index)
            need(record is not None, f"{pledge} did not exist")
            return record
        shown = self._past.shown("pledge", pledge)
        need(shown is not None, f"{pledge} does not exist")
        rows = [row for row in self._event.get("rows", []) if row["of"] == f"pledge|{pledge}" and row["list"] == "lines"]
        further = sorted(row["line"] for row in rows if row["right"] == new)
        need(further and further[-1] < len(shown["lines"]), f"{pledge} gets lines with other numbers than the next")
        later = range(further[0], len(shown["lines"]))
        known = [number for number in later if self._past.burden(f"{pledge}.{number}", index) is not None]
        need(not known, f"{pledge} gets lines with other numbers than the next")
        burdens = {burden["id"]: burden for burden in self._right["burdens"]}
        stood = [burdens.get(f"{pledge}.{number}") for number in range(further[0])]
        lines = [line_of(self._name, burden) if burden else {} for burden in stood]
        joint = [note for note in shown.get("joint", []) if note["entry"] < index]
        return {"lines": copy.deepcopy(lines), **({"joint": joint} if joint else {})}
