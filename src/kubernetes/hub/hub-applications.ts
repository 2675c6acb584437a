/**
 * The Applications of Argo CD's hub that deploy to this cluster: followed by list and watch, and read live where a write
 * depends on one.
 *
 * While the hub does not answer, what was read last counts for `keptMs`, so that a sync that runs can finish. Nobody gets a
 * right from it that the hub did not give: an operation that was not seen is none. What Applications list is believed for
 * longer, because it only protects.
 */
import type { Clock } from '../../base/clock.ts';
import type { Semaphore } from '../../base/semaphore.ts';
import { formatListPath } from '../client/format-api-path.ts';
import { CLAIMED_MAX, claimedWithin } from '../lookup/find-claimed.ts';
import { createLiveLookup } from '../lookup/live-lookup.ts';
import type {
  ClaimedScope,
  ClaimLookup,
  ClusterLookup,
  LookupUnavailable,
  ManagedLookup,
  ObjectLookup,
} from '../lookup/lookup.ts';
import type { ArgocdSettings } from '../lookup/parse-argocd-settings.ts';
import type { ApplicationQuestion, RemoteApplications } from '../lookup/remote-applications.ts';
import { SEARCHED_KINDS } from '../lookup/searched-kinds.ts';
import { applicationReference, compareObjects, type ObjectReference } from '../object-reference.ts';
import type { KubernetesObject } from '../object.ts';
import type { KubernetesSettings } from '../settings.ts';
import { AbsenceClock } from '../watch/absence-clock.ts';
import { storeInBoth, type ResourceStore } from '../watch/object-table.ts';
import { startReflector, type Reflector, type ReflectorOptions } from '../watch/reflector.ts';
import { createSettingsStore } from '../watch/settings-store.ts';
import { ApplicationTable } from './application-table.ts';
import { ClusterIdentityHolder } from './cluster-identity.ts';
import type { HubClient } from './hub-client.ts';
import { describeProblem } from './describe-problem.ts';
import type { HubSettings } from './settings.ts';

/** How an Application was answered, for metrics. */
export type HubOutcome = 'here' | 'elsewhere' | 'absent' | 'kept' | 'unavailable';

export interface HubObserver {
  readonly answered: (outcome: HubOutcome) => void;
  /** A list or watch ended. */
  readonly ended: Followed['ended'];
  readonly settings: (settings: ArgocdSettings) => void;
  readonly identified: (identity: {
    readonly servers: readonly string[];
    readonly names: readonly string[];
  }) => void;
}

interface Followed {
  readonly ended: (
    what: 'applications.argoproj.io' | 'argocd-cm' | 'cluster Secret',
    reason: Parameters<ReflectorOptions['onEnd']>[0]['reason'],
    detail: string,
  ) => void;
}

export interface HubApplicationsOptions {
  readonly client: HubClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: HubSettings;
  readonly kubernetes: KubernetesSettings;
  /** The namespace of Argo CD on the hub. */
  readonly argocdNamespace: string;
  /** Limits the lists that run at once. */
  readonly semaphore: Semaphore;
  readonly observer: HubObserver;
  /** For tests: a shorter wait. @default the wait itself */
  readonly scaleWait?: ((waitMs: number) => number) | undefined;
}

/** What the metrics tell. */
export interface HubState {
  readonly isSynced: boolean;
  readonly ageMs: number;
  readonly applications: number;
  readonly entries: number;
}

/** An Application may be a megabyte, and an answer has 8 MiB. */
const PAGE_OBJECTS = 8;
/** After a read that failed, what is kept is answered for so long without asking: a sync writes many objects. */
const ASK_AGAIN_MS = 1000;

const APPLICATIONS = applicationReference('', '');

/** One for each process. */
export class HubApplications implements RemoteApplications {
  readonly #options: HubApplicationsOptions;
  readonly #live: ClusterLookup;
  readonly #identity: ClusterIdentityHolder;
  readonly #table: ApplicationTable;
  readonly #absence: AbsenceClock;
  readonly #startedAtMs: number;
  readonly #others: readonly Reflector[];
  #applications: Reflector;
  readonly #followers = new Set<(application: KubernetesObject) => void>();
  #settings: ArgocdSettings | undefined;
  #failedAtMs = -Infinity;

