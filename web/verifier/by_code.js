//! 核验 by a code, on the served page alone: asks this register for the certificate that the code names, and has it checked as a
//! file that somebody chose.
//!
//! Separate because the file that works from a disk reaches nothing. What the register answers is worth what the checks find in
//! it, and it must be what stands on the paper: another certificate is refused, however good it is.

import { groupedCode, readCode, readQr } from "./certificate.js";
import { element } from "./dom.js";
import { page } from "./page.js";

const BEGINNING = "#code=";
const ABSENT = [400, 404];
const BUSY = [429, 503];

const WORDS = {
  asking: ["正在向登记系统取这份证明", "Asking the register for this certificate"],
  absent: ["登记系统没有以此为核验码的查询证明", "The register has no certificate with this verification code"],
  busy: ["登记系统忙, 尚未答复; 请稍候再试", "The register is busy and has not answered; try again in a while"],
  silent: ["登记系统没有答复, 没有核验任何内容; 手中有文件的, 请直接选择文件", "The register does not answer, and nothing was checked; where you have the file, choose it"],
  kept: ["登记系统所存的查询证明", "the certificate that the register keeps,"],
};

/// The code in what was typed or scanned, and all of it that can be compared with a certificate; undefined where it is no code.
function onPaper(typed) {
  const qr = readQr(typed);
  const address = /^https?:\/\/[^/]+\/certificates\/([^#?/]+)/.exec(typed.trim());
  const code = qr?.code ?? readCode(address?.[1] ?? typed.trim());
  return code && { code, said: qr ? typed : groupedCode(code) };
}

let asked = 0;

/// Fetches a certificate and has it checked, unless another was asked for or a file chosen meanwhile.
async function verify({ code, said }) {
  const words = Object.fromEntries(Object.entries(WORDS).map(([name, pair]) => [name, pair[page.language]]));
  const tell = (text, style) => page.expect(element("p", { class: style }, `${text}: `, element("span", { class: "id" }, groupedCode(code))));
  asked += 1;
  const number = asked;
  tell(words.asking, "hint");
  const { bytes, why } = await certificateOf(code);
  if (asked !== number || page.files.file) return;
  if (why) tell(words[why], "notice warn");
  else await page.put("file", `${words.kept} ${groupedCode(code)}`, bytes, said);
  page.result.scrollIntoView();
}

async function certificateOf(code) {
  try {
    const reply = await fetch(`/v1/certificates/${code}`, { headers: { accept: "application/json" }, cache: "no-store" });
    if (reply.ok) return { bytes: new Uint8Array(await reply.arrayBuffer()) };
    return { why: ABSENT.includes(reply.status) ? "absent" : BUSY.includes(reply.status) ? "busy" : "silent" };
  } catch {
    return { why: "silent" };
  }
}

/// Begins with the code in the address, which stays there when the page is loaded again or its language changed.
function begin() {
  if (!location.hash.startsWith(BEGINNING)) return;
  const typed = decoded(location.hash.slice(BEGINNING.length));
  const paper = onPaper(typed);
  if (!paper) return;
  field.value = typed;
  const other = document.querySelector("a.lang");
  if (other) other.hash = location.hash;
  verify(paper);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const field = document.getElementById("code");
if (page && field) {
  field.form.addEventListener("submit", (event) => {
    // What is no code is looked up on the page that searches, which says why, as it is where no script runs.
    if (!onPaper(field.value)) return;
    event.preventDefault();
    history.replaceState(null, "", `${BEGINNING}${encodeURIComponent(field.value)}`);
    begin();
  });
  addEventListener("hashchange", begin);
  begin();
}
