/** Tests that one engine passes and the other fails: the policy would not judge as its author saw. */
import type { TestResult } from './test-result.ts';

/** The results of WebAssembly; one that differs from OPA's has failed, whichever of the two passed it. */
export function diffEngines(
  byWasm: readonly TestResult[],
  byOpa: readonly TestResult[],
): readonly TestResult[] {
  const statuses = new Map(byOpa.map(({ name, status }) => [name, status]));
  return byWasm.map((result) => {
    const wanted = statuses.get(result.name);
    if (result.status === 'skipped' || result.status === wanted) return result;
    const why = result.reason === undefined ? '' : ` (${result.reason})`;
    const reason = `OPA says ${String(wanted)}, WebAssembly ${result.status}${why}`;
    return { ...result, status: 'failed', reason };
  });
}
