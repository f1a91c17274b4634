//! Part of `authority`: the event of an entry is the act that its signed payload asks for, member by member.
//!
//! What the law adds by itself (source, layer, cells, tolerated overlaps, overhangs) is not asked for and is left out here.

import { hexDigest } from "./bytes.js";
import { write } from "./canonical.js";
import { isOpen, without } from "./fold.js";
import { notedBy } from "./attested.js";
import { dayBegins, digitsOf, later, micro, written } from "./values.js";

/// The written form of a quantity as signed.
function plain(text) {
  return written(micro(text));
}

/// The extent of a record that a line asks for.
function extentOf({ quantity, from, to, years }) {
  const extent = {};
  if (quantity !== undefined) extent.quantity = plain(quantity);
  if (from !== undefined) Object.assign(extent, { from, to });
  if (years !== undefined) Object.assign(extent, { from: `${years[0]}-01-01`, to: `${years[1] + 1}-01-01` });
  return extent;
}

function linesOf(lines) {
  return lines.map((line) => ({
    right: line.right, ...extentOf(line), ...(line.behind === undefined ? {} : { behind: line.behind }),
  }));
}

function pick(object, ...names) {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(object, name)).map((name) => [name, object[name]]));
}

/// What a freeze notes of its order (2.7).
function orderOf({ order, until, limit_cny: limit, price_cny: price }) {
  return {
    ...(order !== undefined && { order }), ...(until !== undefined && { expires: dayBegins(until) }),
    ...(limit !== undefined && { limit_cny: plain(limit) }), ...(price !== undefined && { price_cny: plain(price) }),
  };
}

const keyOf = ({ key, person }) => ({ key, person });

/// What each payload of law 1 makes of itself, without what the law adds.
const EVENTS = {
  admit_party: (act) => ({
    type: "party_admitted", party: `M${act.index}`, ...act.body, keys: act.body.keys.map(keyOf),
  }),
  add_key: (act) => ({ type: "key_added", party: act.org, ...keyOf(act.body) }),
  revoke_key: (act) => ({ type: "key_revoked", party: act.org, kid: act.body.kid }),
  set_signing_policy: (act) => ({ type: "signing_policy_set", party: act.org, threshold: act.body.threshold }),
  adopt_policy: (act) => ({ type: "policy_adopted", kind: act.body.kind, digest: hexDigest(act.body.text) }),
  issue_right: issue,
  adjust_right: (act) => ({
    type: "right_adjusted", right: act.body.right, from: act.body.from, quantity: plain(act.body.quantity),
  }),
  revoke_right: (act) => ({ type: "right_revoked", right: act.body.right, from: act.body.from }),
  freeze: (act) => ({
    type: "frozen", right: act.body.right,
    burden: { id: `F${act.index}`, ...extentOf(act.body), authority: act.body.authority, ...orderOf(act.body) },
  }),
  unfreeze: (act) => ({ type: "unfrozen", right: act.body.right, freeze: act.body.freeze }),
  reserve: (act) => ({
    type: "reserved", reservation: `V${act.index}`, expires: later(act.time, BigInt(act.body.days) * 86_400_000_000n), pledgee: act.org, pledgor: act.body.pledgor, lines: linesOf(act.body.lines),
  }),
  cancel_reservation: (act) => ({ type: "reservation_cancelled", reservation: act.body.reservation, rights: rightsOf(act, act.body.reservation) }),
  register_pledge: register,
  amend_pledge: (act) => ({
    type: "pledge_amended", pledge: act.body.pledge,
    lines: changed(act, [...(act.body.lines ?? [])].sort((one, other) => one.line - other.line), (line, item) => ({ ...line, quantity: plain(item.quantity) })),
  }),
  extend_pledge: (act) => ({
    type: "pledge_extended", pledge: act.body.pledge, ...pick(act.body, "term"),
    ...(act.body.lines && { lines: changed(act, act.body.lines, (line, item) => ({ ...line, to: item.to })) }),
  }),
  release_pledge: release,
};

/// Members of an event that the law adds and nobody asks for.
const ADDED = {
  policy_adopted: ["active_from"], right_issued: ["source", "layer", "cells", "tolerated", "moved", "burdens", "tolerated_area2"],
};

/// Checks that the event of an entry is what its payload asks for.
export function asked(act) {
  act.must(Object.hasOwn(EVENTS, act.payload.type), "the event is of another type");
  const wanted = EVENTS[act.payload.type](act);
  const left = without(act.event, "overhangs", ...(ADDED[act.event.type] ?? []));
  act.must(write(left) === write(wanted), "the event is not what the signed command asks for");
}

function issue(act) {
  const { body, event } = act;
  const steps = body.steps?.map((step) => ({ from: step.from, quantity: plain(step.quantity) }));
  const capacity = {};
  if (event.steps !== undefined) capacity.steps = steps ?? [{ from: body.span.from, quantity: plain(body.quantity) }];
  else if (body.quantity !== undefined) capacity[event.balance === undefined ? "measure" : "balance"] = plain(body.quantity);
  const both = body.units !== undefined && body.polygon !== undefined;
  act.must(!both || (event.units === undefined) !== (event.polygon === undefined), "the ground is not one of the two that are named");
  if (body.units !== undefined && !(both && event.units === undefined)) {
    act.must(write((event.units ?? []).map((item) => item.unit)) === write(body.units), "the units are not those asked for");
    capacity.units = event.units;
  }
  return {
    type: "right_issued", right: `R${act.index}`, issuer: act.org, ...capacity,
    ...pick(body, "kind", "holder", "identities", "span", "succeeds", "class", "attributes", "additional"),
    ...(!(both && event.polygon === undefined) && pick(body, "polygon")),
    // The record names the adjudication where an overlap stands by it; converted years follow from rights that it succeeds.
    ...(event.adjudication !== undefined && pick(body, "adjudication")),
    ...(body.succeeds.length > 0 && pick(event, "converted")),
  };
}

