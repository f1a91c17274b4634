"""The check `authority` of FORMATS 7.2 for one accepted entry: the event is what the signed payload asks for, the party that
may give it gives it, whoever must consent has signed, and each with as many keys as its record before the entry asks for.
"""

import amounts
import asked
import claims
import collateral
import difference
import expected
import forms
import freezes
import hanging
import kept
import lapse
import lines
import matrix
import parties
import rights
import succession
import successor
from past import in_recovery, signs_itself
from extents import is_within, span_of_years
from values import burden_of, need

_TAKES = ("reserve", "register_pledge")


# What could go round the signing rules of a party needs as many persons as the strictest of them (2.4).
GUARDS_RULES = ("add_key", "revoke_key", "rotate_key", "set_signing_policy", "set_signing_rules")



class Judge:
    """The rules of a file: its records as they stood, the policies that it shows, and the quorum of its genesis."""

    def __init__(self, past, facts, quorum):
        self._past, self._facts, self._quorum = past, facts, quorum
        self._notes = kept.Notes()

    def check(self, signed):
        event, kind = signed.event(), signed.command["type"]
        giver, consents = matrix.MATRIX[kind]
        org = signed.command["org"]
        expected.check_versions(signed, self._past)
        amounts.check(signed, self._past, self._facts)
        self._check_event(signed, event)
        expected.check_issued(signed, event, self._facts)
        expected.check_ended(event, self._past)
        lapse.check_registered(signed, event, self._facts)
        hanging.check(signed, event, self._past)
        succession.check(signed, event, self._past)
        successor.check(signed, event, self._past, self._facts)
        need(self._gives(giver, signed, event), f"{kind} is given by {giver}")
        needed = {org}
        for consent in consents:
            needed |= self._consenting(consent, signed)
        attested = self._attested(signed)
        for party in sorted(needed - attested):
            self._check_party(signed, party)
        strangers = sorted(signed.signers() - needed)
        open_to_all = giver == matrix.MEMBER or matrix.QUORUM in consents
        need(open_to_all or not strangers, f"the consent of {', '.join(strangers)} is not asked for")
        self._notes.keep(signed)

    def finish(self, time):
        """Checks what the shown records must say after all entries, at the time of the state."""
        kept.check(self._past, self._notes, time)

    # The event --------------------------------------------------------------------------------------------------------

    def _check_event(self, signed, event):
        kind = signed.command["type"]
        if "changes" not in event:
            need(asked.is_what_was_asked(signed, event), f"the signed {kind} is not the event ({event['type']})")
            if kind in freezes.CHECKS:
                freezes.check(signed, self._past, self._facts)
            if kind in rights.OF_AUTHORITIES:
                rights.check_order(signed, self._past)
            if kind == "register_pledge" and "reservation" in event:
                stands = "in_place" in event["reservation"]
                need(stands == (signed.entry["law"] > 1), "the lines do not stand where they were reserved")
            if kind in ("amend_pledge", "extend_pledge", "release_pledge"):
                lines.results(signed, event, self._past)
            return
        need(event["type"] == kind, f"the signed {kind} is not the event ({event['type']})")
        need(signed.entry["law"] > 1, f"law 1 has no act {kind}")
        for row in event.get("rows", []):
            forms.row_item(row)
        if kind == "extend_right":
            claims.is_extension_asked(signed, event)
            if not self._past.has_history("right", signed.command["body"]["right"]):
                return
            event = claims.without_slivers(signed, event, self._past)
        changed = self._changed(signed, event)
        if changed is not None:
            made = difference.event(kind, changed)
            hangs = {("right", item["right"]) for item in event.get("overhangs", [])}
            need(hangs <= set(changed), "an overhang on a right that the act does not touch")
            same = made == {member: value for member, value in event.items() if member != "overhangs"}
            need(same, f"the law makes another event of the signed {kind}")
        elif kind in rights.CHECKS:
            difference.check_form(event)
            rights.check(signed, event, self._past, self._facts)
        else:
            collateral.check(signed, event, self._past, self._notes, self._facts)

    def _changed(self, signed, event):
        """Returns what the records of an act were and become, None for acts of which a file shows too little."""
        kind = signed.command["type"]
        if kind in parties.MAKES:
            return parties.make(signed, self._past)
        if kind in claims.MAKES:
            return claims.make(signed, self._past)
        if kind in freezes.MAKES:
            return freezes.make(signed, self._past, self._facts)
        if rights.carries(signed, self._past):
            return rights.carry(signed, event, self._past, self._facts)
        return rights.make(signed, self._past, self._facts) if rights.is_alone(signed) else None

    # Who gives --------------------------------------------------------------------------------------------------------

    def _gives(self, giver, signed, event):
        body, org, index = signed.command["body"], signed.command["org"], signed.index
        is_registrar = org == matrix.REGISTRAR
        if giver in (matrix.ANYBODY, matrix.MEMBER, matrix.TAKER):
            return True
        if giver == matrix.REGISTRAR_GIVES:
            return is_registrar
        if giver == matrix.ITSELF:
            return org == body.get("party", event.get("party"))
        if giver == matrix.HEIR:
            return org == self._past.acting(body["party"], index)
        if giver == matrix.COMPETENT:
            return self._has_duty(org, body["kind"], index)
        if giver == matrix.COMPETENT_INTO:
            return self._has_duty(org, body["into"]["kind"], index)
        if giver == matrix.CORRECTOR:
            return is_registrar if "line" in body else self._issues(org, body["right"], index)
        if giver == matrix.ISSUER:
            return self._issues(org, body["right"], index)
        if giver == matrix.COURT_OR_ISSUER:
            return freezes.is_given(signed, self._past, self._issues)
        if giver == matrix.IN_STACK:
            return org in {self._holder_of(burden, index) for burden in body["from"]}
        if giver == matrix.GUARANTOR:
            return "guarantor" in self._past.party(org, index)["roles"]
        name = body.get("pledge", body.get("reservation"))
        is_pledgee = self._past.pledgee(name, index) == org
        return is_pledgee or (giver == matrix.PLEDGEE_OR_COURT and is_registrar)

    def _has_duty(self, org, kind, index):
        duties = self._past.party(org, index)["duties"]
        competent = any(policy.kind == kind and policy.duty in duties for policy in self._facts.policies)
        return competent and self._past.acting(org, index, kind) == org

    def _issues(self, org, right, index):
        record = self._past.shown("right", right)
        return record is not None and self._past.acting(record["issuer"], index, record["kind"]) == org

    def _holder_of(self, burden, index):
        return self._past.pledgee(burden_of(burden)[1], index)

    # Who consents -----------------------------------------------------------------------------------------------------

    def _keeper(self, name, index, time):
        """The pledgee who relies on hidden values, while the pledge is open."""
        pledge = self._past.before("pledge", name, index) if name.startswith("P") else None
        if pledge is None or not any(lapse.is_open(line, time) for line in pledge["lines"]):
            return set()
        return {self._past.pledgee(name, index)}

    def _consenting(self, consent, signed):
        """Returns the parties that must have signed."""
        body, kind, index = signed.command["body"], signed.command["type"], signed.index
        if consent == matrix.PLEDGOR:
            return {body["pledgor"] if kind in _TAKES else self._past.pledgor(body["pledge"], index)}
        if consent == matrix.NAMED:
            return {self._past.acting(party, index) for party in body.get("consenting", [])}
        if consent == matrix.NEW_PLEDGEE:
            return {body["to"]}
        if consent == matrix.PLEDGEE_CONSENTS:
            return {self._past.pledgee(body["pledge"], index)}
        if consent == matrix.KEEPER:
            return self._keeper(body["of"], index, signed.time)
        if consent == matrix.CONCERNED:
            named = [body[member] for member in ("party", "into") if member in body]
            named += body.get("absorbed", []) + body.get("successors", [])
            return {name for name in named if signs_itself(self._past, name, index)}
        if consent == matrix.WORSENED:
            return {self._holder_of(burden, index) for burden in _worsened(body["from"], body["to"])}
        if consent == matrix.SELLER:
            by_court = signed.command["org"] == matrix.REGISTRAR
            return set() if by_court else {self._past.pledgor(body["pledge"], index)}
        if consent == matrix.PARTS:
            return self._part_holders(signed)
        if consent == matrix.SENIORS:
            return self._seniors(signed)
        need(consent == matrix.QUORUM, f"{consent} is not known")
        return self._check_quorum(signed)

    def _part_holders(self, signed):
        """Who holds a part of a claim that gives something up, or gets another pledgee; what a court orders asks nobody."""
        body, index, kind = signed.command["body"], signed.index, signed.command["type"]
        is_own = kind == "assign_pledge" and "part_cny" in body
        if is_own or signed.command["org"] == matrix.REGISTRAR:
            return set()
        if kind == "change_rank":
            pledges = {burden_of(burden)[1] for burden in _worsened(body["from"], body["to"])}
        else:
            pledges = {body["pledge"]}
        shown = [self._past.shown("pledge", name) or {} for name in pledges]
        parts = [part for pledge in shown for part in pledge.get("parts", []) if part["entry"] < index]
        shares = [share for pledge in shown for share in pledge.get("syndicate", [])]
        holders = {self._past.acting(one["party"], index) for one in parts + shares}
        return {name for name in holders if signs_itself(self._past, name, index)}

    def _attested(self, signed):
        """The pledgors whose consent the giver attests: each has never held a key, and the kinds allow the class (2.4)."""
        command, index, body = signed.command, signed.index, signed.command["body"]
        attested = command.get("attested", [])
        if not attested:
            return set()
        asked = [word for word in (matrix.PLEDGOR, matrix.SELLER) if word in matrix.MATRIX[command["type"]][1]]
        need(asked and command["type"] != "reserve", "a consent to this cannot be attested")
        pledgors = {self._past.acting(name, index) for name in self._consenting(asked[0], signed)}
        lines = body["lines"] if command["type"] == "register_pledge" else body.get("add", [])
        if "pledge" in body:
            shown = self._past.shown("pledge", body["pledge"])
            lines = lines + (shown["lines"] if shown else [])
        rights = {line["right"] for line in lines if "right" in line}
        for consent in attested:
            name = consent["org"]
            need(name in pledgors and name != command["org"], f"the consent of {name} is not asked for")
            need(self._past.party(name, index)["keys"] == [], f"{name} has held a key, so its consent is signed")
            for right in sorted(rights):
                record = self._facts.right(right)
                policy = record and self._facts.policy(record["kind"], signed.time)
                need(not policy or consent["class"] in policy.attested, f"{right}: no consent on {consent['class']}")
        return {consent["org"] for consent in attested}

    def _check_quorum(self, signed):
        """As many parties of each role as the genesis says; one in recovery does not count."""
        counted = {name: self._past.party(name, signed.index) for name in signed.signers()}
        counted = {name: party for name, party in counted.items() if not in_recovery(party)}
        seats = [role for role, wanted in self._quorum.items() for _ in range(min(wanted, len(counted) + 1))]
        taken = {}
        for place in range(len(seats)):
            need(_sits(place, seats, counted, taken, set()), f"a party of its own for each seat of {self._quorum} must sign")
        return set(counted)

    def _seniors(self, signed):
        """The pledgees of the lines that a line of the command stands behind, where the policy in force asks for them."""
        body, kind, index = signed.command["body"], signed.command["type"], signed.index
        lines = body.get("add", []) if kind == "substitute_collateral" else body.get("lines", [])
        found, held = set(), self._held_lines(body)
        for line in lines:
            agreed = {burden for of in held if _fits(line, of) for burden in of.get("behind", [])}
            behind = [burden for burden in line.get("behind", []) if burden not in agreed]
            if behind:
                found |= {self._holder_of(burden, index) for burden in self._asked(signed, line, behind)}
        return found

    def _held_lines(self, body):
        """The lines of a reservation that is taken over: what they stand behind was consented to when it was made."""
        if "reservation" not in body:
            return []
        record = self._past.shown("pledge", body["reservation"]) or {"lines": []}
        return record["lines"]

    def _asked(self, signed, line, behind):
        """Those of the lines stood behind whose pledgees must consent: all, or those that did not stand under open ranks alone."""
        body, time = signed.command["body"], signed.time
        pledge = self._past.shown("pledge", body["pledge"]) if "pledge" in body else None
        need("pledge" not in body or pledge is not None, "there is no such pledge")
        need("right" in line or line["line"] < len(pledge["lines"]), "a line that is not there")
        right = line.get("right") or pledge["lines"][line["line"]]["right"]
        record = self._past.shown("right", right)
        need(record is not None, f"there is no right {right}")
        policy = self._facts.policy(record["kind"], time)
        need(policy is not None, f"the policy of {record['kind']} is missing")
        form = body.get("form") or (pledge and pledge["form"])
        if policy.rank_of(form) != "ranked":
            return behind
        if signed.entry["law"] == 1:
            return []
        kind = record["kind"]
        since = {burden: self._facts.policies_since(kind, int(burden_of(burden)[1][1:]), time) for burden in behind}
        return [burden for burden in behind if any(one.rank_of(form) != "ranked" for one in since[burden])]

    # How many sign ----------------------------------------------------------------------------------------------------

    def _check_party(self, signed, name):
        party, kind = self._past.party(name, signed.index), signed.command["type"]
        need("ended" not in party, f"{name} had ended")
        rules = [r for r in party.get("signing", []) if r["command"] == kind or kind in GUARDS_RULES]
        least = max([party["threshold"]] + [r["threshold"] for r in rules])
        keys = signed.of(name)
        need(len(keys) >= least, f"{name} signs with {least}")
        parts = {part["kid"]: part["part"] for part in party.get("parts", [])}
        for held, role in keys:
            need(parts.get(held.kid, role) == role, f"a key of {name} signs in another part")
        waits = in_recovery(party) and kind in matrix.WAITS_FOR_RECOVERY
        need(not waits, f"{name} is in recovery, and {kind} must wait")


def _sits(place, seats, parties, taken, asked):
    """Finds a party for a seat that has no other seat, or whose other seat another party takes."""
    for name, party in parties.items():
        if name in asked or seats[place] not in party["roles"]:
            continue
        asked.add(name)
        if name not in taken or _sits(taken[name], seats, parties, taken, asked):
            taken[name] = place
            return True
    return False


def _worsened(before, after):
    """The lines that come after one that they came before."""
    was = {burden: place for place, burden in enumerate(before)}
    return {
        burden
        for place, burden in enumerate(after)
        if any(was[other] > was[burden] for other in after[:place])
    }


def _fits(line, held):
    """Whether a line asks for no more than a reserved one, and for no other days."""
    days = span_of_years(line["years"]) if "years" in line else {}
    return line.get("right") == held["right"] and is_within({**line, **days}, held)
