//! The check `answer` (FORMATS 7.4): what a guarantor was told is what the law says at the state of the file.
//!
//! The question is decided here once more, from the records of the file alone; the text must come out the same.

import { read, write } from "./canonical.js";
import { bodyForm, ofTheRight } from "./commands.js";
import { lifeOf } from "./land.js";
import { extentOf, neededCells, recordsFor, sharing } from "./question.js";
import { areOpen, byBurden, judgeRank } from "./ranks.js";
import { LAW_MAX } from "./entries.js";
import { ownerOf } from "./events.js";
import { must, Unknown } from "./fault.js";
import { findingForm } from "./findings.js";
import { boolean, integer, isObject, list, object, word } from "./forms.js";
import { counts, reservedPlace, without } from "./fold.js";
import { convertedOf, freeDays } from "./free.js";
import { barsClass, countingBars } from "./policies.js";
import { modelOf } from "./records.js";
import { changesOf, daysOf, flowAt, isFreeze, shareDay, standing, stockAt, taken } from "./stacks.js";
import { civilDay, dayBegins, dayNumber, dayText, digitsOf, micro, micros, numberOf, partyId, written } from "./values.js";

const CONFLICTS_MAX = 16;
const LINES_MAX = 192;
const PLACES_MAX = 96;
const NAMES_OF_ONE_PLACE = 8;
const GROUND_BYTES_FREE = 1_000;
const GROUND_BYTES_OF_ONE_PLACE = 200;
const BYTES_OF_ONE_CELL = 35;
const STACK_DEPTH_MAX = 32;

/// The order of precedence of findings; those of WARNINGS warn.
const PRECEDENCE = [
  5008, 3008, 4002, 2010, 3001, 3002, 3009, 1005, 1011, 1008, 2001, 2002, 2022, 2005, 2006, 2003, 2012, 2014, 2016, 2019, 7010, 3003, 3004,
  3011, 4001, 4008, 4011, 6001, 6010, 6009, 6012, 6008, 9001, 8004, 9003, 9004, 8005, 4003, 6020, 4006, 4009, 7005, 7014,
];
const WARNINGS = new Set([8005, 4003, 6020, 4006, 4009, 7005, 7014]);

const questionForm = object({
  org: partyId, type: word("register_pledge"), body: (value, place) => {
    must(isObject(value), place, "this is not an object");
    bodyForm("register_pledge", value, place);
    ofTheRight(value, place);
  },
});

const answerForm = object({ admissible: boolean, findings: list(findingForm), law: integer(1) });

export function answerCheck(run) {
  const { question: asked, answer: told } = run.file.verification;
  const answer = read(told, "answer");
  if (isObject(answer) && Number.isSafeInteger(answer.law) && answer.law > LAW_MAX) throw new Unknown("the answer is of a later law");
  if (run.laterLaw) throw new Unknown("later law");
  answerForm(answer, "answer");
  const question = read(asked, "question");
  questionForm(question, "question");
  const { space, name } = run.file.subject;
  const about = question.body.lines.find((line) => space !== "right" || line.right !== name);
  must(!about, "question", `it is about ${about?.right}`);
  const records = recordsFor(run, question, answer.law);
  const decision = write(decide(new Question(run, question, records, answer.law)));
  must(decision === told, "answer", `the law answers ${decision}`);
}

/// A question and everything that its decision looks at.
class Question {
  constructor(run, question, records, law) {
    this.run = run;
    this.org = question.org;
    this.body = question.body;
    this.records = records;
    this.law = law;
    this.time = run.state.time;
    this.today = dayText(civilDay(run.state.time));
    this.index = run.state.index + 1;
    this.findings = [];
    this.placed = [];
    this.extents = 0;
    this.taken = undefined;
    this.places = new Set();
  }

  /// The party that acts for a party; law 1 knows no successors.
  acting(id) {
    let current = id;
    for (let from = -1; this.law > 1;) {
      const shown = this.run.records.get(`party|${current}`);
      must(shown, "answer", `party|${current} is not in the file`);
      if (shown.record?.ended === undefined) break;
      const { entry, successor } = shown.record.ended;
      must(entry > from, "answer", `the successors of ${id} do not follow in time`);
      from = entry;
      current = successor;
    }
    return current;
  }

  find(code, line, more = {}) {
    this.findings.push({ code, ...(line === undefined ? {} : { line }), ...more });
  }

