/** `holdfast policy verify` of suites. */
import { resolve } from 'node:path';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';

/** Runs the suites of the path; a path without any is a mistake: it would be a success that proves nothing. */
export async function verifySuitesOf(
  context: CommandContext,
  input: CommandInput,
): Promise<ExitStatus> {
  const { cacheFolder } = await import('../../base/cache-folder.ts');
  const { ensureOpa } = await import('../../authoring/opa-binary.ts');
  const { verifySuites } = await import('../../authoring/gatekeeper/suite/verify-suites.ts');
  const { formatResults } = await import('../../authoring/gatekeeper/suite/format-results.ts');
  const { isSuiteFailed } = await import('../../authoring/gatekeeper/suite/suite-result.ts');
  const { environment, workingDirectory, report: progress } = context;
  const [path = ''] = input.arguments;
  const opa = await ensureOpa({ cacheFolder: cacheFolder(environment), environment, progress });
  const results = await verifySuites(path, {
    opa,
    filter: input.text('run') ?? '',
    resolvePath: (given) => resolve(workingDirectory, given),
  });
  if (results.length === 0) {
    throw new HoldfastError(
      'argument_invalid',
      `There is no suite in "${path}". To verify the signature of a bundle, name its key with --key`,
    );
  }
  context.print(formatResults(results, input.flag('verbose')));
  return results.some(isSuiteFailed) ? 'failed' : 'ok';
}
