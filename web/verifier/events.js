//! Events (FORMATS 3.2), and the keys that each touches (3.3).

import { hex, hexDigest, unhex } from "./bytes.js";
import { must } from "./fault.js";
import { distinct, isObject, list, mark, object, optional, string, word, integer } from "./forms.js";
import * as records from "./records.js";
import { stateKey } from "./state.js";
import {
  actWord, area, burdenId, day, freezeId, hash, hidden, identityName, instant, name, partyId, person, pledgeId, publicKey,
  quantity, reservationId, rightId, span,
} from "./values.js";

const overhangs = optional(list(
  object({ right: rightId, burden: burdenId, overhang: optional(records.overhang) }), 1));
const lines = list(records.line, 0, 64);
const results = list(records.lineResult, 0, 64);
const rights = list(rightId);
const type = string;

const FORMS = {
  party_admitted: object({
    type, party: partyId, ...records.partyMembers, keys: distinct(object({ key: publicKey, person }), (key) => key.key, 0, 128),
  }, records.partyAsWhole),
  key_added: object({ type, party: partyId, key: publicKey, person }),
  key_revoked: object({ type, party: partyId, kid: hash }),
  signing_policy_set: object({ type, party: partyId, threshold: integer(1, 5) }),
  policy_adopted: object({ type, kind: name, digest: hash, active_from: instant }),
  right_issued: object({
    type, right: rightId, ...records.rightMembers,
    tolerated: optional(list(object({ right: rightId, area2: area }), 1)),
    moved: optional(list(object({ from: rightId, burden: burdenId }), 1)),
  }, records.rightAsWhole),
  right_adjusted: object({ type, right: rightId, from: day, quantity, overhangs }),
  right_revoked: object({ type, right: rightId, from: day, overhangs }),
  frozen: object({ type, right: rightId, burden: records.burden, overhangs }),
  unfrozen: object({ type, right: rightId, freeze: freezeId, overhangs }),
  reserved: object({ type, reservation: reservationId, pledgee: partyId, pledgor: partyId, lines, expires: instant }),
  reservation_cancelled: object({ type, reservation: reservationId, rights: rights, overhangs }),
  pledge_registered: object({
    type, pledge: pledgeId, pledgee: partyId, pledgor: partyId, debtor: optional(partyId), form: word("质押", "抵押"), lines,
    term: optional(span), hidden: optional(hidden), caps: optional(list(object({ amount: quantity, entry: integer(0) }), 1)),
    maximum: optional(span), syndicate: optional(records.syndicate), green: optional(records.green), attested: records.attested,
    reservation: optional(object({ id: reservationId, rights: rights, in_place: optional(mark) })),
  }),
  pledge_amended: object({ type, pledge: pledgeId, lines: results, overhangs }),
  pledge_extended: object({ type, pledge: pledgeId, lines: optional(list(records.lineResult, 1, 64)), term: optional(span) }),
  pledge_released: object({ type, pledge: pledgeId, lines: results, overhangs }),
};

/// A record as `space|name`; the first bar divides.
export function splitOf(of) {
  const bar = of.indexOf("|");
  return { space: of.slice(0, bar), name: of.slice(bar + 1) };
}

function ofForm(value, place) {
  must(typeof value === "string" && value.includes("|"), place, "a record is named space|name");
  const { space, name: recordName } = splitOf(value);
  records.recordName(space, recordName, place);
}

const OWN = ["of", "new", "clear", "list", "drop"];

/// A change or a row: what is fixed about it; its further members are those of the record.
function partForm(fixed) {
  return (value, place) => {
    must(isObject(value), place, "this is not an object");
    const own = {};
    for (const member of Object.keys(fixed)) if (Object.hasOwn(value, member)) own[member] = value[member];
    object(fixed)(own, place);
    for (const member of OWN) must(Object.hasOwn(fixed, member) || !Object.hasOwn(value, member), place, `${member} does not belong here`);
  };
}

