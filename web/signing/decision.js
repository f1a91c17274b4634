//! What the register decided of a command: asked for by the id that its giver gave it, and told in words.

import { element } from "../verifier/dom.js";
import { placeOf } from "./names.js";
import { nextParts } from "./next.js";
import { saved } from "./parts.js";

/// Findings whose records were there before and take what was asked, as everywhere (`finding.rs`).
const IN_THE_WAY = new Set([3001, 3002, 3009, 9001]);

/// The receipt of a command that is decided, or null where it is not, or where the register does not say.
export async function decisionOf({ payload: { cmd, org } }) {
  try {
    const reply = await fetch(`/v1/receipts/${cmd}?org=${org}`);
    return reply.ok ? await reply.json() : null;
  } catch {
    return null;
  }
}

/// What was made, and what the command was about; what names no record, such as a key, is about its giver.
function aboutOf({ body, org }, { created }) {
  const named = [created, body.pledge, body.reservation, body.right, body.party].filter((id) => typeof id === "string");
  return [...new Set(named.length > 0 ? named : [org])].filter((id) => placeOf(id));
}

function titleOf({ code, name, title_zh: zh, title_en: en }, language) {
  return [(language === 0 ? zh : en) ?? name, " ", element("a", { class: "finding", href: `/findings/${code}` }, String(code))];
}

/// The decision in one line: what was registered with a link, or why not.
export function decidedLine(words, language, { payload }, receipt) {
  const entry = element("a", { href: `/log/${receipt.index}` }, `${words.entry} ${receipt.index}`);
  if (receipt.decision === "refused") {
    const findings = (receipt.findings ?? []).map((finding) => [" · ", ...titleOf(finding, language)]);
    return [element("span", { class: "status refuse" }, `✕ ${words.refused}`), findings.flat(), " · ", entry].flat();
  }
  const [id] = aboutOf(payload, receipt);
  return [element("span", { class: "status yes" }, `✓ ${words.accepted}`), id ? [" ", element("a", { class: "id", href: placeOf(id) }, id)] : [], " · ", entry].flat();
}

export function acceptedPart(words, { payload }, receipt) {
  const links = aboutOf(payload, receipt).map((id) => [" · ", element("a", { href: placeOf(id) }, `${words.seeRecord} ${id}`)]);
  return element("section", { class: "conclusion yes", "data-decision": "accepted" },
    element("p", { class: "answer" }, element("span", { "aria-hidden": "true" }, "✔ "),
      `${words.accepted}: ${words.act(payload.type)}${receipt.created ? ` ${receipt.created}` : ""}`),
    element("p", {}, `${words.entry} `, element("a", { href: `/log/${receipt.index}` }, String(receipt.index)), links.flat()),
    element("p", { class: "actions" }, saved(JSON.stringify(receipt), `receipt-${receipt.index}.json`, words.receipt)),
    ...nextParts(words, payload, receipt));
}

/// Why a command was refused, or why the register did not take it: a part for each reason.
export function reasonsOf(words, language, names, { payload: { body } }, problem) {
  const unitAt = (line = 0) => body.lines?.[line]?.unit ?? body.unit;
  const findings = (problem.findings ?? []).map((finding) => element("div", { class: "because" },
    element("p", {}, element("strong", {}, titleOf(finding, language)[0]), titleOf(finding, language).slice(1)),
    (finding.conflicts ?? []).length > 0 ? element("p", {}, `${IN_THE_WAY.has(finding.code) ? words.inTheWay : words.concerned}: `, names.list(finding.conflicts)) : undefined,
    Number(finding.alternative?.quantity ?? 0) > 0 ? element("p", {}, `${words.atMost} ${names.amount(finding.alternative.quantity, unitAt(finding.line))}`) : undefined));
  return findings.length > 0 ? findings : [element("p", {}, `${words.notTaken} `, element("span", { lang: "en" }, problem.detail ?? problem.title ?? ""))];
}

export function refusedPart(words, language, names, draft, problem) {
  return element("section", { class: "conclusion no", "data-decision": "refused" },
    element("p", { class: "answer" }, element("span", { "aria-hidden": "true" }, "✘ "), words.refused), reasonsOf(words, language, names, draft, problem));
}
