//! The page 核验: takes an evidence file or a certificate, a trust policy and an older checkpoint, checks them in this browser, and says what
//! came of it. The same script runs on the served page and in the file that is opened from disk.

import { hexDigest, textOf, utf8 } from "./bytes.js";
import { isOnPaper } from "./certificate.js";
import { element, grouped } from "./dom.js";
import { localTime } from "./facts.js";
import { Fault } from "./fault.js";
import { isFraudFile } from "./fraud.js";
import { readVerifierKey } from "./note.js";
import { certificateSection } from "./paper.js";
import { footLines, printFoot, recordOf, recordSection } from "./printed.js";
import { isProofFile } from "./proof_file.js";
import { checksSection, factsSection, isOnPaperAlone, silenceSection, verdictSection } from "./report.js";
import { toldOf } from "./told.js";
import { readTrust } from "./trust.js";
import { evidenceIn, isOther, verificationOf } from "./verify.js";
import { CHECKS, wordsOf } from "./words.js";

/// How a check says that a state is of after the reader's clock.
const IN_FUTURE = "it lies in the future of the reader";
const AGES = [undefined, 600, 3_600, 86_400, 604_800];

/// Whether all that failed is that the state of the file, or of a file in a certificate, is of after the reader's clock.
function isAhead(result, { now }) {
  return now !== undefined && result.checks.some(({ outcome, message }) => outcome === "fail" && message.endsWith(IN_FUTURE));
}

/// The page: what was chosen, and the language.
class Page {
  constructor(root) {
    this.root = root;
    this.alone = root.hasAttribute("data-alone");
    this.language = document.documentElement.lang.startsWith("zh") ? 0 : 1;
    this.files = {};
    this.age = 0;
    this.compared = false;
    this.round = 0;
    this.show();
  }

  /// Draws everything anew, in the language of now.
  show() {
    this.words = wordsOf(this.language);
    this.result = element("div", { id: "result", role: "status", "aria-live": "polite" });
    this.root.replaceChildren(...[
      this.alone ? this.head() : undefined, this.form(), this.result,
      this.alone ? undefined : this.offline(),
    ].filter(Boolean));
    if (this.alone) {
      document.documentElement.lang = this.language === 0 ? "zh-CN" : "en";
      document.title = `${this.words.title} · greenlien`;
    }
    this.check();
  }

  head() {
    const other = element("button", { type: "button", class: "button quiet", lang: this.language === 0 ? "en" : "zh-CN" }, this.words.other);
    other.addEventListener("click", () => {
      this.language = 1 - this.language;
      this.show();
      this.root.querySelector("button").focus();
    });
    return element("div", {}, element("div", { class: "row heading" }, element("h1", {}, this.words.title), other),
      element("p", {}, this.words.lead));
  }

  offline() {
    const { words } = this;
    const hash = this.root.getAttribute("data-offline-hash");
    return element("section", { class: "offline" }, element("p", {},
      element("a", { class: "button quiet", href: "/verify/offline.html", download: "greenlien-verify.html" }, words.offline)),
    element("p", { class: "hint" }, words.offlineHint, " SHA-256 ", element("span", { class: "id" }, grouped(hash ?? ""))));
  }

