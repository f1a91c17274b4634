//! What a right that takes the place of others keeps beneath their burdens (FORMATS 2.9): the source, the days and the ground.
//!
//! A predecessor is judged where its history is shown. Parcels that the file does not show are not judged; a polygon never changes,
//! so the records of those that it shows will do as they stand.

import { counts } from "./fold.js";
import { policyAt } from "./givers.js";
import { groundOf } from "./land.js";
import { exceeds, overlapOf } from "./overlap.js";
import { area2, readPolygon } from "./polygon.js";
import { civilDay, dayText } from "./values.js";

/// Checks a right that was issued against one of those it succeeds.
export function keepsBeneath(act, name) {
  const { event } = act;
  const right = act.record("right", name);
  const stood = right.burdens.filter((burden) => counts(burden, act.time));
  if (act.law === 1 || stood.length === 0) return;
  act.must(keepsSource(act, right), `the source beneath the burdens of ${name} is not kept`);
  const { land } = policyAt(act, event.kind);
  act.must(stood.every((burden) => keepsDays(act, right, burden)), `the days beneath the burdens of ${name} are not kept`);
  act.must(keepsGround(act, name, right, land?.tolerance_ppm ?? 0), `the ground beneath the burdens of ${name} is not kept`);
}

/// The same source, or that of the firm which acts in the place of the holder: a permit has the credit code of its firm in front.
function keepsSource(act, right) {
  const { source, holder } = act.event;
  if (right.source === undefined || right.source === source) return true;
  if (![right.holder, holder].every((party) => act.run.records.has(`party|${party}`))) return true;
  const [was, is] = [right.holder, holder].map((party) => act.before("party", party)?.credit_code);
  return was !== undefined && is !== undefined && right.source.replaceAll(was, is) === source;
}

function keepsDays(act, right, burden) {
  const whole = right.measure === undefined ? undefined : right.span;
  const days = burden.from === undefined ? whole : burden;
  if (days === undefined) return true;
  // A freeze may name days on which there never was a right; these are nothing to lose.
  const from = [dayText(civilDay(act.time)), days.from, right.span.from].sort().at(-1);
  const to = days.to < right.span.to ? days.to : right.span.to;
  return from >= to || (act.event.span.from <= from && to <= act.event.span.to);
}

function keepsGround(act, name, right, tolerance) {
  const { event, run } = act;
  if (right.measure === undefined) return true;
  if (right.polygon === undefined && right.units === undefined) {
    const [{ scheme, value }] = right.identities;
    return event.identities.some((identity) => identity.scheme === scheme && identity.value === value);
  }
  const shown = (unit) => run.records.get(`right|${unit.right}`)?.record;
  const named = event.units ?? [];
  if (!named.every(shown)) return true;
  const isNamed = (unit) => named.some((other) => other.right === unit.right);
  const others = (right.units ?? []).filter((unit) => !isNamed(unit) && shown(unit)).map((unit) => shown(unit).polygon);
  const left = right.polygon === undefined ? others : [right.polygon];
  if (left.includes(undefined)) return false;
  const there = left.length === 0 ? [] : groundOf(run, name, event);
  return left.every((text) => !isOutside(readPolygon(text, name), there, name, tolerance));
}

/// Whether more of a parcel than is tolerated lies outside of others.
function isOutside(own, others, name, tolerance) {
  const { top, bottom } = overlapOf([own], others, name);
  const whole = area2(own);
  return exceeds({ top: whole * bottom - top, bottom }, tolerance, whole);
}
