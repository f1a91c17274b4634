"""What burdens take of a right, by FORMATS 7.5: stock, flow and land."""

from extents import converted_years, without
from fold import counts_at
from land import LINEAGE_MAX, SLIVER, grade, overlap2, parcel
from values import QUANTITY_MAX, civil_day, common_days, day_of, need, number_of, quantity_of, span_of


def is_freeze(burden):
    return burden["id"].startswith("F")


def live_span(right):
    """The days of the right that no authority has cut off, or None."""
    first, end = span_of(right["span"])
    if "revoked_from" in right:
        end = min(end, day_of(right["revoked_from"]))
    return (first, end) if first < end else None


def taken_days(right, days, gone):
    """The days among these on which a right takes its ground, but for years that are gone from the other right."""
    live = live_span(right) if "succeeded_by" not in right else None
    taken = [common_days(live, days)] if live else []
    own = common_days(span_of(right["span"]), days)
    for years in converted_years(right) if own else []:
        used_up = common_days(own, years)
        taken += without([used_up], gone) if used_up else []
    return [span for span in taken if span]


def live_burdens(right, now):
    return [burden for burden in right["burdens"] if counts_at(burden, now)]


def days_of(burden, right):
    """The days that a burden on land takes."""
    if "from" in burden:
        return None if "quantity" in burden else span_of(burden)
    return None if "quantity" in burden else span_of(right["span"])


def flow_burdens(right, now):
    """The burdens on a flow, from today on: name, millionths, first day, end, and what they stand behind."""
    today, found = civil_day(now), []
    for burden in live_burdens(right, now):
        if "quantity" in burden and "from" in burden:
            first, end = span_of(burden)
            first = max(first, today)
            if first < end:
                found.append((burden["id"], quantity_of(burden["quantity"]), first, end, burden.get("behind", [])))
    return found


def flow_on(right, day):
    live = live_span(right)
    if live is None or not live[0] <= day < live[1]:
        return 0
    level = 0
    for step in right["steps"]:
        if day_of(step["from"]) <= day:
            level = quantity_of(step["quantity"])
    return level


def cuts(right, burdens, first, end):
    """The elementary spans between the days at which anything changes."""
    days = {first, end, *(day_of(step["from"]) for step in right["steps"]), *(live_span(right) or ())}
    for _, _, begin, stop, _ in burdens:
        days.update((begin, stop))
    days = sorted(day for day in days if first <= day <= end)
    return list(zip(days, days[1:]))


def overhangs(right, now):
    """What lacks beneath each burden that is not a freeze: millionths, or "whole"."""
    if "balance" in right:
        return _stock_overhangs(right, now)
    if "steps" in right:
        return _flow_overhangs(right, now)
    live, found = live_span(right), {}
    for burden in live_burdens(right, now):
        days = days_of(burden, right)
        if not is_freeze(burden) and days is not None:
            covered = live is not None and live[0] <= days[0] and days[1] <= live[1]
            covered = covered and all(common_days(days, gone) is None for gone in converted_years(right))
            found[burden["id"]] = _lost(right, burden["id"]) if covered else "whole"
    return found


def _lost(right, burden):
    """What an authority has recorded as lost of ground since the pledge or reservation of a burden was registered."""
    stood = number_of(burden.partition(".")[0])
    return sum(quantity_of(used["quantity"]) for used in right.get("uses", []) if "ordered" in used and stood < used["entry"])


def stacks(taken):
    """Sorts burdens of one day into stacks: a line that stands behind another shares its room.

    `taken` is a list of name, millionths and the names it stands behind; returns the number of each one's stack.
    """
    member = list(range(len(taken)))
    for nth, (name, _, behind) in enumerate(taken):
        for other, (earlier, _, its_behind) in enumerate(taken[:nth]):
            if earlier in behind or name in its_behind:
                kept, gone = member[other], member[nth]
                member = [kept if stack == gone else stack for stack in member]
    return member


def used(taken):
    """What all take together: each stack its largest."""
    largest = {}
    for (_, quantity, _), stack in zip(taken, stacks(taken)):
        largest[stack] = max(quantity, largest.get(stack, 0))
    return min(sum(largest.values()), QUANTITY_MAX)


def hanging(taken, there_is):
    """How much of each hangs where there is only so much: what lacks falls on what was registered last."""
    member, before, added, room = stacks(taken), {}, [], {}
    for (_, quantity, _), stack in zip(taken, member):
        added.append(max(quantity - before.get(stack, 0), 0))
        before[stack] = max(quantity, before.get(stack, 0))
    room.update(before)
    lack = max(used(taken) - there_is, 0)
    for (name, _, _), stack, part in reversed(list(zip(taken, member, added))):
        if not name.startswith("F"):
            part = min(lack, part)
            lack, room[stack] = lack - part, room[stack] - part
    return [
        0 if name.startswith("F") else max(quantity - room[stack], 0)
        for (name, quantity, _), stack in zip(taken, member)
    ]


def _stock_overhangs(right, now):
    balance = 0 if "revoked_from" in right else quantity_of(right["balance"])
    taken = stock_burdens(right, now)
    return {name: part for (name, _, _), part in zip(taken, hanging(taken, balance)) if not name.startswith("F")}


def stock_burdens(right, now):
    counted = [b for b in live_burdens(right, now) if "quantity" in b and "from" not in b]
    return [(b["id"], quantity_of(b["quantity"]), b.get("behind", [])) for b in counted]


def on_day(burdens, day):
    return [(name, quantity, behind) for name, quantity, first, end, behind in burdens if first <= day < end]


