//! What acts of law 2 make of parties, of one claim and of one right (FORMATS 6.5, 6.6): the exact event.

import { hexDigest, unhex, utf8 } from "./bytes.js";
import { read, write } from "./canonical.js";
import { eventOf, listed, noted } from "./difference.js";
import { verifies } from "./ed25519.js";
import { keyName } from "./events.js";
import { isOpen, without } from "./fold.js";
import { FREEZE_ACTS } from "./freezes.js";
import { basisHolds } from "./givers.js";
import { NOTES_MAX, civilDay, dayText, later, micro, micros, written } from "./values.js";

/// Verifications that the record of a right names: the latest.
const VERIFICATIONS_MAX = 16;

const HOUR = 3_600_000_000n;

function plain(text) {
  return written(micro(text));
}

function kidOf(key) {
  return hexDigest(unhex(key));
}

/// The offered key, after its proof of possession was verified.
function possessed(act, { key, person, proof }) {
  const message = utf8(`greenlien/key/v1|${act.payload.aud}|${kidOf(key)}|${person}`);
  act.must(verifies(unhex(key), message, unhex(proof)), "the proof of possession of a key does not verify");
  return { key, person };
}

function newIdentity(key, party) {
  return [`identity|${keyName(key)}`, undefined, { party }];
}

/// Ends every key of a party at this entry.
function keysEnded(act, party) {
  return { ...party, keys: party.keys.map((key) => (key.revoked === undefined ? { ...key, revoked: act.index } : key)) };
}

// ---------------------------------------------------------------------------------------------------------------------
// Parties
// ---------------------------------------------------------------------------------------------------------------------

function onParty(id, make) {
  return (act) => {
    const name = id(act);
    const before = act.party(name);
    return [[`party|${name}`, before, make(act, before)]];
  };
}

const ofBody = (act) => act.body.party;

function openRecovery(act, party) {
  const last = party.recoveries?.at(-1);
  act.must(last !== undefined && last.end === undefined, "no recovery is open");
  return last;
}

function recoveryEnded(act, party, end) {
  const open = openRecovery(act, party);
  const recoveries = [...party.recoveries.slice(0, -1), { ...open, end, ended: act.index }];
  return without({ ...party, recoveries }, "recovery_keys");
}

/// The successor has every role and duty of the party, or of a divided authority every role.
function succeed(act, records, from, to, members = ["roles", "duties"]) {
  const get = (id) => records.get(id) ?? act.party(id);
  act.must(!act.inRecovery(from), `${from} is in recovery`);
  for (const member of members) {
    const has = get(from)[member].every((item) => get(to)[member].includes(item));
    act.must(has, `${to} has not all ${member} of ${from}`);
  }
  records.set(from, noted(get(from), "successors", { entry: act.index, party: to }));
  records.set(to, noted(get(to), "predecessors", { entry: act.index, party: from }));
}

function endParty(act, records, id, successor) {
  records.set(id, keysEnded(act, { ...records.get(id), ended: { entry: act.index, successor } }));
}

function asChanges(act, records) {
  return [...records].map(([id, after]) => [`party|${id}`, act.party(id), after]);
}

/// Kinds of right go on under successors: handed over by whoever keeps them, and no duty of an authority that ends is lost.
function handOver(act, records) {
  const { party, successors, residual, kinds } = act.body;
  const before = records.get(party);
  act.must(before.roles.includes("authority"), `${party} is no authority`);
  const duties = successors.flatMap((id) => records.get(id).duties);
  const isWhole = residual === undefined || before.duties.every((duty) => duties.includes(duty));
  act.must(isWhole, `nobody has all duties of ${party}`);
  for (const { kind, party: to } of kinds) {
    act.must(successors.includes(to), `${to} is no successor`);
    act.must(act.acting(party, kind) === party, `${party} does not keep ${kind}`);
  }
  for (const item of kinds) records.set(party, noted(records.get(party), "handed", { entry: act.index, ...item }));
}

