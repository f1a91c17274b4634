"""What happens to the lines of pledges (FORMATS 6.7), held against the lines as they stood where the file shows them (6.10)."""

import lapse
from extents import extent_of
from fold import counts_at
from past import check_court
from values import Fault, civil_day, common_days, day_of, need, quantity_of, quantity_text, span_of

GONE = object()


def line_of(right, burden):
    """The line that stands on a right as this burden."""
    members = ("behind", "expires") if burden["id"].startswith("P") else ("behind",)
    return {"right": right, **extent_of(burden), **{member: burden[member] for member in members if member in burden}}


def was(past, pledge, number, index, time):
    """Returns the line before an entry, GONE where it did not stand, None where the file does not show it."""
    if past.has_history("pledge", pledge):
        lines = (past.before("pledge", pledge, index) or {"lines": []})["lines"]
        return lines[number] if number < len(lines) and lapse.is_open(lines[number], time) else GONE
    found = past.burden(f"{pledge}.{number}", index)
    return line_of(*found) if found and counts_at(found[1], time) else None


def quantity(line):
    return quantity_of(line["quantity"]) if "quantity" in line else None


def with_quantity(line, amount):
    need("quantity" in line, "a line without a quantity")
    return {**line, "quantity": quantity_text(amount)}


def without(line, part):
    """What stays of a line of which a part, or all, is given back."""
    if part is None:
        return {**line, "released": True}
    need("quantity" in line and 0 < part <= quantity(line), "a part that the line does not have")
    left = quantity(line) - part
    return with_quantity(line, left) if left else {**line, "released": True}


def longer(line, to):
    need("from" in line and "quantity" in line and line["to"] < to, "the line does not get longer")
    return {**line, "to": to}


def placed(line, behind):
    """A line of its own, behind what the body says."""
    rest = {member: value for member, value in line.items() if member != "behind"}
    return {**rest, **({"behind": behind} if behind else {})}


def overtaken(right, name, line, to, time):
    """Says whether somebody has come between a line and its added days."""
    today, later = civil_day(time), False
    added = (max(day_of(line["to"]), today), day_of(to))
    for burden in right["burdens"]:
        if not counts_at(burden, time):
            continue
        if burden["id"] == name:
            later = True
            continue
        if "from" not in burden or added[0] >= added[1]:
            continue
        first, end = span_of(burden)
        meets = max(first, today) < end and common_days((max(first, today), end), added) is not None
        ranked = burden["id"] in line.get("behind", []) or name in burden.get("behind", [])
        if meets and (later or ranked):
            return True
    return False


class Lines:
    """The lines that one entry changes, beside what is known of them."""

    def __init__(self, signed, past, pledge, put):
        self.signed, self.past, self.pledge, self.put = signed, past, pledge, put
        self.law, self.index = signed.entry["law"], signed.index

    def was(self, number):
        return was(self.past, self.pledge, number, self.index, self.signed.time)

    def is_unknown(self, line):
        """On a right whose history is shown every line is known."""
        return not self.past.has_history("right", line["right"])

    def becomes(self, number, made, within):
        """Checks a line that the event changes: exactly where it is known, within bounds where it is not."""
        now, old = self.put.get(number), self.was(number)
        need(now is not None and old is not GONE, f"line {number} does not stand")
        fits = made(old) == now if old is not None else self.is_unknown(now) and within(now)
        need(fits, f"line {number} does not become what was asked")

    def comes_between(self, number, line, to):
        """Says whether somebody has come between, None where the history of the right is not shown."""
        if not self.past.has_history("right", line["right"]):
            return None
        right = self.past.before("right", line["right"], self.index)
        return overtaken(right, f"{self.pledge}.{number}", line, to, self.signed.time)

    # Lines that are added ---------------------------------------------------------------------------------------------

    def added(self, named):
        """The lines whose numbers the body does not name; they follow the lines of the pledge."""
        return self._follow(sorted(set(self.put) - set(named)))

    def _follow(self, numbers):
        if numbers:
            need(numbers == list(range(numbers[0], numbers[-1] + 1)), "lines are added with the next numbers")
            self._check_first(numbers[0])
            shown = self.past.records.get(("pledge", self.pledge))
            need(shown is None or numbers[-1] < len(shown["lines"]), "the pledge has no such line")
        lines = [self.put[number] for number in numbers]
        need(not any("released" in line for line in lines), "a line is added and released")
        return lines

    def _check_first(self, number):
        if self.past.has_history("pledge", self.pledge):
            lines = (self.past.before("pledge", self.pledge, self.index) or {"lines": []})["lines"]
            need(number == len(lines), "lines are added at the end")
            return
        unknown = all(self.was(later) is None for later in range(number, number + 64))
        need(unknown, "a line of this number stands already")

    def check_added(self, named, wanted):
        """Each of `wanted` takes the next added line if it fits, and may take none where it says so."""
        return self._check_added(sorted(set(self.put) - set(named)), wanted)

    def check_moved_or_added(self, named, wanted, term):
        """Of the lines that the body does not name, those that only get another end come before those that are added."""
        numbers = sorted(set(self.put) - set(named))
        while True:
            try:
                return self._check_added(numbers, wanted)
            except Fault:
                if not numbers or not lapse.is_moved(self, numbers[0], term):
                    raise
            numbers = numbers[1:]

    def _check_added(self, numbers, wanted):
        added = self._follow(numbers)
        made = {0}
        for fits, may_be_none in wanted:
            then = {count + 1 for count in made if count < len(added) and fits(added[count])}
            made = then | (made if may_be_none else set())
        need(len(added) in made, "the added lines are not those that were asked")
        return bool(added)


