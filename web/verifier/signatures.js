//! The check `signatures` (FORMATS 7.2): who asked for each command, under keys valid at its position.

import { hexDigest, unhex } from "./bytes.js";
import { readPayload } from "./commands.js";
import { verifies } from "./ed25519.js";
import { must } from "./fault.js";
import { numberOf, micros } from "./values.js";

const FUTURE_MICROSECONDS_MAX = 300_000_000n;

/// The keys of every party that is shown with its history, by key id.
function keysOf(run) {
  const keys = new Map();
  for (const shown of run.records.values()) {
    if (shown.space !== "party" || shown.history === undefined) continue;
    for (const key of shown.record.keys) keys.set(hexDigest(unhex(key.key)), { ...key, party: shown.name });
  }
  return keys;
}

/// Checks every command entry, and leaves on it its `payload` and its `signers` with key ids and persons.
export function signatures(run) {
  const keys = keysOf(run);
  const used = new Set();
  for (const shown of run.entries.values()) {
    if (shown.entry.kind !== "command") continue;
    const { place, envelope } = shown;
    shown.payload = readPayload(envelope.payload, `${place}, payload`, shown.entry.law);
    shown.signers = envelope.signatures.map((signature) => signerOf(signature, keys, place));
    exactly(shown.payload.signers, shown.signers, place);
    inTime(run, shown, place);
    const name = `${shown.payload.org} ${shown.payload.cmd}`;
    must(!used.has(name), place, `the command ${name} stands twice`);
    used.add(name);
    if (shown.entry.outcome.accepted) validAt(shown, place);
  }
}

function signerOf({ kid, role, message, signature }, keys, place) {
  const key = keys.get(kid);
  must(key, place, `no party shown with its history has the key ${kid}`);
  must(verifies(unhex(key.key), message, signature), place, `the signature of ${key.party} does not verify`);
  return { org: key.party, role, kid, key };
}

function exactly(wanted, signers, place) {
  const spell = (list) => list.map(({ org, role }) => `${String(numberOf(org)).padStart(16, "0")} ${role}`).sort().join();
  must(spell(wanted) === spell(signers), place, "the signatures are not those of signers");
}

function inTime(run, shown, place) {
  const { aud, iat, exp } = shown.payload;
  must(aud === run.aud, place, "the command is for another log");
  const time = micros(shown.entry.time);
  must(micros(iat) < micros(exp), place, "the command ends before it was made");
  must(time < micros(exp), place, "the command had ended");
  must(time >= micros(iat) - FUTURE_MICROSECONDS_MAX, place, "the command was made in the future");
}

function validAt(shown, place) {
  const persons = new Set();
  for (const { org, key } of shown.signers) {
    const valid = key.added < shown.index && (key.revoked === undefined || shown.index <= key.revoked);
    must(valid, place, `a key of ${org} was not valid`);
    const name = `${org} ${key.person}`;
    must(!persons.has(name), place, `one person of ${org} signed twice`);
    persons.add(name);
  }
}