  /// What stands on a right and counts: its burdens, and earlier lines of the question.
  burdensOn(name, right) {
    const own = right.burdens.filter((burden) => counts(burden, this.time));
    const rest = own.filter((burden) => this.taken === undefined || !burden.id.startsWith(`${this.taken}.`));
    return [...rest, ...this.placed.filter((item) => item.right === name).map((item) => item.burden)];
  }
}

function decide(question) {
  const { body, records } = question;
  fitsKind(question);
  takesOver(question);
  stillThere(question, body.debtor, {});
  stillThere(question, body.pledgor, { conflicts: [body.pledgor] });
  if (question.law > 1 && question.acting(body.pledgor) === question.org) question.find(2014, undefined, { conflicts: [body.pledgor] });
  const isRanked = body.maximum !== undefined || body.lines.some((line) => line.behind !== undefined);
  if (question.law > 1 && isRanked && body.cap_cny === undefined) question.find(6012);
  body.lines.forEach((line, at) => decideLine(question, line, at));
  body.lines.forEach((line, at) => endsInTime(question, line, at));
  return sorted(question);
}

function sorted({ findings, law }) {
  const rank = (finding) => PRECEDENCE.indexOf(finding.code);
  const compare = (left, right) => rank(left) - rank(right) || (left.line ?? -1) - (right.line ?? -1)
    || (write(left.conflicts ?? []) < write(right.conflicts ?? []) ? -1 : 1);
  const refusals = findings.filter((finding) => !WARNINGS.has(finding.code));
  const chosen = (refusals.length > 0 ? refusals : findings).sort(compare);
  const distinct = chosen.filter((finding, at) => at === 0 || write(finding) !== write(chosen[at - 1]));
  return { admissible: refusals.length === 0, findings: distinct, law };
}

// ---------------------------------------------------------------------------------------------------------------------
// The whole question
// ---------------------------------------------------------------------------------------------------------------------

const MEMBERS = { amount: { stock: ["quantity"], flow: ["quantity", "from"] }, whole: { land: [] }, years: { land: ["years"] } };

/// What is wrong with the members of a line for its kind: the code of a finding, or undefined.
function misfit(policy, line) {
  const wanted = MEMBERS[policy.pledge.extent][policy.model] ?? [];
  for (const [member, code] of [["quantity", 3003], ["from", 4001], ["years", 4001]]) {
    if (wanted.includes(member) !== (line[member] !== undefined)) return code;
  }
  if (line.quantity === undefined) return undefined;
  return line.unit === policy.unit.name && digitsOf(line.quantity) <= policy.unit.scale ? undefined : 3003;
}

function fitsKind(question) {
  for (const line of question.body.lines) {
    const policy = question.records.policyOf(line.right);
    const code = policy && misfit(policy, line);
    if (code === undefined) continue;
    question.find(code);
    return;
  }
}

/// A debtor or pledgor is there and has not ended.
function stillThere(question, id, more) {
  if (id === undefined) return;
  const party = question.records.parties.get(id);
  if (!party) question.find(1005, undefined, question.law === 1 ? more : { conflicts: [id] });
  else if (party.ended !== undefined) question.find(1011, undefined, { conflicts: [question.acting(id)] });
}

function takesOver(question) {
  const { org, records, time, body } = question;
  const { reservation } = body;
  if (reservation === undefined) return;
  const record = records.reservation;
  const rights = new Set(record?.lines.map((line) => line.right));
  const fits = record && question.acting(record.pledgee) === org && record.ended === undefined
    && question.acting(record.pledgor) === question.acting(body.pledgor)
    && counts(record, time) && body.lines.every((line) => rights.has(line.right));
  if (fits) question.taken = reservation;
  else question.find(6008, undefined, { conflicts: [reservation] });
}

/// The same date so many years later; the first of March where a leap day has none.
function yearsLater(day, years) {
  const year = String(Number(day.slice(0, 4)) + years).padStart(4, "0");
  if (year.length > 4) return "9999-12-31";
  const same = `${year}${day.slice(4)}`;
  return Number.isNaN(dayNumber(same)) ? `${year}-03-01` : same;
}

