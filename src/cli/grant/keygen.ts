/** `holdfast grant keygen`: creates an approver's key. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describeFileError } from '../../base/describe-file-error.ts';
import { generateSigningKeyText, readSigningKey } from '../../base/json-web-signature.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { formatProblem } from '../format-problem.ts';

/** Writes the private key, and prints the public one for the configuration. */
export const grantKeygenCommand: CommandDefinition = {
  name: 'grant keygen',
  summary: 'Make the key with which somebody approves grants',
  description:
    'Run it on the machine of the person who approves, never in the cluster. The file is readable by its owner alone;\n' +
    'what is printed goes into breakGlass.approvers of the configuration.',
  options: [
    {
      name: 'out',
      value: 'FILE',
      summary: 'where to write the private key; an existing file is kept',
      default: 'holdfast-grant-key.jwk',
    },
    { name: 'name', value: 'NAME', summary: 'who approves with it', default: 'me' },
  ],
  examples: [{ line: 'grant keygen --name anna', note: 'then pass on what it prints' }],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const file = input.text('out') ?? '';
  const text = generateSigningKeyText();
  try {
    // Never overwrite an existing key: its approver could no longer sign.
    await writeFile(resolve(context.workingDirectory, file), text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const message = `The key was not written to "${file}": ${describeFileError(error)}`;
    context.report(formatProblem(message, 'Name another file with --out'));
    return 'unavailable';
  }
  const read = await readSigningKey(text);
  assert(read.ok, 'a key that was just made can be read');
  context.report(`Wrote the private key to ${file}: it never leaves this machine`);
  context.print('breakGlass:\n  approvers:');
  context.print(
    `    - { name: ${String(input.text('name'))}, key: '${JSON.stringify(read.key.publicJwk)}' }`,
  );
  return 'ok';
}
