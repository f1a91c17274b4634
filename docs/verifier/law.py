"""How a pledge of one right is decided (FORMATS 7.4): the findings of a question."""

from datetime import date

import lapse
from capacity import cuts, days_of, flow_burdens, flow_on, is_freeze, is_related, live_burdens, on_day, overlap_of
from capacity import live_span, numbers, parcels, stock_burdens, used
from extents import converted_years, span_of_years, without
from fold import counts_at, reserved_place
from values import (
    common_days,
    Fault,
    burden_order,
    civil_day,
    common_days,
    day_of,
    instant_of,
    need,
    quantity_of,
    quantity_text,
    span_of,
)

LAWS = {1, 2}
SHOWN_MAX = 16
# Findings that refuse, in their order; then those that warn.
REFUSE = (5008, 3008, 4002, 2010, 3001, 3002, 3009, 1005, 1011, 1008, 2001, 2002, 2022, 2005, 2006, 2003, 2012, 2014)
REFUSE += (2016, 2019, 7010, 3003, 3004, 3011, 4001, 4008, 4011, 6001, 6010, 6009, 6012, 6008, 9001, 8004, 9003, 9004)
WARN = (8005, 4003, 6020, 4006, 4009, 7005, 7014)
ORDER = REFUSE + WARN


def _years_later(day, years):
    """The same date so many years later; the first of March where a leap day has none."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _on_days(extent, days):
    return {**extent, "from": days[0].isoformat(), "to": days[1].isoformat()}


def _span_json(span):
    return {"from": span[0].isoformat(), "to": span[1].isoformat()}


class Decision:
    """One question, decided on the facts of a file."""

    def __init__(self, question, law, past, facts, index, now):
        self.org, self.body, self.law, self.past = question["org"], question["body"], law, past
        self.facts, self.index, self.now, self.today = facts, index, now, civil_day(now)
        self.findings, self.taken = [], set()

    def add(self, code, line=None, conflicts=(), **more):
        finding = {"code": code, **more}
        if line is not None:
            finding["line"] = line
        if conflicts:
            finding["conflicts"] = list(conflicts)
        self.findings.append(finding)

    # What the answer rests on ---------------------------------------------------------------------------------------

    def check_facts(self):
        """Every record that is looked at is shown, or its absence."""
        wanted = [("party", self.org), ("party", self.body["pledgor"])]
        if "debtor" in self.body:
            wanted.append(("party", self.body["debtor"]))
        rights = {line["right"] for line in self.body["lines"]}
        if "reservation" in self.body:
            wanted.append(("pledge", self.body["reservation"]))
            held = self.facts.record("pledge", self.body["reservation"])
            rights.update(line["right"] for line in (held or {"lines": []})["lines"])
        for line in self.body["lines"]:
            held = self.facts.right(line["right"])
            here = {burden["id"] for burden in held["burdens"]} if held else set()
            named = [burden for burden in line.get("behind", []) if burden.startswith("P") and burden in here]
            wanted += [("pledge", burden.partition(".")[0]) for burden in named]
            if held and self.law > 1:
                wanted.append(("party", held["holder"]))
        for name in rights:
            wanted.append(("right", name))
            right = self.facts.right(name)
            if right:
                wanted.append(("policy", right["kind"]))
        for line in self.body["lines"]:
            wanted.extend(self._neighborhood(line["right"]))
        for space, name in wanted:
            need(self.facts.knows(space, name), f"{space}|{name} is not in the file")

    def _neighborhood(self, name):
        right = self.facts.right(name)
        policy = self.facts.policy(right["kind"], self.now) if right else None
        if not policy or not policy.warn_layers:
            return
        yield from self._units(right)
        seen = set()
        for cell in right.get("cells", []):
            yield "cell", cell
            seen.update(item["right"] for item in (self.facts.record("cell", cell) or {"rights": []})["rights"])
        for other in sorted(seen, key=lambda other: int(other[1:]))[: 512 if self.law == 1 else 8_192]:
            yield "right", other
            yield from self._units(self.facts.right(other) or {})

    @staticmethod
    def _units(right):
        return [("right", unit["right"]) for unit in right.get("units", [])]

    # The decision ---------------------------------------------------------------------------------------------------

    def decide(self):
        """Returns whether the command would be accepted, and its findings in order."""
        self._door()
        taken = self._reservation()
        if "debtor" in self.body:
            self._named(self.body["debtor"], [])
        self._named(self.body["pledgor"], [self.body["pledgor"]])
        if self.law > 1 and self._acting(self.body["pledgor"]) == self.org:
            self.add(2014, None, [self.body["pledgor"]])
        if self.law > 1 and "cap_cny" not in self.body and self._needs_cap():
            self.add(6012)
        earlier = []
        for number, line in enumerate(self.body["lines"]):
            self._line(number, line, earlier, taken)
        for number, line in enumerate(self.body["lines"]):
            self._term(number, line["right"])
        order = [
            (ORDER.index(f["code"]), f.get("line", -1), f.get("conflicts", []), place)
            for place, f in enumerate(self.findings)
        ]
        ordered = []
        for *_, place in sorted(order):
            if self.findings[place] not in ordered[-1:]:
                ordered.append(self.findings[place])
        refusals = [finding for finding in ordered if finding["code"] in REFUSE]
        return not refusals, refusals or ordered

    def _named(self, name, conflicts):
        """A party that is named for something new is registered, and has not ended."""
        if not self.facts.record("party", name):
            self.add(1005, conflicts=conflicts if self.law == 1 else [name])
        elif self._acting(name) != name:
            self.add(1011, conflicts=[self._acting(name)])

    def _acting(self, name):
        return self.past.acting(name, self.index)

    def _needs_cap(self):
        return "maximum" in self.body or any("behind" in line for line in self.body["lines"])

    def _door(self):
        """The first member that does not fit the kind."""
        for line in self.body["lines"]:
            right = self.facts.right(line["right"])
            policy = self.facts.policy(right["kind"], self.now) if right else None
            if not policy:
                continue
            wanted = (policy.extent == "amount", policy.model == "flow", policy.extent == "years")
            for member, is_wanted, code in zip(("quantity", "from", "years"), wanted, (3003, 4001, 4001)):
                if (member in line) != is_wanted:
                    return self.add(code)
            if "quantity" in line:
                digits = quantity_text(quantity_of(line["quantity"])).partition(".")[2]
                if line["unit"] != policy.unit or len(digits) > policy.scale:
                    return self.add(3003)
        return None

    def _reservation(self):
        """Returns the reservation that the pledge takes over, if it may."""
        name = self.body.get("reservation")
        if name is None:
            return None
        held = self.facts.record("pledge", name)
        fits = (
            held is not None
            and self._acting(held["pledgee"]) == self.org
            and self._acting(held["pledgor"]) == self._acting(self.body["pledgor"])
            and "ended" not in held
            and self.now < instant_of(held["expires"])
            and {line["right"] for line in self.body["lines"]} <= {line["right"] for line in held["lines"]}
        )
        if not fits:
            self.add(6008, conflicts=[name])
        return name if fits else None

    def _line(self, number, line, earlier, taken):
        name = line["right"]
        right = self.facts.right(name)
        if right is None:
            return self.add(2001, number, [name])
        policy = self.facts.policy(right["kind"], self.now)
        if policy is None:
            return self.add(2012, number, [right["kind"]])
        party = self.facts.record("party", self.org)
        if not party or not set(party["roles"]) & set(policy.pledgee_roles):
            self.add(1008, number, [self.org])
        behind = line.get("behind", [])
        if behind and (self.law == 1 or policy.rank_of(self.body["form"]) == "exclusive"):
            self.add(6001, number, behind[:SHOWN_MAX] if self.law > 1 else [])
            behind = []
        extent = self._extent(number, line, right, policy)
        if extent is None:
            return None
        if taken is not None and self.law > 1:
            self._place(number, right, extent, taken)
        right = {**right, "burdens": right["burdens"] + earlier}
        self._right(number, name, self._without(right, taken), policy, extent, behind)
        self._rank(number, right, extent, behind, taken)
        self._take(number, name, right, extent, lambda burden: burden["id"] in behind or _is_of(burden, taken))
        if "quantity" in extent and "from" in extent:
            year = right.get("attributes", {}).get(policy.year_attribute, "")
            if year.lstrip("+-").isdigit() and day_of(extent["from"]).year > int(year):
                self.add(4009, number)
        if policy.lapses and "term" in self.body and lapse.end_of(self.body["term"]) <= self.now:
            self.add(4008, number, [name])
        earlier.append({"id": f"P{self.index}.{number}", **extent, **({"behind": behind} if behind else {})})
        return None

    def _place(self, number, right, extent, taken):
        """A line takes the first reserved line that it fits into; while any is left on its right, it must fit into one."""
        standing = [burden for burden in right["burdens"] if _is_of(burden, taken) and counts_at(burden, self.now)]
        left = [burden for burden in standing if burden["id"] not in self.taken]
        place = reserved_place(left, taken, extent)
        if place is not None:
            self.taken.add(left[place]["id"])
        elif left:
            self.add(6008, number, [left[0]["id"]], alternative=_reserved(extent, left[0]))

    def _rank(self, number, right, extent, behind, taken):
        """What a line stands behind: open lines that share its room, one whole stack of them, each with a clear cap."""
        if not behind:
            return
        own = [name for name in behind if name.partition(".")[0] == f"P{self.index}"]
        if own:
            self.add(2014, number, own[:1])
        days = self._days(extent, right)
        there = [burden for burden in live_burdens(right, self.now) if not _is_of(burden, taken)]
        open_lines = {burden["id"]: burden for burden in there if burden["id"].startswith("P")}
        named = []
        for name in behind:
            if name in open_lines and common_days(days, self._days(open_lines[name], right)):
                named.append(open_lines[name])
            else:
                self.add(6010, number, [name])
        wrong = self._not_named(right, days, [b for b in there if b["id"] not in behind], named)
        wrong |= self._not_chained(right, days, named)
        if wrong:
            self.add(6009, number, sorted(wrong, key=burden_order)[:SHOWN_MAX])
        for pledge in dict.fromkeys(burden["id"].partition(".")[0] for burden in named):
            if not self._has_cap(pledge):
                self.add(6012, number, [pledge])

    def _days(self, extent, right):
        """The days on which a line or burden takes of the right; all of them where it names none."""
        if "from" not in extent:
            return date.min, date.max
        first, end = span_of(extent)
        return (max(first, self.today), end) if "quantity" in extent else (first, end)

    def _meet(self, right, days, *burdens):
        for burden in burdens:
            days = common_days(days, self._days(burden, right))
        return days is not None

    def _not_named(self, right, days, others, named):
        shared = [other for other in others if not is_freeze(other)]
        return {o["id"] for o in shared for n in named if is_related(o, n) and self._meet(right, days, o, n)}

    def _not_chained(self, right, days, named):
        pairs = [(a, b) for place, b in enumerate(named) for a in named[:place]]
        return {b["id"] for a, b in pairs if not is_related(a, b) and self._meet(right, days, a, b)}

    def _has_cap(self, pledge):
        own = pledge == f"P{self.index}"
        return own or "caps" in (self.facts.record("pledge", pledge) or {})

    def _extent(self, number, line, right, policy):
        capacity = {"stock": "balance", "flow": "steps", "land": "measure"}[policy.model]
        if capacity not in right:
            return self.add(2014, number)
        if policy.extent == "whole":
            return {}
        if policy.extent == "years":
            if "years" not in line:
                return self.add(4001, number)
            return span_of_years(line["years"])
        if policy.model == "flow" and "from" not in line:
            return self.add(4001, number)
        if "quantity" not in line:
            return self.add(3003, number)
        extent = {"quantity": quantity_text(quantity_of(line["quantity"]))}
        if policy.model == "flow":
            extent.update({"from": line["from"], "to": line["to"]})
        return extent

    def _beneath(self, number, right, extent):
        """Parcels that the right draws on and that end, or were revoked, before the line does (law 2)."""
        days, short = days_of(extent, right), set()
        for unit in right.get("units", []) if self.law > 1 and days is not None else []:
            parcel = self.facts.right(unit["right"])
            if parcel is not None and (live_span(parcel) or [day_of(parcel["span"]["from"])])[-1] < days[1]:
                short.add(unit["right"])
        if short:
            self.add(4006, number, sorted(short, key=lambda parcel: int(parcel[1:]))[:SHOWN_MAX])

    def _right(self, number, name, right, policy, extent, behind):
        """Whether the right may be encumbered at all."""
        faults = (
            (self._acting(right["holder"]) != self._acting(self.body["pledgor"]), 5008),
            (policy.bars_class(right.get("class")), 2010),
            (day_of(right["span"]["to"]) <= self.today, 2002),
            ("revoked_from" in right, 2003),
            ("succeeded_by" in right, 2016),
            (self._is_nowhere(right), 7010),
            (self._is_full(right, len(behind)), 3011),
        )
        for found, code in faults:
            if found:
                self.add(code, number, [name])
        if self.law > 1 and "from" not in extent and self.today < day_of(right["span"]["from"]):
            self.add(2022, number, [name], at=right["span"]["from"])
        if "adjudication" in right and "resolution" not in right:
            self.add(2019, number, [name, *self._rivals(name, right, policy)][:SHOWN_MAX])
        for attribute, member, values, code in policy.bars:
            text = right.get("attributes", {}).get(attribute)
            is_there = text is not None or member == "requires"
            if is_there and (text in values) == (member == "values"):
                self.add(code, number, [name])
        self._beneath(number, right, extent)
        shared, disputed = set(), set()
        for item, other in self._near(right, policy):
            if item["layer"] in policy.warn_layers:
                names = shared
            elif self._is_in_dispute(name, right, item, other):
                names = disputed
            else:
                continue
            if item["right"] not in names and self._overlaps(right, other):
                names.add(item["right"])
        for code, found in ((7005, shared), (7014, disputed)):
            if found:
                names = sorted(found, key=lambda other: int(other[1:]))
                self.add(code, number, names[:SHOWN_MAX])

    def _near(self, right, policy):
        """The rights in its cells that nobody has succeeded, of a kind that looks at other layers."""
        for cell in right.get("cells", []) if policy.warn_layers else []:
            for item in (self.facts.record("cell", cell) or {"rights": []})["rights"]:
                other = self.facts.right(item["right"])
                if other is not None and "succeeded_by" not in other:
                    yield item, other

    def _rivals(self, name, right, policy):
        """The rights of the layer that share ground and a day to come with a disputed one, and the lines on such days (law 2)."""
        rivals, lines = {}, set()
        for item, other in self._near(right, policy):
            if item["right"] not in rivals and self._is_of_layer(name, right, item, other) and self._overlaps(right, other):
                rivals[item["right"]] = other
        for other in rivals.values():
            for burden in live_burdens(other, self.now):
                common = common_days(days_of(burden, other), span_of(right["span"]))
                if not is_freeze(burden) and common is not None and common[1] > self.today:
                    lines.add(burden["id"])
        return sorted(rivals, key=lambda other: int(other[1:])) + sorted(lines, key=burden_order)

    def _is_of_layer(self, name, right, item, other):
        """Another right of the layer with some day to come of the right of the line (law 2)."""
        is_other = item["right"] != name and item["layer"] == right.get("layer")
        common = common_days(live_span(other), span_of(right["span"]))
        return self.law > 1 and is_other and common is not None and common[1] > self.today

    def _is_in_dispute(self, name, right, item, other):
        is_open = "adjudication" in other and "resolution" not in other
        return is_open and self._is_of_layer(name, right, item, other)

    def _is_nowhere(self, right):
        """Nobody knows where the right lies or, under law 2, where one of its parcels does."""
        named = [self.facts.right(unit["right"]) for unit in right.get("units", [])] if self.law > 1 else []
        unknown = any(parcel is not None and "polygon" not in parcel for parcel in named)
        return unknown or ("measure" in right and "polygon" not in right and "units" not in right)

    def _overlaps(self, right, other):
        try:
            by_number = numbers(right) & numbers(other)
            return bool(by_number) or overlap_of(self.facts, parcels(self.facts, right), other)[0] > 0
        except Fault:
            return True

    def _without(self, right, taken):
        """The right without a reservation that is taken over, whose places the lines get (law 2)."""
        if self.law == 1:
            return right
        return {**right, "burdens": [burden for burden in right["burdens"] if not _is_of(burden, taken)]}

    def _is_full(self, right, behind):
        """Whether there is no place for one more line, that stands behind so many others."""
        standing = [burden for burden in right["burdens"] if counts_at(burden, self.now) and not is_freeze(burden)]
        lasting = [burden for burden in standing if self._lasts(burden)]
        if self.law == 1:
            return len(lasting) >= 192
        places = [len(of) + 1 + (behind + sum(len(it.get("behind", [])) for it in of)) // 8 for of in (lasting, standing)]
        ground = len(right.get("polygon", "")) + 35 * len(right.get("cells", []))
        return places[0] > 96 - max(0, ground - 1_000) // 200 or places[1] > 192 or behind > 31

    def _lasts(self, burden):
        return not ("quantity" in burden and "from" in burden and day_of(burden["to"]) <= self.today)

    def _take(self, number, name, right, extent, skip):
        """The quantity and the days that a line asks for, and what is free of them."""
        asked = quantity_of(extent["quantity"]) if "quantity" in extent else None
        if asked == 0:
            return self.add(3004, number)
        most = _most(right)
        exceeds = asked is not None and asked > most
        if exceeds:
            offered = self._still_free(right, extent, asked, skip) or quantity_text(most)
            self.add(3008, number, [name], alternative={"quantity": offered})
        within = self._within(number, name, right, extent, skip) if "from" in extent else extent
        if not exceeds and within is not None and "revoked_from" not in right:
            self._capacity(number, (name, right), within, asked, skip)
        return None

    def _still_free(self, right, extent, asked, skip):
        """What one who asks for too much could still get, on those of its days that the right has (law 2)."""
        if self.law == 1 or "revoked_from" in right:
            return None
        if "from" in extent:
            common = common_days(span_of(extent), span_of(right["span"]))
            if not common or common[1] <= self.today:
                return None
            extent = _on_days(extent, common)
        short = self._shortage(right, extent, asked, skip)
        return short and short[1]["alternative"]["quantity"]

    def _within(self, number, name, right, extent, skip):
        """The extent of which to look for room: that of the line, or on those of its days that the right has, if none has room (law 2)."""
        span, whole = span_of(extent), span_of(right["span"])
        if span[1] <= self.today:
            more = {}
            if self.law > 1:
                # Whole years are asked of what has no steps, and the present one is not over.
                begun = self.today if "steps" in right else self.today.replace(month=1, day=1)
                left = (max(whole[0], begun), whole[1])
                days = [left] if left[0] < left[1] else []
                more = {"conflicts": [name], "alternative": self._with_room(right, extent, days, skip)}
            self.add(4008, number, **more)
            return None
        converted = converted_years(right)
        gone = [common for common in (common_days(years, span) for years in converted) if common]
        common = common_days(whole, span)
        days = without([common] if common else [], converted)
        if gone:
            alternative = self._with_room(right, extent, days, skip)
            self.add(4002, number, [name], at=min(gone)[0].isoformat(), alternative=alternative)
            return None
        if whole[0] <= span[0] and span[1] <= whole[1]:
            return extent
        at = span[0] if span[0] < whole[0] else whole[1]
        alternative = self._with_room(right, extent, days, skip)
        self.add(4002, number, [name], at=at.isoformat(), alternative=alternative)
        if self.law == 1 or alternative or not common or common[1] <= self.today:
            return None
        return _on_days(extent, common)

    def _with_room(self, right, extent, days, skip):
        """Of some days, those on which the line has room; law 1 offered all of them."""
        if self.law > 1:
            days = [part for span in days for part in self._room_in(right, extent, span, skip) if part[1] > self.today]
        spans = [_span_json(span) for span in days]
        return {"spans": spans} if spans else {}

    def _room_in(self, right, extent, span, skip):
        if "quantity" not in extent:
            burdens = [burden for burden in live_burdens(right, self.now) if not skip(burden)]
            return without([span], converted_years(right) + [days_of(burden, right) for burden in burdens])
        asked, found = min(quantity_of(extent["quantity"]), _most(right)), []
        for begin, stop, free in self._flow_parts(right, span, skip):
            first = span[0] if not found and begin == self.today else begin
            if free < asked:
                continue
            if found and found[-1][1] == first:
                found[-1] = (found[-1][0], stop)
            else:
                found.append((first, stop))
        return found

    def _capacity(self, number, of, extent, asked, skip):
        name, right = of
        short = self._shortage(right, extent, asked, skip)
        if short is None:
            return
        code, more = short
        way = [burden for burden in right["burdens"] if self._in_the_way(burden, extent) and not skip(burden)]
        itself = [name] if self.law > 1 and not way else []
        if self.law > 1:  # from law 2 on an earlier line of the command, which is refused, has no name
            way = [burden for burden in way if not burden["id"].startswith(f"P{self.index}.")]
        freezes = [burden["id"] for burden in way if is_freeze(burden)]
        without = self._shortage(right, extent, asked, lambda burden: is_freeze(burden) or skip(burden))
        if freezes and without is None:
            self.add(9001, number, freezes[:SHOWN_MAX])
        named = [burden["id"] for burden in way][:SHOWN_MAX]
        self.add(code, number, named or itself, **more)

    def _in_the_way(self, burden, extent):
        if not counts_at(burden, self.now):
            return False
        if "from" in extent and "from" in burden and ("quantity" in extent) == ("quantity" in burden):
            first, end = span_of(burden)
            rest = (max(first, self.today), end) if "quantity" in extent else (first, end)
            return common_days(rest, span_of(extent)) is not None
        return True

    def _shortage(self, right, extent, asked, skip):
        if "balance" in right:
            kept = {**right, "burdens": [burden for burden in right["burdens"] if not skip(burden)]}
            free = max(quantity_of(right["balance"]) - used(stock_burdens(kept, self.now)), 0)
            return (3001, {"alternative": {"quantity": quantity_text(free)}}) if asked > free else None
        if "steps" in right:
            return self._flow_shortage(right, span_of(extent), asked, skip)
        days = span_of(extent) if extent else span_of(right["span"])
        burdens = [burden for burden in live_burdens(right, self.now) if not skip(burden)]
        if not any(common_days(days, days_of(burden, right)) for burden in burdens):
            return None
        spans = self._free_spans(right, burdens) if extent else []
        return 3009, {"alternative": {"spans": spans} if spans else {}}

    def _free_spans(self, right, burdens):
        taken = converted_years(right) + [days_of(burden, right) for burden in burdens]
        free = without([span_of(right["span"])], taken)
        rest = ((max(first, self.today), end) for first, end in free)
        return [_span_json(span) for span in rest if span[0] < span[1]]

    def _flow_parts(self, right, span, skip):
        """What is free from day to day, from today on."""
        first, end = max(span[0], self.today), span[1]
        kept = {**right, "burdens": [burden for burden in right["burdens"] if not skip(burden)]}
        burdens = flow_burdens(kept, self.now)
        parts = []
        for begin, stop in cuts(right, burdens, first, end) if first < end else []:
            free = max(flow_on(right, begin) - used(on_day(burdens, begin)), 0)
            if parts and parts[-1][2] == free:
                parts[-1] = (parts[-1][0], stop, free)
            else:
                parts.append((begin, stop, free))
        return parts

    def _flow_shortage(self, right, span, asked, skip):
        parts = self._flow_parts(right, span, skip)
        lacking = [begin for begin, _, free in parts if free < asked]
        if not lacking:
            return None
        segments = [{**_span_json((a, b)), "quantity": quantity_text(free)} for a, b, free in parts]
        least = quantity_text(min(free for _, _, free in parts))
        return 3002, {"at": lacking[0].isoformat(), "alternative": {"quantity": least, "segments": segments}}

    def _term(self, number, name):
        right = self.facts.right(name)
        policy = self.facts.policy(right["kind"], self.now) if right else None
        term = self.body.get("term")
        if policy and term and policy.longest_years:
            first, end = span_of(term)
            longest = _years_later(first, policy.longest_years)
            if longest < end:
                spans = [_span_json((first, longest))]
                self.add(4011, number, [name], at=longest.isoformat(), alternative={"spans": spans})
        if policy and term and day_of(term["to"]) > day_of(right["span"]["to"]):
            first, last = day_of(term["from"]), day_of(right["span"]["to"])
            spans = [_span_json((first, last))] if first < last else []
            offers = {"alternative": {"spans": spans}} if policy.beyond_refuses and self.law > 1 and spans else {}
            self.add(4002 if policy.beyond_refuses else 4003, number, [name], **offers)


def _is_of(burden, reservation):
    return reservation is not None and burden["id"].startswith(reservation + ".")


def _reserved(extent, held):
    """What a reserved line would do: its days where the asked ones go beyond them, else its quantity."""
    if "from" in extent and "from" in held:
        asked, there = span_of(extent), span_of(held)
        if asked[0] < there[0] or there[1] < asked[1]:
            return {"spans": [_span_json(common_days(asked, there) or there)]}
    return {"quantity": held["quantity"]} if "quantity" in extent and "quantity" in held else {}


def _most(right):
    if "balance" in right:
        return quantity_of(right["balance"])
    if "steps" in right:
        return max((quantity_of(step["quantity"]) for step in right["steps"]), default=0)
    return quantity_of(right["measure"])