/// The term ends by the end of every right, and is not longer than its kind allows, as far as the policies ask for it.
function endsInTime(question, line, at) {
  const { term } = question.body;
  const right = question.records.rights.get(line.right);
  const policy = question.records.policyOf(line.right);
  if (term === undefined || !right || !policy) return;
  const { longest } = policy;
  const end = longest === undefined ? undefined : yearsLater(term.from, longest.years);
  if (end !== undefined && end < term.to) {
    question.find(4011, at, { conflicts: [line.right], at: end, alternative: { spans: [{ from: term.from, to: end }] } });
  }
  if (term.to <= right.span.to) return;
  const refuses = policy.terms.beyond_right_end === "refuse";
  const offers = refuses && question.law > 1 && term.from < right.span.to
    ? { alternative: { spans: [{ from: term.from, to: right.span.to }] } } : {};
  question.find(refuses ? 4002 : 4003, at, { conflicts: [line.right], ...offers });
}

// ---------------------------------------------------------------------------------------------------------------------
// One line
// ---------------------------------------------------------------------------------------------------------------------

function decideLine(question, line, at) {
  const { records, org, body, today } = question;
  const own = { conflicts: [line.right] };
  const right = records.rights.get(line.right);
  if (!right) {
    question.find(2001, at, own);
    return;
  }
  const policy = records.policyOf(line.right);
  if (!policy) {
    question.find(2012, at, { conflicts: [right.kind] });
    return;
  }
  const roles = records.parties.get(org)?.roles ?? [];
  if (!roles.some((role) => policy.pledge.pledgee_roles.includes(role))) question.find(1008, at, { conflicts: [org] });
  const isRanked = line.behind !== undefined && areOpen(question, policy);
  if (line.behind !== undefined && !isRanked) question.find(6001, at, question.law === 1 ? {} : clipped(line.behind));
  if (modelOf(right) !== policy.model) {
    question.find(2014, at);
    return;
  }
  const wrong = misfit(policy, { ...line, unit: policy.unit.name, quantity: line.quantity && written(micro(line.quantity)) });
  if (wrong !== undefined) {
    question.find(wrong, at);
    return;
  }
  takePlace(question, line, at, right);
  if (question.acting(right.holder) !== question.acting(body.pledgor)) question.find(5008, at, own);
  if (barsClass(policy, right.class)) question.find(2010, at, own);
  if (right.span.to <= today) question.find(2002, at, own);
  if (question.law > 1 && extentOf(line).from === undefined && today < right.span.from) {
    question.find(2022, at, { ...own, at: right.span.from });
  }
  if (right.revoked_from !== undefined) question.find(2003, at, own);
  if (right.succeeded_by !== undefined) question.find(2016, at, own);
  if (isDisputed(right)) question.find(2019, at, clipped([line.right, ...rivals(question, line, right, policy)]));
  if (policy.model === "land" && isNowhere(question, right)) question.find(7010, at, own);
  for (const { finding } of countingBars(policy, right)) question.find(finding, at, own);
  tooMany(question, isRanked ? line : without(line, "behind"), at, right);
  beneath(question, line, at, right);
  warnLayers(question, line, at, right, policy);
  if (isRanked) judgeRank(question, line, at, right, extentOf(line));
  room(question, isRanked ? line : without(line, "behind"), at, right, policy);
  endsAtOnce(question, line, at, policy);
}

/// A line that lapses with a claim whose term is over would secure nothing.
function endsAtOnce(question, { right }, at, policy) {
  const { body, time } = question;
  const isOver = body.term !== undefined && micros(dayBegins(body.term.to)) <= micros(time);
  if (policy.lapse?.at_end === "ends" && isOver) question.find(4008, at, { conflicts: [right] });
}

/// A line takes the first reserved line that it fits into; while any is left on its right, it must fit into one.
function takePlace(question, line, at, right) {
  const { taken, places, time, law } = question;
  if (taken === undefined || law === 1) return;
  const left = right.burdens.filter((burden) => ownerOf(burden.id) === taken && counts(burden, time) && !places.has(burden.id));
  const extent = extentOf(line);
  const place = reservedPlace(left, taken, extent);
  if (place >= 0) places.add(left[place].id);
  else if (left.length > 0) question.find(6008, at, { conflicts: [left[0].id], alternative: reservedOf(extent, left[0]) });
}

/// What a reserved line would do: its days where the asked ones go beyond them, else its quantity.
function reservedOf(asked, held) {
  if (asked.from !== undefined && held.from !== undefined && (asked.from < held.from || asked.to > held.to)) {
    const from = asked.from > held.from ? asked.from : held.from;
    const to = asked.to < held.to ? asked.to : held.to;
    return { spans: [from < to ? { from, to } : { from: held.from, to: held.to }] };
  }
  return asked.quantity !== undefined && held.quantity !== undefined ? { quantity: held.quantity } : {};
}

