//! The shared ground of parcels (FORMATS 1.9): exact, a fraction of BigInts, compared and never rounded.

import { must } from "./fault.js";
import { edgesOf } from "./polygon.js";

const CROSSINGS_MAX = 4_096;

function gcd(left, right) {
  let [a, b] = [left < 0n ? -left : left, right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function fraction(top, bottom) {
  const sign = bottom < 0n ? -1n : 1n;
  const common = gcd(top, bottom * sign) || 1n;
  return { top: (sign * top) / common, bottom: (sign * bottom) / common };
}

function add(left, right) {
  return fraction(left.top * right.bottom + right.top * left.bottom, left.bottom * right.bottom);
}

/// Twice the shared area of two grounds, each a list of parcels.
export function overlapOf(left, right, place) {
  const sums = new Map();
  let crossings = 0;
  for (const one of left) for (const other of right) crossings += addPair(sums, one, other);
  must(crossings <= CROSSINGS_MAX, place, "two boundaries cross more than 4,096 times");
  return total([...sums].map(([bottom, top]) => fraction(top, bottom)));
}

/// Sums by halves, so that the fractions stay small.
function total(parts) {
  if (parts.length === 0) return { top: 0n, bottom: 1n };
  if (parts.length === 1) return parts[0];
  const middle = parts.length >> 1;
  return add(total(parts.slice(0, middle)), total(parts.slice(middle)));
}

/// The edges that are not vertical, running east, with their sign, their heights over `south`.
function edgesEast(polygon, south) {
  return polygon.flat().flatMap(edgesOf).filter(([a, b]) => a[0] !== b[0]).map(([a, b]) => {
    const east = a[0] < b[0];
    const [from, to] = east ? [a, b] : [b, a];
    return {
      sign: east ? -1n : 1n, west: from[0], east: to[0], run: BigInt(to[0] - from[0]), rise: BigInt(to[1] - from[1]),
      height: BigInt(from[1] - south), top: Math.max(from[1], to[1]),
    };
  });
}

/// The height of an edge at an integer longitude, times its run.
function at(edge, lon) {
  return edge.height * edge.run + BigInt(lon - edge.west) * edge.rise;
}

/// Adds the pairs of edges of two parcels to sums by denominator, and returns how often the boundaries cross.
function addPair(sums, one, other) {
  const [, south] = one[0][0][0];
  const others = edgesEast(other, south).sort((left, right) => left.west - right.west);
  let crossings = 0;
  for (const e of edgesEast(one, south)) {
    for (const f of others) {
      if (f.west >= e.east) break;
      if (f.east > e.west) crossings += addEdges(sums, e, f);
    }
  }
  return crossings;
}

function put(sums, top, bottom) {
  sums.set(bottom, (sums.get(bottom) ?? 0n) + top);
}

function addEdges(sums, e, f) {
  const left = Math.max(e.west, f.west);
  const right = Math.min(e.east, f.east);
  const sign = e.sign * f.sign;
  const width = BigInt(right - left);
  // Differences of heights at both ends, times both runs.
  const d0 = at(e, left) * f.run - at(f, left) * e.run;
  const d1 = at(e, right) * f.run - at(f, right) * e.run;
  if ((d0 < 0n && d1 > 0n) || (d0 > 0n && d1 < 0n)) {
    addCrossing(sums, { e, f, left, right, sign, width, d0, d1 });
    return 1;
  }
  const low = d0 < 0n || d1 < 0n || (d0 === 0n && d1 === 0n) ? e : f;
  put(sums, sign * width * (at(low, left) + at(low, right)), low.run);
  return 0;
}

/// Two edges that cross in between: each is the lower one on its side of the cut.
function addCrossing(sums, { e, f, left, right, sign, width, d0, d1 }) {
  const [first, second] = d0 < 0n ? [e, f] : [f, e];
  const share = d0 - d1;
  // The cut lies width * d0 / share east of `left`; the height there is that of either line.
  const height = at(first, left) * share + first.rise * width * d0;
  put(sums, sign * width * d0 * (at(first, left) * share + height), first.run * share * share);
  const rest = -d1;
  const secondHeight = at(second, left) * share + second.rise * width * d0;
  put(sums, sign * width * rest * (secondHeight + at(second, right) * share), second.run * share * share);
}

/// Says whether the overlap is more than `millionths` of an area.
export function exceeds(overlap, millionths, smaller) {
  return overlap.top * 1_000_000n > BigInt(millionths) * smaller * overlap.bottom;
}

/// The share of an area in millionths, rounded up.
export function sharePpm(overlap, smaller) {
  const bottom = overlap.bottom * smaller;
  return Number((overlap.top * 1_000_000n + bottom - 1n) / bottom);
}
