//! Part of `authority` (FORMATS 7.2): the versions that a command expects of records, the policy from which the layer and the
//! source of a new right follow.

import { sourceOf } from "./policies.js";
import { dayBegins, micros } from "./values.js";

/// Commands that name their pledge in `expect` (2.4, and the acts that 2.6 marks).
const OF_PLEDGE = new Set([
  "amend_pledge", "extend_pledge", "release_pledge", "assign_pledge", "substitute_collateral", "record_disposal",
]);

function mustExpect({ payload, body }) {
  if (OF_PLEDGE.has(payload.type)) return body.pledge;
  return payload.type === "change_rank" ? body.right : undefined;
}

/// Each version is the number of entries before this one in the history of the record.
export function versionsHold(act) {
  const { expect = {} } = act.payload;
  const wanted = mustExpect(act);
  act.must(wanted === undefined || Object.hasOwn(expect, wanted), `expect does not name ${wanted}`);
  for (const [name, version] of Object.entries(expect)) {
    const shown = act.run.records.get(`${name.startsWith("P") ? "pledge" : "right"}|${name}`);
    if (shown?.history !== undefined) {
      const stood = shown.history.filter((index) => index < act.index).length;
      act.must(version === stood, `it expects version ${version} of ${name}, which had ${stood}`);
    } else if (shown) {
      const most = shown.state?.size ?? 0;
      act.must(version <= most, `it expects version ${version} of ${name}, which has ${most} now`);
    }
  }
}

/// The texts of a kind's policy of which one was in force at a time: that one, if its record and text are shown, else all of them.
function textsAt(run, kind, time) {
  const texts = run.policies.get(kind) ?? [];
  const versions = run.records.get(`policy|${kind}`)?.record?.versions ?? [];
  const active = versions.findLast((version) => micros(version.active_from) <= micros(time));
  const text = texts.find((policy) => policy.digest === active?.digest);
  return text === undefined ? texts : [text];
}

/// The layer and the source of a new right are those of its policy, and its tolerated area is the sum of the overlaps.
export function followsPolicy(act) {
  const { event } = act;
  const made = `right|R${act.index}`;
  const isIssued = event.type === "right_issued";
  const right = isIssued ? event : event.changes?.find(({ of }) => of === made);
  if (right === undefined) return;
  const first = isIssued ? event.identities[0] : event.rows?.find(({ of, list }) => of === made && list === "identities");
  act.must(typeof right.kind === "string" && typeof first?.value === "string", "a new right has a kind and an identity");
  const follows = textsAt(act.run, right.kind, act.time)
    .some((policy) => policy.layer === right.layer && sourceOf(policy, first) === right.source);
  act.must(follows, "its layer and source are not those of the policy of its kind");
  if (!isIssued) return;
  const tolerated = (event.tolerated ?? []).reduce((sum, { area2 }) => sum + BigInt(area2), 0n);
  act.must(tolerated === BigInt(event.tolerated_area2 ?? "0"), "its tolerated area is not the sum of the overlaps");
}

/// Lines that are registered by an entry lapse with the term of their claim as the policies of their rights say. `pledge` has the
/// term, and is undefined where the file does not show it.
export function linesLapse(act, lines, pledge) {
  const ends = pledge?.term && dayBegins(pledge.term.to);
  for (const { right, expires } of lines) {
    const shown = act.run.records.get(`right|${right}`)?.record;
    const texts = shown === undefined ? [] : textsAt(act.run, shown.kind, act.time);
    const laps = texts.map((policy) => policy.lapse?.at_end === "ends");
    const may = shown === undefined || texts.length === 0 ? [true, false] : laps;
    const fits = may.some((lapses) => (pledge === undefined ? lapses || expires === undefined : expires === (lapses ? ends : undefined)));
    const isOver = expires !== undefined && micros(expires) <= micros(act.time);
    act.must(fits && !isOver, `a line on ${right} lapses otherwise`);
  }
}
