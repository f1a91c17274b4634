//! Acts on rights (FORMATS 6.8): surrendered, corrected, passed on, converted. Their events say what they changed; here it is
//! held against the signed payload and, where the right is shown with its history, against what it was.

import { write } from "./canonical.js";
import { carriedAsMade } from "./carried.js";
import { checkForm } from "./difference.js";
import { policyAt, signing } from "./givers.js";
import { splitOf, ownerOf } from "./events.js";
import { isOpen, without } from "./fold.js";
import { modelOf } from "./records.js";
import { NOTES_MAX, civilDay, dayText, digitsOf, identityName, micro, written } from "./values.js";

function plain(text) {
  return written(micro(text));
}

function same(left, right) {
  return write(left) === write(right);
}

/// The event of an act on a right, taken apart: what it sets and lists of each record.
class Event {
  constructor(act) {
    this.act = act;
    this.right = `right|${act.body.right}`;
    this.created = `right|R${act.index}`;
    this.changes = new Map(act.event.changes.map((change) => [change.of, without(change, "of")]));
    this.rows = (act.event.rows ?? []).map((row) => ({ ...row, ...splitOf(row.of) }));
  }

  rowsOf(of, list) {
    return this.rows.filter((row) => row.of === of && row.list === list);
  }

  /// What a row puts into its list.
  static item(row) {
    return without(row, "of", "space", "name", "list", "drop");
  }

  /// The records that the event changes or lists items of.
  records() {
    return new Set([...this.changes.keys(), ...this.rows.map((row) => row.of)]);
  }

  /// Checks that the event sets nothing of a record but these members, and makes no list but these of it.
  only(of, members, lists = []) {
    const { new: _, ...change } = this.changes.get(of) ?? {};
    for (const member of Object.keys(change)) {
      this.act.must(members.includes(member) || lists.includes(member), `the act changes ${member} of ${of}`);
    }
    for (const row of this.rows.filter((item) => item.of === of)) {
      this.act.must(members.includes(row.list) || lists.includes(row.list), `the act changes ${row.list} of ${of}`);
    }
  }

  /// Checks that no record but these is changed.
  reaches(isReached) {
    for (const of of this.records()) this.act.must(isReached(of), `the act changes ${of}`);
  }

  /// Whether a record is made by the act, or only changed.
  isNew(of) {
    return this.changes.get(of)?.new === true;
  }

  /// The right before the act, where its history is shown.
  before() {
    return this.act.hasHistory("right", this.act.body.right) ? this.act.rightBefore(this.act.body.right) : undefined;
  }
}

/// Units and decimal digits are those of a kind, as a policy text of the file says.
function unitFits(act, kind, { quantity, unit }) {
  const texts = act.run.policies.get(kind) ?? [];
  const fits = texts.some((policy) => policy.unit.name === unit && digitsOf(quantity) <= policy.unit.scale);
  act.must(texts.length === 0 || fits, `the unit ${unit} is not that of the kind`);
  act.must(micro(quantity) > 0n, "the quantity is zero");
}

function unitOfRight(act) {
  unitFits(act, act.record("right", act.body.right).kind, act.body);
}

// ---------------------------------------------------------------------------------------------------------------------
// Surrender and correction
// ---------------------------------------------------------------------------------------------------------------------

function surrender(event) {
  const { act } = event;
  event.reaches((of) => of === event.right);
  unitOfRight(act);
  const change = event.changes.get(event.right) ?? {};
  event.only(event.right, ["balance", "measure"], ["uses"]);
  act.must(change.clear === undefined, "a surrender changes more than the quantity");
  const right = event.before();
  if (right === undefined) return;
  const { carve_out: carveOut, quantity } = act.body;
  const isOrdered = carveOut === "order" && policyAt(act, right.kind).surrender?.carve_out === "order";
  const used = { entry: act.index, quantity: plain(quantity), ...(isOrdered && { ordered: true }) };
  const uses = right.measure === undefined ? [] : [...(right.uses ?? []), used];
  const noted = event.rows.map(Event.item);
  act.must(same(noted, uses) && (change.uses !== undefined) === (uses.length > 0), "what was used up is not noted");
  act.must(policyAt(act, right.kind).surrender !== undefined, "the kind is not used up");
  const had = right.balance ?? right.measure;
  act.must(had !== undefined, "a flow is not surrendered");
  const member = right.balance === undefined ? "measure" : "balance";
  act.must(micro(act.body.quantity) <= micro(had), "more is surrendered than there is");
  act.must(change[member] === written(micro(had) - micro(act.body.quantity)), "the rest is not what the surrender leaves");
}

