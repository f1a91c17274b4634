//! A fault in one plain sentence: where, and what is wrong there, in Chinese and English.
//!
//! The faults themselves are written for who reads FORMATS; a clerk needs the line, the entry or the member, and a reason. The technical
//! message stays behind the sentence, for who is asked for help.

import { TOLD_OF_ACTS } from "./told_acts.js";
import { TOLD_OF_FILE } from "./told_file.js";

/// Values of a broken file may be as long as it likes; a sentence is not.
const VALUE_CHARS_MAX = 80;

/// What a value should have been, where the message of a form says so.
const FORMS = {
  "128 hex digits": "128 位十六进制数字", "32 hex digits": "32 位十六进制数字", "64 hex digits": "64 位十六进制数字", "6 to 12 digits": "6 至 12 位数字",
  "a cell": "网格", "a command": "指令", "a freeze": "冻结", "a name": "名称", "a party": "主体", "a pledge": "担保登记", "a pseudonym": "人员代号",
  "a quantity": "规定写法的数量", "a register": "登记系统", "a reservation": "预登记", "a right": "权益", "a short name": "短名称",
  "a type of command": "指令的种类", "an area": "面积", "the name of a burden": "负担的编号", "the word of an act": "行为的用词",
  "years such as 2026-2027": "2026-2027 这样的年份", "party": "主体", "right": "权益", "pledge": "担保登记", "identity": "标识", "policy": "规则",
};

/// The parts of a file and what they are called; the rest of a place is the name of a member.
const PLACES = [
  [/^entry ([0-9]+)(?:, |\.)?/, ([at]) => [`账页 ${at}`, `Entry ${at}`]],
  [/^records\[([0-9]+)\]\.?/, ([at], run) => {
    const shown = run?.file?.records?.[Number(at)];
    const name = shown && recordName(shown.space, shown.name);
    const order = [`第 ${Number(at) + 1} 项记录`, `Record number ${Number(at) + 1}`];
    return name ? order.map((text, language) => `${text} (${name[language]})`) : order;
  }],
  [/^entries\[([0-9]+)\]\.?/, ([at], run) => {
    const index = run?.file?.entries?.[Number(at)]?.index;
    return index === undefined ? [`所附第 ${Number(at) + 1} 页`, `Entry number ${Number(at) + 1} of the file`] : [`账页 ${index}`, `Entry ${index}`];
  }],
  [/^policy text$/, () => ["规则文本", "The text of a policy"]],
  [/^policy (.+)$/, ([kind]) => [`种类「${kind}」的规则文本`, `The policy of the kind ${kind}`]],
  [/^trust policy(?:, line ([0-9]+))?$/, ([line]) => [`信任文件${line ? `第 ${line} 行` : ""}`, `The trust policy${line ? `, line ${line}` : ""}`]],
  [/^line ([0-9]+)$/, ([line]) => [`信任文件第 ${line} 行`, `Line ${line} of the trust policy`]],
  [/^(right|pledge|party|identity|source|cell|policy)\|(.+)$/, ([space, name]) => recordName(space, name)],
  [/^([RPVFM])([0-9]+(?:\.[0-9]+)?)$/, ([letter, number]) => recordName(SPACES[letter], `${letter}${number}`)],
];

const SPACES = { R: "right", P: "pledge", V: "reservation", F: "freeze", M: "party" };

const SPACE_NAMES = {
  right: ["权益", "Right"], pledge: ["担保登记", "Pledge"], party: ["主体", "Party"], identity: ["标识", "Identity"], source: ["来源", "Source"],
  cell: ["网格", "Cell of ground"], policy: ["规则", "Policy"], reservation: ["预登记", "Reservation"], freeze: ["冻结", "Freeze"],
};

/// Members at the top of a file that have a name of their own.
const MEMBERS = {
  file: ["文件", "The file"], checkpoint: ["检查点", "The checkpoint"], "older checkpoint": ["您保留的旧检查点", "The older checkpoint that you kept"],
  state_entry: ["状态账页", "The state entry"], consistency: ["与旧检查点相接的证明", "The proof from the older checkpoint"],
  subject: ["文件的对象", "What the file is about"], question: ["所问", "The question"], answer: ["答复", "The answer"],
  statement: ["查询证明的陈述", "The statement of the certificate"], asked: ["所问的事项", "What was asked"], evidence: ["所附证据包", "The evidence file inside"],
  PDF: ["PDF 文件", "The PDF"], inclusion: ["包含证明", "The proof that the entry is in the log"], entry: ["随附的账页", "The entry given beside the file"],
  other: ["另一检查点", "The other checkpoint"], joined: ["两个检查点的相接证明", "The proof that joins the checkpoints"], record: ["所列记录", "The record"],
  entry_checkpoint: ["账页的检查点", "The checkpoint of the entry"], last: ["最后一页", "The last entry"], first: ["第一页", "The first entry"],
  second: ["第二页", "The second entry"], previous: ["前一状态账页", "The state entry before"], genesis: ["创世账页", "The first entry of the log"],
  frontier: ["所给的散列", "The hashes given"], log_vkey: ["日志密钥", "The key of the log"], program: ["程序", "The program"],
};