const PARTY_ACTS = {
  change_party: onParty(ofBody, (act, party) => {
    act.must(party.name !== undefined && party.name !== act.body.name, "the party has this name, or none");
    return { ...noted(party, "former_names", { name: party.name, until: act.index }), name: act.body.name };
  }),
  merge_parties: (act) => {
    const records = new Map();
    act.must(!act.body.absorbed.includes(act.body.into), "a party absorbs itself");
    for (const id of act.body.absorbed) {
      succeed(act, records, id, act.body.into);
      endParty(act, records, id, act.body.into);
    }
    return asChanges(act, records);
  },
  split_party: (act) => {
    const records = new Map();
    const { party, successors, residual, kinds } = act.body;
    act.must(!successors.includes(party), "a party succeeds itself");
    for (const id of successors) succeed(act, records, party, id, kinds === undefined ? undefined : ["roles"]);
    if (kinds !== undefined) handOver(act, records);
    if (residual !== undefined) {
      act.must(successors.includes(residual), "the residual successor is no successor");
      endParty(act, records, party, residual);
    }
    return asChanges(act, records);
  },
  rotate_key: (act) => {
    const { party: id, old, new: offered } = act.body;
    const party = act.party(id);
    const key = possessed(act, offered);
    act.must(act.signers.some(({ kid, org }) => kid === old && org === id), "the old key has not signed");
    const keys = party.keys.map((item) => (kidOf(item.key) === old ? { ...item, revoked: act.index } : item));
    const own = party.parts?.find((item) => item.kid === old);
    const parts = own && [...party.parts, { kid: kidOf(key.key), part: own.part }].sort((left, right) => (left.kid < right.kid ? -1 : 1));
    const after = { ...party, keys: [...keys, { added: act.index, ...key }], ...(parts && { parts }) };
    return [[`party|${id}`, party, after], newIdentity(key.key, id)];
  },
  set_signing_rules: onParty(ofBody, (act, party) => listed(listed(party, "signing", act.body.rules), "parts", act.body.parts)),
  dispute_entries: onParty(ofBody, (act, party) => {
    const { document, from, kid } = act.body;
    const key = party.keys.find((item) => kidOf(item.key) === kid);
    act.must(key?.revoked !== undefined && key.added < from && from <= key.revoked, "the key was not valid there, or still is");
    return noted(party, "disputes", { document, entry: act.index, from, kid });
  }),
  resolve_dispute: onParty(ofBody, (act, party) => {
    const open = (item) => item.entry === act.body.dispute && item.resolved === undefined;
    act.must((party.disputes ?? []).some(open), "there is no such open dispute");
    const disputes = party.disputes.map((item) =>
      (open(item) ? { ...item, resolved: act.index, decision: act.body.document } : item));
    return { ...party, disputes };
  }),
  recover_party: onParty(ofBody, (act, party) => {
    const last = party.recoveries?.at(-1);
    act.must(act.body.party !== "M0" && (last === undefined || last.end !== undefined), "a recovery is open, or the party is M0");
    const item = { document: act.body.document, entry: act.index, ready: later(act.time, 72n * HOUR) };
    return { ...noted(party, "recoveries", item), recovery_keys: act.body.keys.map((key) => possessed(act, key)) };
  }),
  veto_recovery: onParty(ofBody, (act, party) => recoveryEnded(act, party, "vetoed")),
  complete_recovery: (act) => {
    const { party: id } = act.body;
    const party = act.party(id);
    act.must(micros(openRecovery(act, party).ready) <= micros(act.time), "the recovery is not ready");
    const added = party.recovery_keys.map((key) => ({ added: act.index, ...key }));
    const after = keysEnded(act, recoveryEnded(act, party, "completed"));
    return [
      [`party|${id}`, party, { ...after, keys: [...after.keys, ...added] }],
      ...party.recovery_keys.map(({ key }) => newIdentity(key, id)),
    ];
  },
  rotate_log_key: (act) => {
    const { key, overlap_seconds: seconds, proof } = act.body;
    const message = utf8(`greenlien/log-key/v1|${act.payload.aud}|${kidOf(key)}`);
    act.must(verifies(unhex(key), message, unhex(proof)), "the proof of the key of the log does not verify");
    const registrar = act.party("M0");
    const last = registrar.log_keys?.at(-1);
    act.must(last === undefined || micros(last.overlap_until) <= micros(act.time), "the last overlap has not ended");
    const item = { entry: act.index, key, overlap_until: later(act.time, BigInt(seconds) * 1_000_000n) };
    return [["party|M0", registrar, noted(registrar, "log_keys", item)], newIdentity(key, "M0")];
  },
};

