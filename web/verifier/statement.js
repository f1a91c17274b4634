//! The statement of a certificate (FORMATS 7.10): what evidence files say, for programs that do not read evidence. It is made
//! here from the files alone and compared; nothing is verified yet.

import { hex } from "./bytes.js";
import { read } from "./canonical.js";
import { readPayload } from "./commands.js";
import { eventsOf, readEntry, touchedByEntry } from "./entries.js";
import { must } from "./fault.js";
import { freeOf } from "./free.js";
import { readCheckpoint, readNote } from "./note.js";
import { countingBars, readPolicy } from "./policies.js";
import { valueForm } from "./records.js";
import { counting } from "./stacks.js";
import { civilDay, dayText, identityName, micro, micros, numberOf, written } from "./values.js";

const PLACE = "evidence";
const RECENT_MICROSECONDS = 92n * 86_400n * 1_000_000n;
const KIND_LETTERS_MAX = 8;

/// The statement that evidence files make, which were read as such.
export function statementOf(files) {
  must(files.length > 0, PLACE, "there is no file");
  const [first] = files;
  const { text, signatures } = readNote(first.checkpoint, "checkpoint");
  const { origin, size, root } = readCheckpoint(text, "checkpoint");
  const { entry: state } = readEntry(first.state_entry.entry, first.state_entry.index, PLACE);
  must(state.kind === "state", PLACE, "the last entry is no state entry");
  const said = {
    found: [], law: 0, origin, region: "", registrar: "", root: hex(root), signed_by: [...new Set(signatures.map((line) => line.name))], size,
    time: state.time,
  };
  for (const file of files) {
    const source = new Source(file, state.time);
    said.region = source.genesis.region;
    said.registrar = source.named("M0").name ?? source.genesis.registrar.name ?? said.registrar;
    said.law = Math.max(said.law, ...[...source.entries.values()].map(({ entry }) => entry.law ?? 0));
    said.found.push(source.found(file));
  }
  return said;
}

