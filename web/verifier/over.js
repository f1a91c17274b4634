//! What of a burden has no right beneath it now, and what only a later freeze reaches; for the report, which judges nothing.
//!
//! The record keeps both as one overhang, and of a line of years of which some are gone it says `"whole"` (FORMATS 6.1): which years,
//! the right itself says. Apart from `hanging.js`, which is the law's own arithmetic.

import { convertedOf, freeDays } from "./free.js";
import { hangs } from "./hanging.js";
import { isFreeze } from "./stacks.js";
import { micro, written } from "./values.js";

/// What hangs of a burden now: a freeze or a reservation that has ended by itself since the last entry leaves less than is recorded.
function overhangNow(right, { id, overhang }, time) {
  const computed = hangs(right, time).get(id) ?? 0n;
  if (overhang === undefined || computed === 0n) return undefined;
  if (overhang === "whole") return computed;
  const recorded = micro(overhang);
  return computed === "whole" || recorded < computed ? recorded : computed;
}

/// What lacks of a burden whatever a later order reaches: without the freezes that came after it.
function lostNow(right, burden, time) {
  const place = right.burdens.findIndex(({ id }) => id === burden.id);
  return overhangNow({ ...right, burdens: right.burdens.filter((other, at) => at <= place || !isFreeze(other)) }, burden, time);
}

function spelled(much) {
  return typeof much === "bigint" ? written(much) : much;
}

/// Of a burden of a right `{lost, reached}`: quantities, `"whole"`, or undefined where there is nothing of the sort.
export function over(right, burden, time) {
  const all = overhangNow(right, burden, time);
  if (all === undefined) return {};
  const lost = lostNow(right, burden, time);
  if (lost === undefined) return { reached: spelled(all) };
  if (lost === "whole") return { lost };
  const rest = all === "whole" ? all : all - lost;
  return { lost: spelled(lost), ...(rest !== 0n && { reached: spelled(rest) }) };
}

/// Whether a burden takes years of ground.
export function isOfYears(burden) {
  return burden.quantity === undefined && burden.from !== undefined;
}

/// The days of a burden of years that its right no longer has, where some stay; none where it is no such burden.
export function goneInPart(right, burden) {
  if (right.measure === undefined || !isOfYears(burden)) return [];
  const { span, revoked_from: revoked } = right;
  const end = revoked !== undefined && revoked < span.to ? revoked : span.to;
  const live = { from: span.from > burden.from ? span.from : burden.from, to: end < burden.to ? end : burden.to };
  const there = live.from < live.to ? freeDays(live, convertedOf(right)) : [];
  return there.length === 0 ? [] : freeDays(burden, there).map(({ from, to }) => ({ from, to }));
}
