"""Acts of law 2 on parties (FORMATS 6.5): the law makes exactly one event of each, and refuses what the parties do not allow.

A file shows the complete histories of the parties that an act changes, so nothing about them is left open.
"""

import copy

from past import in_recovery, is_valid
from values import instant_of, instant_text, kid_of, need, verifies

RECOVERY_SECONDS = 72 * 3_600


class Act:
    """One command on parties, with the records that it changes."""

    def __init__(self, signed, past):
        self.body, self.index, self.time = signed.command["body"], signed.index, signed.time
        self.aud, self.kids = signed.command["aud"], [held.kid for held in signed.held]
        self._past, self.changed = past, {}

    def party(self, name, also_ended=False):
        """Returns the draft of a party that the act changes; what a party that has ended signed may still be disputed."""
        if ("party", name) not in self.changed:
            before = self._past.party(name, self.index)
            need(also_ended or "ended" not in before, f"{name} has ended")
            self.changed["party", name] = (before, copy.deepcopy(before))
        return self.changed["party", name][1]

    def keeps(self, name, kind):
        """Says whether rights of a kind that a party issues are still its own."""
        return self._past.acting(name, self.index, kind) == name

    def add_key(self, name, party, offered):
        party["keys"].append({"added": self.index, "key": offered["key"], "person": offered["person"]})
        self.take(name, offered["key"])

    def take(self, name, key):
        self.changed["identity", f"ed25519-key:{kid_of(key)}"] = (None, {"party": name})

    def revoke(self, held):
        held["revoked"] = self.index

    def end_keys(self, party):
        for held in party["keys"]:
            if "revoked" not in held:
                self.revoke(held)


def possesses(aud, offered):
    """2.3: the offered key has signed the register, itself and the person."""
    message = f"greenlien/key/v1|{aud}|{kid_of(offered['key'])}|{offered['person']}"
    key, proof = bytes.fromhex(offered["key"]), bytes.fromhex(offered["proof"])
    return verifies(key, message.encode(), proof)


def _change_party(act):
    party = act.party(act.body["party"])
    need("name" in party and party["name"] != act.body["name"], "the name does not change")
    party["former_names"] = party.get("former_names", []) + [{"name": party["name"], "until": act.index}]
    party["name"] = act.body["name"]


def _follow(act, name, successors, members=("roles", "duties")):
    """Parties that come after another: each has every role and duty of it, or of a divided authority every role."""
    party = act.party(name)
    need(not in_recovery(party), f"{name} is in recovery")
    for other in successors:
        need(other != name, f"{name} succeeds itself")
        after = act.party(other)
        for member in members:
            need(set(party[member]) <= set(after[member]), f"{other} has not all {member} of {name}")
        after["predecessors"] = after.get("predecessors", []) + [{"entry": act.index, "party": name}]
        party["successors"] = party.get("successors", []) + [{"entry": act.index, "party": other}]


def _end(act, name, successor):
    party = act.party(name)
    party["ended"] = {"entry": act.index, "successor": successor}
    act.end_keys(party)


def _merge_parties(act):
    for name in act.body["absorbed"]:
        _follow(act, name, [act.body["into"]])
    for name in act.body["absorbed"]:
        _end(act, name, act.body["into"])


def _hand_over(act, name, successors, kinds):
    """Kinds of right go on under successors: handed over by whoever keeps them, and no duty of an authority that ends is lost."""
    party = act.party(name)
    need("authority" in party["roles"], f"{name} is no authority")
    duties = {duty for other in successors for duty in act.party(other)["duties"]}
    need("residual" not in act.body or set(party["duties"]) <= duties, f"nobody has all duties of {name}")
    for item in kinds:
        need(item["party"] in successors, f"{item['party']} is no successor")
        need(act.keeps(name, item["kind"]), f"{name} does not keep {item['kind']}")
    party["handed"] = party.get("handed", []) + [{"entry": act.index, **item} for item in kinds]


def _split_party(act):
    kinds = act.body.get("kinds", [])
    _follow(act, act.body["party"], act.body["successors"], ("roles",) if kinds else ("roles", "duties"))
    if kinds:
        _hand_over(act, act.body["party"], act.body["successors"], kinds)
    if "residual" in act.body:
        _end(act, act.body["party"], act.body["residual"])


