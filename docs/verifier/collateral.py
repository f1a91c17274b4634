"""Acts of law 2 on the lines of pledges (FORMATS 6.7): an addition, an exchange, a disposal, another order of ranks.

They touch rights and pledges of which a file shows the history of one at most. So what is checked is the event itself: every
line that it changes is one that the payload names or asks for, as it asks for it; the burden on the right says the same as the
line; and nothing else changes but caps, terms and notes that the payload gives.
"""

import copy

from extents import extent_of, is_extent
from values import burden_of, need, quantity_of, quantity_text


class Event:
    """An act taken apart: lines and burdens that it changes, and what else it sets."""

    def __init__(self, event, new=None):
        """`new` is the right that the act creates, if it does."""
        self.lines, self.burdens, self.notes, self.clears, self.new = {}, {}, {}, {}, new
        self.touched_rights = set()
        event = copy.deepcopy(event)
        for change in event["changes"]:
            of = self._of(change)
            is_new = of[0] not in ("right", "pledge") or of == ("right", new)
            need(is_new or "new" not in change, f"{of[1]} is not made by this act")
            need(of != ("right", new) or "new" in change, f"{of[1]} is made by this act")
            self.clears[of] = change.get("clear", [])
            members = {member: value for member, value in change.items() if member not in ("of", "clear", "new")}
            self.notes[of] = members
        for row in event.get("rows", []):
            self._row(self._of(row), row)
        for item in event.get("overhangs", []):
            need(item["right"] in self.touched_rights, f"an overhang on {item['right']}, which the act does not touch")
        self._check_places()

    def _of(self, part):
        space, _, name = part["of"].partition("|")
        places = ("identity", "source", "cell") if self.new else ()
        need(space in ("right", "pledge", *places), f"a change of {part['of']}")
        if space == "right":
            self.touched_rights.add(name)
        return space, name

    def _row(self, of, row):
        item = {member: value for member, value in row.items() if member not in ("of", "list", "drop")}
        if row["list"] == "burdens":
            need(of[0] == "right" and (of[1], item["id"]) not in self.burdens, "a burden twice")
            self.burdens[of[1], item["id"]] = None if "drop" in row else item
        elif row["list"] == "lines":
            number = item.pop("line")
            need(of[0] == "pledge" and (of[1], number) not in self.lines and "drop" not in row, "a line twice")
            self.lines[of[1], number] = item
        elif of[0] in ("source", "cell"):
            need("drop" not in row and item.get("right") == self.new, f"{of[1]} gets another right than the new one")
            self.notes.setdefault(of, {})
        else:
            listed = self.notes.get(of, {}).get(row["list"])
            need(isinstance(listed, list), f"items of {row['list']} alone")
            listed.append(item)

    def _check_places(self):
        """Identities, sources and cells are those of the right that the act creates."""
        for of, members in self.notes.items():
            if of[0] == "identity":
                need(members == {"right": self.new}, f"{of[1]} leads elsewhere")
            elif of[0] in ("source", "cell"):
                need(members in ({}, {"rights": []}), f"{of[1]} changes otherwise")

    def check_burdens(self):
        """Every changed line stands on its right as it says, and nothing else changes there."""
        standing = {(line["right"], f"{pledge}.{number}"): line for (pledge, number), line in self.lines.items()}
        need(set(standing) == set(self.burdens), "lines and burdens differ")
        for name, line in standing.items():
            burden = self.burdens[name]
            if "released" in line:
                need(burden is None, f"{name[1]} is released and stands on its right")
                continue
            need(burden is not None, f"{name[1]} does not stand on its right")
            same = extent_of(burden) == extent_of(line) and burden.get("behind") == line.get("behind")
            need(same, f"the burden {name[1]} differs from its line")
            need("authority" not in burden, f"the burden {name[1]} has more members")
            need("expires" not in burden or name[1].startswith("V"), f"the burden {name[1]} has more members")

    def check_others(self, allowed):
        """Nothing changes but what is allowed: for each record its members."""
        for of, members in self.notes.items():
            if of[0] not in ("right", "pledge"):
                continue
            extra = set(members) - allowed.get(of, set())
            need(not extra and not self.clears[of], f"{of[1]}: {', '.join(sorted(extra)) or 'a member that is gone'}")
        need(all(pledge in {of[1] for of in allowed} for pledge, _ in self.lines), "a line of another pledge")


def _quantity(item):
    return quantity_of(item["quantity"]) if "quantity" in item else None


def check(signed, event, past):
    """Checks that the event is what the command asks for."""
    taken = Event(event)
    _check_attested(signed, taken, past)
    CHECKS[signed.command["type"]](signed, taken, past)


