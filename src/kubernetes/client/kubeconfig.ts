/**
 * Kubeconfigs. The only importer of @kubernetes/client-node, which reads them and implements their authentication methods. It takes half
 * a second and 80 MB to load, so this file is imported only where there is a kubeconfig.
 */
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { HoldfastError } from '../../errors.ts';
import type { Authentication } from './authentication.ts';

export interface KubeconfigOptions {
  /** Refuses a kubeconfig by which the server is not verified. */
  readonly isVerifiedOnly: boolean;
}

/** The current context of the file. Throws `kubeconfig_unusable`. */
export function openKubeconfig(
  file: string,
  { isVerifiedOnly }: KubeconfigOptions,
): Authentication {
  const kubeconfig = loadKubeconfig(file);
  assertUnambiguous(kubeconfig, file);
  const server = kubeconfig.getCurrentCluster()?.server;
  if (server === undefined || kubeconfig.getCurrentUser() === null) {
    throw new HoldfastError(
      'kubeconfig_unusable',
      `The current context of ${shown(file)} must name a cluster with a server and a user`,
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
