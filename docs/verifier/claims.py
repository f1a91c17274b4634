"""Acts of law 2 on one pledge and its claim, on a right's span and its verifications (FORMATS 6.6): what the payload gives is what changes.

Such an act on a pledge touches that record alone, so a file that has its entry shows the complete history of the record, and
the law makes exactly one event of each. A right that gets a later end takes the row of its source along, and slivers.
"""

import copy

from fold import counts_at
from lapse import is_open
from past import check_court
from values import NOTES_MAX, area, canonical, civil_day, day_of, emit, instant_of, instant_text, need, quantity_of, quantity_text, sha256, span

OBJECTION_SECONDS = 30 * 86_400
VERIFICATIONS_MAX = 16


def _money(text):
    return quantity_text(quantity_of(text))


def _noted(record, member, item):
    record[member] = record.get(member, []) + [item]


def _assign(pledge, act):
    need(not act.is_pledgee(pledge), "it has the claim already")
    if "part_cny" in act.body:
        cap = sum(quantity_of(tranche["amount"]) for tranche in pledge.get("caps", []))
        held = sum(quantity_of(part["amount"]) for part in pledge.get("parts", []))
        need(held + quantity_of(act.body["part_cny"]) <= cap, "others hold more of the claim than its cap")
        _noted(pledge, "parts", {"amount": _money(act.body["part_cny"]), "entry": act.index, "party": act.body["to"]})
        return
    mark = {"subrogation": True} if "subrogation" in act.body else {}
    _noted(pledge, "former", {"party": pledge["pledgee"], "until": act.index, **mark})
    pledge["pledgee"] = act.body["to"]


def _determine(pledge, act):
    need("maximum" in pledge and "determined" not in pledge, "no claims are open")
    pledge["determined"] = act.index


def _object(pledge, act):
    objections = pledge.setdefault("objections", [])
    own = [item for item in objections if act.is_own(item["party"])]
    need("suit" in act.body or not own, "this party has objected before")
    standing = [item for item in own if _stands(item, act)]
    same = [item for item in standing if item["document"] == act.body["document"]]
    need(same or not standing, "this party has objected before")
    if same:
        need("suit" not in same[0], "the objection stands already")
        same[0]["suit"] = act.body["suit"]
        return
    over = [item for item in objections if not _stands(item, act)]
    for item in over[: max(0, len(objections) - NOTES_MAX + 1)]:
        objections.remove(item)
    until = instant_text(act.time + OBJECTION_SECONDS * 10**6)
    suit = {"suit": act.body["suit"]} if "suit" in act.body else {}
    item = {"document": act.body["document"], "entry": act.index, "party": act.org, "until": until, **suit}
    _noted(pledge, "objections", item)


def _stands(item, act):
    return "suit" in item or act.time < instant_of(item["until"])


def _withdraw(pledge, act):
    own = [item for item in pledge.get("objections", []) if item["entry"] == act.body["objection"]]
    may = own and ("authority" in act.body or act.is_own(own[0]["party"]))
    need(may and _stands(own[0], act), "no such objection of this party stands")
    own[0]["until"] = instant_text(act.time)
    own[0].pop("suit", None)


def _guarantee(pledge, act):
    need(not act.is_own(pledge["pledgee"]), "who lends guarantees its own claim")
    whose = act.body.get("of", act.org)
    has_one = any(item["guarantor"] == whose for item in pledge.get("guarantees", []))
    need(whose == act.org or has_one and act.is_own(whose), "the share of a guarantor for which it does not act")
    counter = {"counter": act.body["counter"]} if "counter" in act.body else {}
    members = {"document": act.body["document"], "entry": act.index, "guarantor": whose}
    _noted(pledge, "guarantees", {**members, "share_bp": act.body["share_bp"], **counter})
    # Where there is no room, the first gives way of whose guarantor there is a later word.
    who = [item["guarantor"] for item in pledge["guarantees"]]
    old = [place for place, guarantor in enumerate(who) if guarantor in who[place + 1 :]]
    for place in old[: len(who) > NOTES_MAX]:
        del pledge["guarantees"][place]


def _buyout(pledge, act):
    members = {"document": act.body["document"], "entry": act.index, "party": act.org}
    item = {**members, "price": _money(act.body["price_cny"]), "trigger": act.body["trigger"]}
    _noted(pledge, "buyouts", item)


def _external(pledge, act):
    item = {member: value for member, value in act.body.items() if member != "pledge"}
    need(day_of(item["checked"]) <= civil_day(act.time), "another register was looked at on a day to come")
    same = (item["register"], item["number"])
    others = [other for other in pledge.get("external", []) if (other["register"], other["number"]) != same]
    pledge["external"] = others + [item]


def _erase(record, act):
    for claim in act.body["claims"]:
        need(claim in record.get("hidden", {}), f"no value {claim} is hidden there")
        need(all(item["claim"] != claim for item in record.get("erased", [])), f"{claim} was erased before")
        _noted(record, "erased", {"claim": claim, "entry": act.index})


def _extend_right(right, act):
    if "revoked_from" in right:
        need(act.body["to"] == right["span"]["to"], "a right that was revoked comes back with its own end")
        need(max(right.pop("revoked_from"), right["span"]["from"]) < act.body["to"], "no day comes back")
        return
    need(right["span"]["to"] < act.body["to"], "the span does not end later")
    right["span"]["to"] = act.body["to"]


