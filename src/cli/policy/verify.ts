/** `holdfast policy verify`. */
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { readBundleArgument } from './bundle-argument.ts';
import { verifySuitesOf } from './verify-suites.ts';

/**
 * Verifies a signature as a serving process does, but does not load the policies: a bundle of OPA can be verified, too. Without a key it runs
 * suites, as `gator verify` does.
 */
export const policyVerifyCommand: CommandDefinition = {
  name: 'policy verify',
  summary: 'Verify the signature of a bundle, or run suites of constraints',
  description:
    'With --key, checks that every file of the bundle is signed by one of the keys, and that none is missing or more. Bundles that OPA signed\n' +
    'are verified, too. Ends with 1 if the signature does not stand for what is in the bundle. ' +
    'Without, SUITES is a suite of Gatekeeper (kind\n' +
    'Suite of test.gatekeeper.sh), a folder of them, or FOLDER/... for all folders below it: its templates and constraints judge the objects of\n' +
    'its cases on the engine of the webhook. Output and exit codes are those of gator verify: 0 if every assertion holds, else 1.',
  arguments: [
    {
      name: 'BUNDLE|SUITES',
      summary: 'a bundle; or a suite, a folder of them, or FOLDER/...',
      required: true,
    },
  ],
  options: [
    {
      name: 'key',
      value: 'FILE',
      summary: 'a public key, as PEM or JSON; repeatable',
      repeatable: true,
    },
    {
      name: 'scope',
      value: 'SCOPE',
      summary: 'what the signature must be for (default: no scope)',
    },
    {
      name: 'run',
      short: 'r',
      value: 'FILTER',
      summary:
        'of suites: only tests and cases whose names match this regular expression; TEST//CASE for both',
    },
    {
      name: 'verbose',
      short: 'v',
      summary: 'of suites: also print what passed and what was skipped',
    },
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'policy verify bundle.tar.gz --key bundle-key.pub.pem', note: 'before it is pushed' },
    { line: 'policy verify library/...', note: 'every suite below a folder' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const keyFiles = input.texts('key');
  const isBundle = input.arguments[0]?.endsWith('.tar.gz') === true;
  if (keyFiles.length === 0 && !isBundle) return verifySuitesOf(context, input);
  if (keyFiles.length === 0) {
    throw new HoldfastError('argument_invalid', 'Name the file of a public key with --key');
  }
  const { readBundleKeys } = await import('../../policy/bundle/read-bundle-keys.ts');
  const { verifyBundle } = await import('../../policy/bundle/verify-bundle.ts');
  const scope = input.text('scope') ?? '';
  const keys = await readBundleKeys(
    keyFiles.map((file) => ({ file: resolve(context.workingDirectory, file), scope })),
  );
  const [name = ''] = input.arguments;
  const { files } = await readBundleArgument(context, name);
  const verified = await verifyBundle(files, { keys, nowMs: systemClock.wallMs() });
  if (!verified.ok) {
    printAnswer(context, input, {
      table: () => `${name}: refused: ${verified.reason}`,
      json: () => JSON.stringify({ verified: false, reason: verified.reason }),
    });
    return 'failed';
  }
  const { keyId, expiresAtMs } = verified.value;
  const expires = expiresAtMs === undefined ? undefined : new Date(expiresAtMs).toISOString();
  printAnswer(context, input, {
    table: () =>
      `${name}: ${files.size - 1} files are signed by key ${keyId}${expires === undefined ? '' : `, until ${expires}`}`,
    json: () => JSON.stringify({ verified: true, keyId, scope, expires, files: files.size - 1 }),
  });
  return 'ok';
}
