//! `extend_right` (FORMATS 6.6): what follows from the payload alone, for a file about a neighbor of the right, and the event
//! without what it notes on both sides of a sliver.

import { write } from "./canonical.js";
import { without } from "./fold.js";
import { area } from "./values.js";

/// What may change of the right: its end, or the revocation that is gone; and slivers.
const MEMBERS = { longer: ["of", "span", "tolerated_area2"], mended: ["clear", "of", "tolerated_area2"] };

function ownChange(act) {
  const of = `right|${act.body.right}`;
  const own = act.event.changes.filter((change) => change.of === of);
  act.must(own.length === 1, `${of} does not change`);
  return own[0];
}

function isSliver(change) {
  return change.of.startsWith("right|") && Object.keys(change).sort().join() === "of,tolerated_area2";
}

/// Checks what a reader sees without the record before: the right gets the end that was asked for, and beside it only slivers of
/// neighbors and the right's own item of one source change.
export function extensionAsked(act) {
  const { right, to } = act.body;
  const own = ownChange(act);
  const isMended = own.clear?.join() === "revoked_from";
  const members = isMended ? MEMBERS.mended : MEMBERS.longer;
  const fits = Object.keys(own).every((name) => members.includes(name)) && (isMended || own.span?.to === to);
  act.must(fits, "the right changes otherwise");
  for (const change of act.event.changes) {
    act.must(change === own || isSliver(change), `a change of ${change.of}`);
    area(change.tolerated_area2 ?? "0", act.place);
  }
  const rows = act.event.rows ?? [];
  act.must(rows.length <= (isMended ? 0 : 1), "more than one row");
  for (const row of rows) {
    const isSource = row.of.startsWith("source|") && row.list === "rights" && row.drop === undefined;
    act.must(isSource && row.right === right && row.to === to, `a row of ${row.of}`);
  }
}

/// The event without slivers, which stand on both sides: that of the right grows exactly if a neighbor has one, and by no more
/// than what the neighbors have then.
export function withoutSlivers(act) {
  const own = ownChange(act);
  const others = act.event.changes.filter((change) => change !== own && isSliver(change));
  const was = BigInt(act.record("right", act.body.right).tolerated_area2 ?? "0");
  const added = BigInt(own.tolerated_area2 ?? was) - was;
  const theirs = others.reduce((sum, change) => sum + BigInt(change.tolerated_area2), 0n);
  act.must(others.length > 0 ? added > 0n && added <= theirs : added === 0n, "a sliver that only one side notes");
  const changes = act.event.changes.filter((change) => !others.includes(change))
    .map((change) => (change === own ? without(change, "tolerated_area2") : change));
  return { ...without(act.event, "overhangs"), changes };
}

/// Says whether an event is exactly what an extension makes of the record before it.
export function isExtension(act, exact) {
  extensionAsked(act);
  return !act.hasHistory("right", act.body.right) || write(withoutSlivers(act)) === write(exact(act));
}
