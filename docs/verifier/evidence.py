"""The checks of FORMATS 7.2 on an evidence file, from the first to the last."""

import authority
import capacity
import commands
import forms
import hanging
import lapse
import law
import policies
import proofs
import shown
import signed
import strict
from extents import extent_of
from fold import fold, touched_hashes, touches
from past import Past
from report import Report
from values import Fault, canonical, count, credit_code, emit, instant_of, items, need, number_of, read, string

FORMAT = "greenlien-evidence/v2"
MEANING = (
    "genesis",
    "complete histories",
    "touched records",
    "history gives state",
    "signatures",
    "authority",
    "subject",
    "no over-commitment",
    "law",
)


class Facts:
    """The proven records and the policies whose text the file shows."""

    def __init__(self, records, texts):
        self._records, self.policies = records, [policies.Policy(text) for text in texts]
        self._by_digest = {policy.digest: policy for policy in self.policies}

    def knows(self, space, name):
        return (space, name) in self._records

    def record(self, space, name):
        return self._records.get((space, name))

    def right(self, name):
        return self.record("right", name)

    def policy(self, kind, now):
        """Returns the rules of a kind that are active at a time."""
        record = self.record("policy", kind)
        active = [v for v in (record or {"versions": []})["versions"] if instant_of(v["active_from"]) <= now]
        return self._by_digest.get(active[-1]["digest"]) if active else None

    def policies_since(self, kind, entry, now):
        """Returns the rules in force by a time, but for those that others, adopted before the entry, had followed (3.4)."""
        versions = self.record("policy", kind)["versions"]
        known = sum(v["entry"] < entry for v in versions)
        since = [v for v in versions[max(0, known - 1) :] if instant_of(v["active_from"]) <= now]
        need(all(v["digest"] in self._by_digest for v in since), f"a text of the policy of {kind} is missing")
        return [self._by_digest[v["digest"]] for v in since]


