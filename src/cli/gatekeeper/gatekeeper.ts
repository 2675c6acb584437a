/** `holdfast gatekeeper`: the policies of a cluster's constraints, for as long as it runs. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import { clusterOptions, connectCluster } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { aborted } from '../service/serve.ts';

/** The lease is renewed while lists are read. */
const CONNECTIONS_MAX = 4;

/** Runs beside the webhook, never in it: it needs OPA, and a serving process compiles nothing. */
export const gatekeeperCommand: CommandDefinition = {
  name: 'gatekeeper',
  summary: "Follow Gatekeeper's templates and constraints of a cluster, and publish their policies",
  description:
    'Builds a bundle of SOURCES and the constraints of the cluster, signs it, writes it into the ConfigMap holdfast-gatekeeper, which\n' +
    'replicas mount and follow (policies.bundle), and says in the status of templates and constraints what became of them. Of\n' +
    'several replicas one leads. The configuration must leave constraints to Git: docs/policies/gatekeeper.md shows how.',
  arguments: [
    { name: 'SOURCES', summary: 'the policies (default: those that come with Holdfast)' },
  ],
  options: [
    { name: 'key', value: 'FILE', summary: 'the private key that signs, as PEM or JSON' },
    { name: 'scope', value: 'SCOPE', summary: 'what the bundle is for (default: no scope)' },
    ...clusterOptions('where the ConfigMap is written (default: $POD_NAMESPACE, else its own)'),
    configOption,
  ],
  examples: [
    {
      line: 'gatekeeper --config /etc/holdfast/holdfast.yaml --key /etc/holdfast-key/key.pem',
      note: 'in a Deployment of its own',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const keyFile = input.text('key');
  if (keyFile === undefined) {
    throw new HoldfastError('argument_invalid', 'Name the file of the private key with --key');
  }
  const { environment, workingDirectory, report: progress } = context;
  const { findOwnNamespace } = await import('../../compose/own-namespace.ts');
  const namespace = input.text('namespace') ?? (await findOwnNamespace(environment));
  if (namespace === undefined) {
    throw new HoldfastError('argument_invalid', 'Name the namespace of Holdfast with --namespace');
  }
  const cluster = await connectCluster(context, input, CONNECTIONS_MAX);
  if (cluster === undefined) return 'configuration';
  const stopSignal = context.stopSignal();
  const { cacheFolder } = await import('../../base/cache-folder.ts');
  const { ensureOpa } = await import('../../authoring/opa-binary.ts');
  const { DEFAULT_SOURCE_FOLDER } = await import('../../authoring/ensure-bundle.ts');
  const { startConstraintController } =
    await import('../../authoring/gatekeeper/cluster/start-controller.ts');
  const { createTelemetry } = await import('../../compose/telemetry.ts');
  const { readBundleSigningKey } = await import('../../policy/bundle/read-bundle-keys.ts');
  const { startOperations } = await import('../../server/operations-apps.ts');
  const { client, configuration } = cluster;
  const { logger, metrics } = createTelemetry(configuration);
  try {
    const controller = await startConstraintController({
      configuration,
      client,
      namespace,
      replica: environment['POD_NAME'] ?? hostname(),
      key: await readBundleSigningKey(resolve(workingDirectory, keyFile)),
      scope: input.text('scope'),
      sourceFolder: resolve(workingDirectory, input.arguments[0] ?? DEFAULT_SOURCE_FOLDER),
      findOpa: () => ensureOpa({ cacheFolder: cacheFolder(environment), environment, progress }),
      clock: systemClock,
      logger,
      metrics,
    });
    // Another replica would be no readier: what is wrong is told, and ends nothing.
    const checks = [{ name: 'constraints', problem: controller.problem, advisory: true }];
    const { server, limits } = configuration;
    try {
      const operations = await startOperations(
        { metrics: server.metrics, health: server.health, limits },
        { readinessChecks: checks, logger, metrics, clock: systemClock },
      );
      context.print(`following ${client.server}, health at ${String(operations.healthUrl)}`);
      await aborted(stopSignal);
      await operations.close();
    } finally {
      await controller.close();
    }
  } finally {
    client.close();
  }
  return 'ok';
}
