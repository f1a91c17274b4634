//! What a file shows of the lines of pledges before an entry (FORMATS 6.10), and what an entry makes of them (6.7).

import { write } from "./canonical.js";
import { Fault } from "./fault.js";
import { counts, isOpen, without } from "./fold.js";
import { shareDay, standsBehind } from "./stacks.js";
import { civilDay, dayBegins, dayText, micro, micros, written } from "./values.js";

const LINES_MAX = 64;

/// A line that did not stand before the entry.
export const GONE = Symbol("gone");

export function same(left, right) {
  return left !== undefined && right !== undefined && write(left) === write(right);
}

/// The line that stands on a right as this burden.
export function lineOf(right, burden) {
  // A reserved line ends with its reservation and does not say so itself.
  return { right, ...without(burden, "id", "overhang", ...(burden.id.startsWith("P") ? [] : ["expires"])) };
}

/// A line before an entry: from the pledge, or from a right that is shown with its history. GONE where it did not stand, undefined
/// where the file shows neither.
export function lineBefore(act, pledge, number) {
  if (act.hasHistory("pledge", pledge)) {
    const line = act.before("pledge", pledge)?.lines[number];
    return line === undefined || !isOpen(line, act.time) ? GONE : line;
  }
  for (const shown of act.run.records.values()) {
    if (shown.space !== "right" || shown.history === undefined) continue;
    const burden = act.before("right", shown.name)?.burdens.find((item) => item.id === `${pledge}.${number}`);
    if (burden !== undefined) return counts(burden, act.time) ? lineOf(shown.name, burden) : undefined;
  }
  return undefined;
}

/// A line with another quantity, in millionths.
export function withQuantity(line, quantity) {
  return { ...line, quantity: written(quantity) };
}

export function quantityOf(line) {
  return line.quantity === undefined ? undefined : micro(line.quantity);
}

/// What stays of a line of which a part is given back, or all; undefined where there is no such part.
function rest(line, part) {
  if (part === undefined) return { ...line, released: true };
  const had = quantityOf(line);
  if (had === undefined || part <= 0n || part > had) return undefined;
  return part === had ? { ...line, released: true } : withQuantity(line, had - part);
}

/// A line with a later end; undefined where it has none, or it is not later.
export function longer(line, to) {
  return line.from === undefined || line.quantity === undefined || line.to >= to ? undefined : { ...line, to };
}

/// A line at the position of an entry, behind what its body says.
export function placed(line, behind) {
  return { ...without(line, "behind"), ...(behind !== undefined && { behind }) };
}

/// Says whether somebody has come between a line and its added days.
function isOvertaken(right, id, line, to, time) {
  const today = dayText(civilDay(time));
  const coming = (days) => (days.from < today ? { ...days, from: today } : days);
  const added = coming({ from: line.to, to });
  const own = { id, behind: line.behind };
  let isLater = false;
  for (const burden of right.burdens) {
    if (burden.id === id) {
      isLater = true;
      continue;
    }
    if (burden.from === undefined) continue;
    const days = coming(burden);
    const meets = days.from < days.to && added.from < added.to && shareDay(days, added);
    if (meets && (isLater || standsBehind(burden, own))) return true;
  }
  return false;
}

/// A line as an extension leaves its end: where it lapses, with the new term.
export function extendedEnd(line, term) {
  return term === undefined || line?.expires === undefined ? line : { ...line, expires: dayBegins(term.to) };
}

/// The lines of one pledge that an entry changes, by number, beside what is known of them.
export class Lines {
  constructor(act, put) {
    this.act = act;
    this.pledge = act.body.pledge;
    this.put = put;
  }

  must(holds, message) {
    this.act.must(holds, message);
  }

  was(number) {
    return lineBefore(this.act, this.pledge, number);
  }

  /// A line that stood; undefined where that is not known.
  stood(number) {
    const line = this.was(number);
    this.must(line !== GONE, `line ${number} does not stand`);
    return line;
  }

  /// On a right whose history is shown every line is known.
  isUnknown(line) {
    return !this.act.hasHistory("right", line.right);
  }

  /// Checks a line that the entry puts: exactly where it is known, within bounds where it is not.
  becomes(number, made, isWithin) {
    const [now, line] = [this.put.get(number), this.stood(number)];
    this.must(now !== undefined, `line ${number} does not change`);
    const fits = line === undefined ? this.isUnknown(now) && isWithin(now) : same(made(line), now);
    this.must(fits, `line ${number} does not become what was asked`);
  }

