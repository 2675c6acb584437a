/** The interface of a built-in function of our host. */
import type { WallMs } from '../../../base/clock.ts';
import type { RegoValue } from '../rego-value.ts';

/** The context of a call besides its operands. */
export interface BuiltinContext {
  /** The request's own time: equal for every call of one evaluation, as in OPA. */
  readonly nowMs: WallMs;
  /**
   * Takes units of fuel, about 3 ns each, where the evaluation has a limit. A built-in calls it before work that grows
   * faster than its operands: these and the result are paid for by the host. Throws if nothing is left.
   */
  readonly spend?: (units: number) => void;
}

/**
 * Throws a `BuiltinError` if OPA would report an error: it ends the evaluation and never makes a rule
 * undefined.
 */
export type Builtin = (operands: readonly RegoValue[], context: BuiltinContext) => RegoValue;

/** Built-ins of one family, by their Rego name. */
export type BuiltinFamily = Readonly<Record<string, Builtin>>;

/** A built-in function failed. */
export class BuiltinError extends Error {
  override readonly name = 'BuiltinError';
}

/** The operand at a position, which must be a string. */
export function textOperand(operands: readonly RegoValue[], position: number): string {
  const value = operands[position];
  if (typeof value === 'string') return value;
  throw new BuiltinError(`operand ${position + 1} must be a string`);
}
