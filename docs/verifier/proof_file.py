"""C2SP tlog-proof files of FORMATS 4.7: that some bytes are one entry of a log."""

import re

import forms
import proofs
from report import Report
from values import Fault, base64_of, need

FIRST_LINE = "c2sp.org/tlog-proof@v1"
FILE_MAX = 622_592
EXTRA_MAX = 65_535
HASHES_MAX = 64


class ProofFile:
    """A proof file taken apart."""

    def __init__(self, data):
        need(len(data) <= FILE_MAX, "the file is too large")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Fault("the file is not UTF-8") from None
        head, empty, self.checkpoint = text.partition("\n\n")
        need(empty, "no empty line stands before the checkpoint")
        lines = head.split("\n")
        need(lines[0] == FIRST_LINE, f"the first line is not {FIRST_LINE}")
        rest = lines[1:]
        if rest and rest[0].startswith("extra "):
            need(1 <= len(base64_of(rest[0][6:])) <= EXTRA_MAX, "the extra data")
            rest = rest[1:]
        index = re.fullmatch("index (0|[1-9][0-9]*)", rest[0], re.ASCII) if rest else None
        need(index and int(index.group(1)) < 2**64, "the line of the index")
        self.index = int(index.group(1))
        need(len(rest) - 1 <= HASHES_MAX, "too many hashes")
        self.proof = [base64_of(line) for line in rest[1:]]
        need(all(len(hash) == 32 for hash in self.proof), "a hash has 32 bytes")
        proofs.head_of(proofs.Note(self.checkpoint))


class Inclusion(Report):
    """A proof file and the bytes that it is said to be about."""

    def __init__(self, data, entry, policy):
        super().__init__()
        self.data, self.entry, self.policy = data, entry, policy

    def _run(self):
        self.name = "format"
        file = ProofFile(self.data)
        self.passed(f"tlog-proof of entry {file.index}")
        self.name = "checkpoint"
        head = proofs.open_checkpoint(file.checkpoint, self.policy.logs)
        cosigned = self.policy.cosigners(proofs.Note(file.checkpoint))
        need(self.policy.quorum_met(cosigned), "the quorum of the trust policy is not met")
        self.passed(f"signed by {head.origin}, {head.size} entries, root {head.root.hex()}")
        self.name = "witnesses"
        if cosigned:
            self.passed(f"cosigned by {', '.join(cosigned)}")
        else:
            self.not_covered("no witness cosigned: the log may show others another tree")
        self.name = "inclusion"
        proofs.verify_inclusion(proofs.leaf_hash(self.entry), file.index, head.size, file.proof, head.root)
        self.passed(f"entry {file.index} is in this log")
        self._meaning(file.index)

    def _meaning(self, index):
        self.name = "entry"
        try:
            entry = forms.entry(self.entry.decode("utf-8"))
        except (Fault, UnicodeDecodeError):
            self.not_covered("its bytes are no entry that is known here: what they mean is not checked")
            return
        need(entry["index"] == index, f"it says that it is entry {entry['index']}, not {index}")
        self.passed(entry["kind"])
        self.name = "signatures"
        self.not_covered("the keys of the signers: evidence of a record holds them")
        self.name = "present"
        self.not_covered("whether it still holds: ask for evidence of the record")
