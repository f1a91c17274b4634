//! The check `no over-commitment` (FORMATS 7.5): nothing is pledged twice in this state.

import { accepted } from "./authority.js";
import { must } from "./fault.js";
import { hangs, takes } from "./hanging.js";
import { neighbors } from "./land.js";
import { modelOf } from "./records.js";
import { counting, daysOf, isFreeze, shareDay, standsBehind } from "./stacks.js";
import { micro, written } from "./values.js";

/// Checks the right that is the subject, or the rights of the pledge that is.
export function overCommitment(run) {
  const { space, name } = run.file.subject;
  const record = run.records.get(`${space}|${name}`).record;
  const rights = space === "right" ? [name] : [...new Set(record.lines.map((line) => line.right))];
  for (const right of rights) checkRight(run, right);
}

function checkRight(run, name) {
  const right = run.records.get(`right|${name}`).record;
  const burdens = counting(right, run.state.time);
  const isLand = modelOf(right) === "land";
  for (const burden of burdens) {
    must(isLand || burden.quantity !== undefined, name, `${burden.id} has no quantity`);
    must(right.steps === undefined || burden.from !== undefined, name, `${burden.id} has no days`);
  }
  recorded(name, right, run.state.time);
  if (isLand) {
    ownBurdens(name, right, burdens);
    neighbors(run, name, right);
  }
  for (const { shown, act } of accepted(run)) {
    if (!takes(act.event) || !shown.touched.includes(`right|${name}`) || !act.hasHistory("right", name)) continue;
    recorded(name, run.records.get(`right|${name}`).folded.find(({ index }) => index === act.index).record, act.time);
  }
}

/// What hangs now is at most what is recorded.
function recorded(name, right, time) {
  const overhangs = new Map(right.burdens.map((burden) => [burden.id, burden.overhang]));
  for (const [id, lack] of hangs(right, time)) {
    const known = overhangs.get(id);
    const isCovered = lack === 0n || known === "whole" || (lack !== "whole" && known !== undefined && lack <= micro(known));
    const text = lack === "whole" ? lack : written(lack);
    must(isCovered, name, `${text} of ${id} has no right beneath it, and ${known ?? 0} is recorded`);
  }
}

function ownBurdens(name, right, burdens) {
  burdens.forEach((burden, at) => {
    if (isFreeze(burden)) return;
    for (const before of burdens.slice(0, at)) {
      const apart = !shareDay(daysOf(burden, right), daysOf(before, right)) || standsBehind(burden, before);
      must(apart, name, `${burden.id} shares days with ${before.id}`);
    }
  });
}
