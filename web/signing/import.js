//! The page 导入: makes one command for each row that may be registered, shows all of them in full, signs them with the
//! importer's key and submits them one by one. Where a second person signs, the commands leave as one file, a bundle of drafts,
//! and are read again by this page on the other machine.

import { element, table } from "../verifier/dom.js";
import { Fault, must } from "../verifier/fault.js";
import { isObject } from "../verifier/forms.js";
import { isComplete, missing, newDraft, readDraft, signDraft, submission } from "./draft.js";
import { canKeep, keptKeys } from "./keyring.js";
import { button, drawn, faultText, field, KeyChoice, posted, saved } from "./parts.js";
import { wordsOf } from "./words.js";

const DAYS = 7;
const DAY_MS = 86_400_000;
const BUNDLE_BYTES_MAX = 8 * 1024 * 1024;
const BUNDLE_DRAFTS_MAX = 500;
const TYPE = "issue_right";
const ELSEWHERE = "elsewhere";
/// Drafts that are signed before the page is drawn again.
const SIGNED_AT_A_TIME = 10;

/// The last day of a half-open span, which people count in.
function lastDay(to) {
  return new Date(Date.parse(to) - DAY_MS).toISOString().slice(0, 10);
}

class Import {
  constructor(root) {
    this.root = root;
    this.language = document.documentElement.lang.startsWith("zh") ? 0 : 1;
    this.words = wordsOf(this.language);
    this.aud = root.getAttribute("data-aud");
    this.org = root.getAttribute("data-org");
    this.name = root.getAttribute("data-name");
    this.checkers = Number(root.getAttribute("data-checkers"));
    /// `{line, draft, cell, done}` of every command.
    this.items = [];
    this.parts = Object.fromEntries(["begin", "items", "key", "submit"].map((name) =>
      [name, element("section", { id: `part-${name}`, "aria-live": name === "submit" ? "polite" : undefined })]));
    root.replaceChildren(...Object.values(this.parts));
  }

  async start() {
    this.keeps = await canKeep();
    this.keys = this.keeps ? await keptKeys() : [];
    const rows = [...document.querySelectorAll("#rows [data-body]")];
    if (rows.length > 0) this.showRows(rows);
    else if (document.getElementById("rows") === null) this.showBundle();
  }

  // -------------------------------------------------------------------------------------------------------------------
  // 1: the commands, of the rows above or of a bundle
  // -------------------------------------------------------------------------------------------------------------------

  showRows(rows) {
    const { words } = this;
    this.parts.begin.replaceChildren(element("h2", {}, `${words.importHead} (${rows.length})`),
      element("p", { class: "actions" }, button("make", words.importMake, undefined, () => this.make(rows))));
  }

  make(rows) {
    const signers = ["maker", ...Array.from({ length: this.checkers }, () => "checker")].map((role) => ({ org: this.org, role }));
    const now = Date.now();
    this.items = rows.map((row) => ({
      line: row.getAttribute("data-line"),
      draft: newDraft({ org: this.org, type: TYPE, body: JSON.parse(row.getAttribute("data-body")), signers }, {}, this.aud, DAYS, now),
    }));
    this.parts.begin.replaceChildren();
    this.showAll();
    this.parts.items.querySelector("h2").focus();
  }

  showBundle() {
    const { words } = this;
    const input = element("input", { id: "bundle", type: "file", accept: ".json" });
    const complaint = element("div", { id: "bundle-fault", role: "alert" });
    input.addEventListener("change", async () => {
      if (input.files.length === 0) return;
      complaint.replaceChildren();
      try {
        this.take(new Uint8Array(await input.files[0].arrayBuffer()));
      } catch (fault) {
        complaint.replaceChildren(element("p", { class: "notice refuse" }, faultText(words, fault)));
      }
    });
    this.parts.begin.replaceChildren(element("details", {}, element("summary", {}, words.importContinue),
      field(words.importBundle, input, words.importBundleHint), complaint));
  }

