//! The check `no over-commitment` (FORMATS 7.5): nothing is pledged twice in this state.

import { must } from "./fault.js";
import { neighbors } from "./land.js";
import { modelOf } from "./records.js";
import { changesOf, counting, daysOf, flowAt, isFreeze, overhangs, shareDay, standing, standsBehind, stockAt } from "./stacks.js";
import { civilDay, dayText, micro, written } from "./values.js";

/// Checks the right that is the subject, or the rights of the pledge that is.
export function overCommitment(run) {
  const { space, name } = run.file.subject;
  const record = run.records.get(`${space}|${name}`).record;
  const rights = space === "right" ? [name] : [...new Set(record.lines.map((line) => line.right))];
  for (const right of rights) checkRight(run, right);
}

function checkRight(run, name) {
  const right = run.records.get(`right|${name}`).record;
  const { time } = run.state;
  const today = dayText(civilDay(time));
  const burdens = counting(right, time);
  switch (modelOf(right)) {
    case "stock":
      hanging(name, burdens, stockAt(right, today));
      break;
    case "flow":
      for (const burden of burdens) must(burden.from !== undefined, name, `${burden.id} has no days`);
      for (const day of changesOf(right, burdens, today)) hanging(name, standing(burdens, day), flowAt(right, day), day);
      break;
    default:
      ownBurdens(name, right, burdens);
      neighbors(run, name, right);
  }
}

function hanging(name, burdens, has, day) {
  for (const burden of burdens) must(burden.quantity !== undefined, name, `${burden.id} has no quantity`);
  overhangs(burdens, has).forEach((hangs, at) => {
    const { id, overhang } = burdens[at];
    if (overhang === "whole") return;
    const recorded = overhang === undefined ? 0n : micro(overhang);
    const when = day === undefined ? "" : ` on ${day}`;
    must(hangs <= recorded, name, `${written(hangs)} of ${id} have no right beneath them${when}, and ${written(recorded)} are recorded`);
  });
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
