//! Polygons of land (FORMATS 1.8, 1.10): the text, the rules of its one canonical form, area and cells.
//!
//! Coordinates are integers of 1e-7 degree. Products of two differences pass 2^53, so they are made with BigInt.

import { fail, must } from "./fault.js";

const PARTS_MAX = 64;
const HOLES_MAX = 64;
const VERTICES_MAX = 1_500;
const CELLS_MAX = 1_024;
const CELL = 100_000;
const AREA2_MIN = 20_000n;

const KNOWN = new Map();
const KNOWN_MAX = 4_096;

/// Reads a polygon: a list of parts, each a list of rings of `[lon, lat]`. Every text is judged once.
export function readPolygon(text, place) {
  const known = KNOWN.get(text);
  if (known) return known;
  const polygon = parse(text, place);
  judge(polygon, place);
  if (KNOWN.size > KNOWN_MAX) KNOWN.clear();
  KNOWN.set(text, polygon);
  return polygon;
}

export function polygonText(value, place) {
  must(typeof value === "string", place, "this is not a text");
  readPolygon(value, place);
}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,9})$/;

function parse(text, place) {
  const parts = text.split("|").map((part) => part.split(";").map((ring) => {
    let last = [0, 0];
    return ring.split(" ").map((vertex) => {
      const numbers = vertex.split(",");
      must(numbers.length === 2 && numbers.every((number) => INTEGER.test(number)), place, `${vertex} is no vertex`);
      last = [last[0] + Number(numbers[0]), last[1] + Number(numbers[1])];
      return last;
    });
  }));
  const holes = parts.reduce((sum, part) => sum + part.length - 1, 0);
  const rings = parts.flat();
  const vertices = rings.reduce((sum, ring) => sum + ring.length, 0);
  must(parts.length <= PARTS_MAX && holes <= HOLES_MAX && vertices <= VERTICES_MAX, place, "too many parts, holes or vertices");
  must(rings.every((ring) => ring.length >= 3), place, "a ring has fewer than 3 vertices");
  return parts;
}

function judge(polygon, place) {
  const rings = polygon.flat();
  must(cellsOfBox(boxOf(polygon)).length <= CELLS_MAX, place, "it spans more than 1,024 cells");
  for (const ring of rings) noSpikes(ring, place);
  noCrossings(rings, place);
  for (const part of polygon) {
    part.forEach((ring, at) => {
      must(at === 0 ? area2OfRing(ring) > 0n : area2OfRing(ring) < 0n, place, "a ring runs the wrong way");
      must(ring.slice(1).every((vertex) => before(ring[0], vertex)), place, "a ring does not start at its smallest vertex");
    });
    const [exterior, ...holes] = part;
    holes.forEach((hole, at) => {
      const inOther = holes.some((other, number) => number !== at && isInside(hole[0], other));
      must(isInside(hole[0], exterior) && !inOther, place, "a hole is not inside its exterior alone");
    });
    ascends(holes, place);
  }
  polygon.forEach((part, at) => polygon.forEach((other, number) => {
    if (at === number) return;
    const [exterior, ...holes] = other;
    const inHole = holes.some((hole) => isInside(part[0][0], hole));
    must(!isInside(part[0][0], exterior) || inHole, place, "a part lies on the ground of another");
  }));
  ascends(polygon.map(([exterior]) => exterior), place);
  must(area2(polygon) >= AREA2_MIN, place, "twice the area is below 20,000");
}

function before(left, right) {
  return left[0] < right[0] || (left[0] === right[0] && left[1] < right[1]);
}

function ascends(rings, place) {
  for (let at = 1; at < rings.length; at += 1) {
    must(before(rings[at - 1][0], rings[at][0]), place, "holes or parts do not ascend");
  }
}

/// Twice the signed area of the triangle a, b, c.
function turn(a, b, c) {
  return BigInt(b[0] - a[0]) * BigInt(c[1] - a[1]) - BigInt(b[1] - a[1]) * BigInt(c[0] - a[0]);
}

