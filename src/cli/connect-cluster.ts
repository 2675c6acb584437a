/** The cluster that a command asks, and the options that name it: the same words as those of kubectl. */
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { printable } from '../base/printable.ts';
import type { ProbedCluster } from '../kubernetes/client/cluster-client.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import type { CommandContext, CommandInput, OptionDefinition } from './command.ts';
import { requireConfiguration } from './find-configuration.ts';

/** For every command that asks a cluster; `namespace` says what the command looks for in it, where it looks at one. */
export function clusterOptions(namespace?: string): readonly OptionDefinition[] {
  return [
    {
      name: 'kubeconfig',
      value: 'FILE',
      summary:
        'the cluster (default: kubernetes.kubeconfigFile, else $KUBECONFIG, else ~/.kube/config, else the one it runs in)',
    },
    {
      name: 'context',
      value: 'CONTEXT',
      summary: 'the context of the kubeconfig (default: its current one)',
    },
    ...(namespace === undefined
      ? []
      : [{ name: 'namespace', short: 'n', value: 'NAMESPACE', summary: namespace }]),
  ];
}

/** The time-out of one request to the API server. */
export const ASK_MS_MAX = 10_000;

export interface NamedCluster {
  readonly client: ProbedCluster;
  readonly configuration: Configuration;
}

/** Connects; `undefined` if the configuration is invalid, which was reported. */
export async function connectCluster(
  context: CommandContext,
  input: CommandInput,
  connectionsMax = 1,
): Promise<NamedCluster | undefined> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return undefined;
  assertNamespace(input.text('namespace'));
  const { configuration } = loaded;
  const { createClusterClient } = await import('../kubernetes/client/client.ts');
  const client = await createClusterClient({
    kubeconfigFiles: findKubeconfigFiles(context, input, configuration),
    kubeconfigContext: input.text('context'),
    connectionsMax,
    clock: systemClock,
  });
  if (client === undefined) {
    throw new HoldfastError('kubeconfig_unusable', 'No cluster is named: use --kubeconfig');
  }
  return { client, configuration };
}

/** A label as in RFC 1123: it becomes a part of paths, where "../pods" would ask for something else. */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;

function assertNamespace(namespace: string | undefined): void {
  if (namespace === undefined || NAMESPACE.test(namespace)) return;
  throw new HoldfastError(
    'argument_invalid',
    `--namespace wants the name of a namespace, found "${printable(namespace)}"`,
  );
}

/** In kubectl's order, after what was said to Holdfast. Source: Kubernetes, "Organizing Cluster Access Using kubeconfig Files". */
function findKubeconfigFiles(
  { environment, workingDirectory }: CommandContext,
  input: CommandInput,
  { kubernetes }: Configuration,
): readonly string[] {
  const named = input.text('kubeconfig');
  if (named !== undefined) return [resolve(workingDirectory, named)];
  if (kubernetes.kubeconfigFile !== undefined) return [kubernetes.kubeconfigFile];
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (listed.length > 0) return listed.map((file) => resolve(workingDirectory, file));
  const home = environment['HOME'] ?? environment['USERPROFILE'];
  const usual = home === undefined ? undefined : join(home, '.kube', 'config');
  return usual !== undefined && existsSync(usual) ? [usual] : [];
}
