//! Pictures with at most 256 colors, written small: what a page looks like needs no more, and the READMEs carry them.

import { deflateSync } from "node:zlib";

const COLORS_MAX = 256;

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest >>> 0;
});

function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(checksum(body));
  return Buffer.concat([length, body, sum]);
}

/// The most frequent colors; every other one is drawn in the nearest of them.
function palette(colors) {
  const counts = new Map();
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
  const kept = [...counts].sort((left, right) => right[1] - left[1] || left[0] - right[0]).slice(0, COLORS_MAX).map(([color]) => color);
  const numbers = new Map(kept.map((color, number) => [color, number]));
  for (const color of counts.keys()) if (!numbers.has(color)) numbers.set(color, nearest(color, kept));
  return { kept, numbers };
}

function nearest(color, kept) {
  const far = (other) => [16, 8, 0].reduce((sum, shift) => sum + (((color >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
  return kept.reduce((best, other, number) => (far(other) < far(kept[best]) ? number : best), 0);
}

/// A PNG file of red, green, blue and alpha bytes; alpha is left out.
export function smallPng(width, height, rgba) {
  const colors = Array.from({ length: width * height }, (_, at) => (rgba[4 * at] << 16) | (rgba[4 * at + 1] << 8) | rgba[4 * at + 2]);
  const { kept, numbers } = palette(colors);
  const rows = Buffer.alloc((width + 1) * height);
  colors.forEach((color, at) => { rows[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = numbers.get(color); });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(kept.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", head), chunk("PLTE", table),
    chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0)),
  ]);
}
