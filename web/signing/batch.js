//! Commands that are signed together: shown in full, signed one by one with one key, handed on as one file, a bundle of drafts,
//! and submitted one by one. Used by the pages 导入 and 签署.

import { element, table } from "../verifier/dom.js";
import { Fault, must } from "../verifier/fault.js";
import { isObject } from "../verifier/forms.js";
import { registerNow } from "./clock.js";
import { decidedLine, reasonsOf } from "./decision.js";
import { described, spanText } from "./describe.js";
import { isComplete, missing, readDraft, signDraft, submission } from "./draft.js";
import { dropDraft, keepDrafts } from "./drafts.js";
import { button, drawn, faultText, KeyChoice, posted, saved, sent } from "./parts.js";
import { shownTime } from "./signers.js";

const BUNDLE_BYTES_MAX = 8 * 1024 * 1024;
/// Drafts of one bundle.
export const BUNDLE_DRAFTS_MAX = 500;
const ELSEWHERE = "elsewhere";
/// Drafts that are signed before the page is drawn again.
const SIGNED_AT_A_TIME = 10;

/// Says whether a file is a bundle of drafts, and not one draft.
export function isBundle(bytes) {
  if (bytes.length > BUNDLE_BYTES_MAX) return false;
  try {
    const file = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isObject(file) && Array.isArray(file.drafts);
  } catch {
    return false;
  }
}

/// Reads a bundle for this register; `only` are the types of command that it may hold, where not all are.
export function readBundle(bytes, aud, only = undefined) {
  must(bytes.length <= BUNDLE_BYTES_MAX, "", "bundle");
  let drafts;
  try {
    const file = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    must(isObject(file) && Array.isArray(file.drafts) && file.drafts.length > 0 && file.drafts.length <= BUNDLE_DRAFTS_MAX, "", "bundle");
    drafts = file.drafts.map((draft) => readDraft(draft));
  } catch {
    throw new Fault("", "bundle");
  }
  must(drafts.every(({ payload }) => payload.aud === aud && (only === undefined || only.includes(payload.type))), "", "bundle");
  must(drafts.every(({ payload }) => Date.parse(payload.exp) > registerNow()), "", "bundle_ended");
  return drafts;
}

/// The text of a bundle.
export function bundleText(drafts) {
  return JSON.stringify({ drafts: drafts.map(({ file }) => file) });
}

/// Whoever leaves is asked first.
function stay(event) {
  event.preventDefault();
}

export class Batch {
  /// `where` has the parts `items`, `key` and `submit` of the page; `names` says what ids and codes are called, and
  /// `batch` under which name this browser keeps the commands together, if it does.
  constructor(words, language, where, { keys, keeps, names, inbox, isFromInbox = false, batch = undefined }) {
    this.words = words;
    this.language = language;
    this.parts = where;
    this.keys = keys;
    this.keeps = keeps;
    this.names = names;
    this.inbox = inbox;
    this.isFromInbox = isFromInbox;
    this.batch = batch;
    /// Whether somebody has signed on this page, or did in this browser before.
    this.isSigned = batch !== undefined;
    /// What is on its way to the inbox; nothing is submitted before it is there.
    this.putting = undefined;
    /// `{line, draft, cell, done}` of every command.
    this.items = [];
  }

  // -------------------------------------------------------------------------------------------------------------------
  // What will be signed
  // -------------------------------------------------------------------------------------------------------------------

  show(items) {
    this.items = items.map((item) => ({ ...item, draft: this.names.owners.proper(item.draft) }));
    this.batch ??= items[0].draft.payload.cmd;
    this.inbox.back = this.isSigned ? this.address() : null;
    this.dropped = this.items.some(({ draft }, at) => draft !== items[at].draft);
    this.showItems();
    this.showKey();
    this.showSubmit();
  }

  /// Where these commands are found again in this browser.
  address() {
    return `/sign?kept=${this.batch}`;
  }

  /// How far a command has come.
  stateText({ made, payload: { signers } }) {
    const { words } = this;
    if (made.length === 0) return words.importWaiting;
    if (made.length >= signers.length) return words.importWholly;
    return words.importSigned.replace("{n}", made.length).replace("{all}", signers.length);
  }