const change = partForm({ of: ofForm, new: optional(mark), clear: optional(clearForm) });
const row = partForm({ of: ofForm, list: actWord, drop: optional(mark) });

function clearForm(value, place) {
  list(actWord, 1)(value, place);
  for (let at = 1; at < value.length; at += 1) must(value[at - 1] < value[at], place, "the members do not ascend");
}

const act = object({ type: actWord, changes: list(change), rows: optional(list(row, 1)), overhangs });

export function isAct(event) {
  return !Object.hasOwn(FORMS, event.type);
}

export function eventForm(event, place) {
  must(isObject(event) && typeof event.type === "string", place, "an event has a type");
  if (isAct(event)) act(event, place);
  else FORMS[event.type](event, place);
}

// ---------------------------------------------------------------------------------------------------------------------
// What an event touches
// ---------------------------------------------------------------------------------------------------------------------

export function keyName(publicKeyHex) {
  return `ed25519-key:${hexDigest(unhex(publicKeyHex))}`;
}

/// The pledge or reservation of a burden, by its name.
export function ownerOf(burden) {
  return burden.split(".")[0];
}

/// The records that an event touches, as `space|name`, with repetitions.
export function touchedBy(event) {
  const named = touchedFirst(event);
  for (const item of event.overhangs ?? []) named.push(`right|${item.right}`);
  return named;
}

function touchedFirst(event) {
  const rightsOf = (items) => items.map((item) => `right|${item.right}`);
  switch (event.type) {
    case "party_admitted": {
      const code = event.credit_code === undefined ? [] : [`identity|credit-code:${event.credit_code}`];
      return [`party|${event.party}`, ...code, ...event.keys.map(({ key }) => `identity|${keyName(key)}`)];
    }
    case "key_added":
      return [`party|${event.party}`, `identity|${keyName(event.key)}`];
    case "key_revoked":
    case "signing_policy_set":
      return [`party|${event.party}`];
    case "policy_adopted":
      return [`policy|${event.kind}`];
    case "right_issued":
      return touchedByIssue(event);
    case "right_adjusted":
    case "right_revoked":
    case "frozen":
    case "unfrozen":
      return [`right|${event.right}`];
    case "reserved":
      return [`pledge|${event.reservation}`, ...rightsOf(event.lines)];
    case "reservation_cancelled":
      return [`pledge|${event.reservation}`, ...event.rights.map((right) => `right|${right}`)];
    case "pledge_registered": {
      const taken = event.reservation;
      const before = taken ? [`pledge|${taken.id}`, ...taken.rights.map((right) => `right|${right}`)] : [];
      return [`pledge|${event.pledge}`, ...rightsOf(event.lines), ...before];
    }
    case "pledge_amended":
    case "pledge_extended":
    case "pledge_released":
      return [`pledge|${event.pledge}`, ...rightsOf(event.lines ?? [])];
    default:
      return [...event.changes, ...(event.rows ?? [])].map((part) => part.of);
  }
}

function touchedByIssue(event) {
  const moved = event.moved ?? [];
  return [
    `right|${event.right}`,
    ...event.identities.map((item) => `identity|${identityName(item)}`),
    ...(event.source === undefined ? [] : [`source|${event.source}`]),
    ...(event.cells ?? []).map((cell) => `cell|${cell}`),
    ...event.succeeds.map((right) => `right|${right}`),
    ...(event.tolerated ?? []).map((item) => `right|${item.right}`),
    ...moved.map((item) => `right|${item.from}`),
    // A freeze is a burden on its right and no record of its own.
    ...moved.filter((item) => !item.burden.startsWith("F")).map((item) => `pledge|${ownerOf(item.burden)}`),
  ];
}

/// The hashes of the touched keys, ascending, each once.
export function touches(names) {
  const keys = new Set();
  for (const of of names) {
    const { space, name: recordName } = splitOf(of);
    keys.add(hex(stateKey(space, recordName)));
  }
  return [...keys].sort();
}
