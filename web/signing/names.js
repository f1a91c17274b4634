//! What the ids and codes of a command are called: parties, rights and pledges as the register names them, kinds and schemes by
//! the words of its policies. For information only: what is signed is the text, and nothing here changes it.

import { element, numberText } from "../verifier/dom.js";
import { Fault } from "../verifier/fault.js";
import { missing } from "./draft.js";
import { Owners } from "./signers.js";

/// Records that are asked for at a time.
const AT_A_TIME = 8;
/// Where the register shows a record, by the first letter of its id.
const PLACES = { M: "parties", P: "pledges", R: "rights", V: "pledges", F: "freezes" };
/// Ids of records as members and texts within texts have them; that of a line has its number behind a point.
const ID = /"([MPRV]\d+)(?:\.\d+)?\\?"/g;

/// Where a record is shown, or nothing.
export function placeOf(id) {
  const place = PLACES[id.charAt(0)];
  return place && /^[FMPRV]\d+$/.test(id) ? `/${place}/${id}` : undefined;
}

export class Names {
  constructor(root, words) {
    this.words = words;
    /// The party that is signed in, or null.
    this.org = root.getAttribute("data-org");
    this.owners = new Owners();
    this.codes = JSON.parse(root.getAttribute("data-words") ?? "{}");
    this.records = new Map();
    this.looked = new Set();
  }

  // -------------------------------------------------------------------------------------------------------------------
  // What the register says
  // -------------------------------------------------------------------------------------------------------------------

  /// Keeps the name of a party that the page knows already.
  put(id, name) {
    this.records.set(id, { name });
  }

  /// Looks up the records that drafts speak of; says whether there was one to look up.
  async learn(drafts) {
    const spoken = drafts.flatMap(({ text }) => [...text.matchAll(ID)].map(([, id]) => id));
    const found = await this.fetchAll(spoken);
    // Whom a pledge secures, what stands on which right, and who has frozen one is looked up after them.
    const further = [...this.records.values()].flatMap(({ pledgee, pledgor, lines = [], burdens = [] }) =>
      [pledgee, pledgor, ...lines.map(({ right }) => right), ...burdens.map(({ authority }) => authority)]);
    return await this.fetchAll(further.filter((id) => id !== undefined)) || found;
  }

  async fetchAll(ids) {
    const unknown = [...new Set(ids)].filter((id) => !this.looked.has(id));
    for (const id of unknown) this.looked.add(id);
    for (let at = 0; at < unknown.length; at += AT_A_TIME) {
      await Promise.all(unknown.slice(at, at + AT_A_TIME).map((id) => this.fetch(id)));
    }
    return unknown.length > 0;
  }

  async fetch(id) {
    const reply = await fetch(`/v1${placeOf(id)}`).catch(() => null);
    if (!reply?.ok) return;
    const { record: bare, unit } = await reply.json();
    if (bare === undefined) return;
    const record = unit === undefined ? bare : { ...bare, unit };
    if (id.startsWith("M")) this.owners.take(id, record);
    this.records.set(id, record);
  }

  /// Ends the signing by a key that the register would not take, and says whose key it is and who is still to sign.
  async admit(draft, role, key) {
    const { owners, words } = this;
    if (owners.knowsAll(draft) && owners.objection(draft, role, key.kid) === undefined) return;
    // A key may be newer than what was looked up.
    const orgs = [...draft.payload.signers.map(({ org }) => org), this.org].filter((id) => id !== null);
    await Promise.all([...new Set(orgs)].map((id) => this.fetch(id)));
    const reason = owners.objection(draft, role, key.kid);
    if (reason === undefined) return;
    const owner = owners.of(key.kid);
    const whose = owner ? `${this.called(owner.org)} · ${owner.person}` : `${key.name} · ${key.kid.slice(0, 16)}`;
    const left = this.awaited([draft]);
    const fault = new Fault("key", reason);
    fault.reason = [`${words.fault(reason)}${words.stop}${words.thisKey}: ${whose}`, left ? `${words.toSign}: ${left}` : ""].filter(Boolean).join(words.stop);
    throw fault;
  }

