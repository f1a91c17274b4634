"""Acts of law 2 on the lines of pledges (FORMATS 6.7): an addition, an exchange, a disposal, another order of ranks.

They touch rights and pledges of which a file shows the history of one at most. So every line that it changes is held against
the line as it stood, where that is known (6.10); the burden on the right says the same as the line; and nothing else changes but
caps, terms and notes that the payload gives.
"""

import copy

import difference
import lapse
import lines
import maxima
import ranks
from capacity import cuts, flow_burdens, flow_on, live_span, on_day, stock_burdens, used
from extents import converted_years, extent_of, is_extent, without
from matrix import REGISTRAR
from past import check_court
from values import NOTES_MAX, burden_of, civil_day, day_of, need, number_of, quantity, quantity_of, quantity_text, span_of


class Event:
    """An act taken apart: lines and burdens that it changes, and what else it sets."""

    def __init__(self, event, new=None):
        """`new` is the right that the act creates, if it does."""
        self.lines, self.burdens, self.notes, self.clears, self.new = {}, {}, {}, {}, new
        self.touched_rights, self.touched = set(), set()
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
        self.touched.add((space, name))
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

    def check_burdens(self, past, index):
        """Every changed line stands on its right as it says, and nothing else changes there; an overhang stays."""
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
            if past.has_history("right", name[0]):
                found = past.burden(name[1], index)
                hung = found[1].get("overhang") if found and found[0] == name[0] else None
                need(burden.get("overhang") == hung, f"the overhang of {name[1]} changes beside the event")
            same = name[1].startswith("V") or burden.get("expires") == line.get("expires")
            need(same, f"the burden {name[1]} lapses otherwise than its line")

    def check_others(self, allowed):
        """Nothing changes but what is allowed: for each record its members."""
        for of, members in self.notes.items():
            if of[0] not in ("right", "pledge"):
                continue
            extra = set(members) - allowed.get(of, set())
            need(not extra and not self.clears[of], f"{of[1]}: {', '.join(sorted(extra)) or 'a member that is gone'}")
        need(all(pledge in {of[1] for of in allowed} for pledge, _ in self.lines), "a line of another pledge")


def check(signed, event, past, notes, facts):
    """Checks that the event is what the command asks for; `notes` are those of the entries before it."""
    difference.check_form(event)
    taken = Event(event)
    taken.check_burdens(past, signed.index)
    kind, body = signed.command["type"], signed.command["body"]
    if kind == "change_rank":
        allowed = {("pledge", burden_of(name)[1]): set() for name in body["from"]}
        taken.check_others({("right", body["right"]): set(), **allowed})
        ranks.check(signed, taken, past)
        return
    pledge = ("pledge", body["pledge"])
    sells = kind == "record_disposal"
    of_rights = {("right", name): SOLD for name in taken.touched_rights} if sells else {}
    taken.check_others({pledge: SETS[kind], **of_rights})
    put = {number: line for (_, number), line in taken.lines.items()}
    act = lines.Lines(signed, past, body["pledge"], put)
    _check_touched(act, taken, body)
    _check_attested(signed, taken, past, notes)
    listed = taken.notes.get(pledge, {})
    CHECKS[kind](act, body, listed, facts)
    if sells:
        _check_sold(taken, signed, past, put[body["line"]]["right"])


def _named(body):
    changes = body.get("lines", []) + body.get("drop", []) + ([body] if "line" in body else [])
    return [change["line"] for change in changes]


def _check_touched(act, event, body):
    """The act touches its pledge, and the rights of the lines that it changes or names."""
    rights, is_known = {line["right"] for line in act.put.values()}, True
    for number in _named(body):
        old = act.was(number)
        need(old is not lines.GONE, f"line {number} does not stand")
        if old is not None:
            rights.add(old["right"])
        is_known = is_known and (old is not None or number in act.put)
    touched = {name for space, name in event.touched if space == "right"}
    need(rights <= touched and ("pledge", act.pledge) in event.touched, "a record is not touched")
    need(not is_known or touched <= rights, "a right changes, and nobody asked for it")


def _pledge_before(act):
    """Returns the pledge as it stood, if the file shows it; else None."""
    shown = act.past.has_history("pledge", act.pledge)
    return act.past.before("pledge", act.pledge, act.index) if shown else None


