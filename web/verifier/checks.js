//! The checks of an evidence file in their order (FORMATS 7.2): each passes, fails at a place, or is not covered.
//!
//! The order is the whole flow: a check may rely on everything before it, and nothing after the first failure is looked at.

import { hex, same, unhex, utf8 } from "./bytes.js";
import { read, write } from "./canonical.js";
import { answerCheck } from "./answer.js";
import { authority } from "./authority.js";
import { overCommitment } from "./capacity.js";
import { eventsOf, LAW_MAX, lawOf, readEntry, touchedByEntry } from "./entries.js";
import { touches } from "./events.js";
import { failed, Fault, must, Unknown } from "./fault.js";
import { readEvidence } from "./file.js";
import { fold, isOpen } from "./fold.js";
import { leaf, rootBeforeLast, verifyConsistency, verifyInclusion } from "./merkle.js";
import { openCheckpoint, openNote } from "./note.js";
import { fits, readPolicy } from "./policies.js";
import { valueForm } from "./records.js";
import { signatures } from "./signatures.js";
import { historyRoot, stateKey, valueHash, verifyState } from "./state.js";
import { meets } from "./trust.js";
import { identityName, isCreditCode, micros, wholeSeconds } from "./values.js";

const AHEAD_MICROSECONDS_MAX = 300_000_000n;
const COSIGNED_SECONDS_MAX = 120;

/// Marks a check that says nothing about the file, and why.
class NotCovered {
  constructor(reason) {
    this.reason = reason;
  }
}

const CHECKS = [
  ["format", (run) => { run.file = readEvidence(run.bytes); }],
  ["checkpoint", checkpoint],
  ["witnesses", witnesses],
  ["older checkpoint", olderCheckpoint],
  ["state entry", stateEntry],
  ["age", age],
  ["auditors", auditors],
  ["state proofs", stateProofs],
  ["inclusion", inclusion],
  ["genesis", genesis],
  ["complete histories", completeHistories],
  ["touched records", touchedRecords],
  ["history gives state", historyGivesState],
  ["signatures", signatures],
  ["policies", policies],
  ["authority", authority],
  ["subject", subject],
  ["no over-commitment", (run) => (run.file.subject.space === "identity" ? new NotCovered("absence") : overCommitment(run))],
  ["answer", answerCheck],
  ["law", law],
];

/// Verifies a file, one check after another: yields `{name, outcome, message}`, and returns what came of it.
///
/// `trust` is `{policy, old, now, ageMax}`: a read trust policy, the text of an older checkpoint, the reader's time as an
/// instant, and the greatest age in seconds; the last three may be undefined.
export function* verification(bytes, trust) {
  const run = { bytes, trust, checks: [] };
  for (const [name, check] of CHECKS) {
    if (name === "answer" && run.file?.verification === undefined) continue;
    if (name === "no over-commitment" && run.file.subject.space === "identity" && !run.laterLaw) continue;
    const result = { name, ...outcomeOf(run, name, check) };
    if (name === "policies" && result.outcome !== "fail") continue;
    run.checks.push(result);
    yield result;
    if (result.outcome === "fail") break;
  }
  return { ...run, verdict: verdictOf(run) };
}

function outcomeOf(run, name, check) {
  const known = ["format", "checkpoint", "witnesses", "older checkpoint", "state entry", "age", "auditors", "state proofs", "inclusion"];
  if (run.laterLaw && !known.includes(name)) return { outcome: "not covered", message: "later law" };
  try {
    const said = check(run);
    return said instanceof NotCovered ? { outcome: "not covered", message: said.reason } : { outcome: "pass" };
  } catch (fault) {
    if (fault instanceof Unknown) return { outcome: "not covered", message: fault.message };
    if (fault instanceof Fault) return failed(fault);
    throw fault;
  }
}

function verdictOf(run) {
  const outcome = (name) => run.checks.find((check) => check.name === name)?.outcome;
  if (run.checks.some((check) => check.outcome === "fail") || run.laterLaw) return null;
  if (outcome("authority") !== "pass") return null;
  const current = ["witnesses", "age", "auditors"].every((name) => outcome(name) === "pass");
  return current ? "current and complete" : "recorded";
}

// ---------------------------------------------------------------------------------------------------------------------
// The log
// ---------------------------------------------------------------------------------------------------------------------

function checkpoint(run) {
  run.checkpoint = openCheckpoint(run.file.checkpoint, run.trust.policy.logs, "checkpoint");
}

