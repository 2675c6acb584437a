/** `holdfast policy new`. */
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';

/** Writes a policy that passes its own test and every check. */
export const policyNewCommand: CommandDefinition = {
  name: 'policy new',
  summary: 'Write a new policy with its test, from an example',
  description:
    'Writes NAME/NAME.rego, NAME/NAME_test.rego and NAME/README.md into the folder of the policies. What is written compiles, passes\n' +
    'its test and holdfast policy check: write over it from there. Nothing that is there is replaced.',
  arguments: [
    {
      name: 'NAME',
      summary: 'lower case letters, digits and "_": the name in records and messages',
      required: true,
    },
  ],
  options: [
    { name: 'out', value: 'DIR', summary: 'the folder of the policies', default: 'policies' },
  ],
  examples: [{ line: 'policy new deployment_owner', note: 'then holdfast policy check' }],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const [name = ''] = input.arguments;
  const out = input.text('out') ?? 'policies';
  const { isPolicyName } = await import('../../authoring/bundle-source.ts');
  const { formatPolicyTemplate } = await import('../../authoring/format-policy-template.ts');
  const { makeFolder } = await import('../../base/make-folder.ts');
  if (!isPolicyName(name)) {
    throw new HoldfastError(
      'argument_invalid',
      `No policy can have the name "${name}": wanted lower case letters, digits and "_", at most 63, a letter first, and neither "lib" nor "schema"`,
    );
  }
  const folder = resolve(context.workingDirectory, out);
  for (const [file, text] of formatPolicyTemplate(name)) {
    makeFolder(dirname(join(folder, file)));
    await writeNew(join(folder, file), text);
    context.print(join(out, file));
  }
  return 'ok';
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'EEXIST')) throw fault;
    const remedy = 'Choose another name, or delete the old policy first';
    throw new HoldfastError('argument_invalid', `"${path}" is there already`, { remedy });
  }
}