def _check_attested(signed, event, past, notes):
    """The notes of attested consents are those of before, then those of the command."""
    asked = signed.command.get("attested", [])
    own = [{"class": c["class"], "document": c["document"], "entry": signed.index, "party": c["org"]} for c in asked]
    pledge = signed.command["body"]["pledge"]
    noted = event.notes.get(("pledge", pledge), {}).get("attested")
    need((noted is not None) == bool(own), "the attested consents are not those of the command")
    if not own:
        return
    earlier = noted[: -len(own)]
    need(noted[len(earlier) :] == own, "the attested consents are not those of the command")
    if past.has_history("pledge", pledge):
        before = past.before("pledge", pledge, signed.index).get("attested", [])
        need(noted == (before + own)[-NOTES_MAX:], "the consents of before")
        return
    entries = [item.get("entry", -1) for item in earlier]
    ascend = entries == sorted(entries) and all(int(pledge[1:]) <= entry < signed.index for entry in entries)
    shown, of = notes.shown(earlier), notes.of(pledge, "attested")
    # Where the list is full, the first may have given way.
    gone = len(of) - len(shown) if len(noted) >= NOTES_MAX else 0
    need(ascend and shown == of[max(gone, 0) :], "the consents of the entries before")


def _needs_room(act, adds):
    need(adds or "attested" in act.signed.command, "the law writes another event where nothing is added")


def _amend(act, body, noted, facts):
    adds = lines.amend(act, body.get("lines", []))
    if "cap_cny" in body:
        _check_caps(quantity_of(body["cap_cny"]), noted.get("caps"), _pledge_before(act), (act.index, number_of(body["pledge"])))
        maxima.check_cap(act, quantity_of(body["cap_cny"]), _pledge_before(act))
    else:
        need("caps" not in noted, "a cap that nobody asked for")
    _set_as_asked(body, noted, _pledge_before(act), "green")
    _needs_room(act, adds or "cap_cny" in body or "green" in body)


def _check_caps(asked, caps, before, places):
    index, first = places
    if before is None:
        if caps is not None:
            entries = [cap["entry"] for cap in caps]
            ascend = all(a < b for a, b in zip(entries, entries[1:])) and entries and entries[-1] <= index
            written = all(set(cap) == {"amount", "entry"} and quantity(cap["amount"]) != "0" for cap in caps)
            total = sum(quantity_of(cap["amount"]) for cap in caps)
            need(ascend and written and total == asked, "the cap is not what was asked")
        return
    wanted, left = [], asked
    for cap in before.get("caps", []):
        part = min(quantity_of(cap["amount"]), left)
        left -= part
        wanted += [{"amount": quantity_text(part), "entry": cap["entry"]}] if part else []
    # The first cap stands where the pledge does.
    entry = index if "caps" in before else first
    wanted += [{"amount": quantity_text(left), "entry": entry}] if left else []
    need(wanted == before.get("caps", []) if caps is None else caps == wanted, "the tranches of the cap")


def _extend(act, body, noted, facts):
    lapse.check_later(act.past, act.pledge, act.index, act.signed.entry["law"], body.get("term"))
    adds = lines.extend(act, body.get("lines", []), body.get("term"))
    _set_as_asked(body, noted, _pledge_before(act), "term")
    _set_as_asked(body, noted, _pledge_before(act), "maximum")
    if "maximum" in body:
        maxima.check_longer(act, body, _pledge_before(act))
    lapse.check_moved(act, body.get("term"))
    _needs_room(act, adds or "maximum" in body or lapse.may_move(act, body.get("term")))


def _set_as_asked(body, noted, before, member):
    asked = body.get(member)
    if before is None:
        need(noted.get(member, asked) == asked, f"{member} is not what was asked")
    else:
        wanted = None if asked == before.get(member) else asked
        need(noted.get(member) == wanted, f"{member} is not what was asked")


def _substitute(act, body, noted, facts):
    for change in body["drop"]:
        lines.give_back(act, change["line"], change.get("quantity"))
    added = act.added(_named({"drop": body["drop"]}))
    lapse.check_made(added, lapse.term_before(act.past, act.pledge, act.index), act.signed, facts)
    need(are_lines(body["add"], added), "the added lines are not those that were asked")