function witnesses(run) {
  const { policy } = run.trust;
  run.cosigned = openNote(run.checkpoint.note, [...policy.witnesses.values()], "checkpoint");
  const names = new Set(run.cosigned.map(({ key }) => hex(key.key)));
  must(meets(policy, policy.quorum, names), "checkpoint", "the quorum of the trust policy did not cosign");
  return run.cosigned.length === 0 && policy.quorum === "none" ? new NotCovered("no witnesses") : undefined;
}

function olderCheckpoint(run) {
  if (run.trust.old === undefined) return new NotCovered("no older checkpoint");
  const old = openCheckpoint(run.trust.old, run.trust.policy.logs, "older checkpoint");
  const { origin, size, root } = run.checkpoint;
  must(old.origin === origin, "older checkpoint", "it is of another log");
  must(old.size <= size, "older checkpoint", `it is newer (size ${old.size}) than the file (size ${size})`);
  if (old.size === size) {
    must(same(old.root, root), "older checkpoint", "two trees of one size: the log has forked");
    return undefined;
  }
  const { consistency } = run.file;
  must(consistency?.size === old.size, "older checkpoint", `the file has no proof from size ${old.size}`);
  verifyConsistency(old.size, size, old.root, root, consistency.proof.map(unhex), "older checkpoint");
  return undefined;
}

function stateEntry(run) {
  const item = run.file.state_entry;
  const { size, root } = run.checkpoint;
  must(item.index === size - 1, "state_entry", "it is not the last entry");
  const proof = item.proof.map(unhex);
  verifyInclusion(leaf(utf8(item.entry)), item.index, size, proof, root, "state_entry");
  const { entry } = readEntry(item.entry, item.index, "state_entry");
  must(entry.kind === "state" && entry.n === item.index, "state_entry", "it is not a state entry of its index");
  must(entry.root_n === hex(rootBeforeLast(size, proof, "state_entry")), "state_entry", "root_n is not the root before it");
  run.state = entry;
}

/// The cosigners whose time is near that of the state entry.
function nearCosigners(run) {
  const time = wholeSeconds(run.state.time);
  const near = run.cosigned.filter(({ time: at }) => Math.abs(at - time) <= COSIGNED_SECONDS_MAX);
  return new Set(near.map(({ key }) => hex(key.key)));
}

function age(run) {
  const { policy, now, ageMax } = run.trust;
  const time = wholeSeconds(run.state.time);
  if (now !== undefined) {
    must(micros(run.state.time) - micros(now) <= AHEAD_MICROSECONDS_MAX, "state_entry", "it lies in the future of the reader");
  }
  must(meets(policy, policy.quorum, nearCosigners(run)), "checkpoint", "the quorum did not cosign at the time of the state entry");
  if (now === undefined || ageMax === undefined) return new NotCovered("no time or limit");
  const seconds = Math.max(0, wholeSeconds(now) - time);
  must(seconds <= ageMax, "state_entry", `it is ${seconds} seconds old, and ${ageMax} are allowed`);
  return undefined;
}

function auditors(run) {
  const { policy } = run.trust;
  if (!policy.groups.has("auditors")) return new NotCovered("no auditors");
  return meets(policy, "auditors", nearCosigners(run)) ? undefined : new NotCovered("auditors did not cosign");
}

/// No file shows it by itself; where auditors cosigned, they have replayed every decision.
function law(run) {
  const audited = run.checks.some(({ name, outcome }) => name === "auditors" && outcome === "pass");
  return audited ? undefined : new NotCovered("law");
}

// ---------------------------------------------------------------------------------------------------------------------
// Records and entries
// ---------------------------------------------------------------------------------------------------------------------

function stateProofs(run) {
  const { file } = run;
  run.laterLaw = file.entries.some((item) => lawOf(item.entry) > LAW_MAX);
  run.records = new Map();
  const root = unhex(run.state.state_root);
  file.records.forEach((item, at) => {
    const place = `records[${at}]`;
    const of = `${item.space}|${item.name}`;
    must(!run.records.has(of), place, `${of} is shown twice`);
    const hash = item.value === undefined ? null : valueHash(item.value);
    verifyState(root, stateKey(item.space, item.name), hash, item.proof, place);
    const shown = { ...item, place, record: undefined, folded: [] };
    if (item.value !== undefined && !run.laterLaw) {
      const value = read(item.value, place);
      valueForm(item.space, item.name)(value, place);
      shown.record = value.record;
      shown.state = value.history;
    }
    run.records.set(of, shown);
  });
}

