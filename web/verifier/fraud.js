//! Fraud files (FORMATS 7.9): they convince whoever trusts the log's key that the log is false.
//!
//! What needs the law replayed is not covered here, and then the file proves nothing.

import { hex, same, textOf, unhex, utf8 } from "./bytes.js";
import { read } from "./canonical.js";
import { readPayload } from "./commands.js";
import { isOfLaterVersion, readEntry, touchedByEntry } from "./entries.js";
import { must, Unknown } from "./fault.js";
import { item, proof, record } from "./file.js";
import { chosen, list, object, optional, string } from "./forms.js";
import { leaf, node, rootOf, verifyConsistency, verifyInclusion } from "./merkle.js";
import { openCheckpoint } from "./note.js";
import { readPolicy } from "./policies.js";
import { valueForm } from "./records.js";
import { historyRoot, stateKey, valueHash, verifyState } from "./state.js";
import { checked } from "./steps.js";
import { readToml } from "./toml.js";
import { hash } from "./values.js";

const FORMAT = "greenlien-fraud/v1";
const BYTES_MAX = 268_435_456;
const ITEMS_MAX = 20_000;
const PREFIX_MAX = 1_048_576;

const common = {
  checkpoint: string, kind: string,
  format: (value, place) => must(value === FORMAT, place, `the format ${JSON.stringify(value)} is unknown`),
};

const form = chosen("kind", {
  fork: object({ ...common, other: string, joined: optional(object({ proof, root: hash })) }),
  hidden_entry: object({ ...common, state_entry: item, record, entry: item, entry_checkpoint: optional(string) }),
  open_group: object({ ...common, last: item }),
  repeated_command: object({ ...common, first: item, second: item }),
  wrong_entry: object({
    ...common, genesis: item, previous: item, frontier: proof, consistency: proof,
    records: list(object({ frontier: proof, record }), 0, ITEMS_MAX), policies: list(string, 0, ITEMS_MAX),
    entries: list(item, 0, ITEMS_MAX),
  }),
  wrong_prefix: object({ ...common, entries: list(string, 0, PREFIX_MAX), consistency: proof }),
});

export function isFraudFile(bytes) {
  return new TextDecoder("latin1").decode(bytes).includes(`"format":"${FORMAT}"`);
}

function readFraud(bytes) {
  must(bytes.length <= BYTES_MAX, "file", "longer than 268,435,456 bytes");
  const text = textOf(bytes);
  must(text !== null && text.endsWith("\n"), "file", "this is no text that ends with a line feed");
  const file = read(text.slice(0, -1), "file");
  form(file, "file");
  return file;
}

/// Judges a fraud file, one check after another. `isProven` of the result is undefined where only a replay could say it.
export function* judgeFraud(bytes, { policy }) {
  const run = {};
  const result = yield* checked(run, steps(run, bytes, policy.logs), () => null);
  const isReplayed = !result.checks.some(({ name }) => name === "replay");
  const failed = result.checks.some(({ outcome }) => outcome === "fail");
  return { ...result, isFraud: true, isProven: failed ? false : isReplayed ? true : undefined };
}

function* steps(run, bytes, logs) {
  yield ["format", () => { run.file = readFraud(bytes); }];
  yield ["checkpoint", () => { run.head = openCheckpoint(run.file.checkpoint, logs, "checkpoint"); }];
  yield* KINDS[run.file.kind](run, logs);
}

/// The entry of an item that is proven under a checkpoint.
function included(one, head, place) {
  inTree(one, head, place);
  return readEntry(one.entry, one.index, place);
}

function inTree({ entry, index, proof: hashes }, head, place) {
  verifyInclusion(leaf(utf8(entry)), index, head.size, hashes.map(unhex), head.root, place);
}

