/**
 * Kubeconfigs. The only importer of @kubernetes/client-node, which reads them and implements their authentication methods. It takes half
 * a second and 80 MB to load, so this file is imported only where there is a kubeconfig.
 */
import { existsSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { delimiter } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { HoldfastError } from '../../errors.ts';
import type { Authentication } from './authentication.ts';

export interface KubeconfigOptions {
  /** Absent: the current one. */
  readonly context?: string | undefined;
  /** Refuses a kubeconfig by which the server is not verified. */
  readonly isVerifiedOnly: boolean;
}

/**
 * A context of the files, which are read as kubectl reads $KUBECONFIG: of what has the same name, the first one counts, and
 * of several files, some may be absent. Throws `kubeconfig_unusable`.
 */
export function openKubeconfig(
  files: readonly string[],
  { isVerifiedOnly, context }: KubeconfigOptions,
): Authentication {
  const file = files.join(delimiter);
  const kubeconfig = mergeKubeconfigs(files);
  if (context !== undefined) chooseContext(kubeconfig, context, file);
  const server = kubeconfig.getCurrentCluster()?.server;
  if (server === undefined || kubeconfig.getCurrentUser() === null) {
    throw new HoldfastError(
      'kubeconfig_unusable',
      `The ${context === undefined ? 'current context' : `context "${context}"`} of ${shown(file)} must name a cluster with a server and a user`,
    );
  }
  if (isVerifiedOnly) assertVerified(kubeconfig, server, file);
  return {
    server,
    apply: async (request): Promise<RequestOptions> => {
      const options: RequestOptions = { ...request };
      await kubeconfig.applyToHTTPSOptions(options);
      return options;
    },
  };
}

function mergeKubeconfigs(files: readonly string[]): KubeConfig {
  const there = files.filter((file) => existsSync(file));
  const loaded = (there.length === 0 ? files : there).map((file) => {
    const kubeconfig = loadKubeconfig(file);
    assertUnambiguous(kubeconfig, file);
    return kubeconfig;
  });
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: firstOfEachName(loaded.flatMap((each) => each.getClusters())),
    users: firstOfEachName(loaded.flatMap((each) => each.getUsers())),
    contexts: firstOfEachName(loaded.flatMap((each) => each.getContexts())),
    currentContext: loaded.map((each) => each.getCurrentContext()).find(isNamed) ?? '',
  });
  return merged;
}

// The library's type says that there is one.
function isNamed(context: string | undefined): boolean {
  return context !== undefined && context !== '';
}

function firstOfEachName<Entry extends { readonly name: string }>(
  entries: readonly Entry[],
): Entry[] {
  const names = entries.map(({ name }) => name);
  return entries.filter(({ name }, index) => names.indexOf(name) === index);
}

function chooseContext(kubeconfig: KubeConfig, context: string, file: string): void {
  const names = kubeconfig.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const known = names.length === 0 ? 'none' : names.join(', ');
    throw new HoldfastError(
      'kubeconfig_unusable',
      `${shown(file)} has no context "${context}"; it has ${known}`,
    );
  }
  kubeconfig.setCurrentContext(context);
}

function loadKubeconfig(file: string): KubeConfig {
  const kubeconfig = new KubeConfig();
  try {
    kubeconfig.loadFromFile(file);
    return kubeconfig;
  } catch (error) {
    throw new HoldfastError('kubeconfig_unusable', `${shown(file)} cannot be used`, {
      cause: error,
    });
  }
}

// The library takes the first of two that are called the same; kubectl refuses the file.
function assertUnambiguous(kubeconfig: KubeConfig, file: string): void {
  const lists = {
    clusters: kubeconfig.getClusters(),
    users: kubeconfig.getUsers(),
    contexts: kubeconfig.getContexts(),
  };
  for (const [what, entries] of Object.entries(lists)) {
    const names = entries.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice === undefined) continue;
    throw new HoldfastError(
      'kubeconfig_unusable',
      `${shown(file)} has two ${what} of the name "${twice}": nobody can tell which is meant`,
    );
  }
}

function assertVerified(kubeconfig: KubeConfig, server: string, file: string) {
  const isSkipped = kubeconfig.getCurrentCluster()?.skipTLSVerify === true;
  if (server.startsWith('https://') && !isSkipped) return;
  throw new HoldfastError(
    'kubeconfig_unusable',
    `${shown(file)} must name a server by https, with its authority and without insecure-skip-tls-verify`,
  );
}

function shown(file: string): string {
  return `the kubeconfig "${file}"`;
}
