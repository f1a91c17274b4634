//! What acts of law 2 make of the lines of a pledge (FORMATS 6.7), and of the burdens that say the same.
//!
//! Such an act touches rights and pledges whose histories a file need not show. Of each line as much is compared as its
//! record before, the payload and the event themselves say.

import { notedBy } from "./attested.js";
import { write } from "./canonical.js";
import { splitOf } from "./events.js";
import { without } from "./fold.js";
import { extentOf } from "./question.js";
import { shareDay } from "./stacks.js";
import { micro, written } from "./values.js";

function same(left, right) {
  return write(left) === write(right);
}

/// The rows of one list of one record, by the member that tells them apart.
function rowsOf(act, of, list) {
  return (act.event.rows ?? []).filter((row) => row.of === of && row.list === list);
}

const bare = (row) => without(row, "of", "list", "drop", "id", "line", "overhang");

/// The line before an act: from the pledge, or from a right that is shown with its history, or undefined.
function lineBefore(act, pledge, number) {
  if (act.hasHistory("pledge", pledge)) {
    const line = act.record("pledge", pledge).lines[number];
    act.must(line !== undefined, `${pledge} has no line ${number}`);
    return line;
  }
  for (const shown of act.run.records.values()) {
    if (shown.space !== "right" || shown.history === undefined) continue;
    const burden = act.before("right", shown.name)?.burdens.find((item) => item.id === `${pledge}.${number}`);
    if (burden) return { right: shown.name, ...without(burden, "id", "overhang", "expires") };
  }
  return undefined;
}

/// Checks that nothing but these members of the pledge, its lines and its burdens is changed.
function onlyItsOwn(act, members) {
  const { pledge } = act.body;
  for (const change of act.event.changes) {
    const { space, name } = splitOf(change.of);
    const changed = Object.keys(without(change, "of"));
    const own = space === "pledge" && name === pledge ? members : [];
    act.must(space === "right" || (space === "pledge" && name === pledge), `the act changes ${change.of}`);
    act.must(changed.every((member) => own.includes(member)), `the act changes ${changed.join(", ")} of ${change.of}`);
  }
  for (const row of act.event.rows ?? []) {
    const { space, name } = splitOf(row.of);
    const line = space === "right" && row.list === "burdens" && row.id.startsWith(`${pledge}.`);
    act.must(line || (space === "pledge" && name === pledge && ["lines", ...members].includes(row.list)),
      `the act changes ${row.list} of ${row.of}`);
  }
}

/// Every changed line stands on its right as it is, and no other burden of the pledge is changed.
function burdensSayTheSame(act) {
  const { pledge } = act.body;
  const lines = rowsOf(act, `pledge|${pledge}`, "lines");
  const burdens = (act.event.rows ?? []).filter((row) => splitOf(row.of).space === "right");
  act.must(burdens.length === lines.length, "burdens and lines of the act are not the same");
  for (const line of lines) {
    const burden = burdens.find((row) => row.of === `right|${line.right}` && row.id === `${pledge}.${line.line}`);
    act.must(burden, `no burden changes with line ${line.line}`);
    if (line.released) act.must(burden.drop === true, `the burden of line ${line.line} stays`);
    else act.must(!burden.drop && same(bare(burden), without(bare(line), "right")), `the burden of line ${line.line} says something else`);
  }
}

/// Takes from the rows of lines those that are expected, in any order; what is left over is a fault.
class Lines {
  constructor(act) {
    this.act = act;
    this.left = rowsOf(act, `pledge|${act.body.pledge}`, "lines");
    const { pledge } = act.body;
    this.next = act.hasHistory("pledge", pledge) ? act.record("pledge", pledge).lines.length : undefined;
  }

  /// The row of a line that was there before; it must be as given, as far as that is known.
  changed(number, line, known) {
    const row = this.left.find((item) => item.line === number);
    this.act.must(row, `line ${number} does not change`);
    this.left = this.left.filter((item) => item !== row);
    for (const [member, value] of Object.entries(line)) {
      this.act.must(row[member] !== undefined && same(row[member], value), `line ${number} has another ${member}`);
    }
    if (known) this.act.must(same(bare(row), line), `line ${number} is not as asked`);
  }

