#!/usr/bin/env python3
"""Verifies greenlien evidence files offline, by docs/FORMATS.md alone.

    greenlien_verify.py --policy TRUST [--old CHECKPOINT] [--now TIME] [--max-age SECONDS] [--json] FILE...
    greenlien_verify.py --batch < LIST

Needs Python 3.11 and the package `cryptography`; reads no network. It shares no code with the Rust program. Exit code 0:
every file has a verdict; 1: a file fails or has no verdict; 2: wrong use; 3: a file cannot be read.
"""

import argparse
import datetime
import json
import sys

import authority
import capacity
import commands
import forms
import law
import policies
import proofs
import signed
from extents import extent_of
from fold import fold, touched_hashes, touches
from past import Past
from values import Fault, canonical, count, credit_code, emit, hash_text, instant_of, items, need, read, string

FORMAT = "greenlien-evidence/v2"
FILE_MAX = 268_435_456
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


class Trust:
    """What the reader trusts and knows."""

    def __init__(self, policy, old=None, now=None, max_age=None):
        self.policy, self.old, self.max_age = proofs.Policy(policy), old, max_age
        self.now = None if now is None else instant_of(now)


class Failed(Exception):
    """A check that does not hold."""

    def __init__(self, check, why):
        super().__init__(why)
        self.check, self.why = check, why


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


