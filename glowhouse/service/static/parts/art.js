// Draws a product from its category and brand: a vessel, a label with the brand's initials, a colour of its own.
// Shops have photographs; this stands in for them without asking anybody's server.

import { drawing } from "./dom.js";

// Hues (of OKLCH, in degrees) that stand well beside one another and beside the pages' warm grounds.
const HUES = [12, 38, 62, 88, 128, 165, 225, 285, 340];

// The first vessel whose words occur in the category path holds the product.
const VESSELS = [
  [/perfume|fragrance|parfum|toilette|cologne/i, flacon],
  [/lipstick|lip liner|lip balm|lip gloss|lip care/i, lipstick],
  [/mascara|eyeliner|brow|lip/i, wand],
  [/foundation|concealer|powder|blush|eye shadow|bronzer|makeup > face/i, compact],
  [/nail/i, polish],
  [/mask/i, sachet],
  [/serum|oil|treatment|ampoule|essence|peel/i, dropper],
  [/cream|moisturis|balm|butter|wax|scrub/i, jar],
  [/shampoo|conditioner|wash|lotion|soap|shower/i, pump],
  [/toner|water|mist|spray|hair/i, bottle],
  [/sun|cleanser|gel|primer|tooth|deodorant/i, tube],
];

/**
 * The drawing of a product. It says nothing that the text beside it does not say, so it is hidden from screen readers.
 *
 * @param {{brand: string|null, category_path: string|null, name: string}} product
 * @returns {SVGElement}
 */
export function productArt(product) {
  const path = product.category_path ?? "";
  const vessel = VESSELS.find(([words]) => words.test(path))?.[1] ?? jar;
  const seed = hash(product.brand || product.name);
  const art = drawing(
    "svg",
    { class: "art", viewBox: "0 0 160 160", preserveAspectRatio: "xMidYMin", "aria-hidden": "true" },
    drawing("circle", { class: "art-glow", cx: 80 + (seed % 5) * 8 - 16, cy: 74 - (seed % 3) * 8, r: 58 }),
    drawing("ellipse", { class: "art-shadow", cx: 80, cy: 137, rx: 40, ry: 4.5 }),
    ...vessel(initials(product.brand || product.name)),
  );
  // Through the object model: a style attribute is what the content security policy forbids.
  art.style.setProperty("--hue", String(HUES[seed % HUES.length]));
  return art;
}

const body = (attributes) => drawing("rect", { class: "art-body", ...attributes });
const cap = (attributes) => drawing("rect", { class: "art-cap", ...attributes });
const shape = (d, kind = "art-body") => drawing("path", { class: kind, d });

function label(text, x, y, width, height) {
  return [
    drawing("rect", { class: "art-label", x: x - width / 2, y, width, height, rx: 2 }),
    drawing("text", { class: "art-initials", x, y: y + height / 2 + 4.5 }, text),
  ];
}

function jar(text) {
  return [
    cap({ x: 42, y: 68, width: 76, height: 20, rx: 5 }),
    body({ x: 38, y: 88, width: 84, height: 48, rx: 12 }),
    ...label(text, 80, 99, 46, 24),
  ];
}

function dropper(text) {
  return [
    cap({ x: 73, y: 24, width: 14, height: 22, rx: 7 }),
    cap({ x: 67, y: 44, width: 26, height: 17, rx: 3 }),
    shape("M68 61h24v5c0 5 15 7 15 18v44a8 8 0 0 1-8 8H61a8 8 0 0 1-8-8V84c0-11 15-13 15-18z"),
    ...label(text, 80, 94, 38, 26),
  ];
}

function tube(text) {
  return [
    shape("M54 30h52l-6 84H60z"),
    shape("M52 24h56v8H52z", "art-edge"),
    cap({ x: 61, y: 114, width: 38, height: 22, rx: 4 }),
    ...label(text, 80, 58, 34, 26),
  ];
}

function pump(text) {
  return [
    shape("M76 30h-20a5 5 0 0 0-5 5v4h9v-2h16z", "art-cap"),
    cap({ x: 75, y: 28, width: 10, height: 24, rx: 3 }),
    cap({ x: 66, y: 48, width: 28, height: 12, rx: 3 }),
    body({ x: 52, y: 60, width: 56, height: 76, rx: 11 }),
    ...label(text, 80, 82, 38, 28),
  ];
}

function bottle(text) {
  return [
    cap({ x: 68, y: 28, width: 24, height: 22, rx: 4 }),
    shape("M70 50h20v6c0 6 14 8 14 20v50a10 10 0 0 1-10 10H66a10 10 0 0 1-10-10V76c0-12 14-14 14-20z"),
    ...label(text, 80, 88, 36, 28),
  ];
}

function flacon(text) {
  return [
    cap({ x: 69, y: 32, width: 22, height: 24, rx: 3 }),
    body({ x: 74, y: 56, width: 12, height: 8 }),
    body({ x: 44, y: 64, width: 72, height: 72, rx: 9 }),
    drawing("rect", { class: "art-edge", x: 52, y: 92, width: 56, height: 36, rx: 4 }),
    ...label(text, 80, 82, 36, 24),
  ];
}

function lipstick(text) {
  return [
    shape("M70 62V42c0-6 20-14 20-6v26z", "art-edge"),
    cap({ x: 66, y: 60, width: 28, height: 22, rx: 2 }),
    body({ x: 60, y: 82, width: 40, height: 54, rx: 4 }),
    ...label(text, 80, 98, 30, 22),
  ];
}

function wand(text) {
  return [
    cap({ x: 68, y: 26, width: 24, height: 50, rx: 9 }),
    body({ x: 66, y: 76, width: 28, height: 60, rx: 7 }),
    ...label(text, 80, 94, 24, 22),
  ];
}

function compact(text) {
  return [
    shape("M38 92a42 42 0 0 1 84 0z", "art-cap"),
    drawing("circle", { class: "art-edge", cx: 80, cy: 90, r: 28 }),
    shape("M36 94h88v22a20 20 0 0 1-20 20H56a20 20 0 0 1-20-20z"),
    ...label(text, 80, 103, 40, 22),
  ];
}

function polish(text) {
  return [
    cap({ x: 70, y: 30, width: 20, height: 46, rx: 6 }),
    body({ x: 52, y: 76, width: 56, height: 60, rx: 16 }),
    ...label(text, 80, 94, 34, 24),
  ];
}

function sachet(text) {
  return [
    body({ x: 46, y: 34, width: 68, height: 102, rx: 5 }),
    shape("M46 46h68M46 124h68", "art-seam"),
    ...label(text, 80, 70, 42, 30),
  ];
}

function initials(name) {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => [...word][0].toUpperCase())
    .join("");
}

// FNV-1a: the same brand has the same colour on every page and machine.
function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 0x01000193);
  return value >>> 0;
}
