/**
 * Rewrites a module so that it runs only as long as its fuel lasts: each function and each turn of a loop first takes its
 * cost from a global, and traps when nothing is left. A thread that must not be blocked can then run it.
 *
 * Nothing else changes: no index, no type, no order. Whatever is not known is refused, never copied on trust: an
 * instruction that is misread could loop for free. Source: WebAssembly core specification 2.0, section 5.5.
 */
import { ByteReader, MeteringError } from './byte-reader.ts';
import { planCharges, type Charge } from './plan-charges.ts';

/** The exported global that holds the fuel: a mutable i32. Below zero it has run out. */
export const FUEL_EXPORT = 'holdfast_fuel';
/** A unit of fuel pays for 32 bytes that `memory.copy` or `memory.fill` moves: touched for the first time, they take as long as a turn. */
const BULK_BYTES_SHIFT = 5;

const HEADER = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const SECTION = {
  custom: 0,
  import: 2,
  memory: 5,
  global: 6,
  export: 7,
  code: 10,
  data: 11,
} as const;
/** `DataCount` stands before the code, though its number is the highest. */
const ORDER: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];
const EXTERNAL = { function: 0, table: 1, memory: 2, global: 3 } as const;
const TYPE_I32 = 0x7f;
const OP = {
  unreachable: 0x00,
  if: 0x04,
  end: 0x0b,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i32LessSigned: 0x48,
  i32Subtract: 0x6b,
  i32ShiftRightUnsigned: 0x76,
  emptyType: 0x40,
} as const;

/**
 * The module with its fuel, which starts at the greatest number: what instantiates it sets what it may use. Yields after
 * each function, so that a busy thread can rewrite a large module in parts. Throws a `MeteringError` with what it refuses.
 */
export function* meterModule(module: Uint8Array): Generator<undefined, Uint8Array<ArrayBuffer>> {
  const sections = readSections(module);
  const globals = countGlobals(sections);
  if (sections.has(SECTION.memory)) {
    throw new MeteringError('its memory is its own, and so has no limit');
  }
  const fuel: FuelGlobals = { fuel: globals, scratch: globals + 1 };
  const zero = [OP.i32Const, 0, OP.end];
  const newGlobals = [
    [TYPE_I32, 1, OP.i32Const, ...formatSigned(INT32_MAX), OP.end],
    [TYPE_I32, 1, ...zero],
  ];
  const name = new TextEncoder().encode(FUEL_EXPORT);
  const newExport = [name.byteLength, ...name, EXTERNAL.global, ...formatUnsigned(fuel.fuel)];
  const parts: Uint8Array[] = [HEADER];
  for (const id of ORDER) {
    const section = sections.get(id);
    if (id === SECTION.global) addSection(parts, id, appendItems(section, newGlobals));
    else if (id === SECTION.export) addSection(parts, id, appendItems(section, [newExport]));
    else if (section === undefined) continue;
    else if (id === SECTION.code) addSection(parts, id, yield* meterCode(section, fuel));
    else addSection(parts, id, [section.slice(section.offset)]);
  }
  return joinBytes(parts);
}

/** The fuel until somebody sets it: a start function and the data of a bundle run before. */
const INT32_MAX = 0x7f_ff_ff_ff;

/** The indices of the two added globals. */
interface FuelGlobals {
  readonly fuel: number;
  /** Holds the length of a bulk instruction while it is paid for. */
  readonly scratch: number;
}

/** By their id; custom ones are dropped, since they have no effect. */
function readSections(module: Uint8Array): ReadonlyMap<number, ByteReader> {
  if (HEADER.some((byte, offset) => module[offset] !== byte)) {
    throw new MeteringError('it does not begin as a module of version 1');
  }
  const reader = new ByteReader(module, HEADER.byteLength);
  const sections = new Map<number, ByteReader>();
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const section = reader.part();
    if (id === SECTION.custom) continue;
    if (!ORDER.includes(id)) throw new MeteringError(`its section ${id} is not known`);
    if (sections.has(id)) throw new MeteringError(`its section ${id} occurs twice`);
    sections.set(id, section);
  }
  return sections;
}

function countGlobals(sections: ReadonlyMap<number, ByteReader>): number {
  const own = sections.get(SECTION.global)?.copy().unsigned() ?? 0;
  const imports = sections.get(SECTION.import)?.copy();
  if (imports === undefined) return own;
  let imported = 0;
  for (let count = imports.unsigned(); count > 0; count -= 1) {
    imports.part();
    imports.part();
    if (skipImport(imports) === EXTERNAL.global) imported += 1;
  }
  return imported + own;
}