function recordName(space, name) {
  const [zh, en] = SPACE_NAMES[space] ?? [space, space];
  return [`${zh} ${name}`, `${en} ${name}`];
}

/// Where a fault is, in both languages, or nothing where it has no place.
function placeOf(place, run) {
  if (!place) return undefined;
  for (const [expression, name] of PLACES) {
    const found = expression.exec(place);
    if (found) return withMember(name(found.slice(1), run), place.slice(found[0].length));
  }
  const [, head, rest] = /^([^.[]*)\.?(.*)$/s.exec(place);
  if (Object.hasOwn(MEMBERS, head)) return withMember(MEMBERS[head], rest);
  return recordName("identity", place);
}

/// A place inside a part: the member, and of a list of lines which line a person would count.
function withMember(part, rest) {
  if (rest === "") return part;
  const line = /(?:^|\.)lines\[([0-9]+)\]/.exec(rest);
  const counted = line ? [` (明细第 ${Number(line[1]) + 1} 行)`, ` (line number ${Number(line[1]) + 1})`] : ["", ""];
  return [`${part[0]}的「${clipped(rest)}」${counted[0]}`, `${part[1]}, at ${clipped(rest)}${counted[1]}`];
}

function clipped(text) {
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}

/// A message as an expression that finds what changes in it.
function expressionOf(message) {
  const parts = message.split(/\{\*?\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("([\\s\\S]+?)")}$`);
}

/// The rows, those that say most first, so that a general one does not answer for a more exact one.
const ROWS = [...TOLD_OF_FILE, ...TOLD_OF_ACTS].map(([message, zh, en]) => ({
  expression: expressionOf(message), fixed: message.replace(/\{\*?\}/g, "").length, inner: message.includes("{*}"),
  texts: [zh, en ?? englishOf(message)],
})).sort((left, right) => right.fixed - left.fixed);

/// A message that is plain English already.
function englishOf(message) {
  let at = -1;
  return message.replace(/\{\}/g, () => `{${(at += 1)}}`);
}

/// What is wrong, in a language; nothing where no row knows the message.
function whatOf(message, language) {
  for (const { expression, texts, inner } of ROWS) {
    const found = expression.exec(message);
    if (!found) continue;
    const values = found.slice(1);
    const rest = inner ? innerOf(values.at(-1), language) : undefined;
    const value = (at, isAge) => (isAge ? spanText(values[at], language) : clipped(valueOf(values[at], language)));
    return texts[language].replace("{*}", () => rest).replace(/\{([0-9])(:age)?\}/g, (_, at, isAge) => value(at, isAge !== undefined));
  }
  return undefined;
}

/// Units of a time that has passed, in seconds.
const UNITS = [[86_400, "天", "days", "day"], [3_600, "小时", "hours", "hour"], [60, "分钟", "minutes", "minute"], [1, "秒", "seconds", "second"]];

/// A number of seconds as people say it: in the largest unit of which there is one, and the next; what is no number stays.
export function spanText(text, language) {
  if (!/^[0-9]{1,12}$/.test(text)) return clipped(String(text));
  const seconds = Number(text);
  const first = Math.max(0, UNITS.findIndex(([size]) => size <= seconds));
  const told = [];
  let rest = seconds;
  for (const [size, zh, many, one] of seconds === 0 ? UNITS.slice(-1) : UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count > 0 || seconds === 0) told.push(language === 0 ? `${count} ${zh}` : `${count} ${count === 1 ? one : many}`);
  }
  return told.join(" ");
}

/// A fault that another one tells of, with its place before it where it had one.
function innerOf(message, language) {
  const [, place, text] = /^(.*?): (.*)$/s.exec(message) ?? [];
  const own = whatOf(message, language);
  if (own !== undefined || text === undefined) return own ?? message;
  return toldOf({ place, text }, undefined, language)?.replace(/[。.]$/, "") ?? message;
}

function valueOf(text, language) {
  return language === 0 && Object.hasOwn(FORMS, text) ? FORMS[text] : text;
}

/// The sentence of a failed check or of another fault: `{place, text}` of the fault, what was read so far, and the language.
export function toldOf({ place, text }, run, language) {
  const what = whatOf(text ?? "", language);
  if (what === undefined) return undefined;
  const where = placeOf(place, run);
  if (language === 0) return `${where ? `${where[0]}: ` : ""}${what}。`;
  const sentence = `${where ? `${where[1]}: ` : ""}${what}.`;
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`;
}
