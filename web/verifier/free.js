//! What is free of a right (FORMATS 7.10): of today and the coming days, beside the burdens that count.

import { modelOf } from "./records.js";
import { changesOf, counting, countingAs, daysOf, flowAt, standing, taken } from "./stacks.js";
import { civilDay, dayText, micro, written } from "./values.js";

/// What is free: `{ended}`, `{quantity}` of a stock, `{parts}` of a flow, `{years}` of land by years, or `{whole}` of other land.
export function freeOf(right, isByYears, time) {
  const { span, revoked_from: revoked } = right;
  const today = dayText(civilDay(time));
  const end = revoked !== undefined && revoked < span.to ? revoked : span.to;
  const live = { from: span.from > today ? span.from : today, to: end };
  if (right.succeeded_by !== undefined || live.from >= live.to) return { ended: true };
  const model = modelOf(right);
  const burdens = countingAs(model, right, time);
  switch (model) {
    case "stock":
      return { quantity: notBelowZero(micro(right.balance) - taken(burdens)) };
    case "flow":
      return { parts: partsOf(right, burdens, live) };
    default:
      if (isByYears) return { years: freeDays(live, [...convertedOf(right), ...burdens.map((burden) => daysOf(burden, right))]) };
      return { whole: counting(right, time).length === 0 };
  }
}

function notBelowZero(millionths) {
  return written(millionths > 0n ? millionths : 0n);
}

/// What is free of a flow, day by day; neighbors that are the same, what they lack included, are one.
function partsOf(right, burdens, live) {
  const days = changesOf(right, burdens, live.from).filter((day) => day < live.to);
  const parts = [];
  days.forEach((from, at) => {
    const rest = flowAt(right, from) - taken(standing(burdens, from));
    const last = parts.at(-1);
    const to = days[at + 1] ?? live.to;
    if (last?.rest === rest) last.to = to;
    else parts.push({ rest, from, to });
  });
  return parts.map(({ rest, from, to }) => ({ from, quantity: notBelowZero(rest), to }));
}

/// What is left of a span without the days of others.
export function freeDays({ from: first, to: end }, others) {
  let from = first;
  const spans = [];
  for (const days of [...others].sort((left, right) => (left.from < right.from ? -1 : 1))) {
    if (days.from > from) spans.push({ from, to: days.from < end ? days.from : end });
    if (days.to > from) from = days.to;
  }
  spans.push({ from, to: end });
  return spans.filter((span) => span.from < span.to);
}

/// The years of a right that another right has taken the place of.
export function convertedOf(right) {
  return (right.converted ?? []).map((text) => {
    const [first, last] = text.split("-").map(Number);
    return { from: `${first}-01-01`, to: `${last + 1}-01-01` };
  });
}
