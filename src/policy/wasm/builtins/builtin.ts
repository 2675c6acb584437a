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
 * `undefined` is an undefined result, where OPA's function has none. Throws a `BuiltinError` where OPA reports an error,
 * and a `BuiltinLimitError` where a limit of ours is reached.
 */
export type Builtin = (
  operands: readonly RegoValue[],
  context: BuiltinContext,
) => RegoValue | undefined;

/** Built-ins of one family, by their Rego name. */
export type BuiltinFamily = Readonly<Record<string, Builtin>>;

/** A built-in function failed as it does in OPA. Whether the evaluation ends or the call is undefined, the host decides. */
export class BuiltinError extends Error {
  override readonly name = 'BuiltinError';
}

/** A limit that OPA does not have: it ends the evaluation always, since an undefined call could let a request pass. */
export class BuiltinLimitError extends Error {
  override readonly name = 'BuiltinLimitError';
}