class Verification:
    """One file, checked from the first check to the last."""

    def __init__(self, data, trust):
        self.data, self.trust, self.checks, self.knows_law = data, trust, [], True
        self.name = None

    def run(self):
        """Returns the checks; the last one is the first that failed."""
        try:
            self._run()
        except Failed as failed:
            self.checks.append((failed.check, "fail", failed.why))
        except (Fault, RecursionError) as fault:
            self.checks.append((self.name, "fail", str(fault)))
        return self

    def failure(self):
        return next((name for name, result, _ in self.checks if result == "fail"), None)

    def verdict(self):
        if self.failure() or not self.knows_law:
            return None
        passed = {name for name, result, _ in self.checks if result == "pass"}
        return "current and complete" if {"witnesses", "age", "auditors"} <= passed else "recorded"

    def to_json(self):
        checks = [{"name": name, "result": result, "text": text} for name, result, text in self.checks]
        verdict = self.verdict()
        return {"checks": checks, "valid": self.failure() is None, **({"verdict": verdict} if verdict else {})}

    def passed(self, what=""):
        self.checks.append((self.name, "pass", what))

    def not_covered(self, what):
        self.checks.append((self.name, "not covered", what))

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
        self.not_covered("that every decision in the log followed the law: replay the log, or trust an auditor")

    # Each check of FORMATS 7.2 is one method ------------------------------------------------------------------------

    def _format(self):
        need(len(self.data) <= FILE_MAX, "the file is too large")
        need(self.data.endswith(b"\n"), "the file must end with a line feed")
        file = canonical(self.data[:-1])
        hashes = items(hash_text, 256)

        def entry(value):
            read(value, {"index": count, "entry": string, "proof": hashes})

        def key(value):
            space, name = string(value["space"]), string(value["name"])
            forms.record_reader(space, name)

        def subject(value):
            read(value, {"space": string, "name": string})
            key(value)

        def proof(value):
            leaf = {"key": hash_text, "value": hash_text}
            read(value, {"siblings": hashes}, {"leaf": lambda v: read(v, leaf)})

        def record(value):
            history = items(count, len(self.data))
            read(value, {"space": string, "name": string, "proof": proof}, {"value": string, "history": history})
            key(value)

        required = {
            "format": string,
            "subject": subject,
            "checkpoint": string,
            "state_entry": entry,
            "records": items(record, 20_000),
            "entries": items(entry, 20_000),
        }
        consistency = {"proof": hashes, "size": count}
        verification = {"answer": string, "question": string}
        optional = {"consistency": lambda v: read(v, consistency), "verification": lambda v: read(v, verification)}
        need(isinstance(file, dict) and file.get("format") == FORMAT, f"must be a file of {FORMAT}")
        self.file = read(file, required, optional)
        self.passed(FORMAT)

    def _checkpoint(self):
        keys = self.trust.policy.logs
        origin = self.file["checkpoint"].partition("\n")[0]
        need(origin in {key.name for key in keys}, f"the trust policy lists no log of the origin {origin}")
        self.head = proofs.Checkpoint(self.file["checkpoint"], keys, origin)
        self.passed(f"signed by {origin}, {self.head.size} entries, root {self.head.root.hex()}")

    def _witnesses(self):
        note = proofs.Note(self.file["checkpoint"])
        times = {name: note.cosigned_at(key) for name, key in self.trust.policy.witnesses.items()}
        self.cosigned = {name: time for name, time in times.items() if time is not None}
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
            shown = self.file.get("consistency")
            need(shown and shown["size"] == old.size, f"the file has no proof from size {old.size}")
            proof = [bytes.fromhex(h) for h in shown["proof"]]
            proofs.verify_consistency(old.size, head.size, old.root, head.root, proof)
        self.passed(f"size {old.size} is a prefix of this log")

    def _included(self, item):
        leaf = proofs.leaf_hash(item["entry"].encode())
        proof = [bytes.fromhex(h) for h in item["proof"]]
        proofs.verify_inclusion(leaf, item["index"], self.head.size, proof, self.head.root)
        return leaf, proof

    def _state_entry(self):
        item = self.file["state_entry"]
        need(item["index"] + 1 == self.head.size, "it is not the last entry of the checkpoint")
        _, proof = self._included(item)
        state = forms.entry(item["entry"])
        need(state["kind"] == "state", "the last entry is not a state entry")
        need(state["index"] == state["n"] == item["index"], "its position differs from what it says")
        root = proofs.root_before_last(proof, self.head.size)
        need(root.hex() == state["root_n"], "root_n is not the root of the entries before it")
        self.state, self.time = state, instant_of(state["time"])
        self.state_root = bytes.fromhex(state["state_root"])
        self.passed(f"entry {state['index']} of {state['time']}")

    def _age(self):
        trust, seconds = self.trust, self.time // 10**6
        need(trust.now is None or self.time <= trust.now + 300 * 10**6, "the state is of after the reader's time")
        self.timely = [name for name, time in self.cosigned.items() if abs(time - seconds) <= 120]
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
            space, name, text = record["space"], record["name"], record.get("value")
            leaf = record["proof"].get("leaf")
            leaf = leaf and (bytes.fromhex(leaf["key"]), bytes.fromhex(leaf["value"]))
            siblings = [bytes.fromhex(h) for h in record["proof"]["siblings"]]
            expected = None if text is None else proofs.value_hash(text)
            proofs.verify_state(self.state_root, proofs.state_key(space, name), expected, leaf, siblings)
            if not parse:
                continue
            need((space, name) not in self.records, f"{space}|{name} stands twice")
            value = None if text is None else forms.state_value(text, space, name)
            self.values[space, name] = value
            self.records[space, name] = value and value["record"]
        self.passed(f"{len(self.file['records'])} records and absences")

    def _inclusion(self, parse):
        self.entries, self.leaves = {}, {}
        for item in self.file["entries"]:
            index = item["index"]
            leaf, _ = self._included(item)
            entry = forms.entry(item["entry"]) if parse else canonical(item["entry"])
            need(isinstance(entry, dict) and entry.get("index") == index, f"entry {index} says it stands elsewhere")
            if parse:
                need(index not in self.entries, f"entry {index} stands twice")
            self.entries[index], self.leaves[index] = entry, leaf
        self.passed(f"{len(self.entries)} entries")

    def _genesis(self):
        entry = self.entries.get(0)
        need(entry is not None and entry["kind"] == "genesis", "entry 0 is not the genesis of this log")
        self.genesis = entry["genesis"]
        need(self.genesis["origin"] == self.head.origin, "the genesis is of another log")
        vkeys = [key.vkey for key in self.trust.policy.logs]
        need(self.genesis["log_vkey"] in vkeys, "the genesis names a key that is not trusted")
        self.passed(f"entry 0 of {self.head.origin}, hash {self.leaves[0].hex()}")

    def _shown_histories(self):
        return [(r["space"], r["name"], r["history"]) for r in self.file["records"] if "history" in r]

    def _histories(self):
        for space, name, history in self._shown_histories():
            value = self.values[space, name]
            need(value is not None, f"{space}|{name}: a history of nothing")
            frontier = proofs.Frontier()
            for index in history:
                frontier.push(proofs.history_leaf(space, name, index))
            complete = frontier.size == value["history"]["size"] and frontier.root().hex() == value["history"]["root"]
            ascending = all(a < b for a, b in zip(history, history[1:]))
            need(complete and ascending, f"{space}|{name}: the list of entries is not complete")
        self.passed()

    def _touched(self):
        self.acts = []
        for index, entry in sorted(self.entries.items()):
            if entry["kind"] == "state":
                continue
            if entry["kind"] == "genesis":
                events = forms.genesis_events(entry)
            else:
                accepted = entry["outcome"].get("accepted")
                events = [accepted["event"]] if accepted else []
                need(entry["touches"] == touched_hashes(events), f"entry {index}: touches are not those of its event")
            self.acts.append((index, events, entry["time"], self.leaves[index].hex()))
        self.passed(f"of {len(self.acts)} entries")

    def _folds(self):
        acts = {index: (events, time, leaf) for index, events, time, leaf in self.acts}
        self.versions = {}
        for space, name, history in self._shown_histories():
            state = last = None
            versions = self.versions[space, name] = []
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
        self.passed()

    def _signatures(self):
        shown = {name: self.records[space, name] for space, name, _ in self._shown_histories() if space == "party"}
        parties = signed.Parties(shown)
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
        unknown = [command for command in self.signed if not authority.is_judged(command)]
        if unknown:
            self.knows_law = False
            self.not_covered(f"entry {unknown[0].index}: whether its act is what the signers could ask for")
            return
        judge = authority.Judge(Past(self.records, self.versions), self.facts, self.genesis["quorum"])
        for command in self.signed:
            try:
                judge.check(command)
            except Fault as fault:
                raise Fault(f"entry {command.index}: {fault}") from None
        self.passed(f"{len(self.signed)} events are what their signers asked for")

    def _has_ranks(self):
        texts = [item["entry"] for item in self.file["entries"]]
        texts += [record["value"] for record in self.file["records"] if "value" in record]
        return any('"behind":[' in text for text in texts)

    def _subject(self):
        self.name = "subject"
        space, name = self.file["subject"]["space"], self.file["subject"]["name"]
        histories = {(space, name) for space, name, _ in self._shown_histories()}
        if space == "right":
            need((space, name) in histories, f"the history of {name} is missing")
            for identity in self.facts.right(name)["identities"]:
                key = forms.identity_name(identity["scheme"], identity["value"])
                owner = self.facts.record("identity", key)
                need(owner == {"right": name}, f"the identity {key} is not shown to lead to {name}")
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
                capacity.check_right(self.facts, right, self.time)
            self.passed()

    def _pledge_lines(self, name):
        lines = self.facts.record("pledge", name)["lines"]
        for number, line in enumerate(lines):
            right = self.facts.right(line["right"])
            need(right is not None, f"{line['right']} is not in the file")
            burdens = [b for b in right["burdens"] if b["id"] == f"{name}.{number}"]
            stands = bool(burdens) and extent_of(burdens[0]) == extent_of(line)
            need(stands == ("released" not in line), f"line {number} differs from the burden")
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
        shown = self.file.get("verification")
        if shown is None:
            return
        question = commands.question(shown["question"])
        rights = {line["right"] for line in question["body"]["lines"]}
        subject = self.file["subject"]
        need(subject["space"] == "right" and rights == {subject["name"]}, "the question is about something else")
        answer = canonical(shown["answer"])
        need(isinstance(answer, dict) and count(answer.get("law")) > 0, "an answer names its law")
        if answer["law"] > max(law.LAWS):
            self.not_covered("the answer was given under a law that this verifier does not know")
            return
        parties = [record for (space, _), record in self.records.items() if space == "party" and record]
        body = question["body"]
        ranked = "behind" in shown["question"] or self._has_ranks() or "cap_cny" in body or "maximum" in body
        if answer["law"] > 1 and (ranked or any("ended" in party for party in parties)):
            self.not_covered("the answer rests on ranks or on parties that have ended, which are not judged here")
            return
        decision = law.Decision(question, self.facts, self.head.size, self.time, answer["law"])
        decision.check_facts()
        kind = self.facts.right(subject["name"])["kind"]
        need(("policy", kind) in {key[:2] for key in self._shown_histories()}, "the history of the policy is missing")
        admissible, findings = decision.decide()
        given = {"admissible": admissible, "findings": findings, "law": answer["law"]}
        need(emit(given) == shown["answer"], f"the law answers {emit(given)}")
        self.passed("it would be accepted" if admissible else "it would be refused")