  showItems() {
    const { words } = this;
    const rows = this.items.map((item) => {
      item.cell = element("span", { "data-state": "" }, this.stateText(item.draft));
      return [item.line, [...this.told(item.draft), element("details", {}, element("summary", {}, words.importWhole),
        element("p", { class: "payload" }, item.draft.text))], item.cell];
    });
    const givers = [...new Set(this.items.map(({ draft }) => draft.payload.org))];
    const [soonest] = this.items.map(({ draft }) => draft.payload.exp).sort();
    this.parts.items.replaceChildren(element("h2", { tabindex: "-1" }, `${words.importItems} (${rows.length})`),
      element("p", {}, `${words.giver}: `, givers.flatMap((org, at) => [at > 0 ? "; " : "", ...this.names.party(org)]), ` · ${words.expires} ${shownTime(soonest)}`),
      element("p", { class: "hint" }, words.shownHint),
      ...this.dropped ? [element("div", { id: "dropped", class: "notice warn" }, words.dropped)] : [],
      table(words.importItems, [words.importRow, words.importWhat, words.importState], rows));
  }

  /// Whether several institutions give the commands.
  isMixed() {
    return this.items.some(({ draft }) => draft.payload.org !== this.items[0].draft.payload.org);
  }

  /// What a command says: a right in two lines, any other act by its members.
  told({ payload, opened }) {
    const { body, type } = payload;
    if (type === "issue_right") {
      const amount = body.quantity === undefined ? "" : `${this.names.amount(body.quantity, body.unit)}, `;
      const [{ scheme, value }] = body.identities;
      return [element("strong", {}, this.names.kind(body.kind)), ` · ${this.names.scheme(scheme)} `, element("span", { class: "id" }, value.replaceAll("|", " | ")),
        element("br"), this.names.party(body.holder), element("br"), `${amount}${spanText(this.language, body.span.from, body.span.to)}`,
        body.class === undefined ? "" : ` · ${this.words.rightClass}: ${body.class}`].flat();
    }
    const rows = [...described(payload, this.language, this.names), ...opened.map(({ claim, value }) => [this.words.hidden(claim), value])];
    if (this.isMixed()) rows.unshift([this.words.giver, this.names.party(payload.org)]);
    return [element("strong", {}, this.words.act(type)), element("ul", {}, rows.map(([label, value]) => element("li", {}, `${label}: `, value)))];
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Signing
  // -------------------------------------------------------------------------------------------------------------------

  /// The form to sign with what is missing, folded up where somebody has signed; `chosen` are the choices that were made in it
  /// before, where it is not done yet.
  showKey(chosen = undefined) {
    const { words } = this;
    const roles = ["maker", "checker"].filter((role) => this.items.some(({ draft }) => missing(draft, role) > 0));
    if (roles.length === 0) {
      this.parts.key.replaceChildren();
      return;
    }
    const isFresh = this.items.every(({ draft }) => draft.made.length === 0);
    const choices = roles.map((role, at) => new KeyChoice(words, this.keys, this.keeps, {
      prefix: `${role}-`, label: role === "maker" ? words.importMaker : words.importChecker,
      others: at === 0 && (isFresh || roles.length === 1) ? []
        : [[ELSEWHERE, role === "maker" ? words.importOtherMaker : words.importElsewhere]],
    }));
    for (const [at, role] of roles.entries()) choices[at].choose(chosen?.[role]);
    const complaint = element("div", { id: "key-fault", role: "alert" });
    const form = element("form", { class: "question" }, choices.flatMap(({ nodes }) => nodes), complaint,
      element("p", { class: "actions" }, element("button", { id: "sign-now" }, `${words.importSign} (${this.items.length})`)));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      complaint.replaceChildren(element("p", {}, words.working));
      await drawn();
      await this.signAll(roles, choices);
    });
    this.parts.key.replaceChildren(...this.isSigned && chosen === undefined
      ? [element("details", { id: "sign-further" }, element("summary", {}, words.signFurther), form)] : [element("h2", {}, words.keyHead), form]);
  }

  /// Signs in each part for which a key was chosen. What is signed stays: after a fault the form asks for the rest.
  async signAll(roles, choices) {
    const chosen = Object.fromEntries(roles.map((role, at) => [role, choices[at].which.value]));
    const before = this.items.map(({ draft }) => draft);
    try {
      for (const [at, role] of roles.entries()) {
        const key = await choices[at].key();
        if (key) await this.sign(role, key);
        chosen[role] = ELSEWHERE;
      }
    } catch (fault) {
      const said = faultText(this.words, fault);
      if (this.items.some(({ draft }, at) => draft !== before[at])) {
        this.showKey(chosen);
        this.showSubmit();
      }
      document.getElementById("key-fault").replaceChildren(element("p", { class: "notice refuse" }, said));
      return;
    }
    this.showKey();
    this.showSubmit();
    this.parts.submit.querySelector("h2")?.focus();
    // What came from the inbox goes back there by itself, so that it waits no more for who has signed.
    if (this.isFromInbox) this.putting = this.put(this.items);
    await this.putting;
  }

  /// Signs every draft, or none: what is signed takes the place of what was there when all of it is done.
  async sign(role, key) {
    const signed = [];
    const isAsked = (draft) => this.names.owners.objection(draft, role, key.kid) === undefined;
    const drafts = this.items.map(({ draft }) => draft);
    if (!drafts.some((draft) => isAsked(draft))) await this.names.admit(drafts.find((draft) => missing(draft, role) > 0) ?? drafts[0], role, key);
    for (const draft of drafts) {
      signed.push(isAsked(draft) ? await signDraft(draft, role, key) : draft);
      if (signed.length % SIGNED_AT_A_TIME === 0) await drawn();
    }
    this.items.forEach((item, at) => {
      item.draft = signed[at];
      if (!item.done) item.cell.replaceChildren(this.stateText(item.draft));
    });
    this.isSigned = true;
    const isKept = await keepDrafts(this.items.filter(({ done }) => !done), registerNow(), this.batch);
    this.inbox.back = isKept ? this.address() : null;
    this.isLost = !isKept;
    if (this.isLost) window.addEventListener("beforeunload", stay);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Handing on, or submitting one by one
  // -------------------------------------------------------------------------------------------------------------------

  showSubmit() {
    const { words, items } = this;
    // What has all its signatures is submitted; what has not is left for its signers.
    const short = [...new Set(items.map(({ draft }) => this.names.shortness(draft)).filter(Boolean))];
    this.ready = items.filter(({ draft }) => isComplete(draft) && !this.names.shortness(draft));
    this.open = items.filter(({ draft }) => !isComplete(draft));
    if (items.every(({ draft }) => draft.made.length === 0) || (this.ready.length === 0 && this.isToSign())) {
      this.parts.submit.replaceChildren(...short.map((text) => element("p", { class: "notice refuse" }, text)));
      return;
    }
    const whole = this.open.length === 0;
    const isReady = this.ready.length > 0;
    const mayPut = !whole && this.open.every(({ draft }) => this.inbox.takes(draft));
    const awaited = this.names.awaited(this.open.map(({ draft }) => draft));
    const bundle = bundleText(items.map(({ draft }) => draft));
    this.progress = element("progress", { id: "progress", max: String(items.length), value: "0", "aria-label": words.importSubmit });
    this.said = element("p", { id: "said", role: "status" });
    this.parts.submit.replaceChildren(...[
      element("h2", { tabindex: "-1" }, words.handHead), ...short.map((text) => element("p", { class: "notice refuse" }, text)),
      whole && !isReady ? undefined : element("p", {}, whole ? words.importReady : words.importHandOn),
      this.isLost ? element("p", { class: "notice warn" }, words.importLose) : undefined,
      awaited ? element("p", { id: "awaited" }, `${words.toSign}: ${awaited}`) : undefined,
      element("p", { class: "actions" }, isReady ? button("submit", `${words.importSubmit} (${this.ready.length})`, undefined, () => this.submit()) : undefined,
        mayPut ? button("put-all", `${words.inboxPut} (${this.open.length})`, "button quiet", () => this.put(this.open)) : undefined,
        saved(bundle, `drafts-${items[0].draft.payload.cmd.slice(0, 8)}.json`, words.importSave)),
      isReady || mayPut ? this.progress : undefined, this.said,
    ].filter(Boolean));
  }

  /// Says whether somebody of this page is still to sign, as far as it knows: then nothing else comes first.
  isToSign() {
    const { names, inbox } = this;
    if (this.isSigned) return false;
    return this.open.some(({ draft }) => {
      const left = names.owners.awaited(draft);
      return names.org === null || !inbox.takes(draft) || left === null || left.some(({ org }) => org === names.org);
    });
  }

  /// Leaves these drafts at the register for their signers.
  async put(items) {
    const { words } = this;
    const press = document.getElementById("put-all") ?? {};
    press.disabled = true;
    this.progress.max = items.length;
    try {
      for (const [at, { draft, cell }] of items.entries()) {
        await this.inbox.deposit(draft);
        cell.replaceChildren(element("span", { class: "status reserved" }, `● ${words.inboxHead}`));
        this.progress.value = at + 1;
      }
    } catch (fault) {
      this.said.replaceChildren(element("span", { class: "notice refuse" }, faultText(words, fault, this.inbox.back)));
      press.disabled = false;
      return;
    }
    if (this.ready.length === 0) window.removeEventListener("beforeunload", stay);
    this.said.replaceChildren(element("span", { class: "status yes", "data-put": "" }, `✔ ${this.isFromInbox ? `${words.inboxBack} ` : ""}${this.open.length === 0 ? words.inboxWhole : words.inboxAll}`), " ", element("a", { href: "/work#inbox" }, words.inboxDesk));
  }

  async submit() {
    const { words } = this;
    const press = document.getElementById("submit");
    press.disabled = true;
    await this.putting;
    this.progress.value = 0;
    this.progress.max = this.ready.length;
    window.addEventListener("beforeunload", stay);
    this.said.textContent = words.importStay;
    try {
      await this.sendAll(press);
    } finally {
      if (!this.isLost || this.items.every(({ done }) => done)) window.removeEventListener("beforeunload", stay);
    }
  }

  /// Submits what is not decided yet, one by one; whoever leaves meanwhile is asked first.
  async sendAll(press) {
    const { words, ready: items } = this;
    const begun = Date.now();
    const waiting = items.filter(({ done }) => !done);
    for (const [at, item] of waiting.entries()) {
      if (!await this.send(item)) {
        this.said.replaceChildren(element("span", { class: "status warn" }, `▲ ${words.importStopped}`));
        press.textContent = words.importGoOn;
        press.disabled = false;
        return;
      }
      const seconds = Math.max(Date.now() - begun, 1) / 1_000;
      const rate = (at + 1) / seconds;
      const left = Math.ceil((waiting.length - at - 1) / rate);
      this.progress.value = items.filter(({ done }) => done).length;
      this.said.textContent = `${this.progress.value} / ${items.length} · ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} ${words.importRate} · ${words.importLeft} ${left} ${words.importSeconds} · ${words.importStay}`;
    }
    const registered = items.filter(({ done }) => done === "accepted").length;
    const refused = items.length - registered;
    const [style, sign] = refused === 0 ? ["yes", "✔"] : registered === 0 ? ["no", "✘"] : ["unclear", "▲"];
    const conclusion = element("section", { class: `conclusion ${style}`, role: "status", "data-done": "" }, element("p", { class: "answer" },
      element("span", { "aria-hidden": "true" }, `${sign} `), `${words.importDone}: ${words.importSum} ${registered}`,
      refused > 0 ? `, ${words.importRefused} ${refused}` : ""),
    this.names.org === null ? undefined : element("p", {}, element("a", { href: "/work" }, words.inboxDesk)));
    if (this.open.length === 0) this.parts.submit.replaceChildren(conclusion);
    else this.said.replaceChildren(conclusion);
  }

  /// Sends one command; false if the register gave no decision.
  async send(item) {
    let reply;
    let answer;
    try {
      reply = await sent("/v1/commands", posted(submission(item.draft)));
      answer = await reply.json();
    } catch {
      return false;
    }
    if (reply.status === 429 || reply.status >= 500) return false;
    item.done = answer.decision === "accepted" ? "accepted" : "refused";
    if (reply.ok || reply.status === 409) await dropDraft(item.draft.payload.cmd);
    item.cell.setAttribute("data-state", item.done);
    item.cell.replaceChildren(...item.done === "accepted" ? decidedLine(this.words, this.language, item.draft, answer)
      : [element("span", { class: "status refuse" }, `✕ ${this.words.refused}`), ...reasonsOf(this.words, this.language, this.names, item.draft, answer)]);
    return true;
  }
}