  /** Begins to follow the hub at once. */
  constructor(options: HubApplicationsOptions) {
    const { client, clock, settings, kubernetes } = options;
    this.#options = options;
    this.#startedAtMs = clock.monotonicMs();
    this.#live = createLiveLookup({
      ...kubernetes,
      client,
      clock,
      searchedKinds: [],
      isManaged: () => undefined,
    });
    this.#identity = new ClusterIdentityHolder(settings.cluster, () => {
      this.#relist();
    });
    this.#table = new ApplicationTable({
      ...settings,
      isHere: (object) => this.#identity.match(object) === 'here',
      onApplication: (object) => {
        for (const tell of this.#followers) tell(object);
      },
    });
    this.#absence = new AbsenceClock({
      clock,
      silenceMs: kubernetes.watch.silenceMs,
      heardAtMs: () => this.#applications.heardAtMs(),
    });
    this.#applications = this.#followApplications();
    this.#others = [this.#followSettings(), ...this.#followSecret()];
  }

  async read({ reference, isFresh, deadlineAtMs }: ApplicationQuestion): Promise<ObjectLookup> {
    const answer = await this.#ask({ reference, isFresh, deadlineAtMs });
    this.#options.observer.answered(outcomeOf(answer));
    return answer;
  }

  findClaims(reference: ObjectReference): ClaimLookup {
    const claims = this.#table.claimants(reference).map(({ namespace = '', name: app = '' }) => {
      return { tool: 'argocd', kind: 'Application', namespace, app } as const;
    });
    if (claims.length > 0 || this.#isComplete()) return { status: 'found', claims };
    return this.#unknown();
  }

  findClaimed(scope: ClaimedScope): ManagedLookup {
    const objects = [];
    for (const { name: app = '', claimed = [] } of this.#table.all()) {
      const within = { scope, searchedKinds: SEARCHED_KINDS };
      objects.push(...claimedWithin({ app, objects: claimed }, within));
      if (objects.length >= CLAIMED_MAX) break;
    }
    if (objects.length === 0 && !this.#isComplete()) return this.#unknown();
    return { status: 'found', objects: objects.slice(0, CLAIMED_MAX).toSorted(compareObjects) };
  }

  goneForMs(namespace: string, name: string): number | undefined {
    const { clock } = this.#options;
    if (!this.#isFollowed(namespace) || !this.#isServing()) return undefined;
    const sinceMs = this.#absence.absentSinceMs(namespace, name);
    if (sinceMs === undefined || this.#absence.hasName(name)) return undefined;
    return Math.floor(clock.monotonicMs() - sinceMs);
  }

  follow(onApplication: (application: KubernetesObject) => void): () => void {
    for (const application of this.#table.objects()) onApplication(application);
    this.#followers.add(onApplication);
    return () => this.#followers.delete(onApplication);
  }

  argocdSettings(): ArgocdSettings | undefined {
    return this.#settings;
  }

  problem(): string | undefined {
    const { client, settings } = this.#options;
    return describeProblem({
      server: client.server,
      kubeconfigProblem: client.problem(),
      identityProblem: this.#identity.problem(),
      state: this.#applications.state(),
      isServing: this.#isServing(),
      ageMs: this.state().ageMs,
      keptForMs: settings.keptMs - this.#provenAgeMs(),
    });
  }

  state(): HubState {
    const nowMs = this.#options.clock.monotonicMs();
    const heardAtMs = this.#applications.heardAtMs();
    return {
      isSynced: this.#applications.state() === 'synced',
      ageMs: nowMs - (heardAtMs === 0 ? this.#startedAtMs : heardAtMs),
      applications: this.#table.size,
      entries: this.#table.entries,
    };
  }

  async close(): Promise<void> {
    this.#live.close();
    await Promise.all([this.#applications, ...this.#others].map((reflector) => reflector.close()));
  }

  async #ask({ reference, isFresh, deadlineAtMs }: ApplicationQuestion): Promise<ObjectLookup> {
    const { namespace = '', name } = reference;
    // Argo CD does not process it there, whoever made it.
    if (!this.#isFollowed(namespace)) return { status: 'absent' };
    const kept = this.#isFailing() ? this.#recall(namespace, name) : undefined;
    if (kept !== undefined) return kept;
    const { lookupFresh, lookupObject } = this.#live;
    const found = await (isFresh ? lookupFresh : lookupObject)(reference, deadlineAtMs);
    switch (found.status) {
      case 'found':
        return this.#place(found.object);
      case 'absent':
        return found;
      case 'unavailable':
        this.#failedAtMs = this.#options.clock.monotonicMs();
        return this.#recall(namespace, name) ?? unavailable(found.reason);
    }
  }

  #place(object: KubernetesObject): ObjectLookup {
    switch (this.#identity.match(object)) {
      case 'here':
        return { status: 'found', object };
      case 'elsewhere':
        return { status: 'absent', isElsewhere: true };
      case 'unknown':
        return unavailable(this.#identity.problem() ?? 'It is not known which cluster this is');
    }
  }

  /** What was read last, while it counts. */
  #recall(namespace: string, name: string): ObjectLookup | undefined {
    const keptForMs = Math.floor(this.#provenAgeMs());
    if (keptForMs > this.#options.settings.keptMs) return undefined;
    const object = this.#table.find(namespace, name);
    return object && { status: 'found', object, keptForMs };
  }

  #isFailing(): boolean {
    return this.#options.clock.monotonicMs() - this.#failedAtMs < ASK_AGAIN_MS;
  }

  #isFollowed(namespace: string): boolean {
    const { settings, argocdNamespace } = this.#options;
    return settings.anyNamespace || namespace === argocdNamespace;
  }

  #isServing(): boolean {
    const { clock, kubernetes } = this.#options;
    const silentMs = clock.monotonicMs() - this.#applications.heardAtMs();
    return this.#applications.state() === 'synced' && silentMs <= kubernetes.watch.silenceMs;
  }

  /** Whether "none" may be said: what Applications list is written after the apply, so that a live read is hardly fresher. */
  #isComplete(): boolean {
    const { kubernetes, settings } = this.#options;
    const isListed = this.#applications.state() === 'synced' && this.#identity.isKnown();
    return isListed && this.#provenAgeMs() <= Math.max(kubernetes.watch.silenceMs, settings.keptMs);
  }

  #provenAgeMs(): number {
    const provenAtMs = this.#applications.provenAtMs();
    return provenAtMs === 0 ? Infinity : this.#options.clock.monotonicMs() - provenAtMs;
  }

  #unknown(): LookupUnavailable {
    return unavailable(this.problem() ?? 'The Applications of the hub are being listed again');
  }

  /** Applications that were for another cluster may be for this one now. */
  #relist(): void {
    const before = this.#applications;
    this.#applications = this.#followApplications();
    void before.close();
  }

  #followApplications(): Reflector {
    const { settings, argocdNamespace } = this.#options;
    const namespace = settings.anyNamespace ? undefined : argocdNamespace;
    return this.#follow('applications.argoproj.io', {
      path: formatListPath(APPLICATIONS, namespace) ?? '',
      store: storeInBoth(this.#absence, this.#table),
    });
  }

  #followSettings(): Reflector {
    const { observer } = this.#options;
    return this.#follow('argocd-cm', {
      ...this.#one({ resource: 'configmaps', kind: 'ConfigMap' }, 'argocd-cm'),
      store: createSettingsStore((settings) => {
        this.#settings = settings;
        observer.settings(settings);
      }),
    });
  }

  #followSecret(): readonly Reflector[] {
    const { secret } = this.#options.settings.cluster;
    if (secret === undefined) return [];
    const store = this.#identity.storeFor((identity) => {
      this.#options.observer.identified(identity);
    });
    const place = this.#one({ resource: 'secrets', kind: 'Secret' }, secret);
    return [this.#follow('cluster Secret', { ...place, store })];
  }

  /** One object by its name: an account that may read only this one may list and watch it so. */
  #one(kind: { readonly resource: string; readonly kind: string }, name: string) {
    const path = formatListPath(
      { group: '', version: 'v1', ...kind },
      this.#options.argocdNamespace,
    );
    return { path: path ?? '', selector: `fieldSelector=metadata.name%3D${name}` };
  }

  #follow(
    what: Parameters<Followed['ended']>[0],
    { path, selector, store }: { path: string; selector?: string; store: ResourceStore },
  ): Reflector {
    const { client, clock, random, semaphore, settings, kubernetes, observer, scaleWait } =
      this.#options;
    return startReflector({
      path,
      selector,
      store,
      client,
      clock,
      random,
      semaphore,
      scaleWait,
      metadataOnly: false,
      silenceMsMax: kubernetes.watch.silenceMs,
      resyncMs: kubernetes.watch.resyncMs,
      pageObjectsMax: PAGE_OBJECTS,
      objectsMax: settings.entriesMax,
      onEnd: ({ reason }, _step, detail) => {
        observer.ended(what, reason, detail);
      },
    });
  }
}

function outcomeOf(answer: ObjectLookup): HubOutcome {
  switch (answer.status) {
    case 'found':
      return answer.keptForMs === undefined ? 'here' : 'kept';
    case 'absent':
      return answer.isElsewhere === true ? 'elsewhere' : 'absent';
    case 'unavailable':
      return 'unavailable';
  }
}

function unavailable(reason: string): LookupUnavailable {
  return { status: 'unavailable', code: 'hub_unavailable', reason: `Argo CD's hub: ${reason}` };
}