function correct(event) {
  const { act } = event;
  const { class: klass, attributes, quantity, resolution, line, document } = act.body;
  if (line !== undefined) {
    correctLine(event);
    return;
  }
  event.reaches((of) => of === event.right);
  const change = event.changes.get(event.right) ?? {};
  act.must(change.clear === undefined, "a correction removes a member");
  if (resolution !== undefined) {
    event.only(event.right, ["resolution"]);
    act.must(change.resolution === document, "the resolution is another document");
    const right = event.before();
    const isOpen = right?.adjudication !== undefined && right.resolution === undefined;
    act.must(right === undefined || isOpen, "nobody disputes the right");
  } else if (quantity !== undefined) {
    unitOfRight(act);
    event.only(event.right, ["balance", "measure", "steps"]);
    correctQuantity(event, change);
  } else {
    event.only(event.right, ["class", "attributes"]);
    act.must(event.rows.length === 0, "a correction lists items");
    correctParticulars(event, change, klass, attributes ?? {});
  }
}

function correctQuantity(event, change) {
  const { act } = event;
  const wanted = plain(act.body.quantity);
  const right = act.record("right", act.body.right);
  const model = modelOf(right);
  if (model !== "flow") {
    const had = event.before();
    act.must(had === undefined || (had.balance ?? had.measure) !== wanted, "the correction changes nothing");
    act.must(same(change, { [model === "stock" ? "balance" : "measure"]: wanted }) && event.rows.length === 0, "another quantity");
    return;
  }
  const rows = event.rowsOf(event.right, "steps").map(Event.item);
  act.must(same(change, { steps: [] }) && rows.length === 1 && rows[0].quantity === wanted, "another quantity");
  const before = event.before();
  act.must(before === undefined || !same(before.steps.map((step) => step.quantity), [wanted]), "the correction changes nothing");
  act.must(before === undefined || (before.steps.length === 1 && before.steps[0].from === rows[0].from), "the step begins on another day");
}

/// The event gives every value that the payload gives; what it leaves out was the same before.
function correctParticulars(event, change, klass, attributes) {
  const { act } = event;
  const right = event.before();
  if (right !== undefined) {
    const after = { ...right.attributes, ...attributes };
    const isOther = (klass ?? right.class) !== right.class || !same(after, right.attributes ?? {});
    act.must(isOther && Object.keys(after).length <= 16, "the correction changes nothing, or leaves more than 16 attributes");
    const wanted = { class: klass ?? right.class, attributes: Object.keys(after).length === 0 ? undefined : after };
    for (const [member, value] of Object.entries(wanted)) {
      const isSame = value === undefined || (right[member] !== undefined && same(value, right[member]));
      act.must(isSame ? change[member] === undefined : change[member] !== undefined && same(change[member], value), `another ${member}`);
    }
    return;
  }
  act.must(klass === undefined || change.class === undefined || change.class === klass, "another class");
  act.must(change.class === undefined || klass !== undefined, "a class that nobody asked for");
  for (const [name, text] of Object.entries(attributes)) {
    act.must(change.attributes === undefined || change.attributes[name] === text, `another ${name}`);
  }
}

