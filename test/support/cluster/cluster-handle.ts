/** What tests hold of a running cluster, whether their own process started it or another one did. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Agent } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sendApiRequest } from './api-client.ts';
import type { ApiAnswer, ApiRequest } from './api-client.ts';
import type { RunningChild } from './child-process.ts';
import { runKubectl } from './kubectl.ts';
import type { KubectlOptions, KubectlResult } from './kubectl.ts';
import { formatKubeconfig } from './users.ts';
import type { ClusterCredential } from './users.ts';
import type { TestPair } from '../certificates.ts';

export interface Cluster {
  readonly url: string;
  /** PEM of the API server's certificate authority. */
  readonly ca: string;
  /** The temporary folder; gone after `stop()`. */
  readonly folder: string;
  readonly kubectlProgram: string;
  /** Runs kubectl as the named user and never throws for kubectl's own failures. */
  readonly kubectl: (
    user: string,
    argv: readonly string[],
    options?: KubectlOptions,
  ) => Promise<KubectlResult>;
  /** The same, but a failure of kubectl is a failure of the test. */
  readonly mustKubectl: (
    user: string,
    argv: readonly string[],
    options?: KubectlOptions,
  ) => Promise<string>;
  readonly request: (user: string, path: string, options?: ApiRequest) => Promise<ApiAnswer>;
  /** Adds a user who presents this token (for service account tokens); returns the kubeconfig's path. */
  readonly addUser: (name: string, token: string) => Promise<string>;
  /** The same for a user who presents a client certificate. */
  readonly addCertificateUser: (name: string, certificate: TestPair) => Promise<string>;
  /** What each user shows, by the user's name. */
  readonly credentials: () => Readonly<Record<string, ClusterCredential>>;
  readonly kubeconfigOf: (user: string) => string;
  /** A child that must end with the cluster. */
  readonly adopt: (child: RunningChild) => void;
  /** Something to do before the processes are stopped, latest first. */
  readonly onStop: (action: () => Promise<void> | void) => void;
  readonly kubectlVersion: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** What a handle is made of. */
export interface ClusterConnection {
  readonly url: string;
  readonly ca: string;
  readonly caFile: string;
  readonly agent: Agent;
  readonly folder: string;
  /** Where kubeconfigs are written; users of other folders are not known here. */
  readonly usersFolder: string;
  readonly kubectlProgram: string;
  readonly adopt: (child: RunningChild) => void;
  readonly onStop: (action: () => Promise<void> | void) => void;
  readonly stop: () => Promise<void>;
}

const NOBODY: ClusterCredential = { token: '' };

/** Makes the handle; it knows no user yet. */
export async function createClusterHandle(connection: ClusterConnection): Promise<Cluster> {
  const { url, ca, caFile, agent, folder, usersFolder, kubectlProgram } = connection;
  const home = join(usersFolder, 'home');
  await mkdir(home, { recursive: true });
  const credentials = new Map<string, ClusterCredential>();
  const kubeconfigOf = (name: string): string => join(usersFolder, `${name}.kubeconfig`);
  const add = async (name: string, credential: ClusterCredential): Promise<string> => {
    credentials.set(name, credential);
    const path = kubeconfigOf(name);
    const text = formatKubeconfig({ name, credential }, { url, caFile });
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const kubectl: Cluster['kubectl'] = (user, argv, options) =>
    runKubectl({ program: kubectlProgram, kubeconfig: kubeconfigOf(user), home }, argv, options);
  return {
    url,
    ca,
    folder,
    kubectlProgram,
    kubectl,
    mustKubectl: async (user, argv, options) => {
      const result = await kubectl(user, argv, options);
      if (result.code === 0) return result.stdout;
      throw new Error(
        `kubectl ${argv.join(' ')} as ${user} failed (${result.code}): ${result.stderr}`,
      );
    },
    request: (user, path, options = {}) =>
      sendApiRequest({ url, ca, agent }, path, {
        ...options,
        credential: credentials.get(user) ?? NOBODY,
      }),
    addUser: (name, token) => add(name, { token }),
    addCertificateUser: (name, certificate) => add(name, { certificate }),
    credentials: () => Object.fromEntries(credentials),
    kubeconfigOf,
    adopt: connection.adopt,
    onStop: connection.onStop,
    kubectlVersion: () => readKubectlVersion(kubectlProgram),
    stop: connection.stop,
  };
}

async function readKubectlVersion(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['version', '--client', '--output=json']);
  return /"gitVersion": "([^"]+)"/.exec(stdout)?.[1] ?? 'unknown';
}
