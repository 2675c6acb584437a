/** `holdfast policy build`. */
import { resolve } from 'node:path';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { outputOption, printAnswer } from '../output-option.ts';

/** Compiles Rego into the bundle that `serve` loads. */
export const policyBuildCommand: CommandDefinition = {
  name: 'policy build',
  summary: 'Compile a folder of Rego policies into a bundle',
  description:
    'SOURCES holds NAME/NAME.rego for each policy and lib/*.rego for what they share. The bundle is one WASM module, its manifest and the\n' +
    'sources, in the format of OPA; name it in policies.bundle. Needs OPA 1.0 or later on PATH, or Go to build it once.',
  arguments: [
    { name: 'SOURCES', summary: 'the policies (default: those that come with Holdfast)' },
  ],
  options: [
    {
      name: 'out',
      value: 'BUNDLE',
      summary: 'a folder, or an archive where it ends in .tar.gz; an older bundle is replaced',
    },
    {
      name: 'gatekeeper',
      value: 'DIR',
      summary: "also the constraints of a folder of Gatekeeper's templates and constraints",
    },
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'policy build policies --out bundle', note: 'then policies.bundle: bundle' },
    { line: 'policy build policies --out bundle.tar.gz', note: 'one file, to sign and to hand on' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const out = input.text('out');
  if (out === undefined) {
    throw new HoldfastError(
      'argument_invalid',
      'Name the bundle with --out: a folder, or a file that ends in .tar.gz',
    );
  }
  const { cacheFolder } = await import('../../base/cache-folder.ts');
  const { buildBundle } = await import('../../authoring/build-bundle.ts');
  const { DEFAULT_SOURCE_FOLDER } = await import('../../authoring/ensure-bundle.ts');
  const { ensureOpa } = await import('../../authoring/opa-binary.ts');
  const progress = context.report;
  const gatekeeper = input.text('gatekeeper');
  const { environment, workingDirectory } = context;
  const opa = await ensureOpa({ cacheFolder: cacheFolder(environment), environment, progress });
  const { revision, policies, opaVersion } = await buildBundle({
    sourceFolder: resolve(workingDirectory, input.arguments[0] ?? DEFAULT_SOURCE_FOLDER),
    output: resolve(workingDirectory, out),
    gatekeeperFolder: gatekeeper === undefined ? undefined : resolve(workingDirectory, gatekeeper),
    opa,
    progress,
  });
  printAnswer(context, input, {
    table: () =>
      `Built ${policies.length} ${policies.length === 1 ? 'policy' : 'policies'} into ${out} (revision ${revision.slice(0, 12)})`,
    json: () =>
      JSON.stringify({ revision, opaVersion, policies: policies.map(({ name }) => name) }),
  });
  return 'ok';
}