  take(bytes) {
    must(bytes.length <= BUNDLE_BYTES_MAX, "", "bundle");
    let drafts;
    try {
      const file = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      must(isObject(file) && Array.isArray(file.drafts) && file.drafts.length > 0 && file.drafts.length <= BUNDLE_DRAFTS_MAX, "", "bundle");
      drafts = file.drafts.map((draft) => readDraft(draft));
    } catch {
      throw new Fault("", "bundle");
    }
    must(drafts.every(({ payload }) => payload.aud === this.aud && payload.type === TYPE), "", "bundle");
    must(drafts.every(({ payload }) => Date.parse(payload.exp) > Date.now()), "", "bundle_ended");
    this.items = drafts.map((draft, at) => ({ line: String(at + 1), draft }));
    this.showAll();
  }

  // -------------------------------------------------------------------------------------------------------------------
  // 2: what will be signed
  // -------------------------------------------------------------------------------------------------------------------

  showAll() {
    this.showItems();
    this.showKey();
    this.showSubmit();
  }

  showItems() {
    const { words } = this;
    const rows = this.items.map((item) => {
      const { body } = item.draft.payload;
      const amount = body.quantity === undefined ? "" : `${body.quantity} ${body.unit}`;
      item.cell = element("span", { "data-state": "" }, words.importWaiting);
      return [item.line, [element("span", { class: "id" }, body.identities[0].value), element("br"), `${amount}, ${body.span.from} – ${lastDay(body.span.to)}`,
        element("details", {}, element("summary", {}, words.importWhole), element("p", { class: "payload" }, item.draft.text))], item.cell];
    });
    const { org, exp } = this.items[0].draft.payload;
    this.parts.items.replaceChildren(element("h2", { tabindex: "-1" }, `${words.importItems} (${rows.length})`),
      element("p", {}, `${words.giver}: `, org === this.org ? `${this.name} ` : "", element("span", { class: "id" }, org),
        ` · ${words.expires} ${exp.slice(0, 10)}`),
      element("p", { class: "hint" }, words.shownHint),
      table(words.importItems, [words.importRow, words.importWhat, words.importState], rows));
  }

  // -------------------------------------------------------------------------------------------------------------------
  // 3: signing
  // -------------------------------------------------------------------------------------------------------------------

