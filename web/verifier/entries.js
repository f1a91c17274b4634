//! Entries of the log (FORMATS 3): genesis, command, state; findings.

import { hexDigest, utf8 } from "./bytes.js";
import { read, write } from "./canonical.js";
import { readEnvelope } from "./commands.js";
import { must } from "./fault.js";
import { boolean, distinct, integer, isObject, list, map, object, optional, string, word } from "./forms.js";
import { eventForm, touchedBy, touches } from "./events.js";
import { findingForm } from "./findings.js";
import { partyAsWhole, partyMembers } from "./records.js";
import { hash, instant, name, person, publicKey } from "./values.js";

/// The newest law that this verifier knows.
export const LAW_MAX = 2;
const BYTES_MAX = 65_535;
const OVERHEAD = { v: (value, place) => must(value === 1, place, `the version ${value} is unknown`), index: integer(0), time: instant };

const touchesForm = (value, place) => {
  list(hash)(value, place);
  for (let at = 1; at < value.length; at += 1) must(value[at - 1] < value[at], place, "the keys do not ascend");
};

const degree = integer(-1_800_000_000, 1_800_000_000);

const genesisForm = object({
  origin: string, log_vkey: string, region: string,
  county: object({ west: degree, south: degree, east: degree, north: degree }),
  registrar: object(partyMembers, partyAsWhole), keys: distinct(object({ key: publicKey, person }), (key) => key.key, 1, 128),
  quorum: map(word("registrar", "authority", "bank", "guarantor", "court", "holder"), integer(0), 0),
  policy_delay_seconds: integer(0), policies: map(name, string, 0), public: boolean,
});

const law = integer(1, LAW_MAX);
const kind = string;

const FORMS = {
  genesis: object({ ...OVERHEAD, kind, law, policy: hash, touches: touchesForm, genesis: genesisForm }),
  command: object({ ...OVERHEAD, kind, law, policy: hash, touches: touchesForm, prev: hash, command: (value, place) => must(isObject(value), place, "no object"), outcome: outcomeForm }),
  state: object({
    ...OVERHEAD, kind, prev: hash, n: integer(0), root_n: hash, state_root: hash, previous_state_index: optional(integer(0)),
    mode: word("heartbeat", "group"),
  }),
};

function outcomeForm(value, place) {
  must(isObject(value) && Object.keys(value).length === 1, place, "a command is accepted or refused");
  if (Object.hasOwn(value, "accepted")) {
    object({ event: eventForm, warnings: list(findingForm) })(value.accepted, place);
  } else {
    object({ refused: list(findingForm, 1) })(value, place);
  }
}

/// Reads the text of an entry that stands at this index.
export function readEntry(text, index, place) {
  const bytes = utf8(text);
  must(bytes.length <= BYTES_MAX, place, "the entry is longer than 65,535 bytes");
  const entry = read(text, place);
  must(isObject(entry) && Object.hasOwn(FORMS, entry.kind), place, "the kind of the entry is unknown");
  FORMS[entry.kind](entry, place);
  must(entry.index === index, place, `the entry says that it stands at ${entry.index}`);
  if (entry.kind === "genesis") genesisAsWhole(entry, place);
  const envelope = entry.kind === "command" ? readEnvelope(entry.command, `${place}.command`) : null;
  return { entry, envelope, index };
}

/// The digest of the first policies, and the keys that they and the registrar touch, follow from the genesis.
function genesisAsWhole(entry, place) {
  const { policies } = entry.genesis;
  const lines = Object.keys(policies).sort().map((policy) => `${policy} ${hexDigest(policies[policy])}\n`);
  must(entry.policy === hexDigest(lines.join("")), place, "the digest of the policies is not that of the genesis");
  must(write(entry.touches) === write(touches(touchedByEntry(entry))), place, "touches are not those of the genesis");
}

/// The number of the law of an entry that may be of a later one, or 0.
export function lawOf(text) {
  try {
    const entry = read(text, "entry");
    return isObject(entry) && Number.isSafeInteger(entry.law) ? entry.law : 0;
  } catch {
    return 0;
  }
}

/// Says whether an entry names a format or a law that this program does not know, and so cannot judge.
export function isOfLaterVersion(text) {
  let entry;
  try {
    entry = read(text, "entry");
  } catch {
    return false;
  }
  const isAbove = (number, known) => Number.isSafeInteger(number) && number > known;
  return isObject(entry) && (isAbove(entry.v, 1) || isAbove(entry.law, LAW_MAX));
}

/// The events of an entry, in order: those that entry 0 counts as, that of an accepted command, or none.
export function eventsOf(entry) {
  if (entry.kind === "genesis") {
    const { registrar, keys, policies } = entry.genesis;
    const adopted = Object.keys(policies).sort().map((policy) => ({
      type: "policy_adopted", kind: policy, digest: hexDigest(policies[policy]), active_from: entry.time,
    }));
    return [{ type: "party_admitted", party: "M0", ...registrar, keys }, ...adopted];
  }
  return entry.outcome?.accepted ? [entry.outcome.accepted.event] : [];
}

export function touchedByEntry(entry) {
  return eventsOf(entry).flatMap(touchedBy);
}