/// Nobody knows where the right lies or, under law 2, where one of its parcels does.
function isNowhere(question, right) {
  const named = question.law === 1 ? [] : (right.units ?? []).map((unit) => question.run.records.get(`right|${unit.right}`)?.record);
  const isUnknown = named.some((parcel) => parcel !== undefined && parcel.polygon === undefined);
  return isUnknown || (right.polygon === undefined && right.units === undefined);
}

function tooMany(question, line, at, right) {
  const lines = question.burdensOn(line.right, right).filter((burden) => !isFreeze(burden));
  const lasting = lines.filter((burden) => right.steps === undefined || burden.to > question.today);
  const { behind = [] } = line;
  const names = (of) => of.reduce((sum, burden) => sum + (burden.behind ?? []).length, behind.length);
  const places = (of) => of.length + 1 + Math.floor(names(of) / NAMES_OF_ONE_PLACE);
  const ground = (right.polygon ?? "").length + (right.cells ?? []).length * BYTES_OF_ONE_CELL - GROUND_BYTES_FREE;
  const room = PLACES_MAX - Math.floor(Math.max(0, ground) / GROUND_BYTES_OF_ONE_PLACE);
  const isFull = () => places(lasting) > room || places(lines) > LINES_MAX || behind.length >= STACK_DEPTH_MAX;
  if (question.law === 1 ? lasting.length >= LINES_MAX : isFull()) question.find(3011, at, { conflicts: [line.right] });
}

/// Parcels that the right draws on and that end, or were revoked, before the line does (law 2).
function beneath(question, line, at, right) {
  if (question.law === 1 || right.units === undefined) return;
  const { to } = daysOf(extentOf(line), right);
  const named = right.units.map((unit) => unit.right);
  const short = named.filter((name) => {
    const parcel = question.run.records.get(`right|${name}`)?.record;
    if (parcel === undefined) return false;
    const life = lifeOf(parcel);
    return (life.from < life.to ? life.to : parcel.span.from) < to;
  });
  const conflicts = [...new Set(short)].sort((left, other) => numberOf(left) - numberOf(other)).slice(0, CONFLICTS_MAX);
  if (conflicts.length > 0) question.find(4006, at, { conflicts });
}

function isDisputed({ adjudication, resolution }) {
  return adjudication !== undefined && resolution === undefined;
}

/// Whether another right is of the layer of the right of a line, and has a day to come of it.
function isOfLayer(question, right, other) {
  const life = lifeOf(other);
  const isToCome = life.from < life.to && life.to > question.today && right.span.to > question.today;
  return other.layer === right.layer && shareDay(life, right.span) && isToCome;
}

/// The rights of the layer that share ground and a day to come with a disputed one, and the lines on such days (law 2).
function rivals(question, line, right, policy) {
  if (question.law === 1 || (policy.land?.warn_layers ?? []).length === 0) return [];
  const others = neededCells(question.run, line.right, right, question.law);
  const rights = sharing(question.run, line.right, right, (other) => isOfLayer(question, right, other), others);
  const lines = new Set();
  for (const name of rights) {
    const other = question.run.records.get(`right|${name}`).record;
    for (const burden of other.burdens) {
      const days = daysOf(burden, other);
      const isInWay = shareDay(days, right.span) && days.to > question.today && right.span.to > question.today;
      if (counts(burden, question.time) && !isFreeze(burden) && isInWay) lines.add(burden.id);
    }
  }
  return [...rights, ...[...lines].sort(byBurden)];
}

function warnLayers(question, line, at, right, policy) {
  const layers = policy.land?.warn_layers ?? [];
  if (layers.length === 0) return;
  const others = neededCells(question.run, line.right, right, question.law);
  const rights = sharing(question.run, line.right, right, (other) => layers.includes(other.layer), others);
  if (rights.length > 0) question.find(7005, at, { conflicts: rights.slice(0, CONFLICTS_MAX) });
  const inDispute = (other) => !layers.includes(other.layer) && isDisputed(other) && isOfLayer(question, right, other);
  const disputed = question.law === 1 ? [] : sharing(question.run, line.right, right, inDispute, others);
  if (disputed.length > 0) question.find(7014, at, { conflicts: disputed.slice(0, CONFLICTS_MAX) });
}

