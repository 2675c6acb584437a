/**
 * Connects to the API server. Requests use `base/request-bounded.ts`, because a look-up must be limited in bytes and time, and
 * may be for any kind.
 */
import { existsSync } from 'node:fs';
import { Agent } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { Clock } from '../../base/clock.ts';
import { openWatch } from '../watch/open-watch.ts';
import { showToken, type Authentication, type PlainRequest } from './authentication.ts';
import { readApi, readApiText, writeApi } from './call-api.ts';
import type { ProbedCluster } from './cluster-client.ts';
import { openServiceAccount, SERVICE_ACCOUNT_FOLDER } from './service-account.ts';

export interface ClusterClientOptions {
  /** Absent: the service account of our own pod, if we run in one. */
  readonly kubeconfigFile?: string | undefined;
  /** Several files instead of one, as $KUBECONFIG lists them. */
  readonly kubeconfigFiles?: readonly string[] | undefined;
  /** @default the current one of the kubeconfig */
  readonly kubeconfigContext?: string | undefined;
  readonly connectionsMax: number;
  readonly clock: Clock;
  /** The token of another account, asked for before each request: nothing of the kubeconfig's or the pod's own account is shown. */
  readonly token?: (() => Promise<string>) | undefined;
  /** Refuses a kubeconfig by which the server is not verified. @default false */
  readonly isVerifiedOnly?: boolean | undefined;
  /** The folder of the pod's service account token. @default /var/run/secrets/kubernetes.io/serviceaccount */
  readonly serviceAccountFolder?: string | undefined;
  /** Says where the API server is, for a pod. @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

// One object may be 1.5 MiB in etcd, and its JSON larger; a page of 500 objects' metadata is of the same order.
const BODY_BYTES_MAX = 8 * 1024 * 1024;

/** `undefined` if there is no kubeconfig and we do not run in a cluster. */
export async function createClusterClient(
  options: ClusterClientOptions,
): Promise<ProbedCluster | undefined> {
  const own = await openAuthentication(options);
  if (own === undefined) return undefined;
  const { token } = options;
  const authentication = token === undefined ? own : showToken(own, token);
  const { server } = authentication;
  // An API server behind a proxy may have a URL path prefix.
  const base = server.endsWith('/') ? server.slice(0, -1) : server;
  const connection = new Connection(authentication, options.connectionsMax);
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
    readText: (path, { deadlineAtMs, accept = '*/*' }) =>
      readApiText(
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

async function openAuthentication(
  options: ClusterClientOptions,
): Promise<Authentication | undefined> {
  const { kubeconfigFile, serviceAccountFolder: folder = SERVICE_ACCOUNT_FOLDER } = options;
  const files = kubeconfigFile === undefined ? options.kubeconfigFiles : [kubeconfigFile];
  if (files !== undefined && files.length > 0) {
    const { openKubeconfig } = await import('./kubeconfig.ts');
    return openKubeconfig(files, {
      isVerifiedOnly: options.isVerifiedOnly === true,
      context: options.kubeconfigContext,
    });
  }
  if (!existsSync(`${folder}/token`)) return undefined;
  const { clock, environment = process.env } = options;
  return openServiceAccount({ folder, environment, clock });
}

/** A watch keeps its connection for minutes: it must not block a look-up that a review waits for. */
type Use = 'reads' | 'watches';

/** The connections of a client. Its trust may change at any time (tokens and certificates rotate). */
class Connection {
  readonly #authentication: Authentication;
  readonly #connectionsMax: number;
  #agents: Readonly<Record<Use, Agent>> | undefined;
  #material = '';

  constructor(authentication: Authentication, connectionsMax: number) {
    this.#authentication = authentication;
    this.#connectionsMax = connectionsMax;
  }

  async authenticate(request: PlainRequest, use: Use): Promise<RequestOptions> {
    const options = await this.#authentication.apply(request);
    return { ...options, agent: this.#agentsFor(options)[use] };
  }

  close(): void {
    this.#agents?.reads.destroy();
    this.#agents?.watches.destroy();
  }

  // Agents keep connections alive; they are replaced when certificates or trust change.
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
