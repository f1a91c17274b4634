"""When a line lapses (FORMATS 6.7): as the policy of its right says with the term of the claim, wherever it is registered anew;
and with a later term, where an extension gives one.
"""

import lines
from fold import counts_at
from values import begin_of, burden_of, day_of, instant_of, instant_text, need

UNKNOWN = object()


def end_of(term):
    """The first instant after a term."""
    return begin_of(day_of(term["to"]))


def _end(line):
    return instant_of(line["expires"]) if "expires" in line else None


def term_before(past, pledge, index):
    """The term of a claim before an entry, None where it had none, UNKNOWN where the file does not show it."""
    if not past.has_history("pledge", pledge):
        return UNKNOWN
    return (past.before("pledge", pledge, index) or {}).get("term")


def check_made(made, term, signed, facts):
    """Checks the ends of lines that are registered by this entry for a claim of this term."""
    for line in made:
        right = facts.record("right", line["right"]) if facts.knows("right", line["right"]) else None
        policy, end = facts.policy(right["kind"], signed.time) if right else None, _end(line)
        wanted = None if term in (None, UNKNOWN) else end_of(term)
        if policy is None:
            fits = term is UNKNOWN or end in (None, wanted)
        elif term is UNKNOWN:
            fits = policy.lapses or end is None
        else:
            fits = end == (wanted if policy.lapses else None)
        need(fits and (end is None or signed.time < end), f"a line on {line['right']} lapses otherwise")


def check_registered(signed, event, facts):
    """The lines of a registration end as the policies say, those of a reservation with it."""
    if event["type"] == "pledge_registered":
        check_made(event["lines"], event.get("term"), signed, facts)
    if event["type"] == "reserved":
        need(not any("expires" in line for line in event["lines"]), "a reserved line lapses otherwise than its reservation")


def extended(line, term):
    """The line as an extension leaves its end."""
    if term is None or "expires" not in line:
        return line
    return {**line, "expires": instant_text(end_of(term))}


def _lapsing(act, term):
    """The lines of which it is known that they lapse, where the term changes."""
    known = ((number, act.was(number)) for number in range(64)) if term is not None else ()
    return [(number, line) for number, line in known if line not in (None, lines.GONE) and "expires" in line]


def moves(act, term):
    """Says whether an extension moves the end of a line, as far as the file shows one: such an event is an act."""
    return bool(_lapsing(act, term))


def may_move(act, term):
    """The same, where such a line may be one that the file does not show."""
    unknown = not act.past.has_history("pledge", act.pledge)
    return term is not None and (unknown or any("expires" in line for line in act.put.values()) or moves(act, term))


def is_moved(act, number, term):
    """Says whether a line that the body does not name gets the new end, and nothing else."""
    line, old = act.put[number], act.was(number)
    if term is None or _end(line) != end_of(term) or _end(line) <= act.signed.time:
        return False
    if old is None:
        return act.is_unknown(line) and "released" not in line
    return old is not lines.GONE and old != line and extended(old, term) == line


def check_later(past, pledge, index, law, term):
    """A claim is extended, never cut short (law 2)."""
    had = term_before(past, pledge, index)
    known = law > 1 and term is not None and had not in (None, UNKNOWN)
    need(not known or day_of(had["to"]) <= day_of(term["to"]), "the claim is cut short")


def check_moved(act, term):
    """Every line of which it is known that it lapses gets the new end, and none has ended by then."""
    for number, line in _lapsing(act, term):
        need(number in act.put or _end(line) == end_of(term), f"line {number} keeps its end")
    for number, line in act.put.items():
        need(_end(line) is None or act.signed.time < _end(line), f"line {number} ends at once")


def check_corrected(act, put):
    """What a correction adds to a line lapses with it, where the file shows when that is."""
    _, pledge, number = burden_of(act.body["line"])
    old = lines.was(act.past, pledge, number, act.index, act.time)
    known = old not in (None, lines.GONE)
    need(not known or put.get("expires") == old.get("expires"), "what is corrected lapses otherwise")


def check_term(name, pledge, time):
    """The lines of a pledge that lapse and have not lapsed go by its term."""
    for line in pledge["lines"]:
        if "expires" in line and is_open(line, time):
            need("term" in pledge and _end(line) == end_of(pledge["term"]), f"{name} has lines that do not lapse with its term")


def is_open(line, time):
    """Says whether a line stands: it is not released and has not lapsed."""
    return "released" not in line and counts_at(line, time)
