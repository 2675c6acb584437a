/** Starts the offline decider of `holdfast evaluate`; the policies are built first if needed. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { cacheFolder } from '../base/cache-folder.ts';
import {
  createOfflineDecider,
  type OfflineDecider,
  type OfflineOptions,
  type OfflinePath,
} from '../compose/offline.ts';
import type { Configuration } from '../config/schema.ts';
import { ensureBundle, ensureDefaultBundle } from './ensure-bundle.ts';
import type { OpaOptions } from './opa-binary.ts';

export interface StartDeciderOptions extends Required<
  Pick<OpaOptions, 'environment' | 'progress'>
> {
  /** A folder of Rego policies that replaces the configured ones. */
  readonly policySources?: string | undefined;
  /** A bundle that replaces the configured one; whoever names it says that it is trusted. */
  readonly bundle?: string | undefined;
  /** The folder that a relative path of sources starts from. */
  readonly workingDirectory: string;
  /** The cluster state: Kubernetes objects, and lists of them. */
  readonly clusterStateObjects: readonly unknown[];
  /** A live cluster instead of these objects. */
  readonly lookup?: OfflineOptions['lookup'];
}

/** Starts the policies of a configuration; close it to end their workers. */
export async function startDecider(
  configuration: Configuration,
  options: StartDeciderOptions,
): Promise<OfflineDecider> {
  return startOffline(configuration, options);
}

/** The path of requests, with the folder or archive of the bundle that it judges with. */
export interface StartedOffline extends OfflinePath {
  readonly bundle: string;
}

/** The same with its parts, for what tells more of a review than its decision. */
export async function startOffline(
  configuration: Configuration,
  options: StartDeciderOptions,
): Promise<StartedOffline> {
  const bundle = await bundleFolderOf(configuration, options);
  // What else is judged with is no bundle that anyone has signed.
  const isConfigured = bundle === configuration.policies.bundle;
  const keys = isConfigured ? configuration.policies.keys : [];
  const here = { bundle, keys, server: undefined, registry: undefined };
  const policies = { ...configuration.policies, ...here };
  const { clusterStateObjects, lookup } = options;
  const judging = { ...configuration, policies };
  return { ...(await createOfflineDecider(judging, { clusterStateObjects, lookup })), bundle };
}

/** What else is judged with than the configuration says. */
export function formatFallback(bundle: string): string {
  return `note: policies.bundle "${bundle}" is not on this machine: judged with the policies that come with Holdfast`;
}

async function bundleFolderOf(
  { policies }: Configuration,
  options: StartDeciderOptions,
): Promise<string> {
  const { policySources, workingDirectory, environment, progress } = options;
  if (options.bundle !== undefined) return resolve(workingDirectory, options.bundle);
  if (policySources === undefined) {
    if (policies.bundle !== undefined && existsSync(policies.bundle)) return policies.bundle;
    // The configuration of a container names a folder of the image. A bundle that is there and damaged is a fault.
    if (policies.bundle !== undefined) progress(formatFallback(policies.bundle));
    return ensureDefaultBundle({ environment, progress });
  }
  const { folder } = await ensureBundle({
    environment,
    progress,
    sourceFolder: resolve(workingDirectory, policySources),
    cacheFolder: cacheFolder(environment),
  });
  return folder;
}
