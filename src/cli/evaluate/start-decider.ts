/** The offline decider of `holdfast evaluate`: builds the policies first if needed. */
import { resolve } from 'node:path';
import type { OfflineDecider } from '../../compose/offline.ts';
import type { Configuration } from '../../config/schema.ts';
import type { CommandContext } from '../command.ts';

export interface StartDeciderOptions {
  /** A folder of Rego policies that replaces the configured ones. */
  readonly policySources?: string | undefined;
  /** The cluster state: Kubernetes objects, and lists of them. */
  readonly clusterStateObjects: readonly unknown[];
}

/** Starts the policies of a configuration; close it to end their workers. */
export async function startDecider(
  context: CommandContext,
  configuration: Configuration,
  { policySources, clusterStateObjects }: StartDeciderOptions,
): Promise<OfflineDecider> {
  const bundle = await bundleFolderOf(context, configuration, policySources);
  const { createOfflineDecider } = await import('../../compose/offline.ts');
  const policies = { ...configuration.policies, bundle };
  return createOfflineDecider({ ...configuration, policies }, { clusterStateObjects });
}

async function bundleFolderOf(
  { environment, workingDirectory, report }: CommandContext,
  { policies }: Configuration,
  sources: string | undefined,
): Promise<string> {
  if (sources === undefined && policies.bundle !== undefined) return policies.bundle;
  const { cacheFolder } = await import('../../base/cache-folder.ts');
  const { ensureBundle, ensureDefaultBundle } = await import('../../authoring/ensure-bundle.ts');
  const options = { environment, progress: report };
  if (sources === undefined) return ensureDefaultBundle(options);
  const { folder } = await ensureBundle({
    ...options,
    sourceFolder: resolve(workingDirectory, sources),
    cacheFolder: cacheFolder(environment),
  });
  return folder;
}
