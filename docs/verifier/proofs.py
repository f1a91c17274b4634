"""Proofs of FORMATS sections 4, 5 and 7.7: Merkle trees, signed notes, state proofs, trust policies."""

import re

from values import Fault, base64_of, check_key, need, sha256, verifies

# 4.1 to 4.3 The tree of the log -------------------------------------------------------------------------------------


def leaf_hash(data):
    return sha256(b"\0", data)


def node(left, right):
    return sha256(b"\1", left, right)


def verify_inclusion(leaf, index, size, proof, root):
    need(index < size, "the index is not in the tree")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        need(sn != 0, "the proof is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and r == root, "the proof does not lead to the root")


def root_before_last(proof, size):
    need(len(proof) == (size - 1).bit_count(), "the proof has not as many hashes as the size has subtrees")
    if not proof:
        return sha256(b"")
    r = proof[0]
    for p in proof[1:]:
        r = node(p, r)
    return r


def verify_consistency(m, n, root_m, root_n, proof):
    need(0 < m <= n, "sizes out of order")
    if m == n:
        need(not proof and root_m == root_n, "two trees of one size")
        return
    need(proof, "the proof is empty")
    path = [root_m, *proof] if m & (m - 1) == 0 else proof
    fn, sn = m - 1, n - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        need(sn != 0, "the proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and fr == root_m and sr == root_n, "the proof does not join the two trees")


class Frontier:
    """The Merkle root over leaves that come one by one."""

    def __init__(self):
        self.size, self.parts = 0, []

    def push(self, leaf):
        size = self.size
        while size & 1:
            leaf, size = node(self.parts.pop(), leaf), size >> 1
        self.parts.append(leaf)
        self.size += 1

    def root(self):
        return fold_up(self.parts)


def fold_up(parts):
    """Returns the root over complete subtrees, the largest first."""
    if not parts:
        return sha256(b"")
    r = parts[-1]
    for part in reversed(parts[:-1]):
        r = node(part, r)
    return r


# 4.4 Notes and checkpoints ------------------------------------------------------------------------------------------

SIGNATURE, COSIGNATURE, ML_DSA_COSIGNATURE = 1, 4, 6


def is_key_name(name):
    return name != "" and not any(c.isspace() or c == "+" or c < " " or "\ud800" <= c <= "\udfff" for c in name)


class Key:
    """A verifier key: a name, an id and a public key. One of ML-DSA-44 is read, and no line is ever taken for its own."""

    def __init__(self, vkey, *kinds):
        parts = vkey.split("+", 2)
        need(len(parts) == 3 and re.fullmatch(r"[0-9a-f]{8}", parts[1]), "a verifier key is name+id+key")
        data = base64_of(parts[2])
        need(data and data[0] in kinds, "a verifier key of another type")
        self.is_verified = data[0] != ML_DSA_COSIGNATURE
        need(len(data) == (33 if self.is_verified else 1_313), "the length of a verifier key")
        self.name, self.key, self.vkey = parts[0], data[1:], vkey
        need(is_key_name(self.name), "the name of a verifier key")
        if self.is_verified:
            check_key(self.key)
        self.id = sha256(self.name, b"\n", data)[:4]
        need(self.id.hex() == parts[1], "the id of a verifier key")


class Note:
    """A signed note taken apart."""

    def __init__(self, text):
        need(len(text.encode()) <= 524_288, "the note is too long")
        need(not any(c < " " and c != "\n" for c in text), "the note has a control character")
        need(text.endswith("\n"), "the note does not end with a line feed")
        divide = text.rfind("\n\n")
        need(divide >= 0, "the note has no empty line")
        self.text = text[: divide + 1]
        lines = text[divide + 2 : -1]
        need(lines, "the note has no signature")
        self.lines = [self._line(line) for line in lines.split("\n")]
        need(len(self.lines) <= 64, "the note has too many signatures")

    @staticmethod
    def _line(line):
        need(line.startswith("\u2014 "), "a signature line is malformed")
        name, space, data = line[2:].partition(" ")
        data = base64_of(data)
        need(space and is_key_name(name) and len(data) > 4, "a signature line is malformed")
        return name, data[:4], data[4:]

    def of(self, key):
        return [data for name, kid, data in self.lines if key.is_verified and (name, kid) == (key.name, key.id)]

    def check_signed(self, keys):
        """At least one of the keys has signed, and no line that claims to be of them is false."""
        known = {(key.name, key.id) for key in keys}
        found = False
        for name, kid, data in self.lines:
            if (name, kid) in known:
                claimed = [key for key in keys if (key.name, key.id) == (name, kid)]
                need(any(verifies(key.key, self.text.encode(), data) for key in claimed), f"a false signature of {name}")
                found = True
        need(found, "no known key has signed it")

    def times_of(self, key):
        """Returns the time of each cosignature of the key."""
        times = []
        for data in self.of(key):
            time = int.from_bytes(data[:8], "big")
            message = f"cosignature/v1\ntime {time}\n{self.text}".encode()
            genuine = len(data) == 72 and time < 2**63 and verifies(key.key, message, data[8:])
            need(genuine, f"a false cosignature of {key.name}")
            times.append(time)
        return times


def _decimal(text):
    need(re.fullmatch(r"0|[1-9][0-9]*", text) and int(text) < 2**64, "must be a plain decimal number")
    return int(text)


def head_of(note):
    """Returns origin, size and root of the tree that a note is about."""
    lines = note.text.split("\n")
    need(len(lines) == 4 and lines[3] == "", "a checkpoint has exactly three lines")
    need(lines[0] != "", "the origin of the checkpoint")
    size, root = _decimal(lines[1]), base64_of(lines[2])
    need(len(root) == 32, "the root of the checkpoint")
    return lines[0], size, root


class Checkpoint:
    """An opened checkpoint of one log."""

    def __init__(self, text, keys, origin):
        note = Note(text)
        self.origin, self.size, self.root = head_of(note)
        need(self.origin == origin, "a checkpoint of another log")
        note.check_signed([key for key in keys if key.name == origin])


def open_checkpoint(text, keys):
    """Opens a checkpoint of any log whose key is among these."""
    for key in keys:
        try:
            return Checkpoint(text, keys, key.name)
        except Fault:
            continue
    raise Fault("no trusted key of a log has signed it")


# 7.7 Trust policies -------------------------------------------------------------------------------------------------


class Policy:
    """A trust file: logs, witnesses, groups and a quorum."""

    def __init__(self, octets):
        need(len(octets) <= 65_536, "the trust policy is too long")
        # Octets that are not UTF-8 are opaque: each becomes a character that no text has.
        text = octets.decode("utf-8", "surrogateescape")
        need(text == "" or text.endswith("\n"), "the trust policy does not end with a line feed")
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, None
        self._keys, self._members = set(), set()
        for line in text.split("\n")[:-1]:
            need(not any((c < " " and c != "\t") or c == "\x7f" for c in line), "a control character")
            words = [word for word in re.split("[ \t]", line) if word]
            if words and not words[0].startswith("#"):
                self._line(words)
        need(self.quorum is not None, "the quorum is missing")

    def _line(self, words):
        kind = words[0]
        if kind == "log" and len(words) in (2, 3):
            key = Key(words[1], SIGNATURE)
            self._take(key)
            self.logs.append(key)
        elif kind == "witness" and len(words) in (3, 4):
            key = Key(words[2], COSIGNATURE, ML_DSA_COSIGNATURE)
            self._take(key)
            self._define(words[1])
            self.witnesses[words[1]] = key
        elif kind == "group" and len(words) >= 4:
            self._group(words[1], words[2], words[3:])
        elif kind == "quorum" and len(words) == 2:
            need(self.quorum is None, "two quorums")
            need(words[1] == "none" or self._known(words[1]), "the quorum is not defined")
            self.quorum = words[1]
        else:
            raise Fault(f"a line that begins with {kind!r}")

    def _group(self, name, threshold, members):
        for member in members:
            need(self._known(member), f"{member} is not defined")
            need(member not in self._members, f"{member} is in two groups")
            self._members.add(member)
        if threshold not in ("all", "any"):
            need(1 <= _decimal(threshold) <= len(members), "the threshold of a group")
        needed = {"all": len(members), "any": 1}.get(threshold) or int(threshold)
        self._define(name)
        self.groups[name] = (needed, members)

    def _known(self, name):
        return name in self.witnesses or name in self.groups

    def _take(self, key):
        need(key.key not in self._keys, "one key twice")
        self._keys.add(key.key)

    def _define(self, name):
        need(name != "none" and not self._known(name), f"the name {name}")

    def _present(self, cosigned):
        present = {name for name in cosigned if name in self.witnesses}
        for name, (needed, members) in self.groups.items():
            if sum(member in present for member in members) >= needed:
                present.add(name)
        return present

    def cosigners(self, note):
        """Returns the names of the witnesses that cosigned, each with the times at which it did."""
        times = {name: note.times_of(key) for name, key in self.witnesses.items()}
        return {name: at for name, at in times.items() if at}

    def quorum_met(self, cosigned):
        return self.quorum == "none" or self.quorum in self._present(cosigned)

    def auditors_met(self, cosigned):
        return "auditors" in self.groups and "auditors" in self._present(cosigned)


# 5.5 State proofs ---------------------------------------------------------------------------------------------------

_PLACEHOLDER = b"SPARSE_MERKLE_PLACEHOLDER_HASH__"


def state_key(space, name):
    return sha256("greenlien/state/v1|", space, "|", name)


def value_hash(text):
    return sha256("greenlien/value/v1|", text)


def history_leaf(space, name, index):
    return sha256(b"\0greenlien/history/v1|", f"{space}|{name}|{index}")


def verify_state(root, key, expected, leaf, siblings):
    """`expected` is a value hash, or None for absence; `leaf` is a pair of key and value hash, or None."""
    need(len(siblings) <= 256, "too many siblings")
    if expected is not None:
        need(leaf is not None and leaf == (key, expected), "the proof ends at another value")
    elif leaf is not None:
        need(leaf[0] != key, "the record is there")
        different = int.from_bytes(leaf[0], "big") ^ int.from_bytes(key, "big")
        need(256 - different.bit_length() >= len(siblings), "the leaf is not on the path of the key")
    h = _PLACEHOLDER if leaf is None else sha256(b"JMT::LeafNode", leaf[0], leaf[1])
    path = int.from_bytes(key, "big")
    depth = len(siblings)
    for sibling in siblings:
        depth -= 1
        right = path >> (255 - depth) & 1
        h = sha256(b"JMT::IntrnalNode", *((sibling, h) if right else (h, sibling)))
    need(h == root, "the proof leads to another root")