const KINDS = {
  * fork(run, logs) {
    const { file, head } = run;
    yield ["other checkpoint", () => { run.other = openCheckpoint(file.other, logs, "other checkpoint"); }];
    yield ["contradiction", () => {
      const { other } = run;
      must(other.origin === head.origin, "other", "the checkpoints are of two logs");
      must(other.size <= head.size, "other", "the other checkpoint is the larger one");
      const isJoined = other.size > 0 && other.size < head.size;
      must((file.joined !== undefined) === isJoined, "joined", "it is there if the sizes differ, and only then");
      let root = other.size === head.size ? head.root : rootOf([]);
      if (isJoined) {
        root = unhex(file.joined.root);
        verifyConsistency(other.size, head.size, root, head.root, file.joined.proof.map(unhex), "joined");
      }
      must(!same(root, other.root), "other", "the checkpoints are of one history");
    }];
  },
  * hidden_entry(run, logs) {
    const { file, head } = run;
    const { space, name, history, value } = file.record;
    const of = `${space}|${name}`;
    yield ["state entry", () => {
      run.state = included(file.state_entry, head, "state_entry").entry;
      must(file.state_entry.index === head.size - 1 && run.state.kind === "state", "state_entry", "it is not the last entry, or no state entry");
    }];
    yield ["state proofs", () => { run.value = proven(file.record, unhex(run.state.state_root), "record"); }];
    if (value !== undefined) {
      yield ["complete history", () => {
        const wanted = run.value.history;
        must(history !== undefined && history.length === wanted.size, "record", "the list of entries is not complete");
        must(history.every((index, at) => at === 0 || history[at - 1] < index), "record", "the history does not ascend");
        must(hex(historyRoot(space, name, history)) === wanted.root, "record", "the history is another one");
      }];
    }
    run.under = head;
    if (file.entry_checkpoint !== undefined) {
      yield ["entry checkpoint", () => {
        run.under = openCheckpoint(file.entry_checkpoint, logs, "entry_checkpoint");
        must(run.under.origin === head.origin && run.under.size <= head.size, "entry_checkpoint", "it is of another log, or larger");
      }];
    }
    yield ["inclusion", () => {
      const { entry } = included(file.entry, run.under, "entry");
      const touches = entry.kind !== "state" && touchedByEntry(entry).includes(of);
      must(touches && file.entry.index < run.state.index, "entry", `it does not touch ${of}`);
    }];
    yield ["omission", () => must(value === undefined || !history.includes(file.entry.index), "entry", "it is in the history")];
  },
  * open_group(run) {
    const { file: { last }, head } = run;
    let isLater = false;
    yield ["inclusion", () => {
      must(last.index === head.size - 1, "last", "it is not the last entry of the checkpoint");
      inTree(last, head, "last");
      isLater = isOfLaterVersion(last.entry);
      must(isLater || readEntry(last.entry, last.index, "last").entry.kind !== "state", "last", "it is a state entry");
    }];
    if (isLater) {
      yield ["replay", () => { throw new Unknown("later law"); }];
      return;
    }
    yield ["open group", () => {}];
  },
  * repeated_command(run) {
    const { file, head } = run;
    yield ["inclusion", () => {
      run.names = [file.first, file.second].map((one, at) => {
        const { entry, envelope } = included(one, head, ["first", "second"][at]);
        must(entry.kind === "command", "inclusion", "an entry is no command");
        const { org, cmd } = readPayload(envelope.payload, `entry ${one.index}`, entry.law);
        return `${org} ${cmd}`;
      });
    }];
    yield ["repetition", () => must(run.names[0] === run.names[1] && file.first.index < file.second.index, "second", "these are two commands")];
  },
  * wrong_entry(run) {
    const { file, head } = run;
    yield ["state entry", () => {
      run.state = included(file.previous, head, "previous").entry;
      must(run.state.kind === "state", "previous", "it is no state entry");
    }];
    yield ["state proofs", () => stateRecords(file, unhex(run.state.state_root))];
    yield ["genesis", () => {
      const { entry } = included(file.genesis, head, "genesis");
      must(entry.kind === "genesis" && entry.genesis.origin === head.origin, "genesis", "it is not the genesis of this log");
      const size = run.state.index + 1;
      verifyConsistency(size, head.size, rootOfFrontier(file.frontier, size, "frontier"), head.root, file.consistency.map(unhex), "consistency");
    }];
    yield ["policies", () => file.policies.forEach((text) => readPolicy(text, readToml(text).kind))];
    yield ["inclusion", () => file.entries.forEach((one, at) => {
      must(one.index === run.state.index + 1 + at, `entries[${at}]`, "an entry is missing");
      verifyInclusion(leaf(utf8(one.entry)), one.index, head.size, one.proof.map(unhex), head.root, `entries[${at}]`);
    })];
    yield ["replay", () => { throw new Unknown("replay"); }];
  },
  * wrong_prefix(run) {
    const { file, head } = run;
    yield ["inclusion", () => {
      const root = rootOf(file.entries.map((text) => leaf(utf8(text))));
      verifyConsistency(file.entries.length, head.size, root, head.root, file.consistency.map(unhex), "consistency");
    }];
    yield ["replay", () => { throw new Unknown("replay"); }];
  },
};

/// Verifies a record under a state root, and returns the whole of its value, or undefined for an absence.
function proven({ space, name, value, proof: path }, root, place) {
  verifyState(root, stateKey(space, name), value === undefined ? null : valueHash(value), path, place);
  if (value === undefined) return undefined;
  const whole = read(value, place);
  valueForm(space, name)(whole, place);
  return whole;
}

function stateRecords(file, root) {
  const seen = new Set();
  file.records.forEach(({ frontier, record: shown }, at) => {
    const place = `records[${at}]`;
    const of = `${shown.space}|${shown.name}`;
    must(!seen.has(of), place, `${of} stands twice`);
    seen.add(of);
    const history = proven(shown, root, place)?.history ?? { size: 0, root: hex(rootOf([])) };
    must(hex(rootOfFrontier(frontier, history.size, place)) === history.root, place, "the frontier is not of its history");
  });
}

/// The root over the complete subtrees of a tree, largest first.
function rootOfFrontier(frontier, size, place) {
  const ones = size.toString(2).replace(/0/g, "").length;
  must(frontier.length === ones, place, "the frontier has another number of hashes");
  if (ones === 0) return rootOf([]);
  return frontier.map(unhex).reduceRight((root, left) => node(left, root));
}
