//! What a command says, in words: every member of its payload, beside the text that is signed. Whatever has no word of ours
//! is shown as it is, so that nothing that is signed is left out.

import { element, numberText } from "../verifier/dom.js";
import { isObject } from "../verifier/forms.js";
import { dayNumber, dayText } from "../verifier/values.js";
import { wordsOf } from "./words.js";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/// Members by name: Chinese, English.
const MEMBERS = {
  pledge: ["担保登记", "Pledge"], right: ["权益", "Right"], reservation: ["预登记", "Reservation"], lines: ["担保物", "Collateral"],
  drop: ["退回", "Given back"], add: ["换入", "Taken instead"], line: ["项号", "Line"], quantity: ["数量", "Quantity"],
  from: ["起", "From"], to: ["至", "To"], years: ["年度", "Years"], term: ["债务履行期限", "Term of the claim"],
  maximum: ["债权确定期间", "Determination period"], pledgor: ["出质人 / 抵押人", "Pledgor"], debtor: ["债务人", "Debtor"],
  form: ["担保形式", "Form"], cap_cny: ["担保债权最高额 (元)", "Most that is ever secured (CNY)"], behind: ["排在其后", "Stands behind"],
  document: ["文件 SHA-256", "Document, SHA-256"], suit: ["起诉证明 SHA-256", "Proof of a suit, SHA-256"],
  subrogation: ["代偿后代位", "Steps in after paying"], part_cny: ["转让的债权 (元)", "Part of the claim (CNY)"],
  register: ["外部登记系统", "Other register"], number: ["编号", "Number"], status: ["外部状态", "Status there"], checked: ["查询日期", "Looked up on"],
  proceeds_cny: ["所得价款 (元)", "Proceeds (CNY)"], share_bp: ["承担损失的比例", "Share of a loss"],
  syndicate: ["银团其他成员", "Other members of the syndicate"], green: ["绿色贷款目录代码", "Green category of the loan"], counter: ["反担保登记", "Counter-security"],
  price_cny: ["单价或收储价 (元)", "Price (CNY)"], trigger: ["触发情形", "Falls due when"], objection: ["异议 (账页)", "Objection (entry)"],
  authority: ["决定机关", "Ordered by"], order: ["文号", "Number of the order"], until: ["期限止 (含)", "Last day (inclusive)"],
  limit_cny: ["限额 (元)", "Limited to (CNY)"], freeze: ["冻结", "Freeze"], days: ["保留天数", "Days"], kind: ["权益种类", "Kind"],
  holder: ["持有人", "Holder"], identities: ["权证标识", "Identities"], span: ["有效期", "Valid"], unit: ["单位", "Unit"],
  class: ["类别", "Class"], succeeds: ["承继自", "Succeeds"], attributes: ["其他记载", "Also recorded"], party: ["主体", "Party"],
  consenting: ["须同意的各方", "Who consents"], succession: ["因合并、分立承继", "Follows from a merger or split"],
  carve_out: ["已担保的部分", "What is pledged"], into: ["转为", "Becomes"], resolution: ["重叠争议已解决", "The overlap is decided"],
  relied: ["已被信赖的查询证明", "Certificates relied on"], joint: ["由两部分共同担保", "Secured by both parts"],
  credit_code: ["统一社会信用代码", "Credit code"], region: ["行政区划代码", "Region code"], roles: ["身份", "Roles"], duties: ["核发职责", "Duties"],
  keys: ["密钥", "Keys"], key: ["公钥", "Public key"], person: ["经办人代号", "Person"], proof: ["持有证明", "Proof of possession"],
  threshold: ["几人签署", "How many sign"], kid: ["密钥编号", "Key id"], old: ["旧密钥", "Old key"], new: ["新密钥", "New key"],
  rules: ["签署规则", "Signing rules"], parts: ["密钥分工", "Parts of keys"], part: ["分工", "Part"], command: ["指令", "Command"],
  absorbed: ["被合并的主体", "Parties absorbed"], successors: ["分出的主体", "Successors"], residual: ["承接其余事项", "Takes what is left"],
  kinds: ["移交的权益种类", "Kinds handed over"],
  dispute: ["声明 (账页)", "Dispute (entry)"], of: ["所属记录", "Record"], claims: ["保密事项", "Hidden values"], text: ["规则全文", "Text of the rules"],
  overlap_seconds: ["新旧密钥并用", "Both keys are good for"], units: ["不动产单元", "Units of ground"], polygon: ["宗地边界", "Boundary"],
  additional: ["同一来源上的追加", "In addition to the source"], adjudication: ["重叠争议文书 SHA-256", "Overlap in dispute, SHA-256"],
  name: ["名称", "Name"], size: ["账页数", "Size"], position: ["位置", "Position"], root: ["检查点根", "Root of the checkpoint"],
  question: ["所问", "Question"], answer: ["答复", "Answer"], buyer: ["买受人", "Buyer"], steps: ["分期数量", "Quantities over time"],
  guarantor: ["担保机构", "Guarantor"], pledgee: ["担保权人", "Pledgee"],
};