/// A line that the registrar entered wrongly: smaller in its place, or with what it lacked as a further line.
function correctLine(event) {
  const { act } = event;
  const { line: burden, quantity, relied, document, right } = act.body;
  const [pledge, number] = [ownerOf(burden), Number(burden.split(".")[1])];
  act.must(burden.startsWith("P"), `${burden} is no line of a pledge`);
  const of = `pledge|${pledge}`;
  event.reaches((record) => record === event.right || record === of);
  event.only(event.right, [], ["burdens"]);
  event.only(of, ["corrections"], ["lines"]);
  unitOfRight(act);
  const rows = event.rowsOf(of, "lines");
  act.must(rows.length === 1 && !rows[0].drop && rows[0].released === undefined && rows[0].right === right, "not one line is put");
  const [row] = rows;
  const isFurther = row.line !== number;
  const had = lineBefore(act, pledge, number);
  const wanted = micro(quantity);
  if (had !== undefined) {
    act.must(isOpen(had, act.time), `${burden} does not stand`);
    act.must(row.expires === had.expires, "what is corrected lapses otherwise");
    const rest = isFurther ? wanted - micro(had.quantity ?? "0") : wanted;
    act.must(isFurther === (wanted > micro(had.quantity ?? "0")), "a smaller line is put further, or a larger one in its place");
    act.must(row.quantity === written(rest), "the line is not put with what was asked");
    act.must(row.from === had.from && row.to === had.to, "the line is put with other days");
  } else {
    act.must(isFurther ? micro(row.quantity ?? "0") < wanted : row.quantity === written(wanted), "the line is not put with what was asked");
  }
  haveAgreed(act, pledge, isFurther);
  isNotCorrectedTwice(act, pledge, number);
  const notes = event.rowsOf(of, "corrections").map(Event.item);
  const note = {
    document, entry: act.index, line: number, quantity: written(wanted), ...(isFurther && { further: row.line }),
    ...(relied !== undefined && { relied: relied.map((item) => item.position) }),
  };
  const earlier = act.hasHistory("pledge", pledge) ? withRoom(act, act.record("pledge", pledge)) : notes.slice(0, -1);
  act.must(same(notes, [...earlier, note]), "the correction is not noted as asked");
  linesAreBurdens(event, new Set([of]));
}

/// The corrections of before, without one that gives way where there is no room: the first without a further line that stands.
function withRoom(act, { corrections = [], lines }) {
  const stands = ({ further }) => further !== undefined && isOpen(lines[further], act.time);
  const old = corrections.length >= NOTES_MAX ? corrections.find((note) => !stands(note)) : undefined;
  return corrections.filter((note) => note !== old);
}

/// What an earlier correction added to a line stands as a line of its own, and is corrected itself.
function isNotCorrectedTwice(act, pledge, number) {
  if (!act.hasHistory("pledge", pledge)) return;
  const { corrections = [], lines } = act.record("pledge", pledge);
  const added = corrections.filter((note) => note.line === number && note.further !== undefined);
  act.must(added.every(({ further }) => !isOpen(lines[further], act.time)), `what was added to line ${number} is corrected itself`);
}

/// Nobody's collateral gets more or less by the word of the registrar alone.
function haveAgreed(act, pledge, grows) {
  const record = act.before("pledge", pledge);
  if (!record) return;
  const parts = (record.parts ?? []).filter(({ entry }) => entry < act.index);
  const holder = grows && act.hasHistory("right", act.body.right) ? [act.rightBefore(act.body.right).holder] : [];
  const others = grows ? [record.pledgor, ...holder] : [...parts, ...record.syndicate ?? []].map(({ party }) => party);
  const acting = others.map((id) => act.acting(id));
  const needed = [act.acting(act.pledgeeOf(pledge)), ...(grows ? acting : signing(act, acting))];
  const named = (act.body.consenting ?? []).map((id) => act.acting(id));
  act.must(needed.every((id) => named.includes(id)), "who gives or loses collateral has not consented");
}

function lineBefore(act, pledge, number) {
  if (act.hasHistory("pledge", pledge)) return act.record("pledge", pledge).lines[number];
  if (!act.hasHistory("right", act.body.right)) return undefined;
  return act.rightBefore(act.body.right).burdens.find((item) => item.id === `${pledge}.${number}`);
}

// ---------------------------------------------------------------------------------------------------------------------
// Lines that go along
// ---------------------------------------------------------------------------------------------------------------------

const BARE = ["right", "released", "line", "id", "overhang", "expires", "behind"];

