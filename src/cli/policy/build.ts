/** `holdfast policy build`. */
import { resolve } from 'node:path';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';

/** Compiles Rego into the bundle that `serve` loads. */
export const policyBuildCommand: CommandDefinition = {
  name: 'policy build',
  summary: 'Compile a folder of Rego policies into a bundle',
  description:
    'SOURCES holds NAME/NAME.rego for each policy and lib/*.rego for what they share. The bundle is one WASM module and its manifest;\n' +
    'name its folder in policies.bundle. Needs OPA 1.0 or later on PATH, or Go to build it once.',
  arguments: [
    { name: 'SOURCES', summary: 'the policies (default: those that come with Holdfast)' },
  ],
  options: [
    {
      name: 'output',
      value: 'DIR',
      summary: 'the folder of the bundle; an older bundle is replaced',
    },
    { name: 'json', summary: 'print one JSON object' },
  ],
  examples: [
    { line: 'policy build policies --output bundle', note: 'then policies.bundle: bundle' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const output = input.text('output');
  if (output === undefined) {
    throw new HoldfastError('argument_invalid', 'A bundle is a folder: name it with --output');
  }
  const { cacheFolder } = await import('../../base/cache-folder.ts');
  const { buildBundle } = await import('../../authoring/build-bundle.ts');
  const { DEFAULT_SOURCE_FOLDER } = await import('../../authoring/ensure-bundle.ts');
  const { ensureOpa } = await import('../../authoring/opa-binary.ts');
  const progress = context.report;
  const { environment, workingDirectory } = context;
  const opa = await ensureOpa({ cacheFolder: cacheFolder(environment), environment, progress });
  const { revision, policies, opaVersion } = await buildBundle({
    sourceFolder: resolve(workingDirectory, input.arguments[0] ?? DEFAULT_SOURCE_FOLDER),
    outputFolder: resolve(workingDirectory, output),
    opa,
    progress,
  });
  context.print(
    input.flag('json')
      ? JSON.stringify({ revision, opaVersion, policies: policies.map(({ name }) => name) })
      : `Built ${policies.length} ${policies.length === 1 ? 'policy' : 'policies'} into ${output} (revision ${revision.slice(0, 12)})`,
  );
  return 'ok';
}
