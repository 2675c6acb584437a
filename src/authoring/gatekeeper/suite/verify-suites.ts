/** Runs every suite of a path. */
import { HoldfastError } from '../../../errors.ts';
import { findSuites } from './find-suites.ts';
import { parseFilter } from './match-filter.ts';
import { runSuite } from './run-suite.ts';
import type { SuiteResult } from './suite-result.ts';
import { TemplateEngines } from './template-engines.ts';

export interface VerifyOptions {
  readonly opa: { readonly path: string; readonly version: string };
  /** Empty: everything runs. */
  readonly filter: string;
  readonly resolvePath: (path: string) => string;
}

/** In the order of their paths. Throws `argument_invalid` for a path without suites that can be read, and for a filter that is none. */
export async function verifySuites(
  path: string,
  { opa, filter: asked, resolvePath }: VerifyOptions,
): Promise<readonly SuiteResult[]> {
  const filter = parseFilter(asked);
  if (typeof filter === 'string') throw new HoldfastError('argument_invalid', `--run: ${filter}`);
  const suites = await findSuites(path, resolvePath);
  const engines = new TemplateEngines(opa);
  try {
    const results: SuiteResult[] = [];
    for (const suite of suites) results.push(await runSuite(suite, { engines, filter }));
    return results;
  } finally {
    await engines.close();
  }
}