/// The members that are there; canonical JSON has no absent ones.
function present(members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/// One file with its parts read.
class Source {
  constructor(file, time) {
    this.time = time;
    this.records = new Map();
    for (const item of file.records) {
      if (item.value === undefined) continue;
      const value = read(item.value, PLACE);
      valueForm(item.space, item.name)(value, PLACE);
      this.records.set(`${item.space}|${item.name}`, value.record);
    }
    this.entries = new Map();
    for (const item of file.entries) this.entries.set(item.index, readEntry(item.entry, item.index, PLACE));
    const first = this.entries.get(0)?.entry;
    must(first?.kind === "genesis", PLACE, "it has no entry 0");
    this.genesis = first.genesis;
  }

  named(id) {
    return present({ id, name: this.records.get(`party|${id}`)?.name });
  }

  payload(index) {
    const { entry, envelope } = this.entries.get(index);
    return readPayload(envelope.payload, `entry ${index}, payload`, entry.law);
  }

  found(file) {
    const { space, name } = file.subject;
    const record = this.records.get(`${space}|${name}`);
    if (space === "identity" && record === undefined) return { identity: name, result: "no record" };
    must(space === "right", PLACE, "it is about neither a right nor an identity that nobody has");
    must(record, PLACE, `${name} is not shown`);
    const shown = file.records.find((item) => item.space === space && item.name === name);
    return this.right(name, record, shown.history ?? [], file);
  }

  right(name, right, history, file) {
    const { policy, changes } = this.policy(right.kind);
    const acts = this.acts(history);
    const burdens = counting(right, this.time);
    return present({
      claims: countingBars(policy, right).filter(({ finding }) => finding === 8004 || finding === 8005), effect: policy.effect,
      missing: burdens.flatMap((burden) => this.missing(burden, policy.external)),
      ...this.pledgeHistories(right, history, file), acts, burdens: burdens.map((burden) => this.burden(burden, acts)), external: burdens.flatMap((burden) => this.external(burden)),
      free: freeOf(right, policy.pledge.extent === "years", this.time), from: right.span.from, to: right.span.to, holder: this.named(right.holder),
      issuer: this.named(right.issuer), identities: right.identities.map(({ scheme, value }) => `${scheme}:${value}`),
      kind: right.kind, notes: this.notes(), pledge_notes: this.pledgeNotes(burdens), number: registrationNumber(this.genesis.region, right.kind, name),
      policy: policy.digest, policy_changes: changes, quantity: mostOf(right), result: "record", right: name, unit: policy.unit.name,
      adjudication: right.adjudication, class: right.class, revoked_from: right.revoked_from, succeeded_by: right.succeeded_by,
    });
  }

  /// The active version of a kind's policy, and the versions that are new.
  policy(kind) {
    const versions = this.records.get(`policy|${kind}`)?.versions;
    must(versions, PLACE, `the policy of the kind ${kind} is not shown`);
    const active = versions.findLast((version) => micros(version.active_from) <= micros(this.time));
    must(active, PLACE, `no policy of the kind ${kind} is active`);
    const text = this.texts().find(([own, policy]) => own === kind && readPolicy(policy, kind).digest === active.digest);
    must(text, PLACE, `the text of the policy of the kind ${kind} is not shown`);
    const isRecent = ({ entry, active_from: from }) => entry > 0 && micros(from) + RECENT_MICROSECONDS >= micros(this.time);
    return { policy: readPolicy(text[1], kind), changes: versions.filter(isRecent) };
  }

  texts() {
    const texts = Object.entries(this.genesis.policies);
    for (const [index, { entry }] of this.entries) {
      const [event] = entry.kind === "command" ? eventsOf(entry) : [];
      if (event?.type !== "policy_adopted") continue;
      const { body } = this.payload(index);
      texts.push([body.kind, body.text]);
    }
    return texts;
  }

  acts(history) {
    return history.filter((index) => this.entries.get(index)?.entry.kind === "command").map((index) => {
      const { entry } = this.entries.get(index);
      const { type, org, signers, attested } = this.payload(index);
      return {
        act: type, entry: index, law: entry.law, org: this.named(org), signers: signers.map((one) => `${one.org} ${one.role}`), time: entry.time,
        ...(attested?.length ? { attested: attested.map((one) => `${one.org} ${one.class}`) } : {}),
      };
    });
  }

  /// Who did what with the pledges that stand or stood on a right, and those whose histories had no room in the file.
  pledgeHistories(right, history, file) {
    const pledges = new Set([...right.burdens.map(({ id }) => id.split(".")[0]), ...history.flatMap((index) => this.changedBy(index))]);
    const shown = file.records.filter(({ space, name, value }) => space === "pledge" && /^P/.test(name) && pledges.has(name) && value !== undefined)
      .sort((left, right_) => numberOf(left.name) - numberOf(right_.name));
    return {
      pledge_acts: shown.flatMap(({ name, history: own = [] }) => this.acts(own).map((act) => ({ ...act, pledge: name }))),
      pledges_left_out: shown.filter((item) => item.history === undefined)
        .map(({ name, value }) => ({ entries: read(value, PLACE).history.size, pledge: name })),
    };
  }

  /// The records of pledges that a command entry changes.
  changedBy(index) {
    const entry = this.entries.get(index)?.entry;
    return entry?.kind === "command" ? touchedByEntry(entry).filter((of) => of.startsWith("pledge|")).map((of) => of.slice("pledge|".length)) : [];
  }

  owner(burden) {
    return this.records.get(`pledge|${burden.id.split(".")[0]}`);
  }

  burden(burden, acts) {
    const owner = this.owner(burden);
    const entry = numberOf(burden.id.split(".")[0]);
    const party = burden.authority ?? owner?.pledgee;
    const caps = owner?.caps?.reduce((sum, { amount }) => sum + micro(amount), 0n);
    const objections = (owner?.objections ?? []).filter((one) => one.suit !== undefined || micros(this.time) < micros(one.until));
    const { quantity, from, to } = burden;
    return present({
      behind: burden.behind ?? [], entry, id: burden.id, objections: objections.length, cap: caps === undefined ? undefined : written(caps),
      expires: burden.expires, form: owner?.form, party: party && this.named(party), overhang: burden.overhang, quantity, from, to,
      registered: acts.find((act) => act.entry === entry)?.time, whole: quantity === undefined && from === undefined ? true : undefined,
    });
  }

  /// What other registers say, beside the burdens and not in them, so that the levels stay few.
  external(burden) {
    return (this.owner(burden)?.external ?? []).map(({ term, ...report }) => present({
      burden: burden.id, ...report, ...term, over: report.status === "registered" && term && term.to <= dayText(civilDay(this.time)) ? true : undefined,
    }));
  }

  /// Registers in which the policy wants the pledge of a burden and that no report names.
  missing(burden, external) {
    const pledge = burden.id.startsWith("P") ? this.owner(burden) : undefined;
    if (pledge === undefined || external === undefined) return [];
    const named = new Set((pledge.external ?? []).map(({ register }) => register));
    return external.registers.filter((register) => !named.has(register)).map((register) => present({
      burden: burden.id, register, receipt: register === external.receipt ? true : undefined,
    }));
  }

  /// What the pledges of the burdens say beyond their lines, each pledge once.
  pledgeNotes(burdens) {
    const pledges = new Set(burdens.map(({ id }) => id.split(".")[0]).filter((id) => id.startsWith("P")));
    return [...pledges].flatMap((pledge) => {
      const { maximum, determined, former = [], attested = [], joint = [] } = this.records.get(`pledge|${pledge}`) ?? {};
      return [
        ...(maximum === undefined ? [] : [{ about: "maximum", pledge, from: maximum.from, to: maximum.to }]),
        ...(determined === undefined ? [] : [{ about: "determined", pledge, entry: determined }]),
        ...former.map(({ party, subrogation, until }) => present({ about: "former", pledge, party: this.named(party), subrogation, until })),
        ...attested.map(({ party, ...more }) => ({ about: "attested", pledge, party: this.named(party), ...more })),
        ...joint.map((more) => ({ about: "joint", pledge, ...more })),
      ];
    });
  }

  notes() {
    const parties = [...this.records.keys()].filter((of) => of.startsWith("party|")).map((of) => of.slice(6));
    return parties.sort((left, right) => numberOf(left) - numberOf(right)).flatMap((id) => notesOf(this.records.get(`party|${id}`), this.named(id)));
  }
}

function largest(left, right) {
  return left > right ? left : right;
}

function notesOf(record, party) {
  const { recoveries = [], disputes = [], ended, former_names: names = [] } = record;
  return [
    ...recoveries.map(({ entry, ready, end, ended: at }) => present({ about: "recovery", entry, party, ready, ended: end, ended_entry: at })),
    ...disputes.map(({ entry, from, resolved }) => present({ about: "dispute", entry, from_entry: from, party, resolved_entry: resolved })),
    ...(ended === undefined ? [] : [{ about: "ended", entry: ended.entry, party, successor: ended.successor }]),
    ...names.map(({ name, until }) => ({ about: "former name", entry: until, name, party })),
  ];
}

function mostOf(right) {
  if (right.balance !== undefined) return right.balance;
  if (right.measure !== undefined) return right.measure;
  return written(right.steps.map((step) => micro(step.quantity)).reduce(largest, 0n));
}

/// The registration number of a right (1.6), or its id where a part has not its form.
export function registrationNumber(region, kind, id) {
  const letters = kind.replace(/[^a-z]/g, "").slice(0, KIND_LETTERS_MAX).toUpperCase();
  if (!/^[0-9]{6}$/.test(region) || letters === "") return id;
  const index = String(numberOf(id)).padStart(9, "0");
  const spelled = `GL${region}${letters}${index}`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  const check = 98n - BigInt(`${spelled}00`) % 97n;
  return `GL-${region}-${letters}-${index}-${String(check).padStart(2, "0")}`;
}

/// Says whether a right has exactly this identity.
export function hasIdentity(right, identity) {
  return right.identities.some((own) => own.scheme === identity.scheme && own.value === identity.value);
}

/// The subject of a file as `space|name`, and its right, where it is about one.
export function subjectOf(file) {
  const { space, name } = file.subject;
  const item = file.records.find((record) => record.space === space && record.name === name);
  const right = space === "right" && item?.value !== undefined ? read(item.value, PLACE).record : undefined;
  return { of: `${space}|${name}`, right };
}

/// The owner of an identity, as far as a file shows it.
export function ownerOf(file, identity) {
  const name = identityName(identity);
  const item = file.records.find((record) => record.space === "identity" && record.name === name);
  return item?.value === undefined ? undefined : read(item.value, PLACE).record;
}

/// The name of an identity in the state, as a subject.
export function absenceOf(identity) {
  return `identity|${identityName(identity)}`;
}