def _dispose(act, body, noted, facts):
    lines.give_back(act, body["line"], body.get("quantity"))
    need(not act.added([body["line"]]), "another line than the one disposed of")
    check_court(act.signed, act.past)
    part = {"quantity": quantity_text(quantity_of(body["quantity"]))} if "quantity" in body else {}
    part.update({member: body[member] for member in ("authority", "buyer") if member in body})
    item = {"document": body["document"], "entry": act.index, "line": body["line"], **part}
    item["proceeds"] = quantity_text(quantity_of(body["proceeds_cny"]))
    listed, before = noted.get("disposals", []), _pledge_before(act)
    need(listed and listed[-1] == item, "the disposal is not noted")
    need(before is None or listed[:-1] == _with_room(before), "the disposals of before")


def _with_room(pledge):
    """The disposals of before, without one that gives way where there is no room: the first of a line that no note joins."""
    sales = pledge.get("disposals", [])
    joined = {note[side] for note in pledge.get("joint", []) for side in ("first", "second")}
    old = [sale for sale in sales if sale["line"] not in joined][: len(sales) >= NOTES_MAX]
    return [sale for sale in sales if sale not in old]


def _check_sold(taken, signed, past, name):
    """What was sold has left the right, if its history is shown: units, a flow on its days, or by a court years or all of the ground."""
    if not past.has_history("right", name):
        return
    said = {member: value for member, value in taken.notes.get(("right", name), {}).items() if member in SOLD}
    body, right = signed.command["body"], past.before("right", name, signed.index)
    buyer, acting = body.get("buyer"), lambda party: past.acting(party, signed.index)
    burden = next(item for item in right["burdens"] if item["id"] == f"{body['pledge']}.{body['line']}")
    sold = quantity_of(body.get("quantity", burden.get("quantity", "0")))
    by_court, is_land = signed.command["org"] == REGISTRAR, "measure" in right
    others = _ahead(right, burden) if by_court else _beside(right, burden)
    most = None if is_land else left_of(right, burden, others, signed.time)
    undivided = None if is_land else _left_undivided(past, body, signed.index)
    most = most if undivided is None else min(most, undivided)
    # Where those before it leave nothing, a court notes what there was for the line.
    is_gone = is_gone_beneath(right, burden, signed.time) or (by_court and most == 0)
    if is_gone or (buyer is not None and acting(buyer) == acting(right["holder"])):
        wanted = {}
    elif "balance" in right:
        need(sold <= most, f"{burden['id']} sells what others hold")
        wanted = {"balance": quantity_text(max(quantity_of(right["balance"]) - sold, 0))}
    elif "steps" in right:
        need(sold <= most, f"{burden['id']} sells what others hold")
        steps = lessened(right, burden, sold, civil_day(signed.time).isoformat())
        wanted = {"steps": steps} if steps != right["steps"] else {}
    else:
        need(buyer is not None and signed.command["org"] == REGISTRAR, "ground is sold to a party, by a court")
        leaves = "from" in burden and outlasts(right, span_of(burden), civil_day(signed.time))
        years = leaves and with_sold_years(right, burden)
        is_more = years and years != right.get("converted", [])
        wanted = ({"converted": years} if is_more else {}) if leaves else {"holder": buyer, "acquired": signed.index}
    need(said == wanted, f"what was sold has not left {name}")


def _left_undivided(past, body, index):
    """How much may yet be sold of a line that splits left undivided, where the file shows the pledge: what each note that joins it
    with others secures, less what was sold of all these since. None of a line that counts for itself."""
    if not past.has_history("pledge", body["pledge"]):
        return None
    pledge, least = past.before("pledge", body["pledge"], index), None
    for place, note in enumerate(pledge.get("joint", [])):
        group = {note["first"]}
        for later in pledge["joint"][place:]:
            group |= {later["second"]} if later["first"] in group else set()
        if body["line"] in group:
            since = [sale for sale in pledge.get("disposals", []) if sale["entry"] > note["entry"] and sale["line"] in group]
            left = max(quantity_of(note["quantity"]) - sum(_sold_of(sale, pledge) for sale in since), 0)
            least = left if least is None else min(least, left)
    return least


def _sold_of(sale, pledge):
    """What a disposal took: of a line of units all of it where no part is named."""
    line = pledge["lines"][sale["line"]]
    whole = "0" if "from" in line else line.get("quantity", "0")
    return quantity_of(sale.get("quantity", whole))


