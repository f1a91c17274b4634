//! Records (FORMATS 5.4): what the state says about a right, a pledge, a party and so on. New members go here first.

import { must } from "./fault.js";
import { ascending, distinct, integer, list, map, mark, object, optional, pattern, string, word } from "./forms.js";
import { polygonText } from "./polygon.js";
import {
  area, burdenId, creditCode, day, hash, hidden, identity, identityName, instant, name, numberOf, orderNumber, partyId, person, plainText,
  pledgeId, price, publicKey, quantity, region, reservationId, rightId, shortName, span, yuan,
} from "./values.js";

export const ROLES = ["registrar", "authority", "bank", "guarantor", "court", "holder"];

/// The members of an extent: by the model of the right none, both days, a quantity, or all.
export const extent = { quantity: optional(quantity), from: optional(day), to: optional(day) };

export function extentInOrder(value, place) {
  must(Object.hasOwn(value, "from") === Object.hasOwn(value, "to"), place, "from and to go together");
  if (value.from !== undefined) must(value.from < value.to, place, "it ends before it begins");
}

const behind = optional(distinct(burdenId, (id) => id, 1, 256));

export const overhang = (value, place) => {
  if (value !== "whole") quantity(value, place);
};

export const line = object({ right: rightId, ...extent, behind, expires: optional(instant), released: optional(mark) }, extentInOrder);

export const lineResult = object(
  { line: integer(0, 63), right: rightId, ...extent, behind, expires: optional(instant), released: optional(mark) }, extentInOrder);

/// What a freeze says of its order, from law 2 on. That nothing else has them follows from the events that make burdens.
const orderMembers = {
  order: optional(orderNumber), limit_cny: optional(yuan), price_cny: optional(price), executed: optional(price),
  proceeds_cny: optional(yuan),
};

export const burden = object({
  id: burdenId, ...extent, expires: optional(instant), authority: optional(partyId), behind, overhang: optional(overhang),
  ...orderMembers,
}, extentInOrder);

const square = pattern(/^x(?:0|-?[1-9][0-9]{0,9})y(?:0|-?[1-9][0-9]{0,9})$/, "a cell");
/// A square of the grid, or a parcel without polygon.
export const cell = (value, place) => (String(value).startsWith("R") ? rightId : square)(value, place);
export const steps = list(object({ from: day, quantity }), 1, 128);

export const attributes = map(shortName, plainText, 1, 16);

export const rightMembers = {
  kind: name, issuer: partyId, holder: partyId, acquired: optional(integer(0)), identities: distinct(identity, identityName, 1, 8), span,
  burdens: distinct(burden, (item) => item.id, 0, 256), succeeds: distinct(rightId, (id) => id, 0, 16),
  balance: optional(quantity), steps: optional(steps), measure: optional(quantity),
  polygon: optional(polygonText), units: optional(distinct(rightUnit, (unit) => unit.unit, 1, 32)),
  cells: optional(distinct(cell, (text) => text, 1, 1_024 * 32)), tolerated_area2: optional(area),
  source: optional(string), layer: optional(name), class: optional(plainText), attributes: optional(attributes),
  succeeded_by: optional(rightId), additional: optional(mark), adjudication: optional(hash), revoked_from: optional(day),
  resolution: optional(hash), converted: optional(list(pattern(/^[0-9]{4}-[0-9]{4}$/, "years such as 2026-2027"), 1, 128)),
  uses: optional(list(object({ entry: integer(0), ordered: optional(mark), quantity }), 1, 128)),
  verifications: optional(list(object({
    answer: hash, entry: integer(0), guarantor: partyId, question: hash, root: hash, size: integer(0),
  }), 1, 16)),
};

function rightUnit(value, place) {
  object({ right: rightId, unit: string })(value, place);
}

