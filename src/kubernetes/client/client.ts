/**
 * Connects to the API server. The only importer of @kubernetes/client-node, which reads kubeconfigs and implements
 * their authentication methods. Requests use `base/request-bounded.ts`, because a look-up must be limited in bytes and
 * time, and may be for any kind.
 */
import { existsSync } from 'node:fs';
import { Agent } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import { openWatch } from '../watch/open-watch.ts';
import { readApi, writeApi } from './call-api.ts';
import type { ConnectedCluster } from './cluster-client.ts';

export interface ClusterClientOptions {
  /** Absent: the service account of our own pod, if we run in one. */
  readonly kubeconfigFile?: string | undefined;
  readonly connectionsMax: number;
  readonly clock: Clock;
  /** Refuses a kubeconfig by which the server is not verified. @default false */
  readonly isVerifiedOnly?: boolean | undefined;
  /** The folder of the pod's service account token. @default /var/run/secrets/kubernetes.io/serviceaccount */
  readonly serviceAccountFolder?: string | undefined;
}

// One object may be 1.5 MiB in etcd, and its JSON larger; a page of 500 objects' metadata is of the same order.
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** `undefined` if there is no kubeconfig and we do not run in a cluster. */
export async function createClusterClient(
  options: ClusterClientOptions,
): Promise<ConnectedCluster | undefined> {
  const kubeconfig = await loadKubeconfig(options);
  if (kubeconfig === undefined) return undefined;
  assertUnambiguous(kubeconfig, options);
  const server = kubeconfig.getCurrentCluster()?.server;
  if (server === undefined || kubeconfig.getCurrentUser() === null) {
    throw new HoldfastError(
      'kubeconfig_unusable',
      `The current context of ${shown(options)} must name a cluster with a server and a user`,
    );
  }
  if (options.isVerifiedOnly === true) assertVerified(kubeconfig, server, options);
  // An API server behind a proxy may have a URL path prefix.
  const base = server.endsWith('/') ? server.slice(0, -1) : server;
  const connection = new Connection(kubeconfig, options.connectionsMax);
  return {
    server,
    read: (path, { deadlineAtMs, accept = 'application/json' }) =>
      readApi(
        { url: new URL(`${base}${path}`), accept, bodyBytesMax: BODY_BYTES_MAX },
        {
          clock: options.clock,
          deadlineAtMs,
          authenticate: (request) => connection.authenticate(request, 'reads'),
        },
      ),
    write: (path, { deadlineAtMs, ...what }) =>
      writeApi(
        { ...what, url: new URL(`${base}${path}`) },
        {
          clock: options.clock,
          deadlineAtMs,
          authenticate: (request) => connection.authenticate(request, 'reads'),
        },
      ),
    watch: (path, watchOptions) =>
      openWatch(
        {
          url: new URL(`${base}${path}`),
          authenticate: (request) => connection.authenticate(request, 'watches'),
        },
        { ...watchOptions, lineBytesMax: BODY_BYTES_MAX },
      ),
    close: () => {
      connection.close();
    },
  };
}

// The library takes half a second and 80 MB to load: it is loaded only if a cluster is used.
async function loadKubeconfig(options: ClusterClientOptions): Promise<KubeConfig | undefined> {
  const { kubeconfigFile, serviceAccountFolder = SERVICE_ACCOUNT_FOLDER } = options;
  if (kubeconfigFile === undefined && !existsSync(`${serviceAccountFolder}/token`)) {
    return undefined;
  }
  const { KubeConfig } = await import('@kubernetes/client-node');
  const kubeconfig = new KubeConfig();
  try {
    if (kubeconfigFile === undefined) kubeconfig.loadFromCluster();
    else kubeconfig.loadFromFile(kubeconfigFile);
  } catch (error) {
    throw new HoldfastError('kubeconfig_unusable', `${shown(options)} cannot be used`, {
      cause: error,
    });
  }
  return kubeconfig;
}

// The library takes the first of two that are called the same; kubectl refuses the file.
function assertUnambiguous(kubeconfig: KubeConfig, options: ClusterClientOptions): void {
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
      `${shown(options)} has two ${what} of the name "${twice}": nobody can tell which is meant`,
    );
  }
}

function assertVerified(kubeconfig: KubeConfig, server: string, options: ClusterClientOptions) {
  const isSkipped = kubeconfig.getCurrentCluster()?.skipTLSVerify === true;
  if (server.startsWith('https://') && !isSkipped) return;
  throw new HoldfastError(
    'kubeconfig_unusable',
    `${shown(options)} must name a server by https, with its authority and without insecure-skip-tls-verify`,
  );
}

function shown({ kubeconfigFile }: ClusterClientOptions): string {
  return kubeconfigFile === undefined
    ? "the pod's service account"
    : `the kubeconfig "${kubeconfigFile}"`;
}

/** A watch keeps its connection for minutes: it must not block a look-up that a review waits for. */
type Use = 'reads' | 'watches';

/** The TLS settings of a kubeconfig. Its files may change at any time (tokens and certificates rotate). */
class Connection {
  readonly #kubeconfig: KubeConfig;
  readonly #connectionsMax: number;
  #agents: Readonly<Record<Use, Agent>> | undefined;
  #material = '';

  constructor(kubeconfig: KubeConfig, connectionsMax: number) {
    this.#kubeconfig = kubeconfig;
    this.#connectionsMax = connectionsMax;
  }

  async authenticate(request: RequestOptions, use: Use): Promise<RequestOptions> {
    const options: RequestOptions = { ...request };
    await this.#kubeconfig.applyToHTTPSOptions(options);
    return { ...options, agent: this.#agentsFor(options)[use] };
  }

  close(): void {
    this.#agents?.reads.destroy();
    this.#agents?.watches.destroy();
  }

  // The library's own agents keep no connections alive; ours are replaced when certificates or trust change.
  #agentsFor(options: RequestOptions): Readonly<Record<Use, Agent>> {
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    const material = JSON.stringify([ca, cert, key, servername, rejectUnauthorized].map(String));
    if (this.#agents !== undefined && material === this.#material) return this.#agents;
    const old = this.#agents;
    this.#material = material;
    const trust = {
      ca,
      cert,
      key,
      ...(servername === undefined ? {} : { servername }),
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    };
    this.#agents = {
      reads: new Agent({ ...trust, keepAlive: true, maxSockets: this.#connectionsMax }),
      // Only as many as there are watched resources (kubernetes.watch.resourcesMax).
      watches: new Agent({ ...trust, keepAlive: true }),
    };
    if (old !== undefined) {
      closeIdle(old.reads);
      closeIdle(old.watches);
    }
    return this.#agents;
  }
}

// Not `agent.destroy()`, which would also abort the requests in flight.
function closeIdle(agent: Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
