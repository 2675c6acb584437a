/**
 * Reads from the hub's API server, by a kubeconfig that may change, come late or be damaged for a while: a mounted Secret.
 * What cannot be used changes nothing: the last good one stays in force, and without one every answer is unavailable.
 */
import { watchFiles, type FilesWatch } from '../../base/watch-files.ts';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/error-details.ts';
import { SECOND } from '../../settings/limit.ts';
import { createClusterClient } from '../client/client.ts';
import type { ClusterClient } from '../client/cluster-client.ts';

export interface HubClientOptions {
  readonly kubeconfigFile: string;
  readonly connectionsMax: number;
  readonly clock: Clock;
  /** Called once for each content of the file. */
  readonly onRead: (read: { readonly server: string } | { readonly problem: string }) => void;
}

/** Never writes. */
export interface HubClient extends ClusterClient {
  /** Why the kubeconfig, as it is now, cannot be used. */
  readonly problem: () => string | undefined;
}

/** The kubelet swaps a mounted Secret within two minutes; a person waits for seconds. */
const POLL_MS = 10 * SECOND;
const SETTLE_MS = 200;

/** Reads the kubeconfig, and follows it until it is closed. Never rejects. */
export async function openHubClient(options: HubClientOptions): Promise<HubClient> {
  const client = new ReloadedClient(options);
  await client.open();
  return client;
}

class ReloadedClient implements HubClient {
  readonly #options: HubClientOptions;
  #current: ClusterClient | undefined;
  #problem: string | undefined;
  #files: FilesWatch | undefined;
  #isClosed = false;

  constructor(options: HubClientOptions) {
    this.#options = options;
  }

  get server(): string {
    return this.#current?.server ?? this.#options.kubeconfigFile;
  }

  async open(): Promise<void> {
    const onChange = (): Promise<void> => this.#load();
    // Before the first read, so that no change between the two is missed.
    this.#files = await watchFiles([this.#options.kubeconfigFile], {
      pollMs: POLL_MS,
      settleMs: SETTLE_MS,
      onChange,
    });
    await this.#load();
  }

  problem(): string | undefined {
    return this.#problem;
  }

  readonly read: ClusterClient['read'] = (path, readOptions) =>
    this.#current === undefined
      ? Promise.resolve({ status: 'unavailable', code: 'lookup_failed', reason: this.#unusable() })
      : this.#current.read(path, readOptions);

  readonly watch: ClusterClient['watch'] = (path, watchOptions) =>
    this.#current === undefined
      ? Promise.resolve({ status: 'broken', reason: this.#unusable() })
      : this.#current.watch(path, watchOptions);

  readonly close = (): void => {
    this.#isClosed = true;
    this.#files?.close();
    this.#current?.close();
  };

  async #load(): Promise<void> {
    const { kubeconfigFile, connectionsMax, clock, onRead } = this.#options;
    try {
      const next = await createClusterClient({
        kubeconfigFile,
        connectionsMax,
        clock,
        // Its answers give rights: whoever can stand between must not be able to answer.
        isVerifiedOnly: true,
      });
      if (next === undefined) return;
      const before = this.#current;
      this.#current = next;
      this.#problem = undefined;
      // What is under way breaks off, and is asked again by the new one.
      before?.close();
      if (this.#isClosed) next.close();
      onRead({ server: next.server });
    } catch (error) {
      this.#problem = errorText(error);
      onRead({ problem: this.#problem });
    }
  }

  #unusable(): string {
    return this.#problem ?? 'The kubeconfig of the hub has not been read';
  }
}