export function rightAsWhole(right, place) {
  const models = ["balance", "steps", "measure"].filter((member) => Object.hasOwn(right, member));
  must(models.length === 1, place, "a right has one capacity");
  const land = models[0] === "measure";
  must(land === Object.hasOwn(right, "layer"), place, "land has a layer, and nothing else does");
  const ground = ["polygon", "units", "cells", "tolerated_area2"].filter((member) => Object.hasOwn(right, member));
  must(land || ground.length === 0, place, "only land has a ground");
  must(!(ground.includes("polygon") && ground.includes("units")), place, "a ground is a polygon or units");
  for (let at = 1; at < (right.steps?.length ?? 0); at += 1) {
    must(right.steps[at - 1].from < right.steps[at].from, place, "the steps do not ascend");
  }
}

/// The model of a right, from its capacity.
export function modelOf(right) {
  if (right.balance !== undefined) return "stock";
  return right.steps !== undefined ? "flow" : "land";
}

const entry = integer(0);
export const green = pattern(/^[0-9A-Za-z.:_-]{1,32}$/, "a category of a loan");
export const syndicate = ascending(object({ party: partyId, share_bp: integer(1, 10_000) }), ({ party }) => numberOf(party), 1, 16);
const rules = ascending(object({ command: pattern(/^[a-z_]{1,64}$/, "a command"), threshold: integer(1, 5) }), (rule) => rule.command, 1, 64);
const keyParts = ascending(object({ kid: hash, part: word("maker", "checker") }), (part) => part.kid, 1, 128);

/// Two members of which neither stands without the other.
const together = (one, other) => (value, place) => {
  must(Object.hasOwn(value, one) === Object.hasOwn(value, other), place, `${one} and ${other} go together`);
};
const erased = optional(list(object({ claim: shortName, entry }), 1));
const successions = list(object({ entry, party: partyId }), 1);

export const partyMembers = {
  roles: distinct(word(...ROLES), (role) => role, 1),
  duties: distinct(name, (duty) => duty, 0, 16),
  threshold: integer(1, 5),
  name: optional(plainText), credit_code: optional(creditCode), region: optional(region), hidden: optional(hidden),
};

export function partyAsWhole(party, place) {
  for (let at = 1; at < party.roles.length; at += 1) {
    must(ROLES.indexOf(party.roles[at - 1]) < ROLES.indexOf(party.roles[at]), place, "the roles are not in their order");
  }
  for (let at = 1; at < party.duties.length; at += 1) {
    must(party.duties[at - 1] < party.duties[at], place, "the duties do not ascend");
  }
  must((party.credit_code === undefined) === (party.name === undefined), place, "name and credit code go together");
  if (party.credit_code === undefined) {
    must(party.hidden?.name !== undefined && party.hidden?.resident_id !== undefined, place,
      "a party without a credit code has the hidden values name and resident_id");
  }
}

const partyRecord = object({
  ...partyMembers,
  keys: distinct(object({ added: entry, key: publicKey, person, revoked: optional(entry) }), (key) => key.key, 0, 128),
  former_names: optional(list(object({ name: plainText, until: entry }), 1)),
  signing: optional(rules),
  parts: optional(keyParts),
  disputes: optional(list(object({
    document: hash, entry, from: entry, kid: hash, resolved: optional(entry), decision: optional(hash),
  }, together("resolved", "decision")), 1)),
  recoveries: optional(list(object({
    document: hash, entry, ready: instant, end: optional(word("vetoed", "completed")), ended: optional(entry),
  }, together("end", "ended")), 1)),
  recovery_keys: optional(list(object({ key: publicKey, person }), 1, 16)),
  erased,
  predecessors: optional(successions),
  successors: optional(successions),
  handed: optional(list(object({ entry, kind: name, party: partyId }), 1)),
  ended: optional(object({ entry, successor: partyId })),
  log_keys: optional(list(object({ entry, key: publicKey, overlap_until: instant }), 1)),
}, partyAsWhole);

export const externalMembers = {
  register: pattern(/^[a-z0-9_-]{1,32}$/, "a register"), number: plainText,
  status: word("registered", "lapsed", "cancelled", "absent"), term: optional(span), checked: day,
};

/// Consents that the giver of a command attested instead of a signature.
export const attested = optional(list(object({ class: word("paper", "video"), document: hash, entry, party: partyId }), 1));

