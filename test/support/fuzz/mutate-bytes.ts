/** Inputs that are nearly right: a seed, changed in a few places by a random number generator that repeats. */
import { isRecord } from '../../../src/base/is-record.ts';

/** From 0 up to, and without, a bound. */
export type Draw = (bound: number) => number;

/** Longer inputs say nothing more, and take long. */
export const INPUT_BYTES_MAX = 40_000;
const CHANGES_MAX = 4;
const LONG_BYTES_MAX = 20_000;
/** Deeper than every limit, and not so deep that it depends on the stack what a library says. */
const DEPTH_MAX = 200;

/** What parsers stumble over, whatever they read. */
const TOKENS: readonly string[] = [
  '\0',
  '\n',
  '\r\n',
  ' ',
  '\t',
  '\ufeff',
  '\u2028',
  '\ud83d\ude00',
  '\u202e',
  '\u001b[2J',

  '"',
  "'",
  '\\',
  '\\u0000',
  '\\ud800',
  '\\udc00\\ud800',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '=',
  ';',

  '9007199254740993',
  '-0',
  '1e999',
  '1E-400',
  '0x1f',
  '01',
  '-',
  '+',
  '.',
  '..',
  '/',
  '//',
  '%00',

  '__proto__',
  'constructor',
  'toString',
  'null',
  'true',
  '&a',
  '*a',
  '<<',
  '!!js/function',
  '|',
  '>',
  '-----BEGIN',
  '-----END',
  '=AAAA',
  '@',
  '#',
  '?',
  '~',
  '<',
  '$(id)',
  '\u00ff',
];

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  2 ** 53,
  1e300,
  '',
  ' ',
  '\0',
  '\ud800',
  'a'.repeat(300),
  [],
  {},
  [[]],
  [null],
  { a: {} },
  JSON.parse('{"__proto__": {"a": 1}}'),
];

/** One input; the same draws lead to the same one. */
export function mutateBytes(seeds: readonly Buffer[], draw: Draw): Buffer {
  let bytes = pick(seeds, draw);
  const changes = 1 + draw(CHANGES_MAX);
  for (let change = 0; change < changes; change++) bytes = mutateOnce(bytes, seeds, draw);
  return bytes.subarray(0, INPUT_BYTES_MAX);
}

/** The same of a document: most of its changes keep the JSON sound. */
export function mutateJson(seeds: readonly Buffer[], draw: Draw): Buffer {
  if (draw(4) === 0) return mutateBytes(seeds, draw);
  const value: unknown = JSON.parse(pick(seeds, draw).toString());
  const root = { value };
  const changes = 1 + draw(CHANGES_MAX);
  for (let change = 0; change < changes; change++) mutateValue(root, draw);
  const text = JSON.stringify(root.value) ?? 'null';
  return Buffer.from(draw(8) === 0 ? repeatKey(text, draw) : text).subarray(0, INPUT_BYTES_MAX);
}

function mutateOnce(bytes: Buffer, seeds: readonly Buffer[], draw: Draw): Buffer {
  const at = draw(bytes.length + 1);
  const end = at + draw(Math.min(40, bytes.length - at) + 1);
  const [before, part, after] = [
    bytes.subarray(0, at),
    bytes.subarray(at, end),
    bytes.subarray(end),
  ];
  switch (draw(9)) {
    case 0:
      return before;
    case 1:
      return flipBits(bytes, draw);
    case 2:
      return Buffer.concat([before, after]);
    case 3:
      return Buffer.concat([before, part, part, after]);
    case 4: {
      const other = pick(seeds, draw);
      const from = draw(other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + draw(200)), after]);
    }
    case 5:
      return Buffer.concat([before, repeated(part, draw), after]);
    case 6:
      return Buffer.concat([before, nested(draw), after]);
    case 7:
      return Buffer.concat([before, Buffer.from(Uint8Array.from([draw(256), draw(256)])), after]);
    default:
      return Buffer.concat([before, Buffer.from(pick(TOKENS, draw)), after]);
  }
}

function flipBits(bytes: Buffer, draw: Draw): Buffer {
  const flipped = Buffer.from(bytes);
  for (let flips = draw(3) + 1; flips > 0 && flipped.length > 0; flips--) {
    const at = draw(flipped.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << draw(8));
  }
  return flipped;
}

/** A token that is much longer than any that somebody means. */
function repeated(part: Buffer, draw: Draw): Buffer {
  const unit = part.length === 0 ? Buffer.from('a') : part;
  const levels = unit.toString('latin1').match(OPENINGS)?.length ?? 0;
  const timesMax = levels === 0 ? LONG_BYTES_MAX : Math.max(1, Math.floor(DEPTH_MAX / levels));
  return Buffer.alloc(draw(Math.min(unit.length * timesMax, LONG_BYTES_MAX)), unit);
}

/** What begins a level of JSON or YAML. */
const OPENINGS = /[[({:?-]/gu;

function nested(draw: Draw): Buffer {
  return Buffer.from(pick(['[', '{"a":', '(', '- ', '  - a:\n'], draw).repeat(draw(DEPTH_MAX)));
}

function mutateValue(root: { value: unknown }, draw: Draw): void {
  const places: (readonly [owner: object, key: string])[] = [];
  collectPlaces(root, places);
  const [owner, key] = pick(places, draw);
  switch (draw(5)) {
    case 0:
      if (Array.isArray(owner)) owner.splice(Number(key), 1);
      else if (owner !== root) Reflect.deleteProperty(owner, key);
      break;
    case 1:
      define(owner, pick(TOKENS, draw), Reflect.get(owner, key));
      break;
    case 2: {
      const [from, other] = pick(places, draw);
      define(owner, key, structuredClone(Reflect.get(from, other)));
      break;
    }
    case 3: {
      const text: unknown = Reflect.get(owner, key);
      const bytes = Buffer.from(typeof text === 'string' ? text : 'text');
      define(owner, key, mutateOnce(bytes, [bytes], draw).toString());
      break;
    }
    default:
      define(owner, key, structuredClone(pick(VALUES, draw)));
  }
}

function collectPlaces(owner: object, places: (readonly [owner: object, key: string])[]): void {
  for (const key of Object.keys(owner)) {
    places.push([owner, key]);
    const value: unknown = Reflect.get(owner, key);
    if (isRecord(value) || Array.isArray(value)) collectPlaces(value, places);
  }
}

/** An own member, whatever its key means to JavaScript; an array keeps its form. */
function define(owner: object, key: string, value: unknown): void {
  if (Array.isArray(owner) && !/^\d+$/u.test(key)) owner.push(value);
  else Object.defineProperty(owner, key, { value, ...ORDINARY });
}

const ORDINARY = { enumerable: true, configurable: true, writable: true } as const;

/** Some member stands twice, the second time with another value. */
function repeatKey(text: string, draw: Draw): string {
  const members = [...text.matchAll(/"[^"\\]*":/gu)];
  if (members.length === 0) return text;
  const { 0: member, index } = pick(members, draw);
  return `${text.slice(0, index)}${member}${draw(2) === 0 ? '1' : 'null'},${text.slice(index)}`;
}

function pick<Item>(items: readonly Item[], draw: Draw): Item {
  const item = items[draw(items.length)];
  if (item === undefined && items.length === 0) throw new Error('Nothing to choose from');
  return item as Item;
}
