//! The command by which a guarantor records what it was told. Question, answer and checkpoint are those of the evidence file that it
//! keeps, so that the file proves later what was recorded; the file is read here, and verified on the page 核验.

import { hex } from "../verifier/bytes.js";
import { element, factList } from "../verifier/dom.js";
import { Fault, must } from "../verifier/fault.js";
import { isObject } from "../verifier/forms.js";
import { readCheckpoint, readNote } from "../verifier/note.js";
import { described } from "./describe.js";
import { withFile } from "./digest.js";
import { button, faultText, field, partyOf, posted, saved, sent } from "./parts.js";
import { signerOf } from "./signers.js";

export const TYPE = "record_verification";
const ANSWERS = "/v1/evidence/answers";
/// An evidence file has no more.
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/// What of an evidence file is recorded: right, question, answer, and the checkpoint under which it was given.
export function recordedOf(text, aud) {
  let file;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Fault("", "no_answer");
  }
  const { subject, verification, checkpoint } = isObject(file) ? file : {};
  must(subject?.space === "right" && isObject(verification) && typeof checkpoint === "string", "", "no_answer");
  const { origin, size, root } = readCheckpoint(readNote(checkpoint, "checkpoint").text, "checkpoint");
  must(aud.startsWith(`${origin}#`), "", "other_answer");
  return { right: subject.name, question: JSON.parse(verification.question), answer: verification.answer, size, root: hex(root) };
}

/// Where the register is asked about a right.
function askAt(right) {
  return right ? `/check?right=${encodeURIComponent(right)}` : "/check";
}

async function readFrom(path) {
  const reply = await fetch(path).catch(() => null);
  must(reply?.status !== 401, "", "session_over");
  must(reply?.ok, "", "unreachable");
  return reply.json();
}

export class Verification {
  /// `question` is what the register is asked, as JSON, or empty; `done` takes the command that is to be signed.
  constructor(root, { words, language, names, aud, org }, done) {
    this.question = root.getAttribute("data-verification");
    Object.assign(this, { words, language, names, aud, org, done });
    this.recorded = null;
  }

  parts() {
    const { words } = this;
    const input = element("input", { id: "evidence", type: "file" });
    input.addEventListener("change", async () => {
      if (input.files.length > 0) this.attempt(async () => this.take(await input.files[0].text()));
    });
    this.told = element("div", { id: "told", role: "status" });
    this.complaint = element("div", { id: "verification-fault", role: "alert" });
    const ask = this.question
      ? element("p", { class: "actions" }, button("fetch-answer", words.verificationFetch, "button quiet", () => this.attempt(() => this.fetch())))
      : element("p", {}, element("a", { href: askAt(new URLSearchParams(location.search).get("right")) }, words.verificationAsk));
    const document = element("input", { id: "document", maxlength: "64", spellcheck: "false", autocomplete: "off", pattern: "[0-9a-f]{64}" });
    const institution = element("input", { id: "org", maxlength: "120", spellcheck: "false", autocomplete: "off", value: this.org ?? "" });
    return [
      element("p", {}, words.verificationLead), ask,
      element("div", { class: "question" }, field(words.verificationFile, input, words.verificationHint)), this.told,
      element("div", { class: "question" }, field(words.verificationOrg, institution, words.orgHint),
        element("p", { class: "field" }, element("label", { for: "document" }, words.verificationDocument), ...withFile(document), document)),
      this.complaint, element("p", { class: "actions" }, button("go-on", words.verificationNext, undefined, () => this.attempt(() => this.goOn(institution, document)))),
    ];
  }

  /// Does something, and says in its place what was wrong.
  async attempt(act) {
    this.complaint.replaceChildren();
    try {
      await act();
    } catch (fault) {
      this.complaint.replaceChildren(element("p", { class: "notice refuse" }, faultText(this.words, fault, null)));
    }
  }

  async fetch() {
    const { words } = this;
    this.told.replaceChildren(element("p", {}, words.asking));
    let reply;
    let text;
    try {
      reply = await sent(ANSWERS, posted(JSON.parse(this.question)));
      text = await reply.text();
    } catch {
      throw new Fault("", "unreachable");
    } finally {
      this.told.replaceChildren();
    }
    if (!reply.ok) throw new Fault("", reply.status === 401 ? "session_over" : "unreachable");
    await this.take(text);
    this.told.append(element("p", { class: "notice" }, words.verificationKeep, " ", element("a", { href: "/verify", target: "_blank" }, words.verificationVerify)),
      element("p", { class: "actions" }, saved(text, `answer-${this.recorded.right}.json`, words.verificationSave)));
  }

  /// Takes an evidence file, and says what was asked and answered.
  async take(text) {
    must(text.length <= FILE_BYTES_MAX, "", "no_answer");
    this.recorded = null;
    this.told.replaceChildren();
    const recorded = recordedOf(text, this.aud);
    await this.names.learn([{ text: JSON.stringify(recorded) }]);
    this.told.replaceChildren(factList(described({ type: TYPE, body: recorded }, this.language, this.names)));
    this.recorded = recorded;
  }

  async goOn(institution, document) {
    const org = await partyOf(institution.value.trim().normalize("NFKC"), readFrom);
    must(this.recorded !== null, "", "no_answer");
    must(/^[0-9a-f]{64}$/.test(document.value), "", "no_request");
    await this.names.learn([{ text: `"${org}"` }]);
    const signers = [signerOf(org, this.names.records.get(org) ?? {}, TYPE)];
    this.done({ org, type: TYPE, body: { ...this.recorded, document: document.value }, signers });
  }
}