const pledgeRecord = object({
  pledgee: partyId, pledgor: partyId, form: word("质押", "抵押"), lines: list(line, 1, 64), debtor: optional(partyId),
  term: optional(span), hidden: optional(hidden), reservation: optional(reservationId),
  caps: optional(list(object({ amount: quantity, entry }), 1)),
  maximum: optional(span), syndicate: optional(syndicate), green: optional(green),
  former: optional(list(object({ party: partyId, until: entry, subrogation: optional(mark) }), 1)),
  determined: optional(entry),
  parts: optional(list(object({ amount: quantity, entry, party: partyId }), 1)),
  guarantees: optional(list(object({
    document: hash, entry, guarantor: partyId, share_bp: integer(0, 10_000), counter: optional(pledgeId),
  }), 1)),
  buyouts: optional(list(object({ document: hash, entry, party: partyId, price: quantity, trigger: plainText }), 1)),
  objections: optional(list(object({ document: hash, entry, party: partyId, until: instant, suit: optional(hash) }), 1)),
  disposals: optional(list(object({
    document: hash, entry, line: integer(0, 63), proceeds: quantity, quantity: optional(quantity),
    authority: optional(partyId), buyer: optional(partyId),
  }), 1)),
  joint: optional(list(object({ entry, first: integer(0, 63), quantity, second: integer(0, 63) }), 1)),
  corrections: optional(list(object({
    document: hash, entry, line: integer(0, 63), quantity, further: optional(integer(0, 63)), relied: optional(list(integer(0), 1, 16)),
  }), 1)),
  external: optional(list(object(externalMembers), 1)),
  attested,
  erased,
});

const reservationRecord = object({
  pledgee: partyId, pledgor: partyId, lines: list(line, 1, 64), expires: instant,
  ended: optional((value, place) => {
    if (value !== "cancelled") pledgeId(value, place);
  }),
});

const identityRecord = object({ right: optional(rightId), party: optional(partyId) }, (value, place) => {
  must((value.right === undefined) !== (value.party === undefined), place, "an identity has one owner");
});

/// The form of a record by its space and name.
export function recordForm(space, nameOf) {
  switch (space) {
    case "right":
      return object(rightMembers, rightAsWhole);
    case "pledge":
      return nameOf.startsWith("V") ? reservationRecord : pledgeRecord;
    case "party":
      return partyRecord;
    case "identity":
      return identityRecord;
    case "source":
      return object({ rights: distinct(object({ from: day, right: rightId, to: day }), ({ right }) => right, 1) });
    case "cell":
      return object({ rights: distinct(object({ layer: name, right: rightId }), ({ right }) => right, 1) });
    case "policy":
      return object({ versions: list(object({ active_from: instant, digest: hash, entry }), 1) });
    default:
      return undefined;
  }
}

/// The name of a place in the state. Whether anything stands there, whatever its scheme, is what its proof says.
const identityKeyName = (value, place) => {
  const colon = typeof value === "string" ? value.indexOf(":") : -1;
  must(colon >= 0, place, "an identity is named scheme:value");
  const parts = { scheme: value.slice(0, colon), value: value.slice(colon + 1) };
  must(identityName(parts) === value, place, "the identity is not named in upper case");
};

const NAMES = {
  right: rightId,
  pledge: (value, place) => (String(value).startsWith("V") ? reservationId : pledgeId)(value, place),
  party: partyId,
  identity: identityKeyName,
  source: string,
  cell,
  policy: string,
};

/// Checks that a space exists and that a name may stand in it.
export function recordName(space, value, place) {
  must(typeof space === "string" && Object.hasOwn(NAMES, space), place, `${JSON.stringify(space)} is no space`);
  NAMES[space](value, place);
}

const history = object({ last: hash, root: hash, size: integer(1) });

/// The whole text of a value of the state (5.2).
export function valueForm(space, value) {
  return object({
    history, name: (text, place) => must(text === value, place, "it names another record"),
    record: recordForm(space, value), space: (text, place) => must(text === space, place, "it is of another space"),
  });
}