  showKey() {
    const { words } = this;
    const [{ draft }] = this.items;
    const roles = ["maker", "checker"].filter((role) => missing(draft, role) > 0);
    if (roles.length === 0) {
      this.parts.key.replaceChildren();
      return;
    }
    const choices = roles.map((role, at) => new KeyChoice(words, this.keys, this.keeps, {
      prefix: `${role}-`, label: role === "maker" ? words.importMaker : words.importChecker,
      others: at === 0 ? [] : [[ELSEWHERE, words.importElsewhere]],
    }));
    const complaint = element("div", { id: "key-fault", role: "alert" });
    const form = element("form", { class: "question" }, choices.flatMap(({ nodes }) => nodes), complaint,
      element("p", { class: "actions" }, element("button", { id: "sign-now" }, `${words.importSign} (${this.items.length})`)));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      complaint.replaceChildren(element("p", {}, words.working));
      await drawn();
      try {
        for (const [at, role] of roles.entries()) {
          const key = await choices[at].key();
          if (key) await this.sign(role, key);
        }
        this.showKey();
        this.showSubmit();
        this.parts.submit.querySelector("h2")?.focus();
      } catch (fault) {
        complaint.replaceChildren(element("p", { class: "notice refuse" }, faultText(words, fault)));
      }
    });
    this.parts.key.replaceChildren(element("h2", {}, words.keyHead), form);
  }

  /// Signs every draft, or none: what is signed takes the place of what was there when all of it is done.
  async sign(role, key) {
    const signed = [];
    for (const { draft } of this.items) {
      signed.push(await signDraft(draft, role, key));
      if (signed.length % SIGNED_AT_A_TIME === 0) await drawn();
    }
    this.items.forEach((item, at) => { item.draft = signed[at]; });
  }

  // -------------------------------------------------------------------------------------------------------------------
  // 4: handing on, or submitting one by one
  // -------------------------------------------------------------------------------------------------------------------

  showSubmit() {
    const { words, items } = this;
    if (items[0].draft.made.length === 0) {
      this.parts.submit.replaceChildren();
      return;
    }
    const whole = items.every(({ draft }) => isComplete(draft));
    const bundle = JSON.stringify({ drafts: items.map(({ draft }) => draft.file) });
    this.progress = element("progress", { id: "progress", max: String(items.length), value: "0", "aria-label": words.importSubmit });
    this.said = element("p", { id: "said", role: "status" });
    this.parts.submit.replaceChildren(...[
      element("h2", { tabindex: "-1" }, words.handHead), element("p", {}, whole ? words.importReady : words.importHandOn),
      element("p", { class: "actions" }, whole ? button("submit", `${words.importSubmit} (${items.length})`, undefined, () => this.submit()) : undefined,
        saved(bundle, `drafts-${items[0].draft.payload.cmd.slice(0, 8)}.json`, words.importSave)),
      whole ? this.progress : undefined, this.said,
    ].filter(Boolean));
  }

  async submit() {
    const { words, items } = this;
    const press = document.getElementById("submit");
    press.disabled = true;
    const begun = Date.now();
    const waiting = items.filter(({ done }) => !done);
    for (const [at, item] of waiting.entries()) {
      if (!await this.send(item)) {
        this.said.replaceChildren(element("span", { class: "status warn" }, `▲ ${words.importStopped}`));
        press.textContent = words.importGoOn;
        press.disabled = false;
        return;
      }
      const left = Math.ceil((Date.now() - begun) / (at + 1) * (waiting.length - at - 1) / 1_000);
      this.progress.value = items.filter(({ done }) => done).length;
      this.said.textContent = `${this.progress.value} / ${items.length} · ${words.importLeft} ${left} ${words.importSeconds}`;
    }
    const registered = items.filter(({ done }) => done === "accepted").length;
    const refused = items.length - registered;
    const style = refused === 0 ? "yes" : "no";
    this.parts.submit.replaceChildren(element("section", { class: `conclusion ${style}`, role: "status", "data-done": "" }, element("p", { class: "answer" },
      element("span", { "aria-hidden": "true" }, refused === 0 ? "✔ " : "✘ "), `${words.importDone}: ${words.importSum} ${registered}`,
      refused > 0 ? `, ${words.importRefused} ${refused}` : "")));
  }

  /// Sends one command; false if the register gave no decision.
  async send(item) {
    let reply;
    let answer;
    try {
      reply = await fetch("/v1/commands", posted(submission(item.draft)));
      answer = await reply.json();
    } catch {
      return false;
    }
    if (reply.status === 429 || reply.status >= 500) return false;
    item.done = reply.ok ? "accepted" : "refused";
    item.cell.setAttribute("data-state", item.done);
    item.cell.replaceChildren(...reply.ok ? this.accepted(answer) : this.refused(answer));
    return true;
  }

  accepted(receipt) {
    return [element("span", { class: "status yes" }, `✓ ${this.words.accepted}`), " ", element("a", { class: "id", href: `/rights/${receipt.created}` }, receipt.created)];
  }

  refused(problem) {
    const findings = (problem.findings ?? []).map((finding) => element("p", {}, (this.language === 0 ? finding.title_zh : finding.title_en) ?? finding.name, " ",
      element("a", { class: "finding", href: `/findings/${finding.code}` }, String(finding.code))));
    return [element("span", { class: "status refuse" }, `✕ ${this.words.refused}`),
      ...findings.length > 0 ? findings : [element("p", { lang: "en" }, problem.detail ?? problem.title ?? "")]];
  }
}

const root = document.getElementById("import");
if (root) new Import(root).start();
