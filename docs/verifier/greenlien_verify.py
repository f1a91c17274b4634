#!/usr/bin/env python3
"""Verifies files of a greenlien register offline, by docs/FORMATS.md alone: evidence, proof files of entries, fraud files.

    greenlien_verify.py --policy TRUST [--old CHECKPOINT] [--now TIME] [--max-age SECONDS] [--json] FILE...
    greenlien_verify.py --policy TRUST --entry ENTRY [--json] PROOF
    greenlien_verify.py --batch < LIST

Needs Python 3.11 and the package `cryptography`; reads no network. It shares no code with the Rust program. Exit code 0:
every file has a verdict, or proves a fraud; 1: a file fails or has no verdict; 2: wrong use; 3: a file cannot be read.
"""

import argparse
import datetime
import json
import sys

import proofs
from evidence import Verification
from frauds import Accusation, is_fraud_file
from proof_file import Inclusion
from values import Fault, instant_of


class Trust:
    """What the reader trusts and knows."""

    def __init__(self, policy, old=None, now=None, max_age=None):
        self.policy, self.old, self.max_age = proofs.Policy(policy), old, max_age
        self.now = None if now is None else instant_of(now)


def verify(data, trust, entry=None):
    """Verifies a file of any kind; `entry` is what a proof file is about."""
    if entry is not None:
        return Inclusion(data, entry, trust.policy).run()
    if is_fraud_file(data):
        return Accusation(data, trust.policy).run()
    return Verification(data, trust).run()


def conclusion(done):
    """Returns what is to be said of a file, and whether that is what its reader wants to hear."""
    failure = done.failure()
    if isinstance(done, Accusation):
        proven = done.is_proven()
        if proven is None:
            return "NOTHING PROVEN HERE: the file needs the law replayed, which this program does not do", False
        return ("FRAUD PROVEN", True) if proven else (f'NO FRAUD PROVEN: failed at "{failure}"', False)
    if failure:
        return f'INVALID: failed at "{failure}"', False
    verdict = done.verdict()
    return (f"VALID: {verdict}", True) if verdict else ("NO VERDICT: a law that is not known here", False)


def print_text(path, done):
    for name, result, text in done.checks:
        print(f"{'FAIL' if result == 'fail' else result:<12} {name:<22} {text}")
    print(f"\n{path}: {conclusion(done)[0]}")


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def read_text(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def batch(lines):
    """Each line is a JSON object: file, policy, and optionally entry, old, now, max_age. Answers one line of JSON each."""
    policies = {}
    for line in lines:
        job = json.loads(line)
        path = job["policy"]
        if path not in policies:
            policies[path] = read_bytes(path)
        old = read_text(job["old"]) if "old" in job else None
        trust = Trust(policies[path], old, job.get("now"), job.get("max_age"))
        entry = read_bytes(job["entry"]) if "entry" in job else None
        data = bytearray(read_bytes(job["file"]))
        for at, bit in job.get("flips", [[None, 0]]):
            if at is not None:
                data[at] ^= bit
            done = verify(bytes(data), trust, entry)
            if at is not None:
                data[at] ^= bit
            print(json.dumps(answer(done)), flush=True)


def answer(done):
    """Returns what one line of a batch says: the verdict, and how each check ended."""
    checks = [f"{name}: {result}" for name, result, _ in done.checks]
    said = {"checks": checks, "failure": done.failure(), "verdict": done.verdict()}
    return {**said, "fraud_proven": done.is_proven()} if isinstance(done, Accusation) else said


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--policy", help="the trust policy (C2SP tlog-policy)")
    parser.add_argument("--entry", help="the entry that a proof file is about")
    parser.add_argument("--old", help="an older checkpoint of the same log")
    parser.add_argument("--now", help='your time, such as 2026-12-01T02:03:04Z, or "now"')
    parser.add_argument("--max-age", type=int, help="the greatest age of the state, in seconds")
    parser.add_argument("--json", action="store_true", help="print one line of JSON for each file")
    parser.add_argument("--batch", action="store_true", help="read jobs, one JSON object a line, from standard input")
    args = parser.parse_args()
    if args.batch:
        return args
    if not args.files or not args.policy or (args.max_age is not None and args.now is None):
        parser.error("name files and --policy; --max-age needs --now")
    if args.entry and (len(args.files) > 1 or args.old or args.now):
        parser.error("--entry is for one proof file, without --old and --now")
    if args.now == "now":
        args.now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return args


def main():
    args = arguments()
    if args.batch:
        batch(sys.stdin)
        return 0
    try:
        trust = Trust(read_bytes(args.policy), args.old and read_text(args.old), args.now, args.max_age)
        entry = read_bytes(args.entry) if args.entry else None
        files = [(path, read_bytes(path)) for path in args.files]
    except OSError as fault:
        print(fault, file=sys.stderr)
        return 3
    except (Fault, UnicodeDecodeError) as fault:
        print(f"{args.policy}: {fault}", file=sys.stderr)
        return 2
    complete = True
    for path, data in files:
        done = verify(data, trust, entry)
        complete = conclusion(done)[1] and complete
        if args.json:
            print(json.dumps(done.to_json(), ensure_ascii=False, separators=(",", ":"), sort_keys=True))
        else:
            print_text(path, done)
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
