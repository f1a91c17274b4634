"""Fraud files of FORMATS 7.9: they convince whoever trusts the log's key that the log is false.

What needs the law replayed is not covered here: such a file proves nothing to this program, and it says so.
"""

import forms
import proofs
import shown
from commands import command
from fold import touches
from policies import Policy
from report import Report
from values import hash_text, items, need, one_of, read, string

FORMAT = "greenlien-fraud/v1"
PREFIX_MAX = 1_048_576


def is_fraud_file(data):
    return f'"format":"{FORMAT}"'.encode() in data


def _joined(value):
    read(value, {"proof": shown.hashes, "root": hash_text})


def _record(value):
    read(value, {"frontier": shown.hashes, "record": shown.record_item})


_COMMON = {"format": string, "kind": string, "checkpoint": string}
_MEMBERS = {
    "fork": ({"other": string}, {"joined": _joined}),
    "hidden_entry": (
        {"state_entry": shown.entry_item, "record": shown.record_item, "entry": shown.entry_item},
        {"entry_checkpoint": string},
    ),
    "open_group": ({"last": shown.entry_item}, {}),
    "repeated_command": ({"first": shown.entry_item, "second": shown.entry_item}, {}),
    "wrong_entry": (
        {
            "genesis": shown.entry_item,
            "previous": shown.entry_item,
            "frontier": shown.hashes,
            "consistency": shown.hashes,
            "records": items(_record, shown.ITEMS_MAX),
            "policies": items(string, shown.ITEMS_MAX),
            "entries": items(shown.entry_item, shown.ITEMS_MAX),
        },
        {},
    ),
    "wrong_prefix": ({"entries": items(string, PREFIX_MAX), "consistency": shown.hashes}, {}),
}


