/** What came of one test of a policy. */

/**
 * - `opa`: `opa test` ran it
 * - `wasm`: it was compiled to WebAssembly, and ran in the host that judges requests
 * - `review`: the whole path of a request judged it
 */
export type TestEngine = 'opa' | 'wasm' | 'review';

export interface TestResult {
  readonly engine: TestEngine;
  /** Relative to the folder of the policies. */
  readonly file: string;
  readonly row?: number | undefined;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped. */
  readonly reason?: string | undefined;
  readonly durationMs: number;
}
