/** `holdfast policy build`. */
import { resolve } from 'node:path';
import type { PlannedConstraints } from '../../authoring/gatekeeper/plan-constraints.ts';
import { printable } from '../../base/printable.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import { clusterOptions, connectCluster } from '../connect-cluster.ts';
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
    {
      name: 'from-cluster',
      summary: 'also the constraints that a cluster has, as they are now',
    },
    ...clusterOptions(),
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'policy build policies --out bundle', note: 'then policies.bundle: bundle' },
    { line: 'policy build policies --out bundle.tar.gz', note: 'one file, to sign and to hand on' },
    {
      line: 'policy build --from-cluster --context staging --out bundle.tar.gz',
      note: "with Gatekeeper's constraints of that cluster",
    },
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
  const { environment, workingDirectory } = context;
  const planned = await planGiven(context, input);
  if (planned === 'unreadable') return 'configuration';
  const opa = await ensureOpa({ cacheFolder: cacheFolder(environment), environment, progress });
  const { revision, policies, opaVersion } = await buildBundle({
    sourceFolder: resolve(workingDirectory, input.arguments[0] ?? DEFAULT_SOURCE_FOLDER),
    output: resolve(workingDirectory, out),
    constraints: planned,
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

/** Those of the folder or of the cluster that is named; `undefined` where none is. */
async function planGiven(
  context: CommandContext,
  input: CommandInput,
): Promise<PlannedConstraints | 'unreadable' | undefined> {
  const folder = input.text('gatekeeper');
  const isFromCluster = input.flag('from-cluster');
  const cluster = input.text('kubeconfig') ?? input.text('context');
  if (cluster !== undefined && !isFromCluster) {
    throw new HoldfastError(
      'argument_invalid',
      `The cluster of "${printable(cluster)}" is read only with --from-cluster`,
    );
  }
  if (folder !== undefined && isFromCluster) {
    throw new HoldfastError(
      'argument_invalid',
      'Name either a folder with --gatekeeper, or the cluster with --from-cluster: a constraint of both would be there twice',
    );
  }
  if (folder !== undefined) {
    const { planGatekeeper } = await import('../../authoring/gatekeeper/prepare-gatekeeper.ts');
    return await planGatekeeper(resolve(context.workingDirectory, folder));
  }
  if (!isFromCluster) return undefined;
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'unreadable';
  const { systemClock } = await import('../../base/clock.ts');
  const { planClusterConstraints } =
    await import('../../authoring/gatekeeper/cluster/read-cluster-constraints.ts');
  try {
    return await planClusterConstraints({ client: connected.client, clock: systemClock });
  } finally {
    connected.client.close();
  }
}