# What commands make of lines ------------------------------------------------------------------------------------------


def _exactly(line):
    return lambda added: added == line


def amend(lines, changes):
    """Says whether lines are added."""
    wanted, named = [], [change["line"] for change in changes]
    for change in changes:
        number, asked, behind = change["line"], quantity_of(change["quantity"]), change.get("behind")
        if number in lines.put:
            need(not behind, f"line {number} is put behind others in its place")
            lines.becomes(
                number,
                lambda old: with_quantity(old, asked) if quantity(old) is not None and asked < quantity(old) else None,
                lambda now: "released" not in now and quantity(now) == asked,
            )
            continue
        old = lines.was(number)
        need(old is not GONE, f"line {number} does not stand")
        if old is None:
            wanted.append((_fits_more(lines, asked, behind), True))
            continue
        need(quantity(old) is not None and asked >= quantity(old), f"line {number} does not become what was asked")
        if asked > quantity(old):
            wanted.append((_exactly(placed(with_quantity(old, asked - quantity(old)), behind)), False))
        else:
            need(not behind, f"nothing is added to line {number}")
    return lines.check_added(named, wanted)


def _fits_more(lines, asked, behind):
    def fits(added):
        more = quantity(added)
        return lines.is_unknown(added) and added.get("behind") == behind and more is not None and 0 < more < asked

    return fits


def extend(lines, changes, term):
    """Says whether lines are added."""
    wanted, named = [], [change["line"] for change in changes]
    for change in changes:
        number, to, behind = change["line"], change["to"], change.get("behind")
        part = quantity_of(change["quantity"]) if "quantity" in change else None
        if number in lines.put:
            need(not behind and part is None, f"line {number} is put behind others in its place")
            lines.becomes(
                number,
                lambda old: None if lines.comes_between(number, old, to) else lapse.extended(longer(old, to), term),
                lambda now: "released" not in now and "quantity" in now and now.get("to") == to and lapse.extended(now, term) == now,
            )
            continue
        old = lines.was(number)
        need(old is not GONE, f"line {number} does not stand")
        if old is None:
            wanted.append((_fits_days(lines, to, behind, part, term), False))
            continue
        longer(old, to)
        is_own = behind or part is not None
        need(is_own or lines.comes_between(number, old, to) is not False, f"line {number} is extended in its place")
        if part is not None:
            need(0 < part <= quantity(old), f"line {number} has less than is extended")
            old = with_quantity(old, part)
        days = lapse.extended({**old, "from": old["to"], "to": to}, term)
        wanted.append((_exactly(placed(days, behind)), False))
    return lines.check_moved_or_added(named, wanted, term)


def _fits_days(lines, to, behind, part, term):
    def fits(added):
        same = "quantity" in added and added.get("to") == to and added.get("behind") == behind
        same = same and part in (None, quantity(added))
        return lines.is_unknown(added) and same and lapse.extended(added, term) == added

    return fits


def give_back(lines, number, part):
    part = None if part is None else quantity_of(part)
    lines.becomes(number, lambda old: without(old, part), lambda now: part is not None or "released" in now)


# Events of law 1, under either law ------------------------------------------------------------------------------------


def results(signed, event, past):
    """Checks the line results of an amendment, an extension or a release."""
    body, put = signed.command["body"], {}
    for result in event.get("lines", []):
        put[result["line"]] = {member: value for member, value in result.items() if member != "line"}
    need(len(put) == len(event.get("lines", [])), "a line twice")
    lines, changes = Lines(signed, past, body["pledge"], put), body.get("lines", [])
    order = [result["line"] for result in event.get("lines", [])]
    if signed.command["type"] != "release_pledge":
        adds = "cap_cny" in body or "green" in body or "attested" in signed.command or any("behind" in change for change in changes)
        adds = adds or signed.command["type"] == "extend_pledge" and lapse.moves(lines, body.get("term"))
        adds = adds or signed.command["type"] == "extend_pledge" and ("maximum" in body or any("quantity" in change for change in changes))
        need(not adds, "the event has no room for what the body adds")
    if signed.command["type"] == "amend_pledge":
        need(order == sorted(change["line"] for change in changes), "the lines are not in their order")
        for change in changes:
            _amended(lines, change)
    elif signed.command["type"] == "extend_pledge":
        lapse.check_later(past, body["pledge"], signed.index, signed.entry["law"], body.get("term"))
        need(order == [change["line"] for change in changes], "the lines are not in the order of the body")
        for change in changes:
            _extended(lines, change)
    else:
        check_court(signed, past)
        _released(lines, changes, order)


def _amended(lines, change):
    asked = quantity_of(change["quantity"])

    def made(old):
        grows = quantity(old) is None or asked > quantity(old)
        return None if grows and lines.law > 1 else with_quantity(old, asked)

    lines.becomes(change["line"], made, lambda now: quantity(now) == asked)


def _extended(lines, change):
    def made(old):
        comes = lines.law > 1 and lines.comes_between(change["line"], old, change["to"])
        return None if comes else longer(old, change["to"])

    lines.becomes(change["line"], made, lambda now: True)


def _released(lines, changes, order):
    if changes:
        need(order == [change["line"] for change in changes], "the lines are not in the order of the body")
    else:
        need(order == sorted(order), "the lines are not in their order")
        left = [n for n in range(64) if n not in lines.put and lines.was(n) is not GONE and lines.was(n) is not None]
        need(not left, f"lines {left} are not released")
    parts = {change["line"]: change.get("quantity") for change in changes}
    for number in order:
        give_back(lines, number, parts.get(number))
