//! What a right takes over from those it succeeds (FORMATS 6.8): every burden that stood there, in the order of the positions.

import { ownerOf } from "./events.js";
import { counts, without } from "./fold.js";
import { hangingOn } from "./hanging.js";
import { lineBefore, lineOf, same } from "./known.js";
import { keepsBeneath } from "./successor.js";
import { numberOf } from "./values.js";

/// Checks the burdens of a right that was issued, against the rights in `succeeds` as far as they are shown.
export function takesOver(act) {
  const { event } = act;
  if (event.type !== "right_issued") return;
  const { burdens, succeeds, moved = [] } = event;
  const names = burdens.map((burden) => burden.id);
  act.must(same(names, moved.map((item) => item.burden)), "its burdens are not those that move");
  act.must(moved.every((item) => succeeds.includes(item.from)), "a burden moves from a right that it does not succeed");
  act.must(same(names, inOrder(succeeds, moved)), "its burdens are not in the order of their positions");
  const shown = succeeds.filter((name) => act.hasHistory("right", name));
  for (const name of shown) {
    const stood = act.record("right", name).burdens.filter((burden) => counts(burden, act.time));
    const taken = burdens.filter((_, at) => moved[at].from === name);
    act.must(same(stood.map(bare), taken.map(bare)), `it does not take over just what stood on ${name}`);
    keepsBeneath(act, name);
  }
  moved.forEach(({ from }, at) => stoodThere(act, from, burdens[at]));
  if (shown.length === succeeds.length) {
    const converted = shown.flatMap((name) => act.record("right", name).converted ?? []);
    act.must(same(event.converted ?? [], converted), "the converted years are not those of the rights that it succeeds");
  }
  // What hangs is what each burden says; hangingOn names it in the order of the burdens' names.
  const said = new Map(burdens.filter(({ overhang }) => overhang !== undefined).map(({ id, overhang }) => [id, overhang]));
  const hangs = hangingOn(event.right, event, act.time);
  const isSaid = hangs.length === said.size && hangs.every(({ burden, overhang }) => said.get(burden) === overhang);
  act.must(isSaid, "a burden hangs with another quantity");
}

/// Whoever has the smaller entry comes first; a line counts as late as those before it on its right.
function inOrder(succeeds, moved) {
  const placed = succeeds.flatMap((name) => {
    let position = 0;
    return moved.filter(({ from }) => from === name).map(({ burden }) => {
      position = Math.max(position, numberOf(ownerOf(burden)));
      return { burden, position };
    });
  });
  return placed.sort((left, right) => left.position - right.position).map(({ burden }) => burden);
}

function bare(burden) {
  return without(burden, "overhang");
}

/// A line that is known stood on the right that it moves from.
function stoodThere(act, from, burden) {
  if (!burden.id.startsWith("P")) return;
  const line = lineBefore(act, ownerOf(burden.id), Number(burden.id.split(".")[1]));
  act.must(line === undefined || same(line, lineOf(from, burden)), `${burden.id} did not stand so on ${from}`);
}
