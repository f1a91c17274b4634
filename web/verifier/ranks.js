//! Ranks in a question (FORMATS 7.4): may a line stand behind others? The names must be one whole stack whose pledges say how
//! much their claims may be.

import { ownerOf } from "./events.js";
import { counts } from "./fold.js";
import { rankRule } from "./policies.js";
import { daysOf, isFreeze, standsBehind } from "./stacks.js";
import { numberOf } from "./values.js";

const CONFLICTS_MAX = 16;

/// Whether the policy opens ranks to the form of the question; under law 1 no policy does.
export function areOpen(question, policy) {
  return question.law > 1 && rankRule(policy, question.body.form) !== undefined;
}

/// The days that two spans have in common, or undefined.
function common(left, right) {
  const from = left.from > right.from ? left.from : right.from;
  const to = left.to < right.to ? left.to : right.to;
  return from < to ? { from, to } : undefined;
}

/// The days of a burden that count: of a flow, those from today on.
function daysFrom(question, burden, right) {
  const days = daysOf(burden, right);
  return right.steps === undefined ? days : common(days, { from: question.today, to: "9999-12-31" });
}

/// The order of burdens: lines, reservations, freezes, each by number.
export function byBurden(left, right) {
  const parts = (id) => {
    const [owner, line = "0"] = id.split(".");
    return ["PVF".indexOf(id[0]), numberOf(owner), Number(line)];
  };
  const [one, other] = [parts(left), parts(right)];
  const at = one.findIndex((part, place) => part !== other[place]);
  return at < 0 ? 0 : one[at] - other[at];
}

/// Judges the place that a line asks for, and finds what is wrong with it.
export function judgeRank(question, line, at, right, extent) {
  const burdens = question.burdensOn(line.right, right);
  const own = daysFrom(question, extent, right);
  const meet = (one, other) => {
    const [left, theirs] = [daysFrom(question, one, right), daysFrom(question, other, right)];
    const both = left && theirs && common(left, theirs);
    return Boolean(both && own && common(both, own));
  };
  const itsOwn = line.behind.find((id) => ownerOf(id) === `P${question.index}`);
  if (itsOwn !== undefined) question.find(2014, at, { conflicts: [itsOwn] });
  const seniors = [];
  for (const id of line.behind) {
    const burden = burdens.find((item) => item.id === id && id.startsWith("P") && meet(item, item));
    if (burden) seniors.push(burden);
    else question.find(6010, at, { conflicts: [id] });
  }
  const passedOver = burdens.filter((burden) => !isFreeze(burden) && counts(burden, question.time)
    && !line.behind.includes(burden.id)
    && seniors.some((senior) => standsBehind(burden, senior) && meet(burden, senior)));
  const apart = seniors.filter((later, place) => seniors.slice(0, place).some((senior) =>
    meet(senior, later) && !standsBehind(senior, later)));
  const conflicts = [...new Set([...passedOver, ...apart].map((burden) => burden.id))].sort(byBurden);
  if (conflicts.length > 0) question.find(6009, at, { conflicts: conflicts.slice(0, CONFLICTS_MAX) });
  for (const pledge of new Set(seniors.map((senior) => ownerOf(senior.id)))) {
    if (pledge === `P${question.index}`) continue;
    if (question.records.pledges.get(pledge)?.caps === undefined) question.find(6012, at, { conflicts: [pledge] });
  }
}