  /// The next added line.
  added(line, known) {
    const fresh = this.left.filter((item) => this.next === undefined || item.line >= this.next);
    const [row] = fresh.sort((left, right) => left.line - right.line);
    this.act.must(row, "a line that is asked for is not added");
    this.act.must(this.next === undefined || row.line === this.next, `line ${row.line} is not the next`);
    this.left = this.left.filter((item) => item !== row);
    this.next = row.line + 1;
    for (const [member, value] of Object.entries(line)) {
      this.act.must(row[member] !== undefined && same(row[member], value), `the added line has another ${member}`);
    }
    if (known) this.act.must(same(bare(row), line), "the added line is not as asked");
  }

  end() {
    this.act.must(this.left.length === 0, `line ${this.left[0]?.line} changes without being asked for`);
  }
}

function behindOf({ behind }) {
  return behind === undefined ? {} : { behind };
}

function amend(act) {
  onlyItsOwn(act, ["caps", "attested"]);
  const lines = new Lines(act);
  const added = [];
  for (const item of act.body.lines ?? []) {
    const line = lineBefore(act, act.body.pledge, item.line);
    const wanted = micro(item.quantity);
    if (line === undefined) {
      const row = lines.left.find((one) => one.line === item.line);
      if (row) lines.changed(item.line, { quantity: written(wanted) }, false);
      else added.push([behindOf(item), false]);
      continue;
    }
    const had = micro(line.quantity ?? "0");
    if (wanted < had) lines.changed(item.line, { ...line, quantity: written(wanted) }, true);
    else if (wanted > had) added.push([{ ...without(line, "behind"), quantity: written(wanted - had), ...behindOf(item) }, true]);
  }
  for (const [line, known] of added) lines.added(line, known);
  lines.end();
  capsAsAsked(act);
}

function capsAsAsked(act) {
  const { pledge, cap_cny: cap } = act.body;
  const rows = rowsOf(act, `pledge|${pledge}`, "caps").map((row) => without(row, "of", "list"));
  if (cap === undefined) {
    act.must(rows.length === 0, "the cap changes without being asked for");
    return;
  }
  const wanted = micro(cap);
  if (!act.hasHistory("pledge", pledge)) {
    act.must(rows.reduce((sum, row) => sum + micro(row.amount), 0n) === wanted, "the cap is not that asked for");
    return;
  }
  const before = act.record("pledge", pledge).caps ?? [];
  const had = before.reduce((sum, item) => sum + micro(item.amount), 0n);
  let caps = [...before];
  if (wanted > had) caps.push({ amount: written(wanted - had), entry: act.index });
  for (let over = had - wanted; over > 0n;) {
    const last = caps.at(-1);
    const gives = micro(last.amount) < over ? micro(last.amount) : over;
    caps = caps.slice(0, -1);
    if (gives < micro(last.amount)) caps.push({ ...last, amount: written(micro(last.amount) - gives) });
    over -= gives;
  }
  const after = rows.length > 0 ? rows : before;
  act.must(same(after, caps), "the tranches of the cap are not those asked for");
}

/// The notes of attested consents end with those of the command, and change by nothing else.
function attestedAsAsked(act) {
  const { pledge } = act.body;
  const rows = rowsOf(act, `pledge|${pledge}`, "attested").map((row) => without(row, "of", "list"));
  const added = notedBy(act);
  if (added.length === 0) {
    act.must(rows.length === 0, "a consent that nobody attested is noted");
    return;
  }
  const before = act.hasHistory("pledge", pledge) ? act.record("pledge", pledge).attested ?? [] : rows.slice(0, -added.length);
  act.must(same(rows, [...before, ...added]), "the attested consents are not noted");
}

function extend(act) {
  onlyItsOwn(act, ["term", "attested"]);
  const lines = new Lines(act);
  const added = [];
  for (const item of act.body.lines ?? []) {
    const line = lineBefore(act, act.body.pledge, item.line);
    const inPlace = lines.left.some((one) => one.line === item.line);
    act.must(!inPlace || item.behind === undefined, `line ${item.line} stands behind others and is not added`);
    if (inPlace) lines.changed(item.line, line === undefined ? { to: item.to } : { ...line, to: item.to }, line !== undefined);
    else if (line === undefined) added.push([{ to: item.to, ...behindOf(item) }, false]);
    else added.push([{ ...without(line, "behind"), from: line.to, to: item.to, ...behindOf(item) }, true]);
  }
  for (const [line, known] of added) lines.added(line, known);
  lines.end();
  const change = act.event.changes.find(({ of }) => of === `pledge|${act.body.pledge}`);
  if (act.body.term === undefined) act.must(change?.term === undefined, "the term changes without being asked for");
  else if (change?.term !== undefined) act.must(same(change.term, act.body.term), "the term is not that asked for");
}