/// Every line that the act puts stands on its right with the same extent, and no burden changes without its line.
function linesAreBurdens(event, pledges) {
  const { act } = event;
  const burdens = event.rows.filter((row) => row.space === "right" && row.list === "burdens");
  const lines = event.rows.filter((row) => row.space === "pledge" && row.list === "lines");
  for (const line of lines) {
    act.must(pledges.has(line.of), `the act changes ${line.of}`);
    const id = `${line.name}.${line.line}`;
    const own = burdens.filter((row) => row.id === id && row.of === `right|${line.right}`);
    act.must(own.length === 1, `the burden of ${id} does not change with it`);
    act.must(own[0].drop === true || !line.name.startsWith("P") || own[0].expires === line.expires, `the burden of ${id} lapses otherwise`);
    if (line.released) act.must(own[0].drop === true, `the burden of ${id} stays`);
    else act.must(!own[0].drop && same(without(Event.item(own[0]), ...BARE), without(Event.item(line), ...BARE)), `the burden of ${id} says something else`);
  }
  for (const burden of burdens) {
    const [owner, number] = burden.id.split(".");
    const isLine = lines.some((line) => line.name === owner && String(line.line) === number && `right|${line.right}` === burden.of);
    act.must(isLine, `${burden.id} changes without its line`);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Another holder, another kind
// ---------------------------------------------------------------------------------------------------------------------

/// Checks the right that an act makes: its members as asked, its identities, and where it is entered.
function created(event, wanted, identities) {
  const { act } = event;
  act.must(event.isNew(event.created), "no right is made");
  const change = event.changes.get(event.created);
  for (const [member, value] of Object.entries(wanted)) {
    const isAsked = value === undefined ? change[member] === undefined : change[member] !== undefined && same(change[member], value);
    act.must(isAsked, `the new right has another ${member}`);
  }
  act.must(["acquired", "revoked_from", "succeeded_by", "converted"].every((member) => change[member] === undefined), "the new right has ended");
  const listed = event.rowsOf(event.created, "identities").map(Event.item);
  act.must(same(listed, identities), "the new right has other identities");
  const owned = [...event.records()].filter((of) => of.startsWith("identity|")).sort();
  act.must(same(owned, identities.map((item) => `identity|${identityName(item)}`).sort()), "other identities get an owner");
  for (const of of owned) {
    act.must(same(event.changes.get(of), { new: true, right: `R${act.index}` }), `${of} gets another owner`);
  }
  entered(event, change);
}

const isPlace = (of) => of.startsWith("source|") || of.startsWith("cell|");

/// The new right gets its days at its source, and no other place.
function entered(event, { source, span }) {
  const { act } = event;
  const rows = (act.event.rows ?? []).filter((row) => isPlace(row.of));
  const row = { of: `source|${source}`, list: "rights", right: `R${act.index}`, ...span };
  act.must(same(rows, source === undefined ? [] : [row]), "the new right stands elsewhere");
  for (const [of, change] of event.changes) {
    const begins = source !== undefined && of === row.of && same(change, { new: true, rights: [] });
    act.must(!isPlace(of) || begins, `the act changes ${of}`);
  }
}

/// Of the right that it came of one member is set.
function lessens(event, member) {
  const { clear: _, ...change } = event.changes.get(event.right) ?? {};
  event.act.must(same(Object.keys(change), [member]), `the right does not change by ${member} alone`);
}

function places(of) {
  return of.startsWith("identity|") || of.startsWith("source|") || of.startsWith("cell|");
}

function transfer(event) {
  const { act } = event;
  if (act.body.quantity !== undefined) {
    transferPart(event);
    return;
  }
  event.reaches((of) => of === event.right);
  act.must(event.before()?.holder !== act.body.to, `${act.body.to} has the right already`);
  act.must(same(event.changes.get(event.right) ?? {}, { holder: act.body.to, acquired: act.index }) && event.rows.length === 0, "not the holder alone changes");
}

function transferPart(event) {
  const { act } = event;
  const { right, to, quantity, identities, lines = [] } = act.body;
  unitOfRight(act);
  const pledges = new Set(lines.map((item) => `pledge|${ownerOf(item.line)}`));
  event.reaches((of) => of === event.right || of === event.created || pledges.has(of) || places(of));
  const { kind, issuer, steps, balance, span } = act.record("right", right);
  act.must(steps !== undefined || balance !== undefined, "ground has no parts");
  const member = steps === undefined ? "balance" : "steps";
  event.only(event.right, [member], ["burdens"]);
  created(event, { [member]: steps === undefined ? plain(quantity) : [], holder: to, issuer, kind }, identities);
  if (steps !== undefined) {
    const today = dayText(civilDay(act.time));
    const from = span.from > today ? span.from : today;
    act.must(event.changes.get(event.created).span?.from === from, "the new right begins on another day");
    act.must(same(event.rowsOf(event.created, "steps").map(Event.item), [{ from, quantity: plain(quantity) }]), "the new right has another quantity");
  }
  lessens(event, member);
  for (const of of pledges) event.only(of, ["joint"], ["lines"]);
  const put = event.rows.filter((row) => row.space === "pledge" && row.list === "lines");
  const gone = put.filter((row) => row.right === `R${act.index}`);
  act.must(gone.length === lines.length, "other lines go with the part than those asked for");
  for (const item of lines) {
    const own = gone.filter((row) => row.name === ownerOf(item.line));
    const asked = own.some((row) => item.quantity === undefined || row.quantity === plain(item.quantity));
    act.must(asked && own.length === lines.filter((other) => ownerOf(other.line) === ownerOf(item.line)).length,
      `${item.line} does not go with the part as asked`);
  }
  const named = new Set(lines.map((item) => item.line));
  const stay = put.filter((row) => row.right !== `R${act.index}`);
  act.must(stay.every((row) => row.right === right && named.has(`${row.name}.${row.line}`)), "a line changes that was not named");
  linesAreBurdens(event, pledges);
}

function convert(event) {
  const { act } = event;
  const { right, years, into, quantity } = act.body;
  event.reaches((of) => of === event.right || of === event.created || of.startsWith("pledge|") || places(of));
  event.only(event.right, [years === undefined ? "balance" : "converted"], ["burdens"]);
  unitFits(act, into.kind, into);
  created(event, {
    kind: into.kind, balance: plain(into.quantity), span: into.span, class: into.class, issuer: act.org,
  }, into.identities);
  lessens(event, years === undefined ? "balance" : "converted");
  const before = event.before();
  const change = event.changes.get(event.right) ?? {};
  if (years !== undefined) {
    const noted = [...(before?.converted ?? change.converted?.slice(0, -1) ?? []), `${years[0]}-${years[1]}`];
    act.must(change.converted !== undefined && same(change.converted, noted), "other years are converted");
  } else {
    unitOfRight(act);
    const rest = before && micro(before.balance ?? "0") - micro(quantity);
    act.must(before === undefined || change.balance === written(rest), "the rest is not what the conversion leaves");
  }
  const pledges = new Set([...event.records()].filter((of) => of.startsWith("pledge|")));
  for (const of of pledges) event.only(of, ["joint"], ["lines"]);
  for (const row of event.rows.filter((item) => item.space === "pledge" && item.list === "lines")) {
    act.must(row.right === right || row.right === `R${act.index}`, `the act puts a line on ${row.right}`);
  }
  linesAreBurdens(event, pledges);
}

const RIGHT_ACTS = { surrender_right: surrender, correct_right: correct, transfer_right: transfer, convert_right: convert };

/// No act changes a right that has a successor or was revoked.
function stands(act) {
  const { right: name } = act.body;
  if (!act.hasHistory("right", name)) return;
  const right = act.rightBefore(name);
  const isOver = right.succeeded_by !== undefined || right.revoked_from !== undefined;
  act.must(!isOver, `${name} has a successor, or was revoked`);
}

/// Checks an adjustment or a revocation against the right as it stood.
export function orderMay(act) {
  const { right: name, from } = act.body;
  stands(act);
  if (act.payload.type !== "adjust_right" || !act.hasHistory("right", name)) return;
  const { span, steps, measure } = act.rightBefore(name);
  act.must(measure === undefined, "ground is not adjusted");
  act.must(steps === undefined || (span.from <= from && from < span.to), "a flow is adjusted within its span");
  const isStock = measure === undefined && steps === undefined;
  act.must(!isStock || act.law === 1 || from <= dayText(civilDay(act.time)), "units change by a day that has come");
}

/// Says whether a type is an act on a right whose event says what it changed.
export function changesRight(type) {
  return Object.hasOwn(RIGHT_ACTS, type);
}

/// Checks that the event keeps within what its payload asks for.
export function rightAsAsked(act) {
  stands(act);
  const { right, into, quantity } = act.body;
  const carries = into !== undefined || (act.payload.type === "transfer_right" && quantity !== undefined);
  if (carries && act.hasHistory("right", right)) {
    carriedAsMade(act);
    return;
  }
  checkForm(act);
  RIGHT_ACTS[act.payload.type](new Event(act));
}
