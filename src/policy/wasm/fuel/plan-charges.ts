/**
 * Where the body of a function pays for itself, and how much.
 *
 * A branch that goes back always leads to the head of a loop. So every instruction runs at most once for each entry into
 * its innermost loop, or into the function where it is in none: the head pays for all of them at once, whether a turn
 * reaches them or not. So a unit of fuel never pays for more than `INSTRUCTIONS_PER_UNIT`.
 */
import { MeteringError, type ByteReader } from './byte-reader.ts';
import { parseInstruction, type InstructionContext } from './parse-instruction.ts';

/**
 * Most bodies are short: with less, a turn that leaves a long body early would cost many units, and a unit would say less
 * about the time. Over recorded reviews, a unit takes between 1.5 and 3.4 ns.
 */
const INSTRUCTIONS_PER_UNIT = 256;

/** One payment: before the instruction at an offset. */
export interface Charge {
  readonly offset: number;
  /** What is taken from the fuel. */
  readonly units: number;
  /** The top of the stack says how many bytes are copied or filled: they are paid for besides. */
  readonly isBulk: boolean;
}

interface Segment {
  readonly offset: number;
  /** In simple instructions. */
  cost: number;
}

/** The charges of one body, in the order of their offsets. */
export function planCharges(body: ByteReader, context: InstructionContext): readonly Charge[] {
  skipLocals(body);
  let segment: Segment = { offset: body.offset, cost: 1 };
  const segments: Segment[] = [segment];
  const places: Charge[] = [];
  /** The segment around each open block. */
  const around: Segment[] = [];
  for (let isOpen = true; isOpen;) {
    const { offset } = body;
    const { kind, cost } = parseInstruction(body, context);
    if (kind === 'dear' || kind === 'bulk') {
      places.push({ offset, units: unitsOf(cost), isBulk: kind === 'bulk' });
      continue;
    }
    segment.cost += cost;
    if (kind === 'other') continue;
    if (kind === 'end') {
      const outer = around.pop();
      isOpen = outer !== undefined;
      segment = outer ?? segment;
    } else {
      around.push(segment);
      if (kind === 'loop') segments.push((segment = { offset: body.offset, cost: 1 }));
    }
  }
  if (!body.isAtEnd) {
    throw new MeteringError(`the function goes on after its end, at byte ${body.offset}`);
  }
  return [
    ...segments.map(({ offset, cost }) => ({ offset, units: unitsOf(cost), isBulk: false })),
    ...places,
  ].toSorted((a, b) => a.offset - b.offset);
}

/** One unit for each turn and each call, and another where a body is long. */
function unitsOf(instructions: number): number {
  return Math.ceil(instructions / INSTRUCTIONS_PER_UNIT);
}

function skipLocals(body: ByteReader): void {
  for (let groups = body.unsigned(); groups > 0; groups -= 1) {
    body.unsigned();
    const type = body.byte();
    // i32, i64, f32, f64: others have forms of several bytes.
    if (type < 0x7c || type > 0x7f) {
      throw new MeteringError(`the type of a local before byte ${body.offset} is not known`);
    }
  }
}
