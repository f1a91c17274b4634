//! The records that the answer to a question rests on (FORMATS 7.4): each must be shown, or its absence.

import { ownerOf } from "./events.js";
import { must } from "./fault.js";
import { groundOf, inCells, shareNumber } from "./land.js";
import { overlapOf } from "./overlap.js";
import { micro, micros, written } from "./values.js";

/// The rights in its cells at which the law looks, by its number.
const neighborsMax = (law) => (law === 1 ? 512 : 8_192);

/// The extent of a record that a line of a question asks for.
export function extentOf({ quantity, from, to, years }) {
  const extent = {};
  if (quantity !== undefined) extent.quantity = written(micro(quantity));
  if (from !== undefined) Object.assign(extent, { from, to });
  if (years !== undefined) Object.assign(extent, { from: `${years[0]}-01-01`, to: `${years[1] + 1}-01-01` });
  return extent;
}

/// Looks up everything that a question rests on.
export function recordsFor(run, { org, body }, law) {
  const shown = (space, name) => {
    const found = run.records.get(`${space}|${name}`);
    must(found, "answer", `${space}|${name} is not in the file`);
    return found;
  };
  const parties = new Map();
  for (const id of [org, body.pledgor, body.debtor]) if (id !== undefined) parties.set(id, shown("party", id).record);
  const rights = new Map();
  const policies = new Map();
  const addRight = (id) => {
    if (rights.has(id)) return;
    const right = shown("right", id).record;
    rights.set(id, right);
    if (!right) return;
    policies.set(right.kind, inForce(run, shown("policy", right.kind)));
  };
  for (const line of body.lines) addRight(line.right);
  const reservation = body.reservation === undefined ? undefined : shown("pledge", body.reservation).record;
  for (const line of reservation?.lines ?? []) addRight(line.right);
  const pledges = new Map();
  for (const { right, behind = [] } of law > 1 ? body.lines : []) {
    const stands = behind.filter((id) => id.startsWith("P") && rights.get(right)?.burdens.some((burden) => burden.id === id));
    for (const pledge of stands.map(ownerOf)) pledges.set(pledge, shown("pledge", pledge).record);
  }
  const policyOf = (id) => policies.get(rights.get(id)?.kind);
  return { parties, rights, pledges, reservation, policyOf };
}

/// The version of a policy that is in force at the state entry, or undefined.
function inForce(run, shown) {
  if (!shown.record) return undefined;
  must(shown.history !== undefined, "answer", `policy|${shown.name} is shown without its history`);
  const { time } = run.state;
  const version = shown.record.versions.findLast((item) => micros(item.active_from) <= micros(time));
  if (!version) return undefined;
  const text = (run.policies.get(shown.name) ?? []).find((policy) => policy.digest === version.digest);
  must(text, "answer", `the text of policy|${shown.name} is not in the file`);
  return text;
}

/// The rights in the cells of a right, the first of them by number, each with its layers. All of them must be shown.
export function neededCells(run, name, right, law) {
  return inCells(run, name, right).slice(0, neighborsMax(law));
}

/// The rights among `others` that are such and share ground with a right, by number.
export function sharing(run, name, right, isSuch, others) {
  const ground = groundOf(run, name, right);
  const found = [];
  for (const [other] of others) {
    const shown = run.records.get(`right|${other}`)?.record;
    must(shown, "answer", `right|${other} is not in the file`);
    const theirs = groundOf(run, other, shown);
    if (!isSuch(shown) || shown.succeeded_by !== undefined) continue;
    if (shareNumber(right, shown) || overlapOf(ground, theirs, name).top > 0n) found.push(other);
  }
  return found;
}