class Accusation(Report):
    """One fraud file, checked as far as that needs no replay of the law."""

    def __init__(self, data, policy):
        super().__init__()
        self.data, self._logs = data, policy.logs

    def is_proven(self):
        """Says whether the fraud is proven; None where only a replay could say it."""
        if self.failure():
            return False
        return None if "replay" in self.names("not covered") else True

    def verdict(self):
        return None

    def to_json(self):
        checked = super().to_json()
        proven = self.is_proven()
        return {"checked": checked, **({} if proven is None else {"fraud_proven": proven})}

    def _run(self):
        self.name = "format"
        self.file = shown.document(self.data, FORMAT)
        kind = one_of(*_MEMBERS)(self.file.get("kind"))
        required, optional = _MEMBERS[kind]
        read(self.file, {**_COMMON, **required}, optional)
        self.passed(f"{FORMAT}, {kind}")
        self.head = self._open("checkpoint", self.file["checkpoint"])
        {
            "fork": self._fork,
            "hidden_entry": self._hidden_entry,
            "open_group": self._open_group,
            "repeated_command": self._repeated_command,
            "wrong_entry": self._wrong_entry,
            "wrong_prefix": self._wrong_prefix,
        }[kind]()

    def _open(self, name, text):
        self.name = name
        head = proofs.open_checkpoint(text, self._logs)
        self.passed(f"signed by {head.origin}, {head.size} entries")
        return head

    # Two histories ----------------------------------------------------------------------------------------------------

    def _fork(self):
        other, head = self._open("other checkpoint", self.file["other"]), self.head
        self.name = "contradiction"
        need(other.origin == head.origin, "the checkpoints are of two logs")
        need(other.size <= head.size, "the other checkpoint must not be the larger one")
        need(("joined" in self.file) == (0 < other.size < head.size), "`joined` is there if the sizes differ")
        if other.size == head.size:
            root = head.root
        elif other.size == 0:
            root = proofs.Frontier().root()
        else:
            root = bytes.fromhex(self.file["joined"]["root"])
            proof = shown.bytes_of(self.file["joined"]["proof"])
            proofs.verify_consistency(other.size, head.size, root, head.root, proof)
        need(root != other.root, "the checkpoints are of one history")
        self.passed(f"two histories of its first {other.size} entries were signed")

    # An entry that the state leaves out -------------------------------------------------------------------------------

    def _hidden_entry(self):
        record = self.file["record"]
        self.name = "state entry"
        state = shown.last_state_entry(self.file["state_entry"], self.head)
        self.passed(f"entry {state['index']} of {state['time']}")
        self.name = "state proofs"
        shown.proven(record, bytes.fromhex(state["state_root"]))
        value = shown.value_of(record)
        self.passed(f"{record['space']}|{record['name']}")
        history = []
        if value is not None:
            self.name = "complete history"
            shown.complete_history(record, value)
            history = record.get("history", [])
            self.passed(f"{len(history)} entries")
        head = self.head
        if "entry_checkpoint" in self.file:
            head = self._open("entry checkpoint", self.file["entry_checkpoint"])
            same = head.origin == self.head.origin and head.size <= self.head.size
            need(same, "it is of another log, or larger")
        self.name = "inclusion"
        index = self._touching(record, head, state["index"])
        self.passed(f"entry {index} touches {record['space']}|{record['name']}")
        self.name = "omission"
        need(index not in history, f"entry {index} is in the history")
        self.passed(f"entry {index} is hidden from the complete history")

    def _touching(self, record, head, end):
        """Checks the entry that should be in the history, and returns its position."""
        item = self.file["entry"]
        shown.included(item, head)
        entry = forms.entry(item["entry"])
        need(entry["index"] == item["index"], "the entry says that it stands elsewhere")
        touched = any((record["space"], record["name"]) in touches(event) for event in forms.events_of(entry))
        need(touched and entry["index"] < end, f"entry {entry['index']} does not touch the record")
        return entry["index"]

    # A size that ends within a group ----------------------------------------------------------------------------------

    def _open_group(self):
        item = self.file["last"]
        self.name = "inclusion"
        need(item["index"] + 1 == self.head.size, "it is not the last entry of the checkpoint")
        shown.included(item, self.head)
        if shown.is_of_later_version(item["entry"]):
            self.name = "replay"
            self.not_covered("the entry is of a later law or format than this program knows")
            return
        entry = forms.entry(item["entry"])
        need(entry["index"] == item["index"], "the entry says that it stands elsewhere")
        need(entry["kind"] != "state", f"entry {entry['index']} is a state entry")
        self.passed(f"entry {entry['index']} is the last and a {entry['kind']} entry")
        self.name = "open group"
        self.passed(f"it has signed a size that ends within a group, in {entry['kind']} entry {entry['index']}")

    # A command that was decided twice ---------------------------------------------------------------------------------

    def _repeated_command(self):
        self.name = "inclusion"
        entries = []
        for item in (self.file["first"], self.file["second"]):
            shown.included(item, self.head)
            entry = forms.entry(item["entry"])
            need(entry["index"] == item["index"], "an entry says that it stands elsewhere")
            entries.append(entry)
        first, second = entries
        self.passed(f"entries {first['index']} and {second['index']}")
        self.name = "repetition"
        names = [self._command_of(entry) for entry in entries]
        repeated = names[0] == names[1] and first["index"] < second["index"]
        need(repeated, "these are two commands")
        self.passed(f"a command was decided in entry {first['index']} and again in entry {second['index']}")

    @staticmethod
    def _command_of(entry):
        need(entry["kind"] == "command", "an entry is no command")
        asked = command(forms.envelope(entry["command"])[0], entry["law"])
        return asked["org"], asked["cmd"]

    # A wrong decision: everything but the replay ----------------------------------------------------------------------

    def _wrong_entry(self):
        file, head = self.file, self.head
        self.name = "state entry"
        state, _ = shown.state_entry(file["previous"], head)
        self.passed(f"entry {state['index']} of {state['time']}")
        self._state_records(bytes.fromhex(state["state_root"]))
        self.name = "genesis"
        shown.included(file["genesis"], head)
        genesis = forms.entry(file["genesis"]["entry"])
        is_genesis = genesis["kind"] == "genesis" and genesis["genesis"]["origin"] == head.origin
        need(is_genesis, "entry 0 is not the genesis of this log")
        root = self._root(file["frontier"], state["index"] + 1)
        proofs.verify_consistency(state["index"] + 1, head.size, root, head.root, shown.bytes_of(file["consistency"]))
        self.name = "policies"
        for text in file["policies"]:
            Policy(text)
        self.name = "inclusion"
        for place, item in enumerate(file["entries"]):
            need(item["index"] == state["index"] + 1 + place, f"entry {state['index'] + 1 + place} is missing")
            shown.included(item, head)
        self.passed(f"{len(file['entries'])} entries")
        self.name = "replay"
        need(file["entries"], "every entry is what the law makes")
        self.not_covered("whether the law makes another entry: let the program verify this file")

    def _state_records(self, state_root):
        self.name = "state proofs"
        seen = set()
        for item in self.file["records"]:
            record = item["record"]
            name = f"{record['space']}|{record['name']}"
            need(name not in seen, f"{name} stands twice")
            seen.add(name)
            shown.proven(record, state_root)
            value = shown.value_of(record)
            history = value["history"] if value else {"size": 0, "root": proofs.Frontier().root().hex()}
            root = self._root(item["frontier"], history["size"], name)
            need(root.hex() == history["root"], f"{name}: the frontier is not of its history")
        self.passed(f"{len(seen)} records and absences")

    @staticmethod
    def _root(frontier, size, name="the log"):
        need(len(frontier) == size.bit_count(), f"{name}: the frontier has a wrong number of hashes")
        return proofs.fold_up(shown.bytes_of(frontier))

    def _wrong_prefix(self):
        self.name = "inclusion"
        tree = proofs.Frontier()
        for text in self.file["entries"]:
            tree.push(proofs.leaf_hash(text.encode()))
        consistency = shown.bytes_of(self.file["consistency"])
        proofs.verify_consistency(tree.size, self.head.size, tree.root(), self.head.root, consistency)
        self.passed(f"the first {tree.size} entries")
        self.name = "replay"
        self.not_covered("whether the law makes another entry: let the program verify this file")
