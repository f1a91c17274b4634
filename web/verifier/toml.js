//! TOML 1.0 as far as policies need it: tables, arrays of tables, dotted keys, strings, integers, booleans, arrays, inline
//! tables. Fractions and dates are read and kept as such, so that a form refuses them where it stands.

import { fail, must } from "./fault.js";

const BARE = /[A-Za-z0-9_-]/;

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  get next() {
    return this.text[this.at] ?? "";
  }

  fault(message) {
    const line = this.text.slice(0, this.at).split("\n").length;
    fail("policy text", `line ${line}: ${message}`);
  }

  starts(word) {
    return this.text.startsWith(word, this.at);
  }

  take(word) {
    if (!this.starts(word)) this.fault(`${JSON.stringify(word)} is wanted`);
    this.at += word.length;
  }

  spaces() {
    while (this.next === " " || this.next === "\t") this.at += 1;
  }

  comment() {
    if (this.next !== "#") return;
    while (this.next !== "" && this.next !== "\n" && !this.starts("\r\n")) {
      if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(this.next)) this.fault("a control character in a comment");
      this.at += 1;
    }
  }

  /// Skips spaces and a comment to the end of the line, which must come.
  lineEnd() {
    this.spaces();
    this.comment();
    if (this.next === "") return;
    if (this.starts("\r\n")) this.at += 2;
    else this.take("\n");
  }

  /// Skips everything that says nothing, over lines.
  blank() {
    for (;;) {
      this.spaces();
      this.comment();
      if (this.starts("\r\n")) this.at += 2;
      else if (this.next === "\n") this.at += 1;
      else return;
    }
  }

  keys() {
    const keys = [];
    for (;;) {
      this.spaces();
      keys.push(this.key());
      this.spaces();
      if (this.next !== ".") return keys;
      this.at += 1;
    }
  }

  key() {
    if (this.next === '"') return this.basic();
    if (this.next === "'") return this.literal();
    const begin = this.at;
    while (this.next !== "" && BARE.test(this.next)) this.at += 1;
    if (begin === this.at) this.fault("a key is wanted");
    return this.text.slice(begin, this.at);
  }

  value() {
    const { next } = this;
    if (this.starts('"""')) return this.basicLines();
    if (this.starts("'''")) return this.literalLines();
    if (next === '"') return this.basic();
    if (next === "'") return this.literal();
    if (next === "[") return this.array();
    if (next === "{") return this.inline();
    return this.plain();
  }

  basic() {
    this.take('"');
    let text = "";
    while (this.next !== '"') text += this.character(false);
    this.at += 1;
    return text;
  }

  /// One character of a basic text, escapes read.
  character(lines) {
    const point = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0);
    if (this.next === "" || (!lines && point === "\n")) this.fault("a text does not end");
    if (point !== "\\") {
      if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(point)) this.fault("a control character in a text");
      if (point === "\r" && !(lines && this.starts("\r\n"))) this.fault("a control character in a text");
      this.at += point.length;
      return point;
    }
    const escape = this.text[this.at + 1] ?? "";
    const simple = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", '"': '"', "\\": "\\" };
    if (Object.hasOwn(simple, escape)) {
      this.at += 2;
      return simple[escape];
    }
    const length = { u: 4, U: 8 }[escape];
    const digits = this.text.slice(this.at + 2, this.at + 2 + (length ?? 0));
    const code = parseInt(digits, 16);
    const valid = length && digits.length === length && /^[0-9A-Fa-f]+$/.test(digits);
    if (!valid || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) this.fault("an escape is malformed");
    this.at += 2 + length;
    return String.fromCodePoint(code);
  }

  literal() {
    this.take("'");
    const end = this.text.indexOf("'", this.at);
    const text = this.text.slice(this.at, end);
    if (end < 0 || /[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) this.fault("a text does not end");
    this.at = end + 1;
    return text;
  }

  basicLines() {
    this.take('"""');
    this.firstLineFeed();
    let text = "";
    while (!this.starts('"""')) {
      const folded = /^\\[ \t]*\r?\n[ \t\r\n]*/.exec(this.text.slice(this.at));
      if (folded) this.at += folded[0].length;
      else text += this.character(true);
    }
    return text + this.closing('"');
  }

  literalLines() {
    this.take("'''");
    this.firstLineFeed();
    const end = this.text.indexOf("'''", this.at);
    const text = this.text.slice(this.at, end);
    if (end < 0 || /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) this.fault("a text does not end");
    this.at = end;
    return text + this.closing("'");
  }

  firstLineFeed() {
    if (this.starts("\r\n")) this.at += 2;
    else if (this.next === "\n") this.at += 1;
  }

  /// The quotes that end a text of several lines; up to two more belong to it.
  closing(quote) {
    let count = 0;
    while (this.next === quote && count < 5) {
      this.at += 1;
      count += 1;
    }
    return quote.repeat(count - 3);
  }

  array() {
    this.take("[");
    const items = [];
    for (;;) {
      this.blank();
      if (this.next === "]") break;
      items.push(this.value());
      this.blank();
      if (this.next !== ",") break;
      this.at += 1;
    }
    this.take("]");
    return items;
  }

  inline() {
    this.take("{");
    const table = new Table();
    this.spaces();
    if (this.next !== "}") {
      for (;;) {
        this.pair(table);
        this.spaces();
        if (this.next !== ",") break;
        this.at += 1;
      }
    }
    this.take("}");
    table.seal();
    return table;
  }

  pair(table) {
    const keys = this.keys();
    this.take("=");
    this.spaces();
    const value = this.value();
    const owner = keys.slice(0, -1).reduce((inner, key) => inner.dotted(key, this), table);
    owner.put(keys.at(-1), value, this);
  }

  plain() {
    const word = /^[^\s,\]}#]*/.exec(this.text.slice(this.at))[0];
    this.at += word.length;
    if (word === "true" || word === "false") return word === "true";
    if (/^[+-]?(?:0|[1-9](?:_?[0-9])*)$/.test(word)) return Number(word.replaceAll("_", ""));
    const based = /^0(?:x([0-9A-Fa-f](?:_?[0-9A-Fa-f])*)|o([0-7](?:_?[0-7])*)|b([01](?:_?[01])*))$/.test(word);
    if (based) return Number(word.replaceAll("_", ""));
    return this.fault(`${JSON.stringify(word)} is no value that a policy has`);
  }
}