  /// Who is still to sign drafts, as text; empty where the register does not say who has signed.
  awaited(drafts) {
    const left = drafts.map((draft) => this.owners.awaited(draft));
    if (left.includes(null)) return "";
    return [...new Set(left.flat().map(({ org, role }) => `${this.called(org)} (${this.words[role]})`))].join(", ");
  }

  /// Who is still to sign a draft, by party and part; how many, where the register does not say who has signed.
  toSign(draft) {
    const { words } = this;
    const left = this.owners.awaited(draft);
    if (left === null) return [`${words.toSign} ${missing(draft, "maker") + missing(draft, "checker")}`];
    if (left.length === 0) return [];
    return [`${words.toSign}: `, left.map(({ org, role }, at) => [at > 0 ? ", " : "", this.party(org), ` (${words[role]})`])].flat(3);
  }

  /// What a command says of its signers that the rules of a party do not allow, as text; empty where nothing is known against it.
  shortness(draft) {
    return this.owners.short(draft).map(({ org, needed, named }) =>
      this.words.signersShort.replace("{org}", this.called(org)).replace("{needed}", needed).replace("{named}", named)).join(" ");
  }

  /// A party by its name and id, as text.
  called(org) {
    return `${this.text(org)} ${org}`.trim();
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Words
  // -------------------------------------------------------------------------------------------------------------------

  /// What an id names, or nothing where the register does not say.
  text(id) {
    const record = this.records.get(id);
    if (record === undefined) return "";
    if (id.startsWith("M")) return record.name ?? this.words.person;
    if (id.startsWith("R")) return `${this.kind(record.kind)} ${record.identities[0].value.replaceAll("|", " | ")}`;
    const whose = this.text(record.pledgee);
    return [id.startsWith("P") ? this.words.pledge : this.words.reservation, whose].filter(Boolean).join(" · ");
  }

  /// What stands of a pledge or reservation, and who gave it; nothing where the register does not say.
  standing(id) {
    const record = this.records.get(id);
    if (record?.lines === undefined) return undefined;
    const lines = record.lines.map((line, at) => ({ ...line, at, unit: this.records.get(line.right)?.unit }));
    return { pledgor: record.pledgor, lines: lines.filter(({ released }) => released !== true) };
  }

  party(id) {
    const name = this.text(id);
    return name ? [name, " ", element("span", { class: "id" }, id)] : [element("span", { class: "id" }, id)];
  }

  /// A record with what it is; a line leads to its record, a freeze to its right.
  record(id) {
    const [of] = id.split(".");
    const place = placeOf(of);
    const shown = place ? element("a", { class: "id", href: place, target: "_blank" }, id) : element("span", { class: "id" }, id);
    const text = of.startsWith("F") ? this.freeze(of) : this.text(of);
    return text ? [shown, " ", text] : [shown];
  }

  /// Records one after another.
  list(ids) {
    return ids.flatMap((id, at) => [at > 0 ? "; " : "", ...this.record(id)]);
  }

  /// Who has frozen, where a right is known that shows it.
  freeze(id) {
    const all = [...this.records.values()].flatMap(({ burdens = [] }) => burdens);
    const authority = all.find((burden) => burden.id === id)?.authority;
    return authority ? [this.words.freeze, this.text(authority)].filter(Boolean).join(" · ") : "";
  }

  /// A key with the person who holds it.
  key(kid) {
    const owner = this.owners.of(kid);
    const shown = element("span", { class: "id" }, kid);
    return owner ? [`${owner.person} · `, shown] : [shown];
  }

  kind(code) {
    return this.codes.kinds?.[code] ?? code;
  }

  duty(code) {
    return this.codes.duties?.[code] ?? this.kind(code);
  }

  scheme(code) {
    return this.codes.schemes?.[code] ?? code;
  }

  finding(code) {
    return this.codes.findings?.[code] ?? "";
  }

  /// A quantity with its unit, as every page writes it.
  amount(quantity, unit) {
    const { scale = 0, word = unit } = this.codes.units?.[unit] ?? {};
    return [numberText(quantity, scale), word].filter(Boolean).join(" ");
  }

  attribute(code) {
    return this.codes.attributes?.[code] ?? code;
  }
}
