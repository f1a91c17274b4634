//! The list of what was signed in this browser and is not decided yet, on the pages 签署 and 导入: what each command is about, how
//! much, when it was made, and who is still to sign. The register is asked what it has decided meanwhile; that is told once, with
//! where it stands, and is kept no more.

import { element } from "../verifier/dom.js";
import { BUNDLE_DRAFTS_MAX, bundleText } from "./batch.js";
import { registerNow } from "./clock.js";
import { decidedLine, decisionOf } from "./decision.js";
import { extentText } from "./describe.js";
import { dropDraft, keptDrafts } from "./drafts.js";
import { button, saved, sureButton } from "./parts.js";
import { shownTime } from "./signers.js";

/// Commands whose decision is asked for at a time.
const AT_A_TIME = 8;

/// The record that a command is about, or nothing.
function aboutOf({ body }) {
  return [body.pledge, body.reservation, body.right, body.party, body.of, body.lines?.[0]?.right].find((id) => typeof id === "string");
}

/// Drafts as entries of the list: those of one batch together.
function entriesOf(kept) {
  const batches = new Map();
  for (const item of kept) {
    const name = item.batch ?? item.draft.payload.cmd;
    if (!batches.has(name)) batches.set(name, { name, batch: item.batch, items: [] });
    batches.get(name).items.push(item);
  }
  return [...batches.values()];
}

export class Kept {
  /// `open` takes an entry, `{batch, items}`; `isOfBatches` is a list of what was signed together alone.
  constructor(place, { words, language, names, aud, open, isOfBatches = false }) {
    Object.assign(this, { place, words, language, names, aud, open, isOfBatches });
    this.entries = [];
    /// What was decided, as `{draft, receipt}`.
    this.decided = [];
  }

  /// What is learned comes first: nothing is drawn again under the hands of who opens or deletes.
  async show() {
    await this.read();
    await this.names.learn(this.entries.flatMap(({ items }) => items.map(({ draft }) => draft)));
    await Promise.all(this.entries.map((entry) => this.ask(entry)));
    this.draw();
  }

  async read() {
    const kept = await keptDrafts(this.aud, registerNow());
    this.entries = entriesOf(kept.filter(({ batch }) => !this.isOfBatches || batch !== undefined));
  }

  /// The entry that is still to be decided of this name, which is the id of a command or of a batch, or nothing.
  find(name) {
    return this.entries.find((entry) => entry.name === name && entry.items.length > 0);
  }

  /// Keeps a command no more that was decided on this page.
  async drop(cmd) {
    await dropDraft(cmd);
    if (this.entries.length === 0) return;
    for (const entry of this.entries) entry.items = entry.items.filter(({ draft }) => draft.payload.cmd !== cmd);
    this.draw();
  }

  /// Asks what was decided of an entry: of its first commands, and on as long as something was; of all of them where it is opened.
  async ask(entry, isOfAll = false) {
    const items = [...entry.items];
    let isNews = false;
    for (let at = 0; at < items.length; at += AT_A_TIME) {
      const some = items.slice(at, at + AT_A_TIME);
      const receipts = await Promise.all(some.map(({ draft }) => decisionOf(draft)));
      const over = some.map((item, place) => ({ item, receipt: receipts[place] })).filter(({ receipt }) => receipt !== null);
      for (const { item, receipt } of over) {
        entry.items.splice(entry.items.indexOf(item), 1);
        this.decided.push({ draft: item.draft, receipt });
        await dropDraft(item.draft.payload.cmd);
      }
      isNews = isNews || over.length > 0;
      if (over.length === 0 && !isOfAll) break;
    }
    return isNews;
  }

  draw() {
    const { words } = this;
    const entries = this.entries.filter(({ items }) => items.length > 0);
    const single = entries.filter(({ batch }) => batch === undefined).map(({ items: [{ draft }] }) => draft);
    this.place.replaceChildren(...entries.length + this.decided.length === 0 ? [] : [
      element("h2", {}, words.draftsHead), element("p", { class: "hint" }, this.isOfBatches ? `${words.draftsGoOn} ${words.draftsHint}` : words.draftsHint),
      ...this.decided.length === 0 ? [] : [element("div", { id: "drafts-decided", role: "status" }, element("ul", { class: "keys" }, this.decided.map((one) => this.over(one))))],
      ...entries.length === 0 ? [] : [element("ul", { class: "keys", id: "drafts" }, entries.map((entry) => this.row(entry)))],
      ...single.length < 2 ? [] : [element("p", { class: "actions" }, saved(bundleText(single.slice(0, BUNDLE_DRAFTS_MAX)), "drafts.json", words.bundleHead))],
    ]);
  }

  /// What a command is about, in one line.
  told(payload) {
    const about = aboutOf(payload);
    const extent = extentText(payload, this.language, this.names);
    return [element("strong", {}, this.words.act(payload.type)), about ? [" · ", ...this.names.record(about)] : [], extent ? ` · ${extent}` : ""].flat();
  }

  over({ draft, receipt }) {
    return element("li", {}, element("p", {}, this.told(draft.payload), " · ", decidedLine(this.words, this.language, draft, receipt)));
  }

  row(entry) {
    const { words, names } = this;
    const drafts = entry.items.map(({ draft }) => names.owners.proper(draft));
    const [{ payload }] = drafts;
    const acts = [...new Set(drafts.map((draft) => words.act(draft.payload.type)))].join(", ");
    const what = entry.batch === undefined ? this.told(payload) : [element("strong", {}, `${acts} (${drafts.length})`)];
    const awaited = drafts.length === 1 ? names.toSign(drafts[0]) : [names.awaited(drafts)].filter(Boolean).map((left) => `${words.toSign}: ${left}`);
    const question = entry.batch === undefined ? words.forgetDraft.replace("{name}", words.act(payload.type)) : words.forgetDrafts.replace("{n}", drafts.length);
    const id = payload.cmd.slice(0, 8);
    return element("li", {}, element("p", {}, what, " · ", names.party(payload.org), ` · ${words.made} ${shownTime(payload.iat)} · ${words.expires} ${shownTime(payload.exp)} · `,
      awaited.length === 0 ? words.allSigned : awaited),
    element("p", { class: "actions" }, button(`open-${id}`, words.openDraft, "button quiet", () => this.opened(entry)), sureButton(`drop-${id}`, words, question, async () => {
      for (const draft of drafts) await dropDraft(draft.payload.cmd);
      await this.show();
    })));
  }

  /// Opens an entry, without what was decided of it meanwhile.
  async opened(entry) {
    if (entry.batch !== undefined && await this.ask(entry, true)) this.draw();
    if (entry.items.length > 0) this.open(entry);
  }
}
