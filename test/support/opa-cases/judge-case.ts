/** Runs a case of OPA's suite through our host, and compares what comes out with what the case wants. */
import { compareValues, sortedSet } from '../../../src/policy/wasm/compare-values.ts';
import { loadBuiltins } from '../../../src/policy/wasm/builtins/host-builtins.ts';
import type { BuiltinRules } from '../../../src/policy/wasm/builtin-rules.ts';
import { BuiltinError } from '../../../src/policy/wasm/builtins/builtin.ts';
import { parseRegoLiteral } from '../../../src/policy/wasm/parse-rego-literal.ts';
import {
  formatRegoLiteral,
  isRegoArray,
  RegoObject,
  RegoSet,
  type RegoValue,
} from '../../../src/policy/wasm/rego-value.ts';
import {
  EvaluationError,
  readRequiredBuiltins,
  WasmHost,
} from '../../../src/policy/wasm/wasm-host.ts';
import type { OpaCase } from './compile-cases.ts';

/** What an evaluation gave: the bindings of each answer, or why it ended. */
type Evaluation =
  | { readonly ok: true; readonly answers: readonly RegoValue[]; readonly text: string }
  | { readonly ok: false; readonly error: EvaluationError };

/** How the host differs from OPA in this case; `undefined` where it does not. */
export async function findDifference(
  opaCase: OpaCase,
  module: WebAssembly.Module,
): Promise<string | undefined> {
  const required = readRequiredBuiltins(module);
  const builtins = await loadBuiltins(required);
  const missing = required.filter((name) => !builtins.has(name));
  if (missing.length > 0) return `the host has no ${missing.join(', ')}`;
  const evaluate = (builtinErrors: 'fail' | 'undefined'): Evaluation => {
    const data: unknown = JSON.parse(opaCase.data ?? '{}');
    const host = new WasmHost(module, {
      memoryPagesMax: 4096,
      data: Object(data),
      builtins,
      resultFormat: 'rego',
    });
    return runHost(host, { input: opaCase.input ?? '', builtinErrors });
  };
  return compare(opaCase, { evaluate, isNative: required.length === 0 });
}

function runHost(
  host: WasmHost,
  { input, builtinErrors }: { readonly input: string } & BuiltinRules,
): Evaluation {
  try {
    const text = host.evaluate([Buffer.from(input)], { nowMs: Date.now(), builtinErrors });
    const answers = parseRegoLiteral(text);
    return { ok: true, answers: answers instanceof RegoSet ? answers.items : [], text };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return { ok: false, error };
  }
}

interface Run {
  readonly evaluate: (builtinErrors: 'fail' | 'undefined') => Evaluation;
  /** No built-in of the host takes part. */
  readonly isNative: boolean;
}

function compare(opaCase: OpaCase, { evaluate, isNative }: Run): string | undefined {
  const { wantDefined, wantResult, strictError } = opaCase;
  // OPA's own default: the failure of a built-in is undefined.
  const lenient = evaluate('undefined');
  if (wantDefined !== null || wantResult !== null) {
    if (!lenient.ok) return `failed: ${lenient.error.message}`;
    if (wantDefined !== null) {
      return lenient.answers.length > 0 === wantDefined ? undefined : `gave ${lenient.text}`;
    }
    return compareResults(opaCase, lenient);
  }
  if (strictError) {
    if (!lenient.ok) return `failed where it is undefined: ${lenient.error.message}`;
    if (lenient.answers.length > 0) return `gave ${lenient.text} where it is undefined`;
    // What OPA compiles into the module itself tells no errors.
    if (isNative) return undefined;
  }
  return compareError(opaCase, evaluate('fail'));
}

function compareResults(
  { wantResult, sortBindings }: OpaCase,
  { answers, text }: Extract<Evaluation, { ok: true }>,
): string | undefined {
  const wanted = parseRegoLiteral(wantResult ?? '[]');
  const found = answers.map((answer) => {
    const plain = toJsonValue(answer);
    if (!sortBindings || !(plain instanceof RegoObject)) return plain;
    return new RegoObject(
      plain.entries.map(([name, value]) => [
        name,
        isRegoArray(value) ? value.toSorted(compareValues) : value,
      ]),
    );
  });
  const same = compareValues(sortedSet(isRegoArray(wanted) ? wanted : []), sortedSet(found)) === 0;
  return same ? undefined : `gave ${text}, wanted ${String(wantResult)}`;
}

/** As OPA writes a value in JSON: sets in order, and keys as texts. */
function toJsonValue(value: RegoValue): RegoValue {
  if (value instanceof RegoSet) return value.items.map(toJsonValue);
  if (value instanceof RegoObject) {
    return new RegoObject(
      value.entries.map(([key, item]) => [
        typeof key === 'string' ? key : formatRegoLiteral(toJsonValue(key)),
        toJsonValue(item),
      ]),
    );
  }
  return typeof value === 'object' && value !== null && isRegoArray(value)
    ? value.map(toJsonValue)
    : value;
}

/** What an aborted module says of two values for one. */
const CONFLICT = /var assignment conflict|object insert conflict/;

function compareError(
  { wantError, wantErrorCode }: OpaCase,
  strict: Evaluation,
): string | undefined {
  if (strict.ok) {
    return `gave ${strict.text}, wanted ${String(wantErrorCode)}: ${String(wantError)}`;
  }
  const { message, cause } = strict.error;
  if (wantErrorCode === 'eval_conflict_error') {
    return CONFLICT.test(message) ? undefined : `failed: ${message}, wanted a conflict`;
  }
  if (!(cause instanceof BuiltinError)) return `failed, but not in a built-in: ${message}`;
  // Without the place, the code and the function's name.
  const wanted = wantError?.replace(/^.*eval_\w+_error: /, '').replace(/^[a-z0-9_.]+: /, '');
  return message.includes(wanted ?? '')
    ? undefined
    : `failed: ${message}, wanted: ${String(wantError)}`;
}
