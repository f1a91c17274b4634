"""Items that evidence files and fraud files share (FORMATS 7.1): entries with inclusion proofs, records with state proofs.

Readers check the form; the functions below check what an item proves under a checkpoint or a state root.
"""

import forms
import proofs
from values import Fault, canonical, count, hash_text, items, need, read, string

FILE_MAX = 268_435_456
ITEMS_MAX = 20_000
hashes = items(hash_text, 256)


def document(data, name):
    """Reads a file of this format: canonical JSON and one line feed."""
    need(len(data) <= FILE_MAX, "the file is too large")
    need(data.endswith(b"\n"), "the file must end with a line feed")
    file = canonical(data[:-1])
    need(isinstance(file, dict) and file.get("format") == name, f"must be a file of {name}")
    return file


def entry_item(value):
    read(value, {"index": count, "entry": string, "proof": hashes})


def subject(value):
    read(value, {"space": string, "name": string})
    forms.record_reader(value["space"], value["name"])


def _leaf(value):
    read(value, {"key": hash_text, "value": hash_text})


def _proof(value):
    read(value, {"siblings": hashes}, {"leaf": _leaf})


def record_item(value):
    history = items(count, FILE_MAX)
    read(value, {"space": string, "name": string, "proof": _proof}, {"value": string, "history": history})
    forms.record_reader(value["space"], value["name"])


def bytes_of(texts):
    return [bytes.fromhex(text) for text in texts]


def included(item, head):
    """Checks that an entry is in the tree of a checkpoint; returns its leaf hash and its proof."""
    leaf, proof = proofs.leaf_hash(item["entry"].encode()), bytes_of(item["proof"])
    try:
        proofs.verify_inclusion(leaf, item["index"], head.size, proof, head.root)
    except Fault as fault:
        raise Fault(f"entry {item['index']}: {fault}") from None
    return leaf, proof


def is_of_later_version(text):
    """Says whether an entry names a format or a law that this program does not know, and so cannot judge."""
    try:
        entry = canonical(text)
    except Fault:
        return False
    newest = {"v": 1, "law": max(forms.LAWS)}
    return isinstance(entry, dict) and any(type(entry.get(n)) is int and entry[n] > last for n, last in newest.items())


def state_entry(item, head):
    """Checks an item that is said to be a state entry of the tree, and reads it."""
    _, proof = included(item, head)
    state = forms.entry(item["entry"])
    need(state["kind"] == "state", "it is not a state entry")
    need(state["index"] == state["n"] == item["index"], "its position differs from what it says")
    return state, proof


def last_state_entry(item, head):
    """Checks that an item is the last entry of the tree, and commits to the entries before it."""
    need(item["index"] + 1 == head.size, "it is not the last entry of the checkpoint")
    state, proof = state_entry(item, head)
    root = proofs.root_before_last(proof, head.size)
    need(root.hex() == state["root_n"], "root_n is not the root of the entries before it")
    return state


def proven(record, state_root):
    """Checks that a record, or its absence, is that of the state; what its value says is read elsewhere."""
    space, name, text = record["space"], record["name"], record.get("value")
    leaf = record["proof"].get("leaf")
    leaf = leaf and (bytes.fromhex(leaf["key"]), bytes.fromhex(leaf["value"]))
    expected = None if text is None else proofs.value_hash(text)
    try:
        siblings = bytes_of(record["proof"]["siblings"])
        proofs.verify_state(state_root, proofs.state_key(space, name), expected, leaf, siblings)
    except Fault as fault:
        raise Fault(f"{space}|{name}: {fault}") from None


def value_of(record):
    """Reads the value of a record, None for an absence."""
    if "value" not in record:
        return None
    return forms.state_value(record["value"], record["space"], record["name"])


def complete_history(record, value):
    """Checks that the history of a record names every entry that touched it."""
    frontier, history = proofs.Frontier(), record.get("history", [])
    for index in history:
        frontier.push(proofs.history_leaf(record["space"], record["name"], index))
    complete = frontier.size == value["history"]["size"] and frontier.root().hex() == value["history"]["root"]
    ascending = all(a < b for a, b in zip(history, history[1:]))
    need(complete and ascending, f"{record['space']}|{record['name']}: the list of entries is not complete")
