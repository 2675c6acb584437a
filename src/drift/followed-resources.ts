/** Follows the configured resources that the API server serves; CustomResourceDefinitions add some while it runs. */
import { addMs, type Clock } from '../base/clock.ts';
import { Semaphore } from '../base/semaphore.ts';
import type { Wait } from '../base/wait.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { formatResource } from '../kubernetes/object-reference.ts';
import { discoverResources } from '../kubernetes/watch/discover-resources.ts';
import type { ServedResource } from '../kubernetes/watch/parse-discovery.ts';
import type { Reflector } from '../kubernetes/watch/reflector.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { DriftScanner } from './drift-scanner.ts';
import { reflectResource, type ResourceFollowerOptions } from './resource-follower.ts';

export interface FollowedResourcesOptions extends Pick<
  ResourceFollowerOptions,
  'random' | 'watch' | 'objectsMax' | 'scaleWait'
> {
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  /** As kubectl writes them. */
  readonly resources: readonly string[];
  readonly scanner: Pick<DriftScanner, 'offer' | 'isBusy'>;
  /** The keys of all objects that are known. */
  readonly knownKeys: () => Iterable<string>;
  /** By resource, the version up to which an earlier process has judged. */
  readonly watermarks: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

interface Followed {
  readonly served: ServedResource;
  readonly reflector: Reflector;
}

const LISTS_AT_ONCE = 2;
/** More than drift.resources can name: all of them may wait at once. */
const LISTS_WAITING_MAX = 1000;
/** As the watches of look-ups: a new kind is followed within a minute. */
const REDISCOVER_MS = 60_000;
/** Without an API server there is nothing else to do. */
const DISCOVERY_RETRY_MS = 2000;
/** Aggregated API servers answer in seconds, if at all. */
const DISCOVERY_TIMEOUT_MS = 15_000;

/** Starts at once; without an API server it tries until there is one. */
export class FollowedResources {
  readonly #options: FollowedResourcesOptions;
  readonly #closing = new AbortController();
  readonly #semaphore = new Semaphore({
    runningMax: LISTS_AT_ONCE,
    waitingMax: LISTS_WAITING_MAX,
  });
  readonly #followed = new Map<string, Followed>();
  /** By resource, why it is not followed; told once each. */
  readonly #problems = new Map<string, string>();
  #resume: ReadonlyMap<string, string>;
  /** Resources of which everything that was there is known. */
  readonly #known: Set<string>;
  #discoveryProblem: string | undefined;
  readonly #over: Promise<void>;

  constructor(options: FollowedResourcesOptions) {
    this.#options = options;
    this.#resume = options.watermarks;
    this.#known = new Set(options.watermarks.keys());
    this.#over = this.#run();
    options.metrics.beforeExposition(() => {
      this.#publish();
    });
  }

  /** Why some of it is not seen; `undefined` where all is. */
  problem(): string | undefined {
    if (this.#discoveryProblem !== undefined) return this.#discoveryProblem;
    const [first] = this.#problems;
    return first && `drift of ${first[0]} is not seen: ${first[1]}`;
  }

  /** By resource, the version up to which everything has an outcome. */
  listVersions(): ReadonlyMap<string, string> {
    const versions = new Map<string, string>();
    for (const [name, { served, reflector }] of this.#followed) {
      const version = reflector.version();
      if (version !== '' && !this.#options.scanner.isBusy(served.resource)) {
        versions.set(name, version);
      }
    }
    return versions;
  }

  /** Lists everything again: other marks count from now on. */
  async relist(): Promise<void> {
    this.#resume = new Map();
    const names = [...this.#followed.keys()];
    await Promise.all(names.map((name) => this.#letGo(name)));
    await this.#reconcile();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#over;
    await Promise.all([...this.#followed.values()].map(({ reflector }) => reflector.close()));
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const isDiscovered = await this.#reconcile();
      await this.#options.wait(isDiscovered ? REDISCOVER_MS : DISCOVERY_RETRY_MS, signal);
    }
  }

  async #reconcile(): Promise<boolean> {
    const { client, clock, resources, logger } = this.#options;
    const deadlineAtMs = addMs(clock.monotonicMs(), DISCOVERY_TIMEOUT_MS);
    const discovered = await discoverResources(client, deadlineAtMs);
    if (this.#closing.signal.aborted) return false;
    if (discovered.status === 'unavailable') {
      const problem = `the API server does not say what it serves: ${discovered.reason}`;
      if (this.#discoveryProblem !== problem) {
        logger.warn('No drift is seen until the API server says what it serves', {
          reason: discovered.reason,
        });
      }
      this.#discoveryProblem = problem;
      return false;
    }
    this.#discoveryProblem = undefined;
    for (const name of resources) {
      const served = discovered.served.get(name);
      const followed = this.#followed.get(name);
      // The preferred version has changed, or the resource is gone.
      if (followed !== undefined && served?.version !== followed.served.version) {
        await this.#letGo(name);
      }
      if (served !== undefined && !this.#followed.has(name)) this.#follow(name, served);
    }
    return true;
  }

  #follow(name: string, served: ServedResource): void {
    const { scanner, knownKeys, logger, metrics } = this.#options;
    const prefix = `${served.group}/${served.resource}/`;
    const reflector = reflectResource({
      ...this.#options,
      served,
      semaphore: this.#semaphore,
      resumeFrom: this.#resume.get(name),
      isFirst: !this.#known.has(name),
      knownKeys: () => [...knownKeys()].filter((key) => key.startsWith(prefix)),
      offer: (event) => {
        scanner.offer(event);
      },
      onEnd: ({ reason }, detail) => {
        if (reason === 'listed') {
          metrics.increment('holdfast_drift_lists_total', { resource: name });
          this.#problems.delete(name);
          this.#known.add(name);
        }
        if (reason !== 'forbidden' && reason !== 'overflowed') return;
        const remedy = reason === 'forbidden' ? 'grant get, list and watch on it' : detail;
        if (!this.#problems.has(name)) {
          logger.warn('A resource cannot be followed: drift of it is not seen', {
            resource: name,
            remedy,
            reason: detail,
          });
        }
        this.#problems.set(name, remedy);
      },
    });
    this.#followed.set(name, { served, reflector });
  }

  async #letGo(name: string): Promise<void> {
    const followed = this.#followed.get(name);
    this.#followed.delete(name);
    this.#problems.delete(name);
    await followed?.reflector.close();
  }

  #publish(): void {
    const { metrics } = this.#options;
    for (const { served, reflector } of this.#followed.values()) {
      const resource = formatResource(served);
      metrics.set('holdfast_drift_synced', reflector.state() === 'synced' ? 1 : 0, { resource });
    }
  }
}
