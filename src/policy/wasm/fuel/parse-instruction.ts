/**
 * One instruction: what follows its opcode, and what it costs. Only what OPA's compiler emits and its close relatives are
 * known: WebAssembly 1.0, sign extension, saturating conversion, `memory.copy` and `memory.fill`.
 *
 * Source: WebAssembly core specification 2.0, section 5.4.
 */
import { MeteringError, type ByteReader } from './byte-reader.ts';

/**
 * How an instruction changes the nesting of blocks. One that is `dear` is rare and pays for itself where it stands; one
 * that is `bulk` costs besides what its operand says.
 */
export type InstructionKind = 'block' | 'loop' | 'end' | 'dear' | 'bulk' | 'other';

export interface Instruction {
  readonly kind: InstructionKind;
  /** In simple instructions. A bulk instruction costs its operand besides. */
  readonly cost: number;
}

/** What the instructions of a module may refer to. */
export interface InstructionContext {
  /** Indices below this are the module's own: it must never reach the global that holds its fuel. */
  readonly globals: number;
}

const OTHER: Instruction = { kind: 'other', cost: 1 };
const BLOCK: Instruction = { kind: 'block', cost: 1 };
const LOOP: Instruction = { kind: 'loop', cost: 1 };
const END: Instruction = { kind: 'end', cost: 1 };
/** A frame, its stack check and the return. */
const CALL: Instruction = { kind: 'other', cost: 8 };
/** Beside a call, the bounds of the table and the signature are checked. */
const CALL_INDIRECT: Instruction = { kind: 'other', cost: 16 };
/** A division takes as long as twenty additions. */
const DIVISION: Instruction = { kind: 'other', cost: 20 };
/** The engine asks the operating system for pages, and makes a new buffer for them: some microseconds. */
const MEMORY_GROW: Instruction = { kind: 'dear', cost: 500_000 };
const BULK: Instruction = { kind: 'bulk', cost: 20 };

const OPCODE = {
  loop: 0x03,
  end: 0x0b,
  branchTable: 0x0e,
  call: 0x10,
  callIndirect: 0x11,
  selectTyped: 0x1c,
  memoryGrow: 0x40,
  f32Const: 0x43,
  f64Const: 0x44,
  prefix: 0xfc,
} as const;

/** Without anything behind them: unreachable, nop, return, else, drop, select; comparisons and arithmetic have ranges below. */
const BARE: ReadonlySet<number> = new Set([0x00, 0x01, 0x05, 0x0f, 0x1a, 0x1b]);
/** i32, i64: div_s, div_u, rem_s, rem_u. f32, f64: sqrt, div. */
const DIVISIONS: ReadonlySet<number> = new Set([
  0x6d, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82, 0x91, 0x95, 0x9f, 0xa3,
]);

/** Passes one instruction. Throws a `MeteringError` for an opcode that is not known. */
export function parseInstruction(reader: ByteReader, context: InstructionContext): Instruction {
  const opcode = reader.byte();
  // Local and global variables, branches, constants, loads and stores: in the order of their frequency.
  if (opcode >= 0x20 && opcode <= 0x22) return skipIntegers(reader, 1, OTHER);
  if (opcode >= 0x45 && opcode <= 0xc4) return DIVISIONS.has(opcode) ? DIVISION : OTHER;
  if (opcode === 0x41 || opcode === 0x42) return skipIntegers(reader, 1, OTHER);
  if (opcode >= 0x28 && opcode <= 0x3e) return skipIntegers(reader, 2, OTHER);
  if (opcode === 0x0c || opcode === 0x0d) return skipIntegers(reader, 1, OTHER);
  if (opcode >= 0x02 && opcode <= 0x04) {
    // The type of a block: one byte, or the index of a type; both are one signed integer.
    return skipIntegers(reader, 1, opcode === OPCODE.loop ? LOOP : BLOCK);
  }
  if (opcode === 0x23 || opcode === 0x24) return skipGlobal(reader, context);
  if (BARE.has(opcode)) return OTHER;
  return parseRareInstruction(opcode, reader);
}

function parseRareInstruction(opcode: number, reader: ByteReader): Instruction {
  switch (opcode) {
    case OPCODE.end:
      return END;
    case OPCODE.call:
      return skipIntegers(reader, 1, CALL);
    case OPCODE.callIndirect:
      return skipIntegers(reader, 2, CALL_INDIRECT);
    case OPCODE.branchTable:
      // Its labels, and the default one.
      return skipIntegers(reader, reader.unsigned() + 1, OTHER);
    case OPCODE.selectTyped:
      return skipIntegers(reader, reader.unsigned(), OTHER);
    case OPCODE.memoryGrow:
      return skipIntegers(reader, 1, MEMORY_GROW);
    case 0x3f:
      return skipIntegers(reader, 1, OTHER);
    case OPCODE.f32Const:
      reader.skip(4);
      return OTHER;
    case OPCODE.f64Const:
      reader.skip(8);
      return OTHER;
    case OPCODE.prefix:
      return parsePrefixed(reader);
    default:
      throw unknown(formatHex(opcode), reader);
  }
}

function parsePrefixed(reader: ByteReader): Instruction {
  const operation = reader.unsigned();
  // Saturating conversions of floating point numbers.
  if (operation <= 7) return OTHER;
  if (operation === 10) return skipIntegers(reader, 2, BULK);
  if (operation === 11) return skipIntegers(reader, 1, BULK);
  throw unknown(`${formatHex(OPCODE.prefix)} ${operation}`, reader);
}

function skipGlobal(reader: ByteReader, { globals }: InstructionContext): Instruction {
  if (reader.unsigned() < globals) return OTHER;
  throw new MeteringError(
    `it refers to a global that it does not have, before byte ${reader.offset}`,
  );
}

function skipIntegers(reader: ByteReader, count: number, instruction: Instruction): Instruction {
  for (let index = 0; index < count; index += 1) reader.skipInteger();
  return instruction;
}

function unknown(opcode: string, reader: ByteReader): MeteringError {
  return new MeteringError(`opcode ${opcode} before byte ${reader.offset} is not known`);
}

function formatHex(opcode: number): string {
  return `0x${opcode.toString(16).padStart(2, '0')}`;
}
