//! The check `authority` (FORMATS 7.2, 2.4): every event is the act that its signers asked for, given by the party that may
//! give it, with the consents that it needs.

import { exactEvent, isExact } from "./acts.js";
import { asked, unitsFit } from "./asked.js";
import { attestedBy } from "./attested.js";
import { write } from "./canonical.js";
import { isAct } from "./events.js";
import { isExtension } from "./extended.js";
import { followsPolicy, linesLapse, versionsHold } from "./expected.js";
import { must } from "./fault.js";
import { counts, without } from "./fold.js";
import { freezeMay, freezeStands } from "./freezes.js";
import { GIVERS } from "./givers.js";
import { overhangsFollow } from "./hanging.js";
import { Notes, pledgesAreKept } from "./kept.js";
import { changesLines, linesAsAsked, resultsAsAsked } from "./lines.js";
import { burden, lineResult } from "./records.js";
import { changesRight, orderMay, rightAsAsked } from "./rights.js";
import { takesOver } from "./succession.js";
import { burdenId } from "./values.js";

/// What a party in recovery neither gives nor consents to.
const BARRED = new Set([
  "adjust_right", "amend_pledge", "assign_pledge", "cancel_reservation", "change_freeze", "change_rank", "convert_right",
  "correct_right", "erase", "execute_freeze", "record_disposal", "release_pledge", "revoke_right", "substitute_collateral",
  "surrender_right", "transfer_right", "unfreeze", "withdraw_objection",
]);

/// What could go round the signing rules of a party needs as many keys as the strictest of them (2.4).
const GUARDS_RULES = ["add_key", "revoke_key", "rotate_key", "set_signing_policy", "set_signing_rules"];

/// Everything that the rules of one command look at.
class Act {
  constructor(run, shown) {
    this.run = run;
    this.index = shown.index;
    this.time = shown.entry.time;
    this.law = shown.entry.law;
    this.place = shown.place;
    this.event = shown.entry.outcome.accepted.event;
    this.payload = shown.payload;
    this.body = shown.payload.body;
    this.org = shown.payload.org;
    this.signers = shown.signers;
  }

  must(holds, message) {
    must(holds, this.place, message);
  }

  hasHistory(space, name) {
    return this.run.records.get(`${space}|${name}`)?.history !== undefined;
  }

  /// A record as it was before the entry, or as it stands where no history of it is shown.
  before(space, name) {
    const shown = this.run.records.get(`${space}|${name}`);
    if (!shown) return undefined;
    if (shown.history === undefined) return shown.record;
    return shown.folded.findLast(({ index }) => index < this.index)?.record;
  }

  record(space, name) {
    const record = this.before(space, name);
    this.must(record, `${name} is not shown, or was not there`);
    return record;
  }

  /// A right as an act finds it: without reservations whose time is over.
  rightBefore(name) {
    const right = this.record("right", name);
    return { ...right, burdens: right.burdens.filter((burden) => counts(burden, this.time)) };
  }

  party(id) {
    this.must(this.hasHistory("party", id), `${id} is not shown with its history`);
    return this.record("party", id);
  }

  /// The pledgee of record at this entry; a record without history still names those of the past.
  pledgeeOf(name) {
    const record = this.record("pledge", name);
    if (this.hasHistory("pledge", name)) return record.pledgee;
    return (record.former ?? []).find(({ until }) => until >= this.index)?.party ?? record.pledgee;
  }

  /// The party that acts for a party of a record at this entry. Of rights of a kind and what was ordered on them, the party to
  /// which the kind was handed over comes first.
  acting(id, kind) {
    let current = id;
    for (let from = 0; ;) {
      const { handed = [], ended } = this.before("party", current) ?? {};
      const steps = handed.filter((item) => item.kind === kind);
      if (ended !== undefined) steps.push({ entry: ended.entry, party: ended.successor });
      const next = steps.find(({ entry }) => from < entry && entry < this.index);
      if (next === undefined) return current;
      from = next.entry;
      current = next.party;
    }
  }

  inRecovery(id) {
    const last = this.party(id).recoveries?.at(-1);
    return last !== undefined && last.end === undefined;
  }

