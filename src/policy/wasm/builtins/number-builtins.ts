/** `numbers.range_step`. */
import { regoInteger, type RegoValue } from '../rego-value.ts';
import { BuiltinError, BuiltinLimitError, type BuiltinFamily } from './builtin.ts';
import { BUILTIN_LIMITS } from './limits.ts';
import { integerOperand } from './operand.ts';

/** By their Rego name. */
export const NUMBER_BUILTINS: BuiltinFamily = {
  'numbers.range_step': (operands) => {
    const from = integerOperand(operands, 0, 'integer');
    const to = integerOperand(operands, 1, 'integer');
    const step = integerOperand(operands, 2, 'integer');
    if (step <= 0n) {
      throw new BuiltinError('numbers.range_step: step must be a positive integer');
    }
    return countTo(from, to, step);
  },
};

function countTo(from: bigint, to: bigint, step: bigint): readonly RegoValue[] {
  const distance = from < to ? to - from : from - to;
  const last = distance / step;
  // Two operands of a few digits would make a list that fills the memory.
  if (last >= BigInt(BUILTIN_LIMITS.items)) {
    throw new BuiltinLimitError(`the range has more than ${BUILTIN_LIMITS.items} numbers`);
  }
  const signed = from <= to ? step : -step;
  return Array.from({ length: Number(last) + 1 }, (_, index) =>
    regoInteger(from + BigInt(index) * signed),
  );
}