  form() {
    const { words } = this;
    const ages = element("select", { id: "age" }, words.ages.map((text, at) =>
      element("option", { value: String(at), selected: at === this.age }, text)));
    ages.addEventListener("change", () => {
      this.age = Number(ages.value);
      this.check();
    });
    const form = element("form", { class: "verify" },
      this.field("file", words.fileLabel, words.fileHint, "field drop"),
      this.field("entry", words.entryLabel, "", "field", !this.needsEntry()),
      this.field("trust", words.trustLabel, words.trustHint, "field"),
      element("div", { class: "pair" }, this.field("old", words.oldLabel, "", "field"),
        element("p", { class: "field" }, element("label", { for: "age" }, words.ageLabel), ages)));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      const place = event.target.closest("[data-field]")?.getAttribute("data-field") ?? "file";
      if (event.dataTransfer.files.length > 0) this.take(place, event.dataTransfer.files[0]);
    });
    return form;
  }

  /// A proof file says nothing without the entry that it is about.
  needsEntry() {
    return this.files.file !== undefined && isProofFile(this.files.file.bytes);
  }

  field(name, label, hint, style, isHidden = false) {
    const input = element("input", { id: name, type: "file", "aria-describedby": `${name}-hint` });
    input.addEventListener("change", () => {
      if (input.files.length > 0) this.take(name, input.files[0]);
    });
    const chosen = this.files[name];
    const said = chosen ? `${this.words.chosen}: ${chosen.name}` : "";
    return element("div", { class: style, "data-field": name, hidden: isHidden }, element("label", { for: name }, label), input,
      element("p", { class: "hint", id: `${name}-hint` }, hint, hint ? " " : "", element("strong", { id: `${name}-chosen` }, said)));
  }

  async take(name, file) {
    await this.put(name, file.name, new Uint8Array(await file.arrayBuffer()), name === "file" ? undefined : this.paper);
  }

  /// Takes the bytes of a field and checks; `paper` is what was typed from the paper that the file must be of, where it was.
  async put(name, called, bytes, paper) {
    this.files[name] = { name: called, bytes };
    this.isNew = true;
    this.paper = paper;
    if (name !== "old") this.compared = false;
    if (name === "file") this.root.querySelector("[data-field=entry]").hidden = !this.needsEntry();
    document.getElementById(`${name}-chosen`).textContent = `${this.words.chosen}: ${called}`;
    await this.check();
  }

  /// Puts the file away that was checked, and says what is waited for instead.
  expect(said) {
    this.round += 1;
    delete this.files.file;
    printFoot([]);
    document.getElementById("file").value = "";
    document.getElementById("file-chosen").textContent = "";
    this.result.removeAttribute("data-verdict");
    this.result.replaceChildren(said);
  }

  /// Checks what was chosen, a check at a time, so that the page stays alive; a newer round ends an older one.
  async check() {
    this.round += 1;
    const { round } = this;
    printFoot([]);
    if (!this.files.file) return;
    if (isOther(this.files.file.bytes)) {
      this.result.replaceChildren(this.refused(this.words.noEvidence, `${this.files.file.bytes.length} bytes`));
      return;
    }
    let reader;
    try {
      reader = this.reader();
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.result.replaceChildren(this.unread(fault));
      return;
    }
    if (this.needsEntry() && !this.files.entry) {
      this.result.replaceChildren(element("p", {}, this.words.entryLabel));
      return;
    }
    let steps = verificationOf(this.files.file.bytes, reader);
    for (;;) {
      const { done, value } = this.step(steps);
      if (round !== this.round || value === undefined) return;
      if (done && isAhead(value, reader)) {
        // The clock of this computer cannot say how old the file is; everything else is checked all the same.
        reader = { ...reader, now: undefined, clock: reader.now };
        steps = verificationOf(this.files.file.bytes, reader);
        continue;
      }
      if (done) {
        this.report(value, reader);
        return;
      }
      const [name] = CHECKS[value.name]?.[this.language] ?? [value.name];
      this.result.replaceChildren(element("p", {}, `${this.words.working}: ${name}`));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /// The next check; nothing where the file cannot be taken apart at all, and then the page says so.
  step(steps) {
    try {
      return steps.next();
    } catch (fault) {
      // What this program fails at is never a verdict, so it says that too, and does not go on waiting.
      this.result.replaceChildren(this.unread(fault instanceof Fault ? fault : new Fault("program", String(fault))));
      return {};
    }
  }

  /// What the reader trusts: the chosen policy or, to be compared with paper, the keys that the file itself names.
  reader() {
    const { trust, old } = this.files;
    const supposed = () => utf8(`${keysOf(this.files.file.bytes).map((key) => `log ${key}\n`).join("")}quorum none\n`);
    return {
      policy: readTrust(trust ? trust.bytes : supposed()), supposed: trust === undefined, old: old && (textOf(old.bytes) ?? ""),
      entry: this.needsEntry() ? this.files.entry?.bytes : undefined,
      now: `${new Date().toISOString().slice(0, 19)}Z`, ageMax: AGES[this.age],
    };
  }

  unread(fault) {
    const { words } = this;
    const told = toldOf(fault, undefined, this.language);
    // Of the two files, the one that is at fault: whoever has a good evidence file must not think it bad.
    const isTrust = /^trust policy\b|^line [0-9]+$/.test(fault.place);
    return isTrust ? this.refused(words.trustUnread, fault.message, told, words.trustNext) : this.refused(words.cannotRead, fault.message, told);
  }

  refused(heading, technical, told, next) {
    const { words } = this;
    const note = this.language === 0 ? `${words.detail} (${words.technical}): ` : `${words.detail}: `;
    return element("section", { class: "conclusion no" },
      element("p", { class: "answer" }, element("span", { "aria-hidden": "true" }, "✘ "), heading),
      told && element("p", { class: "told" }, told),
      next && element("p", {}, element("strong", {}, `${words.nextTitle}: `), next),
      element("p", { class: "technical" }, note, element("span", { lang: "en" }, technical)));
  }

  report(result, reader) {
    const { words, language, paper } = this;
    const failed = result.checks.some((check) => check.outcome === "fail");
    const supposed = reader.supposed && !this.compared;
    if (!failed && paper !== undefined && !(result.certificate && isOnPaper(result.certificate, paper))) {
      this.result.replaceChildren(this.refused(words.paperOther, paper));
      this.result.setAttribute("data-verdict", "fail");
      return;
    }
    const record = recordOf(result, this.files, { ...reader, supposed }, language, words);
    printFoot(footLines(record, words));
    this.result.replaceChildren(...[
      verdictSection(result, words, language, { supposed, checkedAt: reader.now }),
      isOnPaperAlone(result) && !failed && element("p", { class: "notice warn", id: "pages-open", role: "note" }, words.pagesOpen),
      reader.clock && element("p", { class: "notice warn", role: "note" }, words.clock, localTime(reader.clock),
        record.stateTime && `; ${words.recordStateTime}: ${record.stateTime}`),
      this.keySection(reader, failed),
      result.certificate && certificateSection(result.certificate, words, paper),
      checksSection(result, words, language),
      ...(failed ? [] : factsOf(result)).map((part) => factsSection(part, words, language)),
      recordSection(record, words),
      silenceSection(words),
    ].filter(Boolean));
    this.result.setAttribute("data-verdict", failed ? "fail" : result.verdict ?? "none");
    this.reveal();
  }

  /// Brings the verdict into sight where it came below the window, as on a phone, and only when a file was given.
  reveal() {
    if (this.isNew && this.result.getBoundingClientRect().top > window.innerHeight / 2) this.result.scrollIntoView();
    this.isNew = false;
  }

  keySection(reader, failed) {
    const { words } = this;
    const keys = reader.policy.logs.map((log) => element("p", {}, element("span", { class: "id" }, log.name), element("br"),
      element("span", { class: "id fingerprint" }, grouped(hexDigest(log.key)))));
    const parts = [element("h2", {}, words.fingerprint), ...keys];
    if (reader.supposed && !failed) {
      const box = element("input", { id: "compared", type: "checkbox", checked: this.compared });
      box.addEventListener("change", async () => {
        this.compared = box.checked;
        await this.check();
        document.getElementById("compared")?.focus();
      });
      parts.push(element("p", { class: "choice" }, box, element("label", { for: "compared" }, words.compared)));
    }
    return element("section", {}, parts);
  }
}

/// The parts of a result that have facts to show: the files of a certificate, or an evidence file itself.
function factsOf(result) {
  const parts = result.parts ?? (result.file?.subject ? [result] : []);
  return parts.filter((part) => !part.laterLaw);
}

/// The verifier key that a file names: that of its genesis. After a change of key, only a trust policy names the later one.
function keysOf(bytes) {
  if (isProofFile(bytes) || isFraudFile(bytes)) throw new Fault("trust policy", "this file names no key to compare: a trust policy is needed");
  const [file] = evidenceIn(bytes);
  const first = file.entries.find((item) => item.index === 0);
  let text;
  try {
    text = JSON.parse(first.entry).genesis.log_vkey;
  } catch {
    throw new Fault("entry 0", "the genesis is not shown");
  }
  return [readVerifierKey(String(text), "log_vkey").text];
}

const root = document.getElementById("verify");

/// The page, where there is one.
export const page = root ? new Page(root) : undefined;