def _verify(right, act):
    told = canonical(act.body["answer"])
    need(0 < act.body["size"] <= act.index and told["law"] <= act.law, "a checkpoint or a law that was not there yet")
    question = sha256(emit(act.body["question"])).hex()
    told = {"question": question, "answer": sha256(act.body["answer"]).hex()}
    where = {"size": act.body["size"], "root": act.body["root"], "entry": act.index}
    _noted(right, "verifications", {"guarantor": act.org, **told, **where})
    right["verifications"] = right["verifications"][-VERIFICATIONS_MAX:]


MAKES = {
    "assign_pledge": _assign,
    "determine_claim": _determine,
    "object": _object,
    "withdraw_objection": _withdraw,
    "register_guarantee": _guarantee,
    "register_buyout_commitment": _buyout,
    "record_external_registration": _external,
    "erase": _erase,
    "extend_right": _extend_right,
    "record_verification": _verify,
}


class Act:
    """A command on one record."""

    def __init__(self, signed, past):
        self.body, self.org = signed.command["body"], signed.command["org"]
        self.index, self.time, self.law = signed.index, signed.time, signed.entry["law"]
        self._past = past

    def is_own(self, name):
        """Says whether the giver is a party, or acts in the place of one that has ended."""
        return self._past.acting(name, self.index) == self.org

    def is_pledgee(self, pledge):
        """Says whether who is to get the claim acts for its pledgee already."""
        return self._past.acting(pledge["pledgee"], self.index) == self.body["to"]


def subject(signed):
    """Returns the record that the command is about."""
    body = signed.command["body"]
    if signed.command["type"] == "erase":
        return ("pledge" if body["of"].startswith("P") else "party", body["of"])
    of_right = signed.command["type"] in ("extend_right", "record_verification")
    return ("right", body["right"]) if of_right else ("pledge", body["pledge"])


def make(signed, past):
    """Returns what the record was and becomes."""
    of = subject(signed)
    before = copy.deepcopy(past.before(*of, signed.index))
    need(before is not None, f"{of[1]} did not exist")
    if of[0] == "right":
        before["burdens"] = [burden for burden in before["burdens"] if counts_at(burden, signed.time)]
    is_of_claim = of[0] == "pledge" and signed.command["type"] != "erase"
    need(not is_of_claim or any(is_open(line, signed.time) for line in before["lines"]), f"{of[1]} has ended")
    after = copy.deepcopy(before)
    of_a_court = signed.command["type"] == "withdraw_objection" and "authority" in signed.command["body"]
    if signed.command["type"] in ("assign_pledge", "determine_claim") or of_a_court:
        check_court(signed, past)
    MAKES[signed.command["type"]](after, Act(signed, past))
    made = {of: (before, after)}
    if signed.command["type"] == "extend_right" and "source" in before and "revoked_from" not in before:
        made["source", before["source"]] = tuple({"rights": [{**r["span"], "right": of[1]}]} for r in (before, after))
    return made


def is_extension_asked(signed, event):
    """What of `extend_right` follows from the payload alone, for a file about a neighbor of the right."""
    body = signed.command["body"]
    own = [change for change in event["changes"] if change["of"] == f"right|{body['right']}"]
    need(len(own) == 1, "the right does not change")
    is_mended = own[0].get("clear") == ["revoked_from"]
    allowed = {"clear"} if is_mended else {"span"}
    need(set(own[0]) <= {"of", "tolerated_area2"} | allowed, "the right changes otherwise")
    if not is_mended:
        span(own[0].get("span"))
        need(own[0]["span"]["to"] == body["to"], "another end")
    for change in event["changes"]:
        is_sliver = change["of"].startswith("right|") and set(change) == {"of", "tolerated_area2"}
        need(change in own or is_sliver, f"a change of {change['of']}")
        area(change.get("tolerated_area2", "0"))
    rows = event.get("rows", [])
    need(len(rows) <= (0 if is_mended else 1), "more than one row")
    for row in rows:
        need(row["of"].startswith("source|") and row["list"] == "rights" and "drop" not in row, f"a row of {row['of']}")
        need((row.get("right"), row.get("to")) == (body["right"], body["to"]), "a row of another right or other days")


def without_slivers(signed, event, past):
    """Returns an extension without the slivers, which must stand on both sides, and without what hangs on neighbors."""
    right = signed.command["body"]["right"]
    before = past.before("right", right, signed.index)
    need(before is not None, f"{right} did not exist")
    event = copy.deepcopy(event)
    own, others = None, []
    for change in event["changes"]:
        if change["of"] == f"right|{right}":
            own = change
        elif change["of"].startswith("right|"):
            others.append(change)
    need(own is not None, f"{right} does not change")
    was = int(before.get("tolerated_area2", "0"))
    added = int(own.pop("tolerated_area2", was)) - was
    theirs = sum(int(other["tolerated_area2"]) for other in others)
    need(0 < added <= theirs if others else added == 0, "a sliver that only one side notes")
    event["changes"] = [change for change in event["changes"] if change not in others]
    hanging = [item for item in event.pop("overhangs", []) if item["right"] == right]
    return {**event, "overhangs": hanging} if hanging else event