/// A line of which a part or all is given back.
function lessened(act, lines, item) {
  const line = lineBefore(act, act.body.pledge, item.line);
  if (line === undefined) {
    lines.changed(item.line, item.quantity === undefined ? { released: true } : {}, false);
    return;
  }
  const rest = item.quantity === undefined ? 0n : micro(line.quantity ?? "0") - micro(item.quantity);
  lines.changed(item.line, rest > 0n ? { ...line, quantity: written(rest) } : { ...line, released: true }, true);
}

function substitute(act) {
  onlyItsOwn(act, ["attested"]);
  const lines = new Lines(act);
  for (const item of act.body.drop) lessened(act, lines, item);
  for (const line of act.body.add) lines.added({ right: line.right, ...extentOf(line), ...behindOf(line) }, true);
  lines.end();
}

function dispose(act) {
  onlyItsOwn(act, ["disposals"]);
  const { pledge, document, line, proceeds_cny: proceeds, quantity } = act.body;
  const lines = new Lines(act);
  lessened(act, lines, act.body);
  lines.end();
  const item = {
    document, entry: act.index, line, proceeds: written(micro(proceeds)), ...(quantity !== undefined && { quantity: written(micro(quantity)) }),
  };
  const rows = rowsOf(act, `pledge|${pledge}`, "disposals").map((row) => without(row, "of", "list"));
  const before = act.hasHistory("pledge", pledge) ? act.record("pledge", pledge).disposals ?? [] : rows.slice(0, -1);
  act.must(same(rows, [...before, item]), "the disposal is not noted as asked");
}

/// New ranks: each line stands behind those before it in `to` with which it shares a day.
function rerank(act) {
  const { right: name, from, to } = act.body;
  act.must(same([...from].sort(), [...to].sort()) && new Set(to).size === to.length, "the lines of from and to are not the same");
  const right = act.hasHistory("right", name) ? act.rightBefore(name) : undefined;
  const burdenOf = (id) => right?.burdens.find((item) => item.id === id)
    ?? rowsOf(act, `right|${name}`, "burdens").find((row) => row.id === id);
  const rows = new Map(rowsOf(act, `right|${name}`, "burdens").map((row) => [row.id, row]));
  to.forEach((id, at) => {
    const burden = burdenOf(id);
    act.must(burden !== undefined || right === undefined, `${id} does not stand on ${name}`);
    const row = rows.get(id);
    if (burden === undefined) return;
    const behind = to.slice(0, at).filter((other) => {
      const before = burdenOf(other);
      return before === undefined || before.from === undefined || burden.from === undefined || shareDay(before, burden);
    });
    const after = { ...without(burden, "behind", "of", "list", "overhang"), ...(behind.length > 0 && { behind }) };
    if (row) act.must(same(without(row, "of", "list", "overhang"), after), `${id} does not stand behind those that it should`);
    else act.must(same(burden.behind ?? [], behind), `${id} does not change its rank`);
  });
  for (const row of act.event.rows ?? []) {
    const { space, name: record } = splitOf(row.of);
    const id = space === "right" ? row.id : `${record}.${row.line}`;
    act.must((row.of === `right|${name}` && row.list === "burdens") || (space === "pledge" && row.list === "lines"), `the act changes ${row.of}`);
    act.must(to.includes(id) && !row.drop, `the act changes ${id}`);
    const burden = rows.get(id);
    act.must(burden && row.released === undefined && same(without(bare(row), "right"), bare(burden)), `${id} is not the same on both sides`);
  }
  for (const change of act.event.changes) {
    act.must(Object.keys(change).length === 1, `the act changes members of ${change.of}`);
  }
}

const LINE_ACTS = {
  amend_pledge: amend, extend_pledge: extend, substitute_collateral: substitute, record_disposal: dispose, change_rank: rerank,
};

/// Says whether the acts of a type change lines.
export function changesLines(type) {
  return Object.hasOwn(LINE_ACTS, type);
}

/// Checks that an act changes the lines that its payload asks for, and nothing else.
export function linesAsAsked(act) {
  LINE_ACTS[act.payload.type](act);
  if (act.payload.type === "change_rank") return;
  burdensSayTheSame(act);
  attestedAsAsked(act);
}
