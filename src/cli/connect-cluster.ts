/** The cluster that a command asks. */
import { resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import type { CommandContext, CommandInput, OptionDefinition } from './command.ts';
import { requireConfiguration } from './find-configuration.ts';

/** For commands that use a cluster. */
export const kubeconfigOption: OptionDefinition = {
  name: 'kubeconfig',
  value: 'FILE',
  summary: 'the cluster (default: kubernetes.kubeconfigFile, else $KUBECONFIG)',
};

/** The time-out of one request to the API server. */
export const ASK_MS_MAX = 10_000;

export interface NamedCluster {
  readonly client: ConnectedCluster;
  readonly configuration: Configuration;
}

/** Connects; `undefined` if the configuration is invalid, which was reported. */
export async function connectCluster(
  context: CommandContext,
  input: CommandInput,
): Promise<NamedCluster | undefined> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return undefined;
  const { configuration } = loaded;
  const named = input.text('kubeconfig');
  const kubeconfigFile =
    named === undefined
      ? (configuration.kubernetes.kubeconfigFile ?? context.environment['KUBECONFIG'])
      : resolve(context.workingDirectory, named);
  const { createClusterClient } = await import('../kubernetes/client/client.ts');
  const client = await createClusterClient({
    kubeconfigFile,
    connectionsMax: 1,
    clock: systemClock,
  });
  if (client === undefined) {
    throw new HoldfastError('kubeconfig_unusable', 'No cluster is named: use --kubeconfig');
  }
  return { client, configuration };
}
