//! The SHA-256 of a document, made here: the document itself is never sent.

import { digest, hex } from "../verifier/bytes.js";
import { element } from "../verifier/dom.js";
import { wordsOf } from "./words.js";

/// A larger file would stop the page for long; the command line takes any.
const DOCUMENT_BYTES_MAX = 256 * 1024 * 1024;

/// Puts the choice of a file beside a field for a digest.
export function withFile(input) {
  const words = wordsOf(document.documentElement.lang.startsWith("zh") ? 0 : 1);
  const file = element("input", { id: `${input.id}-file`, type: "file", "aria-label": words.digestFile });
  const said = element("span", { class: "hint", role: "status" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    if (chosen.size > DOCUMENT_BYTES_MAX) {
      said.textContent = words.digestLarge;
      return;
    }
    said.textContent = words.working;
    input.value = hex(digest(new Uint8Array(await chosen.arrayBuffer())));
    said.textContent = `${words.digestOf} ${chosen.name}`;
  });
  return [file, said];
}

for (const input of document.querySelectorAll("input[data-digest]")) input.before(...withFile(input));