  /// Whether somebody has come between; undefined where the history of the right is not shown.
  comesBetween(number, line, to) {
    if (this.isUnknown(line)) return undefined;
    return isOvertaken(this.act.rightBefore(line.right), `${this.pledge}.${number}`, line, to, this.act.time);
  }

  /// All of a line is given back, or a part.
  givesBack(number, text) {
    const part = text === undefined ? undefined : micro(text);
    this.becomes(number, (line) => rest(line, part), (now) => part !== undefined || now.released === true);
  }

  /// The lines of which it is known that they lapse, by number.
  lapsing() {
    const known = Array.from({ length: LINES_MAX }, (_, number) => [number, this.was(number)]);
    return known.filter(([, line]) => line !== undefined && line !== GONE && line.expires !== undefined);
  }

  /// Whether a new term moves the end of a line that the file shows: such an event is an act.
  moves(term) {
    return term !== undefined && this.lapsing().length > 0;
  }

  /// The same, where such a line may be one that the file does not show.
  mayMove(term) {
    const puts = [...this.put.values()].some((line) => line.expires !== undefined);
    return term !== undefined && (!this.act.hasHistory("pledge", this.pledge) || puts || this.moves(term));
  }

  /// Whether a line that the body does not name gets the new end, and nothing else.
  isMoved(number, term) {
    const [line, was] = [this.put.get(number), this.was(number)];
    const hasEnd = term !== undefined && line.expires === dayBegins(term.to);
    if (!hasEnd || micros(line.expires) <= micros(this.act.time)) return false;
    if (was === undefined) return this.isUnknown(line) && line.released === undefined;
    return was !== GONE && !same(was, line) && same(extendedEnd(was, term), line);
  }

  /// Every line of which it is known that it lapses gets the new end, and none has ended by then.
  movesAll(term) {
    if (term === undefined) return;
    for (const [number, line] of this.lapsing()) {
      this.must(this.put.has(number) || line.expires === dayBegins(term.to), `line ${number} keeps its end`);
    }
    for (const [number, line] of this.put) {
      this.must(line.expires === undefined || micros(line.expires) > micros(this.act.time), `line ${number} ends at once`);
    }
  }

  /// The numbers of the lines that the body does not name, ascending.
  others(named) {
    return [...this.put.keys()].filter((number) => !named.includes(number)).sort((left, right) => left - right);
  }

  /// The lines that the body does not name, in the order of their numbers; they follow those of the pledge.
  added(named) {
    return this.follow(this.others(named));
  }

  /// The lines of these numbers, which are the next of the pledge.
  follow(numbers) {
    this.must(numbers.every((number, at) => number === numbers[0] + at), "lines are added with other numbers than the next");
    if (numbers.length > 0) this.checkNumbers(numbers[0], numbers.at(-1));
    const lines = numbers.map((number) => this.put.get(number));
    this.must(lines.every((line) => line.released === undefined), "a line is added and released");
    return lines;
  }

  checkNumbers(first, last) {
    if (this.act.hasHistory("pledge", this.pledge)) {
      this.must(first === this.act.record("pledge", this.pledge).lines.length, `line ${first} is not the next`);
    } else {
      for (let number = first; number < first + LINES_MAX; number += 1) {
        this.must(this.was(number) === undefined, `line ${number} is there already`);
      }
    }
    const shown = this.act.run.records.get(`pledge|${this.pledge}`)?.record;
    this.must(shown === undefined || last < shown.lines.length, `${this.pledge} has no line ${last}`);
  }

  /// Whether lines are added: each of `wanted` takes the next that fits it, and may take none where it says so.
  adds(named, wanted) {
    return this.addsThese(this.others(named), wanted);
  }

  /// The same of an extension: lines that only get another end come before those that are added.
  movesOrAdds(named, wanted, term) {
    for (let numbers = this.others(named); ; numbers = numbers.slice(1)) {
      try {
        return this.addsThese(numbers, wanted);
      } catch (fault) {
        if (!(fault instanceof Fault) || numbers.length === 0 || !this.isMoved(numbers[0], term)) throw fault;
      }
    }
  }

  addsThese(numbers, wanted) {
    const added = this.follow(numbers);
    let taken = new Set([0]);
    for (const { fits, isSure } of wanted) {
      const then = isSure ? [] : [...taken];
      for (const count of taken) if (count < added.length && fits(added[count])) then.push(count + 1);
      taken = new Set(then);
    }
    this.must(taken.has(added.length), "the added lines are not those asked for");
    return added.length > 0;
  }
}