# The command line -----------------------------------------------------------------------------------------------------


def print_text(path, verification):
    for name, result, text in verification.checks:
        print(f"{'FAIL' if result == 'fail' else result:<12} {name:<22} {text}")
    failure, verdict = verification.failure(), verification.verdict()
    if failure:
        print(f'\n{path}: INVALID: failed at "{failure}"')
    else:
        print(f"\n{path}: VALID: {verdict}" if verdict else f"\n{path}: NO VERDICT: a law that is not known here")


def batch(lines):
    """Each line is a JSON object: file, policy, and optionally old, now, max_age. Answers one line of JSON each."""
    policies_read = {}
    for line in lines:
        job = json.loads(line)
        path = job["policy"]
        if path not in policies_read:
            policies_read[path] = open(path, encoding="utf-8", newline="").read()
        old = open(job["old"], encoding="utf-8", newline="").read() if "old" in job else None
        trust = Trust(policies_read[path], old, job.get("now"), job.get("max_age"))
        with open(job["file"], "rb") as file:
            data = bytearray(file.read())
        for at, bit in job.get("flips", [[None, 0]]):
            if at is not None:
                data[at] ^= bit
            done = Verification(bytes(data), trust).run()
            if at is not None:
                data[at] ^= bit
            answer = {"failure": done.failure(), "verdict": done.verdict()}
            print(json.dumps({**answer, "checks": done.to_json()["checks"]} if job.get("checks") else answer), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--policy", help="the trust policy (C2SP tlog-policy)")
    parser.add_argument("--old", help="an older checkpoint of the same log")
    parser.add_argument("--now", help='your time, such as 2026-12-01T02:03:04Z, or "now"')
    parser.add_argument("--max-age", type=int, help="the greatest age of the state, in seconds")
    parser.add_argument("--json", action="store_true", help="print one line of JSON for each file")
    parser.add_argument("--batch", action="store_true", help="read jobs, one JSON object a line, from standard input")
    args = parser.parse_args()
    if args.batch:
        batch(sys.stdin)
        return 0
    if not args.files or not args.policy or (args.max_age is not None and args.now is None):
        parser.error("name files and --policy; --max-age needs --now")
    if args.now == "now":
        args.now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    try:
        texts = [open(p, encoding="utf-8", newline="").read() if p else None for p in (args.policy, args.old)]
        trust = Trust(texts[0], texts[1], args.now, args.max_age)
        files = [(path, open(path, "rb").read()) for path in args.files]
    except OSError as fault:
        print(fault, file=sys.stderr)
        return 3
    except (Fault, UnicodeDecodeError) as fault:
        print(f"{args.policy}: {fault}", file=sys.stderr)
        return 2
    complete = True
    for path, data in files:
        done = Verification(data, trust).run()
        complete = complete and done.verdict() is not None
        if args.json:
            print(json.dumps(done.to_json(), ensure_ascii=False, separators=(",", ":"), sort_keys=True))
        else:
            print_text(path, done)
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
