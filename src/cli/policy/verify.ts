/** `holdfast policy verify`. */
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { bundleArgument, readBundleArgument } from './bundle-argument.ts';

/** Verifies as a serving process does, but does not load the policies: a bundle of OPA can be verified, too. */
export const policyVerifyCommand: CommandDefinition = {
  name: 'policy verify',
  summary: 'Verify the signature of a bundle',
  description:
    'Checks that every file of BUNDLE is signed by one of the keys, and that none is missing or more. Bundles that OPA signed are\n' +
    'verified, too. Ends with 1 if the signature does not stand for what is in the bundle.',
  arguments: [bundleArgument],
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
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'policy verify bundle.tar.gz --key bundle-key.pub.pem', note: 'before it is pushed' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const keyFiles = input.texts('key');
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