class Verification(Report):
    """One file, checked from the first check to the last."""

    def __init__(self, data, trust):
        super().__init__()
        self.data, self.trust, self.knows_law = data, trust, True

    def verdict(self):
        if self.failure() or not self.knows_law:
            return None
        return "current and complete" if {"witnesses", "age", "auditors"} <= self.names("pass") else "recorded"

    def _run(self):
        self.name = "format"
        self._format()
        self.name = "checkpoint"
        self._checkpoint()
        self.name = "witnesses"
        self._witnesses()
        self.name = "older checkpoint"
        self._older()
        self.name = "state entry"
        self._state_entry()
        self.name = "age"
        self._age()
        self.name = "auditors"
        self._auditors()
        unknown = self._unknown_entry()
        self.name = "state proofs"
        self._state_proofs(unknown is None)
        self.name = "inclusion"
        self._inclusion(unknown is None)
        if unknown is not None:
            self.knows_law = False
            for self.name in MEANING:
                self.not_covered(f"entry {unknown} is of a law that this verifier does not know")
            return
        self.name = "genesis"
        self._genesis()
        self.name = "complete histories"
        self._histories()
        self.name = "touched records"
        self._touched()
        self.name = "history gives state"
        self._folds()
        self.name = "signatures"
        self._signatures()
        self.name = "policies"
        self._policies()
        self.name = "authority"
        self._authority()
        self._subject()
        self._answer()
        self.name = "law"
        if "auditors" in self.names("pass"):
            self.passed("the auditors replayed every decision in the log; no file shows it by itself")
        else:
            self.not_covered("that every decision in the log followed the law: replay the log, or trust an auditor")

    # Each check of FORMATS 7.2 is one method ------------------------------------------------------------------------

    def _format(self):
        required = {
            "format": string,
            "subject": shown.subject,
            "checkpoint": string,
            "state_entry": shown.entry_item,
            "records": items(shown.record_item, shown.ITEMS_MAX),
            "entries": items(shown.entry_item, shown.ITEMS_MAX),
        }
        consistency = {"proof": shown.hashes, "size": count}
        verification = {"answer": string, "question": string}
        optional = {"consistency": lambda v: read(v, consistency), "verification": lambda v: read(v, verification)}
        self.file = read(shown.document(self.data, FORMAT), required, optional)
        self.passed(FORMAT)

    def _checkpoint(self):
        self.head = proofs.open_checkpoint(self.file["checkpoint"], self.trust.policy.logs)
        self.passed(f"signed by {self.head.origin}, {self.head.size} entries, root {self.head.root.hex()}")

    def _witnesses(self):
        self.cosigned = self.trust.policy.cosigners(proofs.Note(self.file["checkpoint"]))
        need(self.trust.policy.quorum_met(self.cosigned), "the quorum of the trust policy is not met")
        if self.cosigned:
            self.passed(f"cosigned by {', '.join(self.cosigned)}")
        else:
            self.not_covered("no witness cosigned")

    def _older(self):
        if self.trust.old is None:
            self.not_covered("none was given")
            return
        old, head = proofs.Checkpoint(self.trust.old, self.trust.policy.logs, self.head.origin), self.head
        need(old.size <= head.size, "it is newer than the file")
        need(old.size < head.size or old.root == head.root, "FORK: two different trees of one size were signed")
        if old.size < head.size:
            given = self.file.get("consistency")
            need(given and given["size"] == old.size, f"the file has no proof from size {old.size}")
            proof = shown.bytes_of(given["proof"])
            proofs.verify_consistency(old.size, head.size, old.root, head.root, proof)
        self.passed(f"size {old.size} is a prefix of this log")

    def _state_entry(self):
        self.state = shown.last_state_entry(self.file["state_entry"], self.head)
        self.time = instant_of(self.state["time"])
        self.passed(f"entry {self.state['index']} of {self.state['time']}")

    def _age(self):
        trust, seconds = self.trust, self.time // 10**6
        need(trust.now is None or self.time <= trust.now + 300 * 10**6, "the state is of after the reader's time")
        near = {name: [time for time in times if abs(time - seconds) <= 120] for name, times in self.cosigned.items()}
        self.timely = [name for name, times in near.items() if times]
        need(trust.policy.quorum_met(self.timely), "the quorum did not cosign within 120 seconds of the state")
        if trust.now is None or trust.max_age is None:
            self.not_covered(f"the state is of {self.state['time']}; no limit was given")
            return
        age = max(trust.now // 10**6 - seconds, 0)
        need(age <= trust.max_age, f"the state is {age} seconds old")
        self.passed(f"the state is {age} seconds old")

    def _auditors(self):
        if self.trust.policy.auditors_met(self.timely):
            self.passed("auditors replayed every entry up to this state")
        else:
            self.not_covered("too few auditors cosigned this state, or the trust policy names none")

    def _unknown_entry(self):
        """Returns the position of the first entry of a law that this program does not know."""
        for item in self.file["entries"]:
            try:
                entry = canonical(item["entry"])
                number = count(entry["law"])
            except (Fault, KeyError, TypeError):
                continue
            if number > max(forms.LAWS):
                return item["index"]
        return None

    def _state_proofs(self, parse):
        self.records, self.values = {}, {}
        for record in self.file["records"]:
            space, name = record["space"], record["name"]
            shown.proven(record, bytes.fromhex(self.state["state_root"]))
            if not parse:
                continue
            need((space, name) not in self.records, f"{space}|{name} stands twice")
            value = shown.value_of(record)
            if value:
                need(value["history"]["size"] > 0, f"{space}|{name} has no entry")
                strict.check(value["record"])
            self.values[space, name] = value
            self.records[space, name] = value and value["record"]
        self.passed(f"{len(self.file['records'])} records and absences")

    def _inclusion(self, parse):
        self.entries, self.leaves = {}, {}
        for item in self.file["entries"]:
            index = item["index"]
            leaf, _ = shown.included(item, self.head)
            entry = forms.entry(item["entry"]) if parse else canonical(item["entry"])
            need(isinstance(entry, dict) and entry.get("index") == index, f"entry {index} says it stands elsewhere")
            if parse:
                need(index not in self.entries, f"entry {index} stands twice")
            self.entries[index], self.leaves[index] = entry, leaf
        if parse:
            self._order()
        self.passed(f"{len(self.entries)} entries")

    def _order(self):
        """Times ascend over everything that is shown, and laws do not descend."""
        time, law = -1, 0
        for index, entry in sorted({**self.entries, self.state["index"]: self.state}.items()):
            need(time < instant_of(entry["time"]), f"entry {index} is not later than those before it")
            need(law <= entry.get("law", law), f"entry {index} is of an earlier law than those before it")
            time, law = instant_of(entry["time"]), entry.get("law", law)

    def _genesis(self):
        entry = self.entries.get(0)
        need(entry is not None and entry["kind"] == "genesis", "entry 0 is not the genesis of this log")
        self.genesis = entry["genesis"]
        need(self.genesis["origin"] == self.head.origin, "the genesis is of another log")
        keys = [key for key in self.trust.policy.logs if key.name == self.head.origin]
        registrar = self.records.get(("party", "M0")) or {}
        named = [item["key"] for item in registrar.get("log_keys", [])]
        is_trusted = any(key.vkey == self.genesis["log_vkey"] or key.key.hex() in named for key in keys)
        need(is_trusted, "the log names no key that is trusted")
        self.passed(f"entry 0 of {self.head.origin}, hash {self.leaves[0].hex()}")

    def _shown_histories(self):
        return [(r["space"], r["name"], r["history"]) for r in self.file["records"] if "history" in r]

    def _histories(self):
        for record in self.file["records"]:
            if "history" in record:
                value = self.values[record["space"], record["name"]]
                need(value is not None, f"{record['space']}|{record['name']}: a history of nothing")
                shown.complete_history(record, value)
        histories = {(space, name) for space, name, _ in self._shown_histories()}
        for (space, name), record in self.records.items():
            if space == "right" and record is not None:
                kind = record["kind"]
                need(("policy", kind) in histories, f"right|{name}: the history of the policy {kind} is not shown")
        self.passed()

    def _touched(self):
        self.acts = []
        for index, entry in sorted(self.entries.items()):
            if entry["kind"] == "state":
                continue
            events = forms.events_of(entry)
            same = entry["touches"] == touched_hashes(events)
            need(same, f"entry {index}: touches are not those of its event")
            self.acts.append((index, events, entry["time"], self.leaves[index].hex()))
        self.passed(f"of {len(self.acts)} entries")

    def _folds(self):
        acts = {index: (events, time, leaf) for index, events, time, leaf in self.acts}
        touching = {}
        for index, events, _, _ in self.acts:
            for key in {key for event in events for key in touches(event)}:
                touching.setdefault(key, []).append(index)
        self.versions = {}
        histories = {(space, name): history for space, name, history in self._shown_histories()}
        for (space, name), value in self.values.items():
            seen, of = touching.get((space, name), []), f"{space}|{name}"
            if value is None:
                need(not seen, f"{of}: an entry made it, and it is not there")
                continue
            history = histories.get((space, name))
            if history is not None:
                need(set(seen) <= set(history), f"{of}: an entry of the file is not in its history")
                self.versions[space, name] = self._folded(space, name, history, acts)
                continue
            need(len(seen) <= value["history"]["size"], f"{of}: the file has more entries about it than the state")
            if len(seen) == value["history"]["size"]:
                shown.complete_history({"space": space, "name": name, "history": seen}, value)
                self._folded(space, name, seen, acts)
        self.passed()

    def _folded(self, space, name, history, acts):
        """Returns what each entry of a history made of the record, which must end in the shown one."""
        state = last = None
        versions = []
        for index in history:
            need(index in acts, f"{space}|{name}: entry {index} of its history is missing")
            events, time, leaf = acts[index]
            for event in events:
                if (space, name) in touches(event):
                    state, last = fold(event, index, time, space, name, state), leaf
            versions.append((index, state))
        value = self.values[space, name]
        same = state == value["record"] and last == value["history"]["last"]
        need(same, f"{space}|{name}: the entries give another state")
        return versions

    def _signatures(self):
        found = {name: self.records[space, name] for space, name, _ in self._shown_histories() if space == "party"}
        parties = signed.Parties(found)
        aud = f"{self.genesis['origin']}#{self.leaves[0].hex()}"
        self.signed, names = [], set()
        for index, entry in sorted(self.entries.items()):
            if entry["kind"] != "command":
                continue
            try:
                command = signed.Signed(entry, aud, parties)
            except Fault as fault:
                raise Fault(f"entry {index}: {fault}") from None
            name = (command.command["org"], command.command["cmd"])
            need(name not in names, f"entry {index}: its command was decided before")
            names.add(name)
            if command.is_accepted():
                self.signed.append(command)
        self.passed(f"of {len(parties.keys)} keys")

    def _policies(self):
        texts = [text for _, text in sorted(self.genesis["policies"].items())]
        for command in self.signed:
            if command.command["type"] == "adopt_policy":
                texts.append(command.command["body"]["text"])
        self.facts = Facts(self.records, texts)

    def _authority(self):
        sizes = {key: value["history"]["size"] for key, value in self.values.items() if value}
        self.past = Past(self.records, self.versions, sizes)
        judge = authority.Judge(self.past, self.facts, self.genesis["quorum"])
        for command in self.signed:
            try:
                judge.check(command)
            except Fault as fault:
                raise Fault(f"entry {command.index}: {fault}") from None
        judge.finish(self.time)
        self.passed(f"{len(self.signed)} events are what their signers asked for")

    def _subject(self):
        self.name = "subject"
        space, name = self.file["subject"]["space"], self.file["subject"]["name"]
        histories = {(space, name) for space, name, _ in self._shown_histories()}
        if space == "right":
            need((space, name) in histories, f"the history of {name} is missing")
            right = self.facts.right(name)
            for identity in right["identities"]:
                key = forms.identity_name(identity["scheme"], identity["value"])
                owner = (self.facts.record("identity", key) or {}).get("right")
                # What was succeeded may have handed it on to a later right.
                later = "succeeded_by" in right and owner is not None and int(owner[1:]) > int(name[1:])
                need(owner == name or later, f"the identity {key} is not shown to lead to {name}")
            rights = [name]
        elif space == "pledge" and name.startswith("P"):
            need((space, name) in histories, f"the history of {name} is missing")
            rights = self._pledge_lines(name)
        else:
            need(space == "identity", "the file is about a record that has no evidence form")
            need(self.facts.knows(space, name), "the file shows nothing of it")
            need(self.facts.record(space, name) is None, "it is registered")
            self._check_identity(name)
            rights = None
        self.passed()
        if rights is not None:
            self.name = "no over-commitment"
            for right in rights:
                issued = self.entries.get(number_of(right), {})
                capacity.check_right(self.facts, right, self.time, issued.get("law"))
                if self.past.has_history("right", right):
                    hanging.check_taking(right, self.signed, self.past)
            self.passed()

    def _pledge_lines(self, name):
        lines = self.facts.record("pledge", name)["lines"]
        for number, line in enumerate(lines):
            right = self.facts.right(line["right"])
            need(right is not None, f"{line['right']} is not in the file")
            burdens = [b for b in right["burdens"] if b["id"] == f"{name}.{number}"]
            same = bool(burdens) and extent_of(burdens[0]) == extent_of(line) and burdens[0].get("expires") == line.get("expires")
            # What has lapsed stays on its right until an entry touches the right.
            fits = same and "released" not in line if burdens else not lapse.is_open(line, self.time)
            need(fits, f"line {number} differs from the burden")
        return [line["right"] for line in lines]

    def _check_identity(self, name):
        scheme, _, value = name.partition(":")
        if scheme == "credit-code":
            credit_code(value)
            return
        shapes = [shapes for policy in self.facts.policies if (shapes := policy.scheme(scheme))]
        need(shapes, f"{scheme} is not a scheme of this register")
        first = min((p for p in self.facts.policies if p.scheme(scheme)), key=lambda p: p.digest).scheme(scheme)
        parts = value.split("|")
        need(len(parts) == len(first), "the parts of the identity")
        for check, part in zip(first, parts):
            check(part)

    def _answer(self):
        self.name = "answer"
        given = self.file.get("verification")
        if given is None:
            return
        question = commands.question(given["question"])
        rights = {line["right"] for line in question["body"]["lines"]}
        subject = self.file["subject"]
        need(subject["space"] == "right" and rights == {subject["name"]}, "the question is about something else")
        answer = canonical(given["answer"])
        need(isinstance(answer, dict) and count(answer.get("law")) > 0, "an answer names its law")
        if answer["law"] > max(law.LAWS):
            self.not_covered("the answer was given under a law that this verifier does not know")
            return
        decision = law.Decision(question, answer["law"], self.past, self.facts, self.head.size, self.time)
        decision.check_facts()
        kind = self.facts.right(subject["name"])["kind"]
        need(("policy", kind) in {key[:2] for key in self._shown_histories()}, "the history of the policy is missing")
        admissible, findings = decision.decide()
        decided = emit({"admissible": admissible, "findings": findings, "law": answer["law"]})
        need(decided == given["answer"], f"the law answers {decided}")
        self.passed("it would be accepted" if admissible else "it would be refused")
