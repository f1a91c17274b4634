//! Land in an evidence file: the ground of a right, its cells, and the neighbors that it must leave alone (FORMATS 7.5).

import { write } from "./canonical.js";
import { must } from "./fault.js";
import { convertedOf, freeDays } from "./free.js";
import { exceeds, overlapOf } from "./overlap.js";
import { area2, cellsOf, readPolygon } from "./polygon.js";
import { shareDay } from "./stacks.js";
import { civilDay, dayText, numberOf } from "./values.js";

const LINEAGE_MAX = 512;

/// The parcels of a right: its own polygon, or those of the rights that its units name, which must be shown.
export function groundOf(run, name, right) {
  if (right.polygon !== undefined) return [readPolygon(right.polygon, name)];
  return (right.units ?? []).flatMap(({ right: unit }) => {
    const shown = run.records.get(`right|${unit}`)?.record;
    must(shown, name, `${unit}, which its units name, is not shown`);
    return shown.polygon === undefined ? [] : [readPolygon(shown.polygon, unit)];
  });
}

/// The rights that the units of a right name, and all whose places these took, by number.
function lineageOf(run, name, right) {
  const waiting = (right.units ?? []).map((unit) => unit.right);
  const found = new Map();
  while (waiting.length > 0) {
    const id = waiting.pop();
    if (found.has(id)) continue;
    const shown = run.records.get(`right|${id}`)?.record;
    must(shown, name, `${id}, whose place its parcels took, is not shown`);
    found.set(id, shown);
    waiting.push(...shown.succeeds);
  }
  return [...found].sort(([left], [other]) => numberOf(left) - numberOf(other));
}

/// The cells are the squares of the polygons and, from law 2 on, then the parcels without one. Where no entry says the law, both will do.
function checkCells(run, name, right, ground) {
  const lineage = lineageOf(run, name, right);
  const squares = cellsOf(ground);
  const whole = [...squares, ...lineage.filter(([, shown]) => shown.polygon === undefined).map(([id]) => id)];
  const law = run.entries.get(numberOf(name))?.entry.law;
  const known = law === undefined ? [squares, whole] : [law === 1 ? squares : whole];
  const cells = write(right.cells ?? []);
  const fits = lineage.length <= LINEAGE_MAX && known.some((list) => write(list) === cells);
  must(fits, name, "its cells are not those of its ground");
}

/// Says whether two rights stand on one parcel without polygon.
export function shareNumber(right, other) {
  return (right.cells ?? []).some((cell) => cell.startsWith("R") && (other.cells ?? []).includes(cell));
}

/// The other rights in the cells of a right, each once, by number, with the layers under which they stand there. Every cell must be
/// shown, and have the right itself under its own layer.
export function inCells(run, name, right) {
  const found = new Map();
  for (const cell of right.cells ?? []) {
    const shown = run.records.get(`cell|${cell}`)?.record;
    must(shown, name, `the cell ${cell} is not shown`);
    must(shown.rights.some((item) => item.right === name && item.layer === right.layer), name, `it does not stand in the cell ${cell}`);
    for (const item of shown.rights) if (item.right !== name) found.set(item.right, [...(found.get(item.right) ?? []), item.layer]);
  }
  return [...found].sort(([left], [right_]) => Number(left.slice(1)) - Number(right_.slice(1)));
}

export function lifeOf(right) {
  const { span, revoked_from: revoked } = right;
  return { from: span.from, to: revoked !== undefined && revoked < span.to ? revoked : span.to };
}

/// Checks that a right of land shares no more ground with its neighbors than its policy tolerates.
export function neighbors(run, name, right) {
  const ground = groundOf(run, name, right);
  checkCells(run, name, right, ground);
  const texts = run.policies.get(right.kind) ?? [];
  must(ground.length === 0 || texts.length > 0, name, `no policy of the kind ${right.kind} is shown`);
  const tolerance = Math.max(0, ...texts.map((policy) => policy.land?.tolerance_ppm ?? 0));
  for (const [other, layers] of inCells(run, name, right)) {
    if (!layers.includes(right.layer)) continue;
    const shown = run.records.get(`right|${other}`)?.record;
    must(shown, name, `its neighbor ${other} is not shown`);
    const theirs = groundOf(run, other, shown);
    if (isPassedOver(right, other, shown, dayText(civilDay(run.state.time)))) continue;
    const isTooMuch = (own, their) => {
      const [mine, its] = [area2(own), area2(their)];
      return exceeds(overlapOf([own], [their], name), tolerance, mine < its ? mine : its);
    };
    const fits = !shareNumber(right, shown) && ground.every((own) => theirs.every((their) => !isTooMuch(own, their)));
    must(fits, name, `it shares too much ground with ${other}`);
  }
}

/// The days of a span on which a right takes its ground, but for years that are gone from the other right: its own days, unless
/// another took its place, and its converted years, whatever became of it since.
function takenDays(right, asked, gone) {
  const { from, to } = lifeOf(right);
  const inside = (days) => ({ from: days.from < asked.from ? asked.from : days.from, to: days.to > asked.to ? asked.to : days.to });
  const isDays = (days) => days.from < days.to;
  const live = right.succeeded_by === undefined && from < to ? [inside({ from, to })] : [];
  const years = convertedOf(right).filter((years) => shareDay(years, right.span)).map((years) => ({
    from: years.from < right.span.from ? right.span.from : years.from, to: years.to > right.span.to ? right.span.to : years.to,
  }));
  return [...live, ...years.map(inside).filter(isDays).flatMap((days) => freeDays(days, gone))].filter(isDays);
}

function isPassedOver(right, other, shown, today) {
  return right.succeeds.includes(other) || right.succeeded_by !== undefined || areApart(right, shown, today);
}

/// Two rights that take no common day, or of which one stands over the other by a dispute that nobody has decided yet. Once it is
/// decided, the days to come are one's alone; those before were both's.
function areApart(right, other, today) {
  const own = lifeOf(right);
  const isOpen = ({ adjudication, resolution }) => adjudication !== undefined && resolution === undefined;
  if (own.from >= own.to || isOpen(right) || isOpen(other)) return true;
  if (right.adjudication === undefined && other.adjudication === undefined) return takenDays(other, own, convertedOf(right)).length === 0;
  const toCome = { from: own.from < today ? today : own.from, to: own.to };
  const life = lifeOf(other);
  return other.succeeded_by !== undefined || life.from >= life.to || toCome.from >= toCome.to || !shareDay(toCome, life);
}