def _check_attested(signed, event, past):
    """The notes of attested consents end with those of the command, and nothing else adds any."""
    asked = signed.command.get("attested", [])
    given = [{"class": c["class"], "document": c["document"], "entry": signed.index, "party": c["org"]} for c in asked]
    noted = {of: members["attested"] for of, members in event.notes.items() if "attested" in members}
    if not given:
        need(not noted, "a consent that nobody attested")
        return
    pledge = signed.command["body"].get("pledge")
    list_of = noted.get(("pledge", pledge), [])
    need(set(noted) == {("pledge", pledge)} and list_of[-len(given) :] == given, "the consents are not those attested")
    before = _pledge_before(past, pledge, signed.index)
    earlier = before.get("attested", []) if before is not None else list_of[: -len(given)]
    need(list_of[: -len(given)] == earlier, "the consents of before")


def _pledge_before(past, name, index):
    """Returns the pledge as it stood, if the file shows it; else None."""
    return past.before("pledge", name, index) if past.has_history("pledge", name) else None


def _check_added_number(before, event, pledge):
    """Lines are added at the end."""
    numbers = sorted(number for name, number in event.lines if name == pledge)
    if before is not None:
        count = len(before["lines"])
        added = [number for number in numbers if number >= count]
        need(added == list(range(count, count + len(added))), "lines are added at the end")


def _amend(signed, event, past):
    body, pledge = signed.command["body"], signed.command["body"]["pledge"]
    before = _pledge_before(past, pledge, signed.index)
    rest = dict(event.lines)
    for change in body.get("lines", []):
        _amended_line(change, pledge, before, rest)
    need(not rest, "a line that nobody asked for")
    _check_added_number(before, event, pledge)
    notes = event.notes.get(("pledge", pledge), {})
    if "cap_cny" in body:
        _check_caps(quantity_of(body["cap_cny"]), notes.get("caps"), before, signed.index)
    else:
        need("caps" not in notes, "a cap that nobody asked for")
    event.check_others({("pledge", pledge): {"caps", "attested"}})
    event.check_burdens()


def _amended_line(change, pledge, before, rest):
    """Takes the line that this change makes: the line itself where it gets smaller, a new one where it is more."""
    asked, number = quantity_of(change["quantity"]), change["line"]
    line = rest.get((pledge, number))
    if line is not None:
        if before is not None:
            need(number < len(before["lines"]), "a line that is not there")
            same = {**before["lines"][number], "quantity": line.get("quantity")} == line
            need(same and asked <= _quantity(before["lines"][number]), f"line {number} is another")
        need("released" not in line and _quantity(line) == asked, f"line {number} has another quantity")
        del rest[pledge, number]
        return
    for key in sorted(rest):
        line, more = rest[key], _quantity(rest[key])
        if key[0] != pledge or "released" in line or line.get("behind") != change.get("behind"):
            continue
        if before is None:
            fits = more is not None and 0 < more <= asked
        else:
            old = before["lines"][number]
            added = {**old, "quantity": quantity_text(asked - _quantity(old))} if asked > _quantity(old) else {}
            added.pop("behind", None)
            behind = {"behind": change["behind"]} if "behind" in change else {}
            fits = {**added, **behind} == line
        if fits:
            del rest[key]
            return
    unchanged = before is not None and _quantity(before["lines"][number]) == asked
    need(unchanged, f"line {number} does not become what was asked")


def _check_caps(asked, caps, before, index):
    if caps is None:
        old = sum(quantity_of(cap["amount"]) for cap in before.get("caps", [])) if before is not None else asked
        need(old == asked, "the cap does not become what was asked")
        return
    need(sum(quantity_of(cap["amount"]) for cap in caps) == asked, "the cap is not what was asked")
    if before is None:
        need(all(cap["entry"] <= index for cap in caps), "a tranche of the future")
        return
    wanted, left = [], asked
    for cap in before.get("caps", []):
        part = min(quantity_of(cap["amount"]), left)
        left -= part
        wanted += [{"amount": quantity_text(part), "entry": cap["entry"]}] if part else []
    wanted += [{"amount": quantity_text(left), "entry": index}] if left else []
    need(caps == wanted, "the tranches of the cap")


def _extend(signed, event, past):
    body, pledge = signed.command["body"], signed.command["body"]["pledge"]
    before = _pledge_before(past, pledge, signed.index)
    rest = dict(event.lines)
    for change in body.get("lines", []):
        _extended_line(change, pledge, before, rest)
    need(not rest, "a line that nobody asked for")
    _check_added_number(before, event, pledge)
    notes = event.notes.get(("pledge", pledge), {})
    need(notes.get("term", body.get("term")) == body.get("term"), "another term")
    if before is not None and "term" in body:
        need(notes.get("term", before.get("term")) == body["term"], "the term is not what was asked")
    event.check_others({("pledge", pledge): {"term", "attested"}})
    event.check_burdens()