/// A table while it is read: how it came to be says what may still be added to it.
class Table {
  constructor() {
    this.members = new Map();
    this.state = "open";
  }

  dotted(key, reader) {
    const found = this.members.get(key);
    if (found === undefined) {
      const made = new Table();
      made.state = "dotted";
      this.members.set(key, made);
      return made;
    }
    if (!(found instanceof Table) || found.state !== "dotted") reader.fault(`${key} is there already`);
    return found;
  }

  put(key, value, reader) {
    if (this.members.has(key)) reader.fault(`${key} is there already`);
    this.members.set(key, value);
  }

  /// The table that a header leads through.
  through(key, reader) {
    const found = this.members.get(key);
    if (found === undefined) {
      const made = new Table();
      this.members.set(key, made);
      return made;
    }
    const table = found instanceof Tables ? found.items.at(-1) : found;
    if (!(table instanceof Table) || table.state === "sealed") reader.fault(`${key} is no table`);
    return table;
  }

  seal() {
    this.state = "sealed";
    for (const value of this.members.values()) if (value instanceof Table) value.seal();
  }
}

/// An array of tables, one header each.
class Tables {
  constructor() {
    this.items = [];
  }
}

function header(root, reader) {
  const many = reader.starts("[[");
  reader.take(many ? "[[" : "[");
  const keys = reader.keys();
  reader.take(many ? "]]" : "]");
  reader.lineEnd();
  const last = keys.pop();
  const owner = keys.reduce((table, key) => table.through(key, reader), root);
  const found = owner.members.get(last);
  if (many) {
    if (found !== undefined && !(found instanceof Tables)) reader.fault(`${last} is there already`);
    const tables = found ?? new Tables();
    owner.members.set(last, tables);
    tables.items.push(new Table());
    tables.items.at(-1).state = "defined";
    return tables.items.at(-1);
  }
  if (found !== undefined && !(found instanceof Table && found.state === "open")) reader.fault(`${last} is there already`);
  const table = found ?? new Table();
  table.state = "defined";
  owner.members.set(last, table);
  return table;
}

function plainOf(value) {
  if (value instanceof Table) {
    const object = {};
    for (const [key, member] of value.members) {
      Object.defineProperty(object, key, { value: plainOf(member), enumerable: true });
    }
    return object;
  }
  if (value instanceof Tables) return value.items.map(plainOf);
  return Array.isArray(value) ? value.map(plainOf) : value;
}

export function readToml(text) {
  must(typeof text === "string", "policy text", "this is not a text");
  const reader = new Reader(text);
  const root = new Table();
  let table = root;
  for (;;) {
    reader.blank();
    if (reader.next === "") return plainOf(root);
    if (reader.next === "[") {
      table = header(root, reader);
    } else {
      reader.pair(table);
      reader.lineEnd();
    }
  }
}