/// Members that mean something else in some commands.
const MEMBERS_OF = {
  register_pledge: { share_bp: ["占债权", "Share of the claim"] },
  assign_pledge: { to: ["受让人", "New pledgee"] },
  register_guarantee: { of: ["所承继的担保机构", "Guarantor that was succeeded"] },
  change_rank: { from: ["现顺位", "Order as it stands"], to: ["新顺位", "New order"] },
  merge_parties: { into: ["存续的主体", "Who goes on"] },
  dispute_entries: { from: ["自哪一账页起", "From which entry on"] },
  correct_right: { line: ["担保", "Line"] },
  transfer_right: { to: ["受让人", "New holder"], lines: ["随之转移的担保", "Pledges that go with it"] },
};

/// Words that the law fixes for values.
const VALUES = {
  registered: ["在登", "it stands"], lapsed: ["已到期", "its term has ended"], cancelled: ["已注销", "it was cancelled"], absent: ["未查到", "none was found"],
  consent: ["受影响的担保权人同意", "with the consent of the pledgees who lose"], order: ["主管机关决定", "by order of the authority"],
  maker: ["只经办", "only makes"], checker: ["只复核", "only checks"], authority: ["主管机关", "authority"], bank: ["银行", "bank"],
  guarantor: ["担保机构", "guarantor"], court: ["法院", "court"], holder: ["权利人", "holder"], registrar: ["登记机构", "registrar"],
  paper: ["书面", "on paper"], video: ["录像", "on video"], "质押": ["质押", "质押 (pledge)"], "抵押": ["抵押", "抵押 (mortgage)"],
};

/// The registers elsewhere, as the form names them.
const REGISTERS = {
  "zhongdeng": ["中登网 (动产融资统一登记)", "Zhongdeng (movables)"], "real-estate": ["不动产登记", "real-estate register"],
  "trading-centre": ["交易中心", "trading centre"], "carbon-registry": ["碳排放权注册登记", "carbon registry"],
  "mining-registry": ["矿业权登记", "mining register"],
};

/// Members whose day is the first one without, and that people know by the day before.
const ENDS = new Set(["to", "until"]);
const DAY_SECONDS = 86_400;
/// Members that are said together in one order, before the others.
const FIRST = ["line", "pledge", "right", "reservation", "freeze", "kind", "lines"];

class Describer {
  constructor(language, names, type) {
    this.language = language;
    this.names = names;
    this.words = wordsOf(language);
    this.own = MEMBERS_OF[type] ?? {};
  }

  pick([zh, en]) {
    return this.language === 0 ? zh : en;
  }

  label(name) {
    const pair = this.own[name] ?? MEMBERS[name];
    return pair === undefined ? name : this.pick(pair);
  }

  span(from, to) {
    return spanText(this.language, from, to);
  }