def _extended_line(change, pledge, before, rest):
    """Takes the line that this change makes: the line itself with its new end, or the added days as a line of their own."""
    number, end = change["line"], change["to"]
    for key in [(pledge, number)] + sorted(rest):
        line = rest.get(key)
        if line is None or key[0] != pledge or "released" in line or line.get("to") != end:
            continue
        if key[1] != number and line.get("behind") != change.get("behind"):
            continue
        if before is not None:
            need(number < len(before["lines"]), "a line that is not there")
            old = before["lines"][number]
            grown = {**old, "to": end}
            if key[1] != number:
                grown["from"] = old.get("to")
                grown.pop("behind", None)
                grown.update({"behind": change["behind"]} if "behind" in change else {})
            if grown != line:
                continue
        del rest[key]
        return
    need(False, f"line {number} does not end as was asked")


def _dropped_line(change, line, before):
    """What is given back of a line: all of it, or a part."""
    number, asked = change["line"], _quantity(change)
    need(line is not None, f"line {number} is not given back")
    if asked is None:
        need("released" in line, f"line {number} is not given back whole")
    if before is None:
        return
    need(number < len(before["lines"]), "a line that is not there")
    old = before["lines"][number]
    need("released" not in old, f"line {number} was released before")
    if asked is None or asked == _quantity(old):
        wanted = {**old, "released": True}
    else:
        wanted = {**old, "quantity": quantity_text(max(_quantity(old) - asked, 0))}
    need(line == wanted, f"line {number} is not what was asked")


def _substitute(signed, event, past):
    body, pledge = signed.command["body"], signed.command["body"]["pledge"]
    before = _pledge_before(past, pledge, signed.index)
    rest = dict(event.lines)
    for change in body["drop"]:
        _dropped_line(change, rest.pop((pledge, change["line"]), None), before)
    added = [rest[key] for key in sorted(rest) if key[0] == pledge]
    need(len(added) == len(rest) and are_lines(body["add"], added), "the added lines are not those that were asked")
    _check_added_number(before, event, pledge)
    event.check_others({("pledge", pledge): {"attested"}})
    event.check_burdens()


def _dispose(signed, event, past):
    body, pledge = signed.command["body"], signed.command["body"]["pledge"]
    before = _pledge_before(past, pledge, signed.index)
    rest = dict(event.lines)
    _dropped_line(body, rest.pop((pledge, body["line"]), None), before)
    need(not rest, "another line than the one disposed of")
    part = {"quantity": quantity_text(_quantity(body))} if "quantity" in body else {}
    item = {"document": body["document"], "entry": signed.index, "line": body["line"], **part}
    item["proceeds"] = quantity_text(quantity_of(body["proceeds_cny"]))
    noted = event.notes.get(("pledge", pledge), {}).get("disposals", [])
    need(noted and noted[-1] == item, "the disposal is not noted")
    if before is not None:
        need(noted[:-1] == before.get("disposals", []), "the disposals of before")
    event.check_others({("pledge", pledge): {"disposals"}})
    event.check_burdens()


def _rank(signed, event, past):
    """Each line stands behind those before it in the new order that share a day with it."""
    body = signed.command["body"]
    allowed = {("right", body["right"]): set()}
    shown = past.shown("right", body["right"])
    days = {burden["id"]: extent_of(burden) for burden in (shown or {"burdens": []})["burdens"]}
    for burden in body["from"]:
        kind, pledge, number = burden_of(burden)
        need(kind == "P", f"{burden} is no line of a pledge")
        allowed["pledge", pledge] = set()
        line = event.lines.get((pledge, number))
        if line is not None:
            days[burden] = extent_of(line)
    for place, burden in enumerate(body["to"]):
        _, pledge, number = burden_of(burden)
        line = event.lines.get((pledge, number))
        if line is None:
            continue
        earlier = body["to"][:place]
        known = all(other in days for other in earlier)
        wanted = [other for other in earlier if not known or _share_a_day(days[other], days[burden])]
        need("released" not in line and line["right"] == body["right"], f"{burden} is another line")
        behind = line.get("behind", [])
        need(behind == wanted if known else set(behind) <= set(wanted), f"{burden} stands behind others")
    lines = {f"{pledge}.{number}" for pledge, number in event.lines}
    need(lines <= set(body["from"]), "a line that is not named")
    event.check_others(allowed)
    event.check_burdens()


def _share_a_day(a, b):
    if "from" not in a or "from" not in b:
        return True
    return max(a["from"], b["from"]) < min(a["to"], b["to"])


def are_lines(asked, lines):
    """The lines of an event are those of a request, in order."""

    def same(request, line):
        named = request["right"] == line["right"] and request.get("behind") == line.get("behind")
        return named and "released" not in line and is_extent(request, line)

    return len(asked) == len(lines) and all(same(request, line) for request, line in zip(asked, lines))


CHECKS = {
    "amend_pledge": _amend,
    "extend_pledge": _extend,
    "substitute_collateral": _substitute,
    "record_disposal": _dispose,
    "change_rank": _rank,
}