/// Quantity, days and room; places the line for those after it.
function room(question, line, at, right, policy) {
  const { today } = question;
  const extent = extentOf(line);
  const own = { conflicts: [line.right] };
  const before = question.findings.length;
  // Lines without an extent have no number among those that would be registered.
  const number = question.extents;
  question.extents += 1;
  if (extent.quantity !== undefined && micro(extent.quantity) === 0n) {
    question.find(3004, at);
    return;
  }
  const { behind = [] } = line;
  const burden = { id: `P${question.index}.${number}`, ...extent, ...(behind.length > 0 && { behind }) };
  const burdens = question.burdensOn(line.right, right).filter((item) => !behind.includes(item.id));
  if (extent.quantity !== undefined) {
    const most = mostOf(right);
    if (micro(extent.quantity) > most) {
      const quantity = stillFree(question, right, burdens, burden) ?? written(most);
      question.find(3008, at, { ...own, alternative: { quantity } });
    }
  }
  const fits = question.findings.length === before;
  const within = extent.from === undefined ? burden : days(question, at, burden, right, burdens, own);
  if (fits && within !== undefined && right.revoked_from === undefined) {
    const found = shortage(right, burdens, within, today);
    if (found) {
      const { code, conflicts, ...more } = found;
      const registered = question.law === 1 ? conflicts : conflicts.filter((id) => !id.startsWith(`P${question.index}.`));
      const inTheWay = question.law === 1 || conflicts.length > 0 ? clipped(registered) : own;
      question.find(code, at, { ...inTheWay, ...more });
      const freezes = burdens.filter(isFreeze);
      if (freezes.length > 0 && !shortage(right, burdens.filter((item) => !isFreeze(item)), within, today)) {
        const inWay = freezes.filter((item) => shareDay(daysOf(item, right), daysOf(within, right)));
        question.find(9001, at, { conflicts: inWay.map((item) => item.id).slice(0, CONFLICTS_MAX) });
      }
    }
  }
  question.placed.push({ right: line.right, burden });
  earlierYear(question, at, extent, right, policy);
}

/// What one who asks for too much could still get, on those of its days that the right has (law 2).
function stillFree(question, right, burdens, burden) {
  const common = burden.from !== undefined && commonDays(burden, right.span);
  const isThere = !common || (common.from < common.to && question.today < common.to);
  if (question.law === 1 || !isThere || right.revoked_from !== undefined) return undefined;
  return shortage(right, burdens, { ...burden, ...common }, question.today)?.alternative.quantity;
}

function commonDays({ from, to }, span) {
  return { from: from > span.from ? from : span.from, to: to < span.to ? to : span.to };
}

function mostOf(right) {
  if (right.balance !== undefined) return micro(right.balance);
  return right.steps.map((step) => micro(step.quantity)).reduce((most, one) => (one > most ? one : most), 0n);
}

/// The burden of which to look for room: all of it, or on those of its days that the right has, if none has room (law 2).
function days(question, at, burden, right, burdens, own) {
  const { from, to } = burden;
  const { span } = right;
  const { today } = question;
  const offer = (spans) => withRoom(question, right, burdens, burden, spans.filter((days_) => days_.from < days_.to));
  if (to <= today) {
    // Whole years are asked of what has no steps, and the present one is not over.
    const begun = right.steps === undefined ? `${today.slice(0, 4)}-01-01` : today;
    const left = { from: span.from > begun ? span.from : begun, to: span.to };
    question.find(4008, at, question.law === 1 ? {} : { ...own, alternative: offer([left]) });
    return undefined;
  }
  const common = commonDays(burden, span);
  const rest = common.from < common.to ? freeDays(common, convertedOf(right)) : [];
  const gone = convertedOf(right).filter((years) => shareDay(years, burden));
  if (gone.length > 0) {
    const first = gone.map((years) => (years.from > from ? years.from : from)).sort()[0];
    question.find(4002, at, { ...own, at: first, alternative: offer(rest) });
    return undefined;
  }
  if (from >= span.from && to <= span.to) return burden;
  const alternative = offer([common]);
  question.find(4002, at, { ...own, at: from < span.from ? from : span.to, alternative });
  const isCut = question.law > 1 && alternative.spans === undefined && common.from < common.to && today < common.to;
  return isCut ? { ...burden, ...common } : undefined;
}