function inclusion(run) {
  const { size, root } = run.checkpoint;
  run.entries = new Map();
  run.file.entries.forEach((item, at) => {
    const place = `entries[${at}]`;
    must(!run.entries.has(item.index), place, `entry ${item.index} is shown twice`);
    const hash = leaf(utf8(item.entry));
    verifyInclusion(hash, item.index, size, item.proof.map(unhex), root, place);
    if (run.laterLaw) {
      must(read(item.entry, place)?.index === item.index, place, "the entry says another index");
      run.entries.set(item.index, { hash: hex(hash) });
    } else {
      run.entries.set(item.index, { ...readEntry(item.entry, item.index, place), hash: hex(hash), place: `entry ${item.index}` });
    }
  });
  if (!run.laterLaw) checkOrder([...[...run.entries.values()].map(({ entry }) => entry), run.state]);
}

/// Times ascend over everything that is shown, and laws do not descend.
function checkOrder(entries) {
  const sorted = entries.sort((left, right) => left.index - right.index);
  let last = { index: -1, time: "", law: 0 };
  for (const { index, time, law: number = last.law } of sorted) {
    must(index === last.index || last.time < time, `entry ${index}`, "it is not later than those before it");
    must(last.law <= number, `entry ${index}`, "it is of an earlier law than those before it");
    last = { index, time, law: number };
  }
}

function genesis(run) {
  const first = run.entries.get(0);
  must(first?.entry.kind === "genesis", "entry 0", "the genesis is not shown");
  const { origin, log_vkey: text } = first.entry.genesis;
  must(origin === run.checkpoint.origin, "entry 0", `the log of the genesis is ${origin}`);
  const registrar = run.records.get("party|M0")?.record;
  const trusted = run.trust.policy.logs.filter((log) => log.name === origin);
  const spelled = trusted.some((log) => log.text === text);
  const later = (registrar?.log_keys ?? []).some(({ key }) => trusted.some((log) => hex(log.key) === key));
  must(spelled || later, "entry 0", "the log key of the genesis is not in the trust policy");
  run.genesis = first;
  run.aud = `${origin}#${first.hash}`;
}

function completeHistories(run) {
  for (const shown of run.records.values()) {
    if (shown.history === undefined) continue;
    must(shown.record !== undefined, shown.place, "a history of a record that is not there");
    const { history, state } = shown;
    for (let at = 1; at < history.length; at += 1) {
      must(history[at - 1] < history[at], shown.place, "the history does not ascend");
    }
    must(state.size === history.length, shown.place, `${history.length} of ${state.size} entries of its history are named`);
    must(hex(historyRoot(shown.space, shown.name, history)) === state.root, shown.place, "the history is another one");
  }
  for (const shown of run.records.values()) {
    if (shown.space !== "right" || shown.record === undefined) continue;
    const { kind } = shown.record;
    must(run.records.get(`policy|${kind}`)?.history, shown.place, `the history of the policy ${kind} is not shown`);
  }
}

function touchedRecords(run) {
  for (const shown of run.entries.values()) {
    if (shown.entry.kind === "state") continue;
    shown.touched = touchedByEntry(shown.entry);
    must(write(touches(shown.touched)) === write(shown.entry.touches), shown.place, "touches are not those of its event");
  }
}

function historyGivesState(run) {
  const touching = new Map();
  for (const { touched = [], index } of [...run.entries.values()].sort((left, right) => left.index - right.index)) {
    for (const of of new Set(touched)) {
      if (!touching.has(of)) touching.set(of, []);
      touching.get(of).push(index);
    }
  }
  for (const [of, shown] of run.records) {
    const seen = touching.get(of) ?? [];
    if (shown.record === undefined) {
      must(seen.length === 0, shown.place, "an entry of the file made it, and it is not there");
    } else if (shown.history !== undefined) {
      const history = new Set(shown.history);
      must(seen.every((index) => history.has(index)), shown.place, "an entry of the file is not in its history");
      shown.folded = foldHistory(run, of, shown, shown.history);
    } else {
      heldToEntries(run, of, shown, seen);
    }
  }
}

