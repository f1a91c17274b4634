//! The page 导入: makes one command for each row that may be registered, and hands all of them to the batch, which shows them in
//! full, signs them with the importer's key and submits them. Where a second person signs, the commands leave as one file and
//! are read again by this page on the other machine.

import { element } from "../verifier/dom.js";
import { Batch, readBundle } from "./batch.js";
import { registerNow, setClock } from "./clock.js";
import { askedOf, newDraft } from "./draft.js";
import { Inbox } from "./inbox.js";
import { Kept } from "./kept.js";
import { canKeep, keptKeys } from "./keyring.js";
import { Names } from "./names.js";
import { button, faultText, field } from "./parts.js";
import { keepFiles, keepUpload } from "./switched.js";
import { wordsOf } from "./words.js";

const DAYS = 7;
const MEGABYTE = 1024 * 1024;
/// What the register takes; of a larger upload the connection is cut, and a browser would show a page of its own.
const UPLOAD_BYTES_MAX = 4 * MEGABYTE;
const RIGHT = "issue_right";
/// What a bundle of this page may hold.
const TYPES = [RIGHT, "register_pledge", "release_pledge"];

function signersOf({ org, checkers }) {
  return ["maker", ...Array.from({ length: checkers }, () => "checker")].map((role) => ({ org, role }));
}

class Import {
  constructor(root) {
    this.root = root;
    this.language = document.documentElement.lang.startsWith("zh") ? 0 : 1;
    this.words = wordsOf(this.language);
    setClock(root);
    this.aud = root.getAttribute("data-aud");
    this.org = root.getAttribute("data-org");
    this.name = root.getAttribute("data-name");
    this.checkers = Number(root.getAttribute("data-checkers"));
    this.parts = Object.fromEntries(["kept", "begin", "items", "key", "submit"].map((name) =>
      [name, element("section", { id: `part-${name}`, "aria-live": name === "submit" ? "polite" : undefined })]));
    root.replaceChildren(...Object.values(this.parts));
  }

  async start() {
    const keeps = await canKeep();
    this.names = new Names(this.root, this.words);
    this.names.put(this.org, this.name);
    this.signing = { keys: keeps ? await keptKeys() : [], keeps, names: this.names, inbox: new Inbox(this.words, this.org, this.names) };
    const rows = [...document.querySelectorAll("#rows [data-body], #rows [data-asked]")];
    const form = document.getElementById("file")?.form;
    if (form) {
      this.keepFile(form);
      if (await keepUpload(form, document.getElementById("rows") !== null)) form.requestSubmit(form.querySelector("button:not([name])"));
    }
    if (rows.length > 0) this.showRows(rows);
    else if (document.getElementById("rows") === null) this.showBundle();
    const { words, language, names, aud } = this;
    const open = async ({ batch, items }) => {
      await this.names.learn(items.map(({ draft }) => draft));
      this.parts.begin.replaceChildren();
      this.show(items, batch);
    };
    await new Kept(this.parts.kept, { words, language, names, aud, open, isOfBatches: true }).show();
  }

  /// Shows commands that are signed together; `batch` is the name under which this browser keeps them, where it does.
  show(items, batch = undefined) {
    new Batch(this.words, this.language, this.parts, { ...this.signing, batch }).show(items);
    this.parts.items.querySelector("h2").focus();
  }

  /// Asks whether the session goes on before a file is sent: where it has ended, the file that was chosen stays chosen, and is
  /// sent under the next session.
  keepFile(form) {
    const { words } = this;
    const complaint = element("div", { id: "upload-fault", role: "alert" });
    form.append(complaint);
    let isSure = false;
    form.addEventListener("submit", async (event) => {
      if (isSure) return;
      event.preventDefault();
      complaint.replaceChildren();
      const bytes = [...form.querySelectorAll("input[type=file]")].flatMap(({ files }) => [...files]).reduce((sum, { size }) => sum + size, 0);
      if (bytes > UPLOAD_BYTES_MAX) {
        complaint.replaceChildren(element("p", { class: "notice refuse" }, words.importLarge.replace("{n}", (bytes / MEGABYTE).toFixed(1))));
        return;
      }
      const reply = await fetch("/v1/sessions").catch(() => null);
      if (reply?.status === 401) {
        complaint.replaceChildren(element("p", { class: "notice refuse" }, `${words.importOver} `,
          element("a", { href: "/sign-in?next=/import", target: "_blank" }, words.signIn)));
        return;
      }
      const session = reply?.ok ? await reply.json() : {};
      if (session.form_token) form.elements.form_token.value = session.form_token;
      await keepFiles(form);
      isSure = true;
      form.requestSubmit(event.submitter);
      isSure = false;
    });
  }

  // -------------------------------------------------------------------------------------------------------------------
  // 1: the commands, of the rows above or of a bundle
  // -------------------------------------------------------------------------------------------------------------------

  showRows(rows) {
    const { words } = this;
    this.parts.begin.replaceChildren(element("h2", {}, `${words.importHead} (${rows.length})`),
      element("p", { class: "actions" }, button("make", words.importMake, undefined, async () => this.make(rows))));
  }

  async make(rows) {
    const { words } = this;
    const now = registerNow();
    const items = rows.map((row) => ({ line: row.getAttribute("data-line"), draft: this.draftOf(row, now) }));
    this.parts.begin.replaceChildren(element("p", { role: "status" }, words.asking));
    await this.names.learn(items.map(({ draft }) => draft));
    this.parts.begin.replaceChildren();
    this.show(items);
  }

  /// The command of a row: a right is signed by this institution alone; of a pledge the row says who else signs, what is hidden
  /// under a salt of this browser, and whose consent is stated.
  draftOf(row, now) {
    const text = row.getAttribute("data-asked");
    if (text === null) {
      const signers = signersOf({ org: this.org, checkers: this.checkers });
      return newDraft({ org: this.org, type: RIGHT, body: JSON.parse(row.getAttribute("data-body")), signers }, {}, this.aud, DAYS, now);
    }
    const asked = askedOf(text);
    for (const [id, name] of Object.entries(asked.names)) this.names.put(id, name);
    const attested = asked.attests.map((org) => ({ org, ...asked.consent }));
    return newDraft({ ...asked, signers: asked.signers.flatMap(signersOf), attested }, asked.hidden, this.aud, DAYS, now);
  }

  showBundle() {
    const { words } = this;
    const input = element("input", { id: "bundle", type: "file", accept: ".json" });
    const complaint = element("div", { id: "bundle-fault", role: "alert" });
    input.addEventListener("change", async () => {
      if (input.files.length === 0) return;
      complaint.replaceChildren();
      try {
        await this.take(new Uint8Array(await input.files[0].arrayBuffer()));
      } catch (fault) {
        complaint.replaceChildren(element("p", { class: "notice refuse" }, faultText(words, fault)));
      }
    });
    this.parts.begin.replaceChildren(element("details", {}, element("summary", {}, words.importContinue),
      field(words.importBundle, input, words.importBundleHint), complaint));
  }

  async take(bytes) {
    const drafts = readBundle(bytes, this.aud, TYPES);
    await this.names.learn(drafts);
    this.show(drafts.map((draft, at) => ({ line: String(at + 1), draft })));
  }
}

const root = document.getElementById("import");
if (root) new Import(root).start();