function register(act) {
  const { body } = act;
  const reservation = body.reservation && {
    id: body.reservation, rights: rightsOf(act, body.reservation), ...(act.law > 1 && { in_place: true }),
  };
  return {
    type: "pledge_registered", pledge: `P${act.index}`, pledgee: act.org,
    // When a line lapses follows from the policy of its right.
    lines: linesOf(body.lines).map((line, at) => ({ ...line, ...pick(act.event.lines?.[at] ?? {}, "expires") })),
    ...pick(body, "pledgor", "debtor", "form", "term", "hidden", "maximum", "syndicate", "green"), ...(reservation && { reservation }),
    ...(body.cap_cny !== undefined && { caps: [{ amount: plain(body.cap_cny), entry: act.index }] }),
    ...(act.payload.attested !== undefined && { attested: notedBy(act) }),
  };
}

/// The rights that a reservation stands on, ascending, as far as its record is shown.
function rightsOf(act, id) {
  const record = act.record("pledge", id);
  const rights = [...new Set(record.lines.map((line) => line.right))];
  return rights.sort((left, right) => Number(left.slice(1)) - Number(right.slice(1)));
}

/// A line of the pledge before the entry, in full: from the history of the pledge or, where the file is about the right
/// under it, from the burden on the right. Undefined where neither history is shown.
function lineBefore(act, at, result) {
  const { pledge } = act.body;
  if (act.hasHistory("pledge", pledge)) {
    const { lines } = act.record("pledge", pledge);
    act.must(at < lines.length, `${pledge} has no line ${at}`);
    return lines[at];
  }
  if (result === undefined || !act.hasHistory("right", result.right)) return undefined;
  const burden = act.record("right", result.right).burdens.find((item) => item.id === `${pledge}.${at}`);
  act.must(burden, `${pledge}.${at} does not stand on ${result.right}`);
  return { right: result.right, ...without(burden, "id", "overhang") };
}

/// Line results, each as asked. Of a line that no history shows, what is not asked for is taken from the event.
function changed(act, items, change) {
  return items.map((item) => {
    const result = (act.event.lines ?? []).find((line) => line.line === item.line);
    const line = lineBefore(act, item.line, result);
    act.must(line !== undefined || result !== undefined, `the event says nothing about line ${item.line}`);
    return { line: item.line, ...change(line ?? without(result, "line", "released"), item, line === undefined, result) };
  });
}

function release(act) {
  const { pledge } = act.body;
  const open = act.hasHistory("pledge", pledge)
    ? act.record("pledge", pledge).lines.flatMap((line, at) => (isOpen(line, act.time) ? [{ line: at }] : []))
    : act.event.lines.map(({ line }) => ({ line }));
  const results = changed(act, act.body.lines ?? open, (line, item, isUnknown, result) => {
    if (item.quantity === undefined) return { ...line, released: true };
    if (isUnknown) return without(result, "line");
    const rest = micro(line.quantity ?? "0") - micro(item.quantity);
    return rest > 0n ? { ...line, quantity: written(rest) } : { ...line, released: true };
  });
  return { type: "pledge_released", pledge, lines: results };
}

/// Units and decimal digits of the signed quantities are those of the kind, as a policy text of the file says; a line that is taken
/// has the members of its extent.
export function unitsFit(act) {
  const { body } = act;
  const taken = act.payload.type === "register_pledge" || act.payload.type === "reserve" ? body.lines : body.add ?? [];
  const parts = [body, ...(body.lines ?? []), ...(body.drop ?? []), ...(body.add ?? [])];
  for (const part of parts.filter((item) => item.unit !== undefined || taken.includes(item))) {
    const kind = kindOf(act, part);
    const known = (kind === undefined ? undefined : act.run.policies.get(kind)) ?? [];
    if (known.length === 0) continue;
    const quantities = [part.quantity, ...(part.steps ?? []).map((step) => step.quantity)].filter((text) => text !== undefined);
    const fits = known.some(({ unit, model, pledge }) => {
      const isAmount = pledge.extent === "amount";
      const isWhole = !taken.includes(part) || ((part.quantity !== undefined) === isAmount
        && (part.from !== undefined) === (isAmount && model === "flow") && (part.years !== undefined) === (pledge.extent === "years"));
      return isWhole && (part.unit === undefined || unit.name === part.unit) && quantities.every((text) => digitsOf(text) <= unit.scale);
    });
    act.must(fits, `the unit ${part.unit}, or the extent, is not that of the kind`);
  }
}

function kindOf(act, part) {
  if (part.kind !== undefined) return part.kind;
  const right = part.right ?? act.before("pledge", act.body.pledge)?.lines[part.line]?.right;
  return right === undefined ? undefined : act.before("right", right)?.kind;
}