  /// The rows of an object; its quantity and days are said together.
  rows(object) {
    const left = { ...object };
    const rows = [];
    const take = (name) => {
      const value = left[name];
      delete left[name];
      return value;
    };
    const first = FIRST.filter((name) => left[name] !== undefined);
    for (const name of first) rows.push([this.label(name), this.value(name, take(name))]);
    if (Array.isArray(left.identities)) for (const one of take("identities")) rows.push(this.identity(one));
    if (isObject(left.attributes)) for (const [name, value] of Object.entries(take("attributes"))) rows.push([this.names.attribute(name), value]);
    if (typeof left.quantity === "string") rows.push([this.label("quantity"), this.names.amount(take("quantity"), take("unit"))]);
    if (DAY.test(left.from ?? "") && DAY.test(left.to ?? "")) rows.push([this.pick(["期间", "Days"]), this.span(take("from"), take("to"))]);
    for (const [name, value] of Object.entries(left)) {
      if (name !== "hidden") rows.push([this.label(name), this.value(name, value)]);
    }
    return rows;
  }

  /// An identity by what its parts are called.
  identity({ scheme, value }) {
    return [this.names.scheme(scheme), element("span", { class: "id" }, value.replaceAll("|", " | "))];
  }

  value(name, value) {
    const special = this.special(name, value);
    if (special !== undefined) return special;
    if (value === true) return this.pick(["是", "yes"]);
    if (Array.isArray(value)) return this.list(name, value);
    if (isObject(value)) {
      const isSpan = Object.keys(value).length === 2 && DAY.test(value.from ?? "") && DAY.test(value.to ?? "");
      return isSpan ? this.span(value.from, value.to) : this.inner(value);
    }
    return this.text(name, String(value));
  }

  /// Members that are shown in a way of their own, or nothing.
  special(name, value) {
    switch (name) {
      case "share_bp": return `${value / 100} %`;
      case "years": return value.join(" – ");
      case "overlap_seconds": return this.words.days(value / DAY_SECONDS);
      case "polygon": return this.polygon(value);
      case "text": return element("pre", { class: "payload", tabindex: "0" }, value);
      case "steps": return this.list("", value.map(({ from, quantity, unit }) => `${from}: ${this.names.amount(quantity, unit)}`));
      case "question": return isObject(value) ? this.inner({ pledgee: value.org, ...value.body }) : undefined;
      case "answer": return this.answer(value);
      case "kid": case "old": return this.names.key(value);
      case "claims": return this.list("", value.map((claim) => this.words.hidden(claim)));
      case "duties": return this.list("", value.map((duty) => this.names.duty(duty)));
      default: return undefined;
    }
  }

  text(name, text) {
    if (name === "kind") return this.names.kind(text);
    if (name === "command") return this.words.act(text);
    if (name === "register") return REGISTERS[text] ? this.pick(REGISTERS[text]) : text;
    if (name.endsWith("_cny")) return moneyText(text);
    if (DAY.test(text)) return ENDS.has(name) ? `${dayBefore(text)} ${this.pick(["(含)", "(inclusive)"])}` : text;
    if (/^M\d+$/.test(text)) return this.names.party(text);
    if (VALUES[text]) return this.pick(VALUES[text]);
    if (/^[RPVF]\d+(?:\.\d+)?$/.test(text)) return this.names.record(text);
    return /^[0-9a-f]{64,128}$/.test(text) ? element("span", { class: "id" }, text) : text;
  }

  /// How many corners there are; the coordinates stand in the text.
  polygon(text) {
    const corners = text.split(/[|; ]/).length;
    return this.pick([`${corners} 个界址点 (坐标见指令全文)`, `${corners} corners (the whole command has the coordinates)`]);
  }

  /// The answer of the register to the question, with its findings.
  answer(text) {
    const { admissible, findings } = JSON.parse(text);
    const said = admissible ? this.pick(["可以登记", "admissible"]) : this.pick(["不可登记", "not admissible"]);
    const more = findings.map(({ code, conflicts = [] }) => element("li", {}, `${this.names.finding(code)} `,
      element("a", { class: "finding", href: `/findings/${code}`, target: "_blank" }, String(code)), conflicts.flatMap((id) => [" ", this.text("", id)].flat())));
    return more.length === 0 ? said : [said, element("ul", {}, more)];
  }