function noSpikes(ring, place) {
  ring.forEach((vertex, at) => {
    const last = ring[(at + ring.length - 1) % ring.length];
    const next = ring[(at + 1) % ring.length];
    must(vertex[0] !== next[0] || vertex[1] !== next[1], place, "a vertex stands twice in a row");
    if (turn(last, vertex, next) !== 0n) return;
    const ahead = BigInt(vertex[0] - last[0]) * BigInt(next[0] - vertex[0])
      + BigInt(vertex[1] - last[1]) * BigInt(next[1] - vertex[1]);
    must(ahead > 0n, place, "a ring turns straight back");
  });
}

export function edgesOf(ring) {
  return ring.map((vertex, at) => [vertex, ring[(at + 1) % ring.length]]);
}

function noCrossings(rings, place) {
  const edges = rings.flatMap((ring, number) => edgesOf(ring).map(([a, b], at) => ({
    a, b, number, at, count: ring.length,
    west: Math.min(a[0], b[0]), east: Math.max(a[0], b[0]), south: Math.min(a[1], b[1]), north: Math.max(a[1], b[1]),
  })));
  edges.sort((left, right) => left.west - right.west);
  edges.forEach((edge, from) => {
    for (let to = from + 1; to < edges.length && edges[to].west <= edge.east; to += 1) {
      const other = edges[to];
      if (other.south > edge.north || edge.south > other.north) continue;
      if (meet(edge, other)) fail(place, "two edges have a point in common");
    }
  });
}

/// Says whether two edges share a point, the common vertex of neighbors aside.
function meet(left, right) {
  if (left.number === right.number) {
    const { count } = left;
    // Neighbors that share more than their vertex turn straight back, and that was refused before.
    if ((left.at + 1) % count === right.at || (right.at + 1) % count === left.at) return false;
  }
  const [a, b, c, d] = [turn(left.a, left.b, right.a), turn(left.a, left.b, right.b),
    turn(right.a, right.b, left.a), turn(right.a, right.b, left.b)];
  const apart = (one, two) => (one > 0n && two > 0n) || (one < 0n && two < 0n);
  return !apart(a, b) && !apart(c, d);
}

/// Says whether a vertex that is on no edge of a ring lies inside it.
function isInside(vertex, ring) {
  let inside = false;
  for (const [a, b] of edgesOf(ring)) {
    if (a[1] > vertex[1] === b[1] > vertex[1]) continue;
    const side = turn(a, b, vertex);
    if (b[1] > a[1] ? side > 0n : side < 0n) inside = !inside;
  }
  return inside;
}

function area2OfRing(ring) {
  const [[x, y]] = ring;
  let sum = 0n;
  for (const [a, b] of edgesOf(ring)) {
    sum += BigInt(a[0] - x) * BigInt(b[1] - y) - BigInt(b[0] - x) * BigInt(a[1] - y);
  }
  return sum;
}

/// Twice the area of a polygon: holes run the other way and count negative.
export function area2(polygon) {
  return polygon.flat().reduce((sum, ring) => sum + area2OfRing(ring), 0n);
}

function boxOf(polygon) {
  const vertices = polygon.flat(2);
  const lons = vertices.map(([lon]) => lon);
  const lats = vertices.map(([, lat]) => lat);
  return { west: Math.min(...lons), east: Math.max(...lons), south: Math.min(...lats), north: Math.max(...lats) };
}

function cellsOfBox({ west, east, south, north }) {
  const cells = [];
  for (let i = Math.floor(west / CELL); i <= Math.floor(east / CELL); i += 1) {
    for (let j = Math.floor(south / CELL); j <= Math.floor(north / CELL); j += 1) {
      cells.push([i, j]);
      if (cells.length > CELLS_MAX) return cells;
    }
  }
  return cells;
}

/// The names of the cells of several parcels, ascending by i, then j.
export function cellsOf(polygons) {
  const cells = new Map();
  for (const polygon of polygons) {
    for (const [i, j] of cellsOfBox(boxOf(polygon))) cells.set(`x${i}y${j}`, [i, j]);
  }
  return [...cells].sort(([, left], [, right]) => left[0] - right[0] || left[1] - right[1]).map(([name]) => name);
}