def _rotate_key(act):
    party, old = act.party(act.body["party"]), act.body["old"]
    found = [held for held in party["keys"] if kid_of(held["key"]) == old and is_valid(held, act.index)]
    need(found and "revoked" not in found[0], f"{act.body['party']} has no key {old}")
    need(old in act.kids, "the old key has not signed")
    need(possesses(act.aud, act.body["new"]), "possession of the new key is not proved")
    act.revoke(found[0])
    act.add_key(act.body["party"], party, act.body["new"])
    parts = party.get("parts", [])
    same = [{**part, "kid": kid_of(act.body["new"]["key"])} for part in parts if part["kid"] == old]
    if same:
        party["parts"] = sorted(parts + same, key=lambda part: part["kid"])


def _set(record, member, value):
    if value:
        record[member] = value
    else:
        record.pop(member, None)


def _set_signing_rules(act):
    party = act.party(act.body["party"])
    rules, parts = act.body.get("rules", []), act.body.get("parts", [])
    _set(party, "signing", copy.deepcopy(rules))
    _set(party, "parts", copy.deepcopy(parts))
    persons = {held["person"] for held in party["keys"] if "revoked" not in held}
    for rule in rules:
        need(party["threshold"] <= rule["threshold"] <= len(persons), f"a threshold for {rule['command']}")
    kids = {kid_of(held["key"]) for held in party["keys"] if "revoked" not in held}
    need(all(part["kid"] in kids for part in parts), "a part of a key that the party does not have")


def _dispute_entries(act):
    name, kid = act.body["party"], act.body["kid"]
    party = act.party(name, also_ended=True)
    found = [held for held in party["keys"] if kid_of(held["key"]) == kid and "revoked" in held]
    need(found, f"{name} has no revoked key {kid}")
    need(found[0]["added"] < act.body["from"] <= found[0]["revoked"], "entries that the key cannot have signed")
    item = {"document": act.body["document"], "entry": act.index, "from": act.body["from"], "kid": kid}
    party["disputes"] = party.get("disputes", []) + [item]


def _resolve_dispute(act):
    party = act.party(act.body["party"])
    found = [item for item in party.get("disputes", []) if item["entry"] == act.body["dispute"]]
    need(found and "resolved" not in found[0], "no such dispute is open")
    found[0].update({"resolved": act.index, "decision": act.body["document"]})


def _recover_party(act):
    name = act.body["party"]
    party, keys = act.party(name), act.body["keys"]
    need(name != "M0" and not in_recovery(party), "no recovery can begin")
    for offered in keys:
        need(possesses(act.aud, offered), "possession of an offered key is not proved")
    need(len({offered["person"] for offered in keys}) >= party["threshold"], "too few persons")
    ready = instant_text(act.time + RECOVERY_SECONDS * 10**6)
    item = {"document": act.body["document"], "entry": act.index, "ready": ready}
    party["recoveries"] = party.get("recoveries", []) + [item]
    party["recovery_keys"] = [{"key": offered["key"], "person": offered["person"]} for offered in keys]


def _close_recovery(act, end):
    party = act.party(act.body["party"])
    need(in_recovery(party), "no recovery is open")
    party["recoveries"][-1].update({"end": end, "ended": act.index})
    return party, party.pop("recovery_keys")


def _veto_recovery(act):
    _close_recovery(act, "vetoed")


def _complete_recovery(act):
    party, keys = _close_recovery(act, "completed")
    need(instant_of(party["recoveries"][-1]["ready"]) <= act.time, "the waiting period has not passed")
    act.end_keys(party)
    for held in keys:
        act.add_key(act.body["party"], party, held)


def _rotate_log_key(act):
    registrar, key = act.party("M0"), act.body["key"]
    others = registrar.get("log_keys", [])
    need(not others or instant_of(others[-1]["overlap_until"]) <= act.time, "a change of the log's key is under way")
    message = f"greenlien/log-key/v1|{act.aud}|{kid_of(key)}"
    proof = bytes.fromhex(act.body["proof"])
    need(verifies(bytes.fromhex(key), message.encode(), proof), "possession of the log's new key is not proved")
    until = instant_text(act.time + act.body["overlap_seconds"] * 10**6)
    registrar["log_keys"] = others + [{"entry": act.index, "key": key, "overlap_until": until}]
    act.take("M0", key)


MAKES = {
    "change_party": _change_party,
    "merge_parties": _merge_parties,
    "split_party": _split_party,
    "rotate_key": _rotate_key,
    "set_signing_rules": _set_signing_rules,
    "dispute_entries": _dispute_entries,
    "resolve_dispute": _resolve_dispute,
    "recover_party": _recover_party,
    "veto_recovery": _veto_recovery,
    "complete_recovery": _complete_recovery,
    "rotate_log_key": _rotate_log_key,
}


def make(signed, past):
    """Returns what each changed record was and becomes."""
    act = Act(signed, past)
    MAKES[signed.command["type"]](act)
    return act.changed
