//! Another order of ranks (FORMATS 6.7), and what is known of it where the history of the right is not shown (6.10).

import { ownerOf } from "./events.js";
import { without } from "./fold.js";
import { GONE, lineBefore, same } from "./known.js";
import { standsBehind } from "./stacks.js";

/// Checks a new order; `put` are its lines by name, `touched` the records that it names.
export function orderAsAsked(act, put, touched) {
  const { right: name, from, to } = act.body;
  act.must(from.length === to.length && new Set(to).size === to.length && to.every((id) => from.includes(id)), "other lines than before");
  const wanted = new Set([`right|${name}`, ...from.map((id) => `pledge|${ownerOf(id)}`)]);
  act.must(from.every((id) => id.startsWith("P")) && same([...touched].sort(), [...wanted].sort()), "records that the order does not touch");
  for (const [id, line] of put) {
    act.must(to.includes(id) && line.right === name && line.released === undefined, `${id} changes otherwise`);
  }
  if (act.hasHistory("right", name)) oneStack(act);
  const was = new Map(from.map((id) => [id, lineBefore(act, ownerOf(id), Number(id.split(".")[1]))]));
  for (const id of to) checkLine(act, put, was, id);
}

/// The named lines stand on the right, and are one whole stack in its order.
function oneStack(act) {
  const { right: name, from } = act.body;
  const { burdens } = act.rightBefore(name);
  const stack = burdens.filter((burden) => from.includes(burden.id));
  act.must(stack.length === from.length, `a line does not stand on ${name}`);
  for (const burden of burdens) {
    const isLeftOut = !stack.includes(burden) && stack.some((other) => standsBehind(burden, other));
    act.must(!isLeftOut, `${burden.id} is not named`);
  }
  const joined = new Set(stack.slice(0, 1));
  for (const one of joined) for (const other of stack) if (standsBehind(one, other)) joined.add(other);
  act.must(joined.size === stack.length, "the lines are of several stacks");
}

function checkLine(act, put, was, id) {
  const { from, to } = act.body;
  const [line, now] = [was.get(id), put.get(id)];
  act.must(line !== GONE, `${id} does not stand`);
  if (line !== undefined) {
    const later = from.slice(from.indexOf(id) + 1);
    act.must(!(line.behind ?? []).some((other) => later.includes(other)), `${id} stood behind a line after it`);
    const isKept = now === undefined || same(without(line, "behind"), without(now, "behind"));
    const differs = now === undefined || !same(line.behind ?? [], now.behind ?? []);
    act.must(isKept && differs, `${id} changes otherwise`);
  }
  const came = (other) => from.indexOf(other) > from.indexOf(id);
  // Whether two lines stood in one rank, as the later of them says; undefined where that is not known.
  const ranked = (other) => {
    const [first, last] = came(other) ? [id, other] : [other, id];
    const later = was.get(last);
    return later === undefined ? undefined : (later.behind ?? []).includes(first);
  };
  const ahead = to.slice(0, to.indexOf(id));
  const present = now ?? line;
  if (present === undefined) {
    act.must(!ahead.some((other) => came(other) && ranked(other)), `${id} is not put behind a line that comes before it`);
    return;
  }
  const behind = present.behind ?? [];
  act.must(same(behind, ahead.filter((other) => behind.includes(other))), `${id} stands behind others than those before it`);
  for (const other of ahead) {
    const [isRanked, isBehind] = [ranked(other), behind.includes(other)];
    const fits = isRanked === undefined ? !isBehind || !came(other) || put.has(other) : isRanked === isBehind;
    act.must(fits, `${id} does not stand behind exactly those that it is ranked with`);
  }
}