/// A record that names no history: where the file has all its entries, they are its history all the same.
function heldToEntries(run, of, shown, seen) {
  const { size, root } = shown.state;
  must(seen.length <= size, shown.place, `the file has ${seen.length} entries about it, and the state counts ${size}`);
  if (seen.length < size) return;
  must(hex(historyRoot(shown.space, shown.name, seen)) === root, shown.place, "its entries are others than the state counts");
  foldHistory(run, of, shown, seen);
}

/// What each entry of a history made of the record, which must end in the shown one.
function foldHistory(run, of, shown, history) {
  const folded = [];
  let record;
  for (const index of history) {
    const item = run.entries.get(index);
    must(item, shown.place, `entry ${index} of its history is not in the file`);
    record = foldEntry(of, record, item);
    folded.push({ index, record });
  }
  must(record !== undefined && write(record, 3) === write(shown.record, 3), shown.place, "the history gives another record");
  must(run.entries.get(history.at(-1)).hash === shown.state.last, shown.place, "its last entry is another one");
  return folded;
}

function foldEntry(of, before, item) {
  must(item.touched?.includes(of), item.place, `the entry does not touch ${of}`);
  let record = before;
  for (const event of eventsOf(item.entry)) {
    const names = item.entry.kind === "genesis" ? touchedByEntry({ ...item.entry, kind: "command", outcome: { accepted: { event } } }) : item.touched;
    if (names.includes(of)) record = fold(of, record, event, item.index, item.entry.time, item.place);
  }
  return record;
}

// ---------------------------------------------------------------------------------------------------------------------
// Policies and subject
// ---------------------------------------------------------------------------------------------------------------------

/// Reads every policy text of the file; by kind, oldest first.
function policies(run) {
  run.policies = new Map();
  const add = (kind, text) => run.policies.set(kind, [...(run.policies.get(kind) ?? []), readPolicy(text, kind)]);
  const texts = run.genesis.entry.genesis.policies;
  for (const kind of Object.keys(texts).sort()) add(kind, texts[kind]);
  for (const index of [...run.entries.keys()].sort((left, right) => left - right)) {
    const { entry, payload } = run.entries.get(index);
    if (payload?.type === "adopt_policy" && entry.outcome.accepted) add(payload.body.kind, payload.body.text);
  }
}

function subject(run) {
  const { space, name } = run.file.subject;
  const shown = run.records.get(`${space}|${name}`);
  must(shown, "subject", "it is not shown");
  if (space === "right") subjectRight(run, name, shown);
  else if (space === "pledge" && name.startsWith("P")) subjectPledge(run, name, shown);
  else if (space === "identity") subjectAbsent(run, name, shown);
  else must(false, "subject", `a file is not about ${space} ${name}`);
}

function subjectRight(run, name, shown) {
  must(shown.record && shown.history, "subject", "the right is not shown with its history");
  for (const identity of shown.record.identities) {
    const key = `identity|${identityName(identity)}`;
    const owner = run.records.get(key)?.record?.right;
    const isLater = shown.record.succeeded_by !== undefined && owner !== undefined && Number(owner.slice(1)) > Number(name.slice(1));
    must(owner === name || isLater, "subject", `${key} does not lead to it`);
  }
}

function subjectPledge(run, name, shown) {
  must(shown.record && shown.history, "subject", "the pledge is not shown with its history");
  shown.record.lines.forEach((line, at) => {
    const right = run.records.get(`right|${line.right}`)?.record;
    must(right, "subject", `${line.right} is not shown`);
    const burden = right.burdens.find((item) => item.id === `${name}.${at}`);
    if (line.released) {
      must(!burden, "subject", `the released line ${at} stands on ${line.right}`);
    } else if (burden || isOpen(line, run.state.time)) {
      // What has lapsed stays on its right until an entry touches the right.
      must(burden, "subject", `line ${at} does not stand on ${line.right}`);
      for (const member of ["quantity", "from", "to", "expires"]) {
        must(burden[member] === line[member], "subject", `line ${at} stands on ${line.right} with another ${member}`);
      }
    }
  });
}

function subjectAbsent(run, name, shown) {
  must(shown.value === undefined, "subject", "the identity has an owner");
  const { space: scheme, value } = splitScheme(name);
  if (scheme === "credit-code") {
    must(isCreditCode(value), "subject", "this is not a credit code");
    return;
  }
  const known = [...run.policies.values()].flat();
  must(known.some((policy) => fits(policy, scheme, value)), "subject", "no policy of the file has such an identity");
}

function splitScheme(name) {
  const colon = name.indexOf(":");
  return { space: name.slice(0, colon), value: name.slice(colon + 1) };
}