def _flow_overhangs(right, now):
    burdens = flow_burdens(right, now)
    worst = {name: 0 for name, *_ in burdens if not name.startswith("F")}
    if burdens:
        first, end = min(b[2] for b in burdens), max(b[3] for b in burdens)
        for day, _ in cuts(right, burdens, first, end):
            taken = on_day(burdens, day)
            for (name, _, _), part in zip(taken, hanging(taken, flow_on(right, day))):
                if not name.startswith("F"):
                    worst[name] = max(worst[name], part)
    return worst


def check_right(facts, name, now, law):
    """Nothing is over-committed on the right, and on land, no neighbor lies on its ground. `law` is None where no entry says it."""
    right = facts.right(name)
    need(right is not None, f"{name} is not in the file")
    check_covered(name, right, now)
    if "measure" not in right:
        return
    before = []
    for burden in live_burdens(right, now):
        days = days_of(burden, right)
        others = [other for other in before if common_days(days, days_of(other, right))]
        shared = [other for other in others if not is_related(burden, other)]
        need(is_freeze(burden) or not shared, f"{name}: {burden['id']} shares days with another")
        before.append(burden)
    _check_neighbors(facts, name, right, law, civil_day(now))


def check_covered(name, right, now):
    """What lacks beneath each burden is at most what is recorded on it."""
    recorded = {burden["id"]: burden.get("overhang") for burden in right["burdens"]}
    for burden, lack in overhangs(right, now).items():
        known = recorded[burden]
        covered = lack == 0 or known == "whole" or (lack != "whole" and known and lack <= quantity_of(known))
        need(covered, f"{name}: {burden} takes more than there is")


def is_related(a, b):
    return b["id"] in a.get("behind", []) or a["id"] in b.get("behind", [])


def parcels(facts, right):
    """The ground of a right; rights that it names must be shown."""
    if "polygon" in right:
        return [parcel(right["polygon"])]
    named = [facts.right(unit["right"]) for unit in right.get("units", [])]
    return [parcel(other["polygon"]) for other in named if other and "polygon" in other]


def overlap_of(facts, ground, neighbor):
    theirs = parcels(facts, neighbor)
    return sum(overlap2(own, theirs) for own in ground), sum(other.area2 for other in theirs)


def numbers(right):
    """The parcels without polygon that a right stands on by their numbers."""
    return {cell for cell in right.get("cells", []) if cell.startswith("R")}


def _lineage(facts, name, right):
    """The rights that its units name, and all whose places they took, by number."""
    waiting, found = [unit["right"] for unit in right.get("units", [])], set()
    while waiting:
        at = waiting.pop()
        if at not in found:
            need(facts.right(at) is not None, f"{name}: {at}, whose place its parcels took, is missing")
            found.add(at)
            waiting.extend(facts.right(at)["succeeds"])
    return sorted(found, key=number_of)


def _check_cells(facts, name, right, law):
    """Its cells are the squares of its polygons and, from law 2 on, then its parcels without one."""
    lineage = _lineage(facts, name, right)
    squares = sorted({cell for own in parcels(facts, right) for cell in own.cells()})
    squares = [f"x{x}y{y}" for x, y in squares]
    whole = squares + [at for at in lineage if "polygon" not in facts.right(at)]
    known = {None: (squares, whole), 1: (squares,)}.get(law, (whole,))
    fits = right.get("cells", []) in known and len(lineage) <= LINEAGE_MAX
    need(fits, f"{name}: its cells are not those of its ground")


def _need_units(facts, name, right):
    for unit in right.get("units", []):
        need(facts.right(unit["right"]) is not None, f"the parcel {unit['right']} of {name} is missing")


def _is_disputed(right):
    return "adjudication" in right and "resolution" not in right


def _are_apart(right, neighbor, today):
    """Two rights that take no common day, or of which one stands over the other by a dispute that nobody has decided yet."""
    own = live_span(right)
    if own is None or _is_disputed(right) or _is_disputed(neighbor):
        return True
    if "adjudication" not in right and "adjudication" not in neighbor:
        return not taken_days(neighbor, own, converted_years(right))
    # Once it is decided, the days to come are one's alone; those before were both's.
    live = live_span(neighbor) if "succeeded_by" not in neighbor else None
    own = (max(own[0], today), own[1])
    return live is None or own[0] >= own[1] or not common_days(own, live)


def _check_neighbors(facts, name, right, law, today):
    _need_units(facts, name, right)
    _check_cells(facts, name, right, law)
    ground = parcels(facts, right)
    seen = set()
    for cell in right.get("cells", []):
        need(facts.knows("cell", cell), f"{name}: the cell {cell} is missing")
        rights = (facts.record("cell", cell) or {"rights": []})["rights"]
        here = {item["right"] for item in rights if item["layer"] == right.get("layer")}
        need(name in here, f"{name}: it does not stand in its cell {cell}")
        seen |= here
    tolerance = max((p.tolerance_ppm or 0 for p in facts.policies if p.kind == right["kind"]), default=0)
    for other in sorted(seen - {name}, key=lambda right_name: int(right_name[1:])):
        neighbor = facts.right(other)
        need(neighbor is not None, f"{name}: the neighbor {other} is missing")
        _need_units(facts, other, neighbor)
        if other in right["succeeds"] or "succeeded_by" in right or _are_apart(right, neighbor, today):
            continue
        need(not numbers(right) & numbers(neighbor), f"{name}: stands on a parcel of {other}")
        overlap, _ = overlap_of(facts, ground, neighbor)
        theirs = parcels(facts, neighbor) if overlap else []
        pairs = ((own, parcel_) for own in ground for parcel_ in theirs)
        for own, their in pairs:
            part = grade(overlap2(own, [their]), min(own.area2, their.area2), tolerance)
            need(part <= SLIVER, f"{name}: overlaps {other}")