  /// Checks that a party signed with as many keys, in the parts, as its record asks for.
  signed(id) {
    const party = this.party(id);
    const own = this.signers.filter((signer) => signer.org === id);
    const { type } = this.payload;
    const rules = (party.signing ?? []).filter((item) => item.command === type || GUARDS_RULES.includes(type));
    const wanted = Math.max(party.threshold, ...rules.map((item) => item.threshold));
    this.must(own.length >= wanted, `${id} signed with ${own.length} of ${wanted} keys`);
    for (const { kid, role } of own) {
      const part = (party.parts ?? []).find((item) => item.kid === kid);
      this.must(part === undefined || part.part === role, `a key of ${id} signs as ${part?.part} alone`);
    }
  }
}

/// Checks every accepted command.
export function authority(run) {
  const notes = new Notes();
  for (const { act } of accepted(run)) {
    act.notes = notes;
    judge(act);
    notes.keep(act);
  }
  pledgesAreKept(run, notes);
}

/// The accepted commands of a file.
export function* accepted(run) {
  for (const shown of run.entries.values()) if (shown.entry.outcome?.accepted) yield { shown, act: new Act(run, shown) };
}

function judge(act) {
  const { type } = act.payload;
  versionsHold(act);
  unitsFit(act);
  if (!isAct(act.event)) {
    act.must(!isExact(type) && !changesRight(type), "the event is of another type");
    act.must(type === "register_pledge" || act.payload.attested === undefined, "the event does not note what was attested");
    asked(act);
    followsPolicy(act);
    if (type === "register_pledge") linesLapse(act, act.event.lines, act.event);
    resultsAsAsked(act);
    takesOver(act);
    if (type === "freeze") freezeMay(act);
    if (type === "unfreeze") freezeStands(act);
    if (type === "adjust_right" || type === "revoke_right") orderMay(act);
  } else {
    judgeAct(act, type);
    followsPolicy(act);
  }
  overhangsFollow(act);
  signedByAll(act);
}

/// An act of law 2: the event is what its type makes of the records before it, or keeps within what the payload asks for.
function judgeAct(act, type) {
  act.must(act.event.type === type, "the event is of another type");
  const changed = act.event.changes.map(({ of }) => of);
  act.must(new Set(changed).size === changed.length, "a record has more than one change");
  for (const row of act.event.rows ?? []) rowForm(act, row);
  if (type === "extend_right") {
    act.must(isExtension(act, exactEvent), "the event is not what the act makes of the records before it");
  } else if (isExact(type)) {
    act.must(write(without(act.event, "overhangs")) === write(exactEvent(act)), "the event is not what the act makes of the records before it");
  } else if (changesRight(type)) {
    rightAsAsked(act);
  } else {
    act.must(changesLines(type), "the event is of another type");
    linesAsAsked(act);
  }
  const touched = new Set([...act.event.changes, ...(act.event.rows ?? [])].map(({ of }) => of));
  const elsewhere = (act.event.overhangs ?? []).find(({ right }) => !touched.has(`right|${right}`));
  act.must(elsewhere === undefined, "an overhang on a right that the act does not touch");
}

/// A line or a burden that an act puts is one, also where no history of its record is shown.
function rowForm(act, row) {
  const item = without(row, "of", "list", "drop");
  if (row.list === "burdens" && row.drop) burdenId(item.id, act.place);
  else if (row.list === "burdens") burden(item, act.place);
  else if (row.list === "lines") lineResult(item, act.place);
}

function signedByAll(act) {
  const { type } = act.payload;
  const [gives, consents, others] = GIVERS[type];
  act.must(gives(act), `${act.org} may not give this command`);
  const needed = new Set([act.org, ...(consents?.(act) ?? [])]);
  const attested = attestedBy(act);
  for (const party of needed) {
    if (!attested.has(party)) act.signed(party);
    act.must(!BARRED.has(type) || !act.inRecovery(party), `${party} is in recovery`);
  }
  const strangers = new Set(act.signers.map((signer) => signer.org).filter((org) => !needed.has(org)));
  act.must(strangers.size === 0 || others !== undefined, `${[...strangers][0]} signed, and its consent is not needed`);
  for (const party of strangers) act.signed(party);
  if (others === "quorum") quorum(act);
}

/// As many parties of each role as the genesis says have signed, none of them in recovery.
function quorum(act) {
  const signers = [...new Set(act.signers.map((signer) => signer.org))].filter((org) => !act.inRecovery(org));
  for (const [role, count] of Object.entries(act.run.genesis.entry.genesis.quorum)) {
    const found = signers.filter((org) => act.party(org).roles.includes(role)).length;
    act.must(found >= count, `${found} of ${count} parties of the role ${role} signed`);
  }
}