// ---------------------------------------------------------------------------------------------------------------------
// One claim, one right
// ---------------------------------------------------------------------------------------------------------------------

function onPledge(make) {
  return (act) => {
    const { pledge } = act.body;
    act.must(act.hasHistory("pledge", pledge), `${pledge} is not shown with its history`);
    const before = act.record("pledge", pledge);
    act.must(before.lines.some((line) => isOpen(line, act.time)), `${pledge} has ended`);
    return [[`pledge|${pledge}`, before, make(act, before)]];
  };
}

/// Whether an objection still counts: it has a suit, or its days are not over.
function stands(act, objection) {
  return objection.suit !== undefined || micros(objection.until) > micros(act.time);
}

/// What counts no more gives way, from the first on, where there is no room for one more.
function withRoom(act, objections) {
  const over = objections.filter((item) => !stands(act, item)).slice(0, Math.max(0, objections.length - NOTES_MAX + 1));
  return objections.filter((item) => !over.includes(item));
}

const CLAIM_ACTS = {
  assign_pledge: onPledge((act, pledge) => {
    const { to, subrogation, part_cny: part } = act.body;
    basisHolds(act);
    if (part !== undefined) {
      const sum = (items) => (items ?? []).reduce((all, { amount }) => all + micro(amount), 0n);
      act.must(sum(pledge.parts) + micro(part) <= sum(pledge.caps), "others hold more of the claim than its cap");
    }
    if (part !== undefined) return noted(pledge, "parts", { amount: plain(part), entry: act.index, party: to });
    const item = { party: pledge.pledgee, until: act.index, ...(subrogation && { subrogation }) };
    return { ...noted(pledge, "former", item), pledgee: to };
  }),
  determine_claim: onPledge((act, pledge) => {
    basisHolds(act);
    act.must(pledge.maximum !== undefined && pledge.determined === undefined, "there is no maximum amount to determine");
    return { ...pledge, determined: act.index };
  }),
  object: onPledge((act, pledge) => {
    const { document, suit } = act.body;
    const { objections = [] } = pledge;
    const own = objections.filter((item) => act.acting(item.party) === act.org);
    act.must(suit !== undefined || own.length === 0, "the party has objected before");
    const standing = own.filter((item) => stands(act, item));
    const same = standing.find((item) => item.document === document);
    act.must(same !== undefined || standing.length === 0, "the party has objected before");
    if (same === undefined) {
      const item = { document, entry: act.index, party: act.org, until: later(act.time, 720n * HOUR), ...(suit && { suit }) };
      return listed(pledge, "objections", [...withRoom(act, objections), item]);
    }
    act.must(same.suit === undefined, "the objection is there already");
    return listed(pledge, "objections", objections.map((item) => (item === same ? { ...item, suit } : item)));
  }),
  withdraw_objection: onPledge((act, pledge) => {
    const { objections = [] } = pledge;
    const isOrdered = act.body.authority !== undefined;
    if (isOrdered) basisHolds(act);
    const own = objections.find((item) => item.entry === act.body.objection && stands(act, item));
    act.must(own !== undefined && (isOrdered || act.acting(own.party) === act.org), "the objection is not there, or of another party");
    const ended = { ...without(own, "suit"), until: act.time };
    return listed(pledge, "objections", objections.map((item) => (item === own ? ended : item)));
  }),
  register_guarantee: onPledge((act, pledge) => {
    const { document, share_bp, counter, of: guarantor = act.org } = act.body;
    act.must(act.acting(pledge.pledgee) !== act.org, "who lends guarantees its own claim");
    const hasOne = (pledge.guarantees ?? []).some((one) => one.guarantor === guarantor);
    act.must(guarantor === act.org || (hasOne && act.acting(guarantor) === act.org), "the share of a guarantor for which it does not act");
    const item = { document, entry: act.index, guarantor, share_bp, ...(counter && { counter }) };
    const all = [...pledge.guarantees ?? [], item];
    // Where there is no room, the first gives way of whose guarantor there is a later word.
    const isOld = (one, at) => all.slice(at + 1).some((later) => later.guarantor === one.guarantor);
    const old = all.length > NOTES_MAX ? all.find(isOld) : undefined;
    return listed(pledge, "guarantees", all.filter((one) => one !== old));
  }),
  register_buyout_commitment: onPledge((act, pledge) => {
    const { document, price_cny: price, trigger } = act.body;
    return noted(pledge, "buyouts", { document, entry: act.index, party: act.org, price: plain(price), trigger });
  }),
  record_external_registration: onPledge((act, pledge) => {
    const item = without(act.body, "pledge");
    act.must(item.checked <= dayText(civilDay(act.time)), "another register was looked at on a day to come");
    const isSame = (other) => other.register === item.register && other.number === item.number;
    return { ...pledge, external: [...(pledge.external ?? []).filter((other) => !isSame(other)), item] };
  }),
  record_verification: (act) => {
    const { right: id, question, answer, size, root } = act.body;
    act.must(act.hasHistory("right", id), `${id} is not shown with its history`);
    const isKnown = size > 0 && size <= act.index && read(answer, act.place).law <= act.law;
    act.must(isKnown, "a checkpoint or a law that was not there yet");
    const right = act.rightBefore(id);
    const digests = { answer: hexDigest(answer), question: hexDigest(write(question)) };
    const item = { ...digests, entry: act.index, guarantor: act.org, root, size };
    const kept = [...(right.verifications ?? []), item].slice(-VERIFICATIONS_MAX);
    return [[`right|${id}`, right, listed(right, "verifications", kept)]];
  },
  extend_right: (act) => {
    const { right: id, to } = act.body;
    act.must(act.hasHistory("right", id), `${id} is not shown with its history`);
    const right = act.rightBefore(id);
    if (right.revoked_from !== undefined) {
      const first = right.revoked_from < right.span.from ? right.span.from : right.revoked_from;
      act.must(to === right.span.to && first < to, "a right that was revoked comes back with its own end");
      return [[`right|${id}`, right, without(right, "revoked_from")]];
    }
    act.must(to > right.span.to, "the right does not end later");
    const span = { ...right.span, to };
    const longer = [`right|${id}`, right, { ...right, span }];
    if (right.source === undefined) return [longer];
    // The item of the right in its source has the same days.
    const items = [right.span, span].map((days) => ({ rights: [{ ...days, right: id }] }));
    return [longer, [`source|${right.source}`, ...items]];
  },
};

/// Each named value is erased once, and the record notes it.
function erase(act) {
  const { of, claims } = act.body;
  const space = of.startsWith("M") ? "party" : "pledge";
  act.must(act.hasHistory(space, of), `${of} is not shown with its history`);
  const before = act.record(space, of);
  const after = claims.reduce((record, claim) => {
    act.must(Object.hasOwn(before.hidden ?? {}, claim), `${of} has no hidden value ${claim}`);
    act.must(!(before.erased ?? []).some((item) => item.claim === claim), `${claim} of ${of} is erased already`);
    return noted(record, "erased", { claim, entry: act.index });
  }, before);
  return [[`${space}|${of}`, before, after]];
}

const ACTS = { ...PARTY_ACTS, ...CLAIM_ACTS, ...FREEZE_ACTS, erase };

/// Says whether the exact event of a type is known here.
export function isExact(type) {
  return Object.hasOwn(ACTS, type);
}

/// The event that an act makes of the records before it, its overhangs aside.
export function exactEvent(act) {
  const { type } = act.payload;
  return eventOf(type, ACTS[type](act));
}