  list(name, values) {
    if (values.length === 0) return this.pick(["无", "none"]);
    if (values.every((one) => !isObject(one))) return values.flatMap((one, at) => [at > 0 ? this.pick(["、", ", "]) : "", this.value(name, one)]).flat();
    return element("ol", {}, values.map((one) => element("li", {}, isObject(one) ? this.inner(one) : String(one))));
  }

  /// What the register has of the pledge that a command changes: whoever signs sees what it is about, and what is left of it.
  standing({ type, body }) {
    const id = body.pledge ?? body.reservation;
    const found = typeof id === "string" ? this.names.standing(id) : undefined;
    if (found === undefined) return [];
    const rows = [[this.pick(["现登记的出质人 / 抵押人", "Pledgor on record"]), this.names.party(found.pledgor)]];
    for (const { at, right, quantity, unit, from, to, years } of found.lines) {
      const parts = Object.entries({ right, quantity, unit: quantity && unit, from, to, years }).filter(([, value]) => value !== undefined);
      const isWhole = quantity === undefined && years === undefined;
      rows.push([`${this.pick(["现登记的担保物", "On record"])} ${id}.${at}`,
        [...this.inner(Object.fromEntries(parts)), isWhole ? this.pick([", 整体", ", the whole of it"]) : ""]]);
    }
    if (type === "release_pledge" && body.lines === undefined) {
      rows.push([this.pick(["解除范围", "What is released"]),
        this.pick(["以上全部担保物; 解除后不能恢复", "all of the above; it cannot be undone"])]);
    }
    return rows;
  }

  /// A smaller object as one sentence of members; what is a list of objects comes last.
  inner(object) {
    const isLong = (value) => Array.isArray(value) && value.some((one) => isObject(one));
    const entries = Object.entries(object);
    const last = entries.filter(([, value]) => isLong(value));
    const first = Object.fromEntries(entries.filter(([, value]) => !isLong(value)));
    const rows = [...this.rows(first), ...last.map(([name, value]) => [this.label(name), this.value(name, value)])];
    return rows.map(([label, value], at) => [at > 0 ? "; " : "", `${label}: `, value]).flat(2);
  }
}

/// A sum of money, or a price, with its fen; what is no number stays as it is.
export function moneyText(text) {
  return /^\d+(?:\.\d+)?$/.test(text) ? numberText(text, 2) : text;
}

/// A half-open span, inclusively.
export function spanText(language, from, to) {
  return language === 0 ? `${from} 至 ${dayBefore(to)} (含)` : `${from} through ${dayBefore(to)}`;
}

/// How much a command is about and for which days, in few words: of its first line, where it has several.
export function extentText({ body }, language, names) {
  const [first = body, ...more] = body.lines ?? [];
  const { quantity, years } = first;
  const unit = first.unit ?? names.records.get(first.right ?? body.right)?.unit;
  const { from, to } = first.span ?? first;
  return [
    typeof quantity === "string" ? names.amount(quantity, unit) : "",
    DAY.test(from ?? "") && DAY.test(to ?? "") ? spanText(language, from, to) : "",
    Array.isArray(years) ? years.join(" – ") : "",
    more.length > 0 ? `+ ${more.length}` : "",
  ].filter(Boolean).join(", ");
}

function dayBefore(day) {
  return dayText(dayNumber(day) - 1);
}

/// What the payload asks, as rows of a label and its value; `names` says what ids and codes are called.
export function described(payload, language, names) {
  const describer = new Describer(language, names, payload.type);
  const rows = describer.rows(payload.body);
  rows.push(...describer.standing(payload));
  for (const { org, class: way, document } of payload.attested ?? []) {
    rows.push([describer.pick(["由发令方声明的同意 (本人未签署)", "Consent attested by the giver (not signed by the party)"]),
      [names.party(org), `: ${describer.pick(VALUES[way])}, `, element("span", { class: "id" }, document)].flat()]);
  }
  for (const [record, version] of Object.entries(payload.expect ?? {})) {
    rows.push([describer.pick(["前提", "Only if"]),
      [describer.text("", record), describer.pick([` 仍是第 ${version} 版`, ` is still at version ${version}`])].flat()]);
  }
  return rows;
}