/// Of some days, those on which a burden has room; law 1 offered all of them.
function withRoom(question, right, burdens, burden, spans) {
  const { law, today } = question;
  const room = (days_) => roomIn(right, burdens, burden, days_, today).filter(({ to }) => to > today);
  const found = law === 1 ? spans : spans.flatMap(room);
  return found.length > 0 ? { spans: found } : {};
}

function roomIn(right, burdens, burden, days_, today) {
  if (burden.quantity === undefined) return freeDays(days_, [...convertedOf(right), ...burdens.map((item) => daysOf(item, right))]);
  const most = mostOf(right);
  const asked = micro(burden.quantity) < most ? micro(burden.quantity) : most;
  const found = [];
  for (const segment of flowSegments(right, burdens, days_, today)) {
    if (segment.quantity < asked) continue;
    const from = found.length === 0 && segment.from === today ? days_.from : segment.from;
    const last = found.at(-1);
    if (last?.to === from) last.to = segment.to;
    else found.push({ from, to: segment.to });
  }
  return found;
}

function earlierYear(question, at, extent, right, policy) {
  const name = policy.terms.year_attribute;
  const year = name !== undefined && right.attributes?.[name];
  if (year && extent.from !== undefined && /^[0-9]{4}$/.test(year) && year < extent.from.slice(0, 4)) question.find(4009, at);
}

// ---------------------------------------------------------------------------------------------------------------------
// Room
// ---------------------------------------------------------------------------------------------------------------------

function clipped(ids) {
  return ids.length === 0 ? {} : { conflicts: ids.slice(0, CONFLICTS_MAX) };
}

/// What lacks for one more burden, with all burdens that share the place; undefined where there is room.
function shortage(right, burdens, burden, today) {
  if (right.balance !== undefined) return stockShortage(right, burdens, burden, today);
  if (right.steps !== undefined) return flowShortage(right, burdens, burden, today);
  return landShortage(right, burdens, burden, today);
}

function free(has, burdens) {
  const rest = has - taken(burdens);
  return rest > 0n ? rest : 0n;
}

function stockShortage(right, burdens, burden, today) {
  const rest = free(stockAt(right, today), burdens);
  if (micro(burden.quantity) <= rest) return undefined;
  return { code: 3001, conflicts: burdens.map((item) => item.id), alternative: { quantity: written(rest) } };
}

/// What is free of a flow from day to day, from today on.
function flowSegments(right, burdens, { from, to: end }, today) {
  const first = from > today ? from : today;
  if (first >= end) return [];
  const starts = changesOf(right, burdens, first).filter((day) => day < end);
  const segments = [];
  starts.forEach((day, at) => {
    const quantity = free(flowAt(right, day), standing(burdens, day));
    const last = segments.at(-1);
    const to = starts[at + 1] ?? end;
    if (last && last.quantity === quantity) last.to = to;
    else segments.push({ from: day, quantity, to });
  });
  return segments;
}

function flowShortage(right, burdens, burden, today) {
  const first = burden.from > today ? burden.from : today;
  const segments = flowSegments(right, burdens, burden, today);
  const wanted = micro(burden.quantity);
  const lacking = segments.filter((segment) => segment.quantity < wanted);
  if (lacking.length === 0) return undefined;
  const least = segments.reduce((low, { quantity }) => (quantity < low ? quantity : low), segments[0].quantity);
  const inWay = burdens.filter((item) => shareDay(item, { from: first, to: burden.to }));
  return {
    code: 3002, conflicts: inWay.map((item) => item.id), at: lacking[0].from,
    alternative: { quantity: written(least), segments: segments.map((segment) => ({ ...segment, quantity: written(segment.quantity) })) },
  };
}

function landShortage(right, burdens, burden, today) {
  const wanted = daysOf(burden, right);
  const inWay = burdens.filter((item) => shareDay(daysOf(item, right), wanted));
  if (inWay.length === 0) return undefined;
  const spans = burden.from === undefined ? [] : freeSpans(right, burdens, today);
  return { code: 3009, conflicts: inWay.map((item) => item.id), alternative: spans.length > 0 ? { spans } : {} };
}

/// The days from today on, within the span of a right, on which nothing stands and which are not converted.
function freeSpans(right, burdens, today) {
  const from = right.span.from > today ? right.span.from : today;
  const taken_ = [...convertedOf(right), ...burdens.map((item) => daysOf(item, right))];
  return freeDays({ from, to: right.span.to }, taken_);
}