def _ahead(right, line):
    names = [burden["id"] for burden in right["burdens"]]
    return [burden for burden in right["burdens"][: names.index(line["id"])] if not burden["id"].startswith("F")]


def _beside(right, line):
    names = [burden["id"] for burden in right["burdens"]]
    place = names.index(line["id"])
    after = [burden for burden in right["burdens"][place + 1 :] if not burden["id"].startswith("F")]
    return right["burdens"][:place] + [burden for burden in after if line["id"] not in burden.get("behind", [])]


def most_to_sell(right, freeze, time):
    """Returns how much of a freeze can be sold: what all that came before it leaves, of a flow on each day to come."""
    names = [burden["id"] for burden in right["burdens"]]
    return left_of(right, freeze, right["burdens"][: names.index(freeze["id"])], time)


def left_of(right, burden, others, time):
    """Returns how much of a burden others leave, of a flow on each day to come."""
    others = {**right, "burdens": others}
    held, today = quantity_of(burden["quantity"]), civil_day(time)
    if "balance" in right:
        is_over = "revoked_from" in right and day_of(right["revoked_from"]) <= today
        has = 0 if is_over else quantity_of(right["balance"])
        return min(held, max(has - used(stock_burdens(others, time)), 0))
    first, end = span_of(burden)
    first = max(first, today)
    if first >= end:
        return 0
    taken = flow_burdens(others, time)
    left = [flow_on(right, day) - used(on_day(taken, day)) for day, _ in cuts(right, taken, first, end)]
    return min(held, max(min(left), 0))


def is_gone_beneath(right, burden, now):
    """Says whether from today on nothing is left of a right beneath a line: no units, no quantity, no days."""
    today, live = civil_day(now), live_span(right)
    if "balance" in right:
        is_over = "revoked_from" in right and day_of(right["revoked_from"]) <= today
        return is_over or quantity_of(right["balance"]) == 0
    first, end = span_of(burden) if "from" in burden else span_of(right["span"])
    first, end = (max(first, today, live[0]), min(end, live[1])) if live else (first, first)
    if first >= end:
        return True
    if "steps" in right:
        return all(flow_on(right, day) == 0 for day, _ in cuts(right, [], first, end))
    return "from" in burden and without([(first, end)], converted_years(right)) == []


def outlasts(right, years, today):
    """Says whether a right has days from today on beside these years and those that are gone before."""
    live = live_span(right)
    days = [(max(live[0], today), live[1])] if live else []
    return without([span for span in days if span[0] < span[1]], [*converted_years(right), years]) != []


def with_sold_years(right, burden):
    """The converted years of a right and, last, those of a burden that it has to their end, such as 2029-2031."""
    first, end = int(burden["from"][:4]), min(int(burden["to"][:4]), live_span(right)[1].year)
    return right.get("converted", []) + ([f"{first:04}-{end - 1:04}"] if first < end else [])


def lessened(right, burden, sold, today):
    """The steps of a flow without what was sold, on the days of the line from today on."""
    steps, first, end = right["steps"], max(burden["from"], today), burden["to"]
    if first >= end:
        return steps
    for day in (first, end):
        known = [step for step in steps if step["from"] <= day]
        if known and known[-1]["from"] < day < right["span"]["to"]:
            steps = sorted(steps + [{**known[-1], "from": day}], key=lambda step: step["from"])

    def without(step):
        return {**step, "quantity": quantity_text(max(quantity_of(step["quantity"]) - sold, 0))}

    return [without(step) if first <= step["from"] < end else step for step in steps]


def are_lines(asked, lines):
    """The lines of an event are those of a request, in order."""

    def same(request, line):
        named = request["right"] == line["right"] and request.get("behind") == line.get("behind")
        return named and "released" not in line and is_extent(request, line)

    return len(asked) == len(lines) and all(same(request, line) for request, line in zip(asked, lines))


# The members of a right that say what was sold.
SOLD = {"acquired", "balance", "steps", "holder", "converted"}

# The members of the pledge that an act may set.
SETS = {
    "amend_pledge": {"caps", "green", "attested"},
    "extend_pledge": {"term", "maximum", "attested"},
    "substitute_collateral": {"attested"},
    "record_disposal": {"attested", "disposals"},
}
CHECKS = {"amend_pledge": _amend, "extend_pledge": _extend, "substitute_collateral": _substitute, "record_disposal": _dispose}