function skipImport(reader: ByteReader): number {
  const kind = reader.byte();
  switch (kind) {
    case EXTERNAL.function:
      reader.unsigned();
      return kind;
    case EXTERNAL.table:
      reader.byte();
      skipLimits(reader);
      return kind;
    case EXTERNAL.memory:
      skipLimits(reader);
      return kind;
    case EXTERNAL.global:
      reader.skip(2);
      return kind;
    default:
      throw new MeteringError(
        `an import of kind ${kind} before byte ${reader.offset} is not known`,
      );
  }
}

function skipLimits(reader: ByteReader): void {
  const form = reader.byte();
  // With or without a maximum; others are shared, or have addresses of 64 bits.
  if (form > 1) {
    throw new MeteringError(`limits of form ${form} before byte ${reader.offset} are not known`);
  }
  reader.unsigned();
  if (form === 1) reader.unsigned();
}

/** The bytes of the section, with items behind those that it has. */
function appendItems(
  section: ByteReader | undefined,
  items: readonly (readonly number[])[],
): Uint8Array[] {
  const rest = section?.copy();
  const count = (rest?.unsigned() ?? 0) + items.length;
  const kept = rest?.slice(rest.offset) ?? new Uint8Array();
  return [
    Uint8Array.from(formatUnsigned(count)),
    kept,
    ...items.map((item) => Uint8Array.from(item)),
  ];
}

function* meterCode(section: ByteReader, globals: FuelGlobals): Generator<undefined, Uint8Array[]> {
  const reader = section.copy();
  const count = reader.unsigned();
  const parts = [Uint8Array.from(formatUnsigned(count))];
  for (let index = 0; index < count; index += 1) {
    addFunction(parts, reader.part(), globals);
    yield;
  }
  if (!reader.isAtEnd) {
    throw new MeteringError(
      `there is something behind the last function, at byte ${reader.offset}`,
    );
  }
  return parts;
}

function addFunction(parts: Uint8Array[], body: ByteReader, globals: FuelGlobals): void {
  let copied = body.offset;
  const pieces: Uint8Array[] = [];
  for (const charge of planCharges(body, { globals: globals.fuel })) {
    pieces.push(body.slice(copied, charge.offset), Uint8Array.from(formatCharge(charge, globals)));
    copied = charge.offset;
  }
  pieces.push(body.slice(copied));
  parts.push(Uint8Array.from(formatUnsigned(countBytes(pieces))), ...pieces);
}

/** The instructions of a charge: they leave the stack as they find it. */
function formatCharge({ units, isBulk }: Charge, globals: FuelGlobals): readonly number[] {
  const fixed = formatPayment(globals, [OP.i32Const, ...formatSigned(units)]);
  if (!isBulk) return fixed;
  const scratch = formatUnsigned(globals.scratch);
  const length = [OP.globalGet, ...scratch];
  const moved = [...length, OP.i32Const, BULK_BYTES_SHIFT, OP.i32ShiftRightUnsigned];
  return [OP.globalSet, ...scratch, ...length, ...fixed, ...formatPayment(globals, moved)];
}

function formatPayment({ fuel }: FuelGlobals, amount: readonly number[]): readonly number[] {
  const get = [OP.globalGet, ...formatUnsigned(fuel)];
  const set = [OP.globalSet, ...formatUnsigned(fuel)];
  const isNegative = [OP.i32Const, 0, OP.i32LessSigned];
  const trap = [OP.if, OP.emptyType, OP.unreachable, OP.end];
  return [...get, ...amount, OP.i32Subtract, ...set, ...get, ...isNegative, ...trap];
}

function addSection(parts: Uint8Array[], id: number, content: readonly Uint8Array[]): void {
  parts.push(Uint8Array.from([id, ...formatUnsigned(countBytes(content))]));
  // Spread as arguments, thousands of functions would fill the stack.
  for (const part of content) parts.push(part);
}

function countBytes(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(countBytes(parts));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.byteLength;
  }
  return joined;
}

/** LEB128 of an unsigned integer (section 5.2.2). */
function formatUnsigned(value: number): readonly number[] {
  const low = value % 0x80;
  return value < 0x80 ? [low] : [low + 0x80, ...formatUnsigned(Math.floor(value / 0x80))];
}

/** LEB128 of an integer that is not negative, as a signed one: the sign is the highest bit of the last byte. */
function formatSigned(value: number): readonly number[] {
  const low = value % 0x80;
  return value < 0x40 ? [low] : [low + 0x80, ...formatSigned(Math.floor(value / 0x80))];
}
