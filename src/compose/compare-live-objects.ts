/**
 * Whether the live objects of an application are what the commits of its sources declare, by the comparison that admission makes of an
 * object that is being written.
 */
import { addMs, type Clock, type MonotonicMs } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import { isRecord } from '../base/is-record.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { formatObjectPath } from '../kubernetes/client/format-api-path.ts';
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import { parseClaims, type ClaimedObject } from '../kubernetes/lookup/parse-claims.ts';
import { parseObject } from '../kubernetes/lookup/parse-object.ts';
import { discoverResources } from '../kubernetes/watch/discover-resources.ts';
import type { ServedResource } from '../kubernetes/watch/parse-discovery.ts';
import { SECOND } from '../settings/limit.ts';
import type { SourceManifestFact } from '../source/manifest/manifest-fact.ts';
import { claimsApplied } from '../source/revision-hint.ts';
import type { JudgedSources, ManifestBinding } from './bind-manifests.ts';
import type { Certainty } from './compare-sources.ts';
import { readArgocdSettings, type ReadArgocdSettings } from './read-argocd-settings.ts';

export interface ComparedLiveObject {
  readonly kind: string;
  /** Empty for an object without a namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly status: SourceManifestFact['status'];
  /** The first differences, without values. */
  readonly paths: readonly string[];
  readonly reason?: string | undefined;
  /** Of reading and comparing it. */
  readonly durationMs: number;
}

export interface ComparisonStep {
  /** In the order in which they run; `settings` of Argo CD alone. */
  readonly name: 'settings' | 'discover' | 'render';
  /** What was found: a few words. */
  readonly found: string;
  readonly durationMs: number;
}

export interface LiveComparison {
  readonly status: 'compared' | 'not-comparable' | 'unavailable';
  readonly reason?: string | undefined;
  readonly steps: readonly ComparisonStep[];
  readonly objects: readonly ComparedLiveObject[];
  /** Objects of the application beyond the limit, which were not read. */
  readonly leftOut: number;
  /** Of everything. */
  readonly durationMs: number;
}

/** What renders and compares, for as long as one application is compared. */
export interface OpenedComparison {
  readonly manifests: Pick<ManifestBinding, 'prepare' | 'compare'>;
  /** Removes the files of the commits. */
  readonly close: () => Promise<void>;
}

export interface LiveComparisonOptions {
  readonly client: Pick<ClusterClient, 'read'>;
  readonly clock: Clock;
  readonly argocdNamespace: string;
  /** May reject. `live` is absent for Flux. */
  readonly open: (live: ArgocdSettings | undefined) => Promise<OpenedComparison>;
}

/** An application whose commits are verified. */
export interface VerifiedApplication extends JudgedSources {
  readonly kind: 'Application' | 'Kustomization' | 'HelmRelease';
  /** As it was read. */
  readonly object: unknown;
}

/** Of an object that is there already: while an operation runs, it may not be written yet. */
export const APPLIED_AS_A_WHOLE: Certainty = {
  isCertain: ({ tipOf, hints: [hint] }) =>
    tipOf === undefined && hint !== undefined && claimsApplied(hint),
  doubt:
    'the status does not say that this commit was applied as a whole, so the object may be of another one',
};

/** One read each; a person waits for it. */
const OBJECTS_MAX = 500;
/** The API server answers in milliseconds. */
const READ_TIMEOUT_MS = 10 * SECOND;
/** What is compared is rendered by then. */
const COMPARE_TIMEOUT_MS = 10 * SECOND;

/** Never rejects: a step that fails is told, and makes the comparison unavailable. */
export async function compareLiveObjects(
  application: VerifiedApplication,
  options: LiveComparisonOptions,
): Promise<LiveComparison> {
  return await new Comparison(application, options).run();
}

type Outcome = Pick<LiveComparison, 'status' | 'reason' | 'objects' | 'leftOut'>;

/** One comparison, with its steps so far. */
class Comparison {
  readonly #application: VerifiedApplication;
  readonly #options: LiveComparisonOptions;
  readonly #steps: ComparisonStep[] = [];

  constructor(application: VerifiedApplication, options: LiveComparisonOptions) {
    this.#application = application;
    this.#options = options;
  }

  async run(): Promise<LiveComparison> {
    const startedAtMs = this.#now();
    const outcome = await this.#compare();
    return { ...outcome, steps: this.#steps, durationMs: this.#now() - startedAtMs };
  }

  async #compare(): Promise<Outcome> {
    const { kind, object } = this.#application;
    const claimed = parseClaims(kind, parseObject(object) ?? {});
    if (claimed.length === 0) {
      return without('not-comparable', 'its status lists no objects in this cluster');
    }
    const settings = await this.#readSettings();
    if (settings.status === 'unavailable') return without('unavailable', settings.reason);
    const discovered = await this.#discover();
    if (discovered.status === 'unavailable') return without('unavailable', discovered.reason);
    return await this.#withOpened(settings.settings, async ({ manifests }) => {
      const startedAtMs = this.#now();
      await manifests.prepare(this.#application);
      this.#finish('render', formatCount(this.#application.sources.length, 'source'), startedAtMs);
      return await this.#compareEach(claimed, { manifests, served: discovered.served });
    });
  }

  /** Flux has none. */
  async #readSettings(): Promise<ReadArgocdSettings | WithoutSettings> {
    if (this.#application.read.tool === 'flux') return { status: 'read', settings: undefined };
    const startedAtMs = this.#now();
    const { client, argocdNamespace } = this.#options;
    const read = await readArgocdSettings(client, argocdNamespace, this.#in(READ_TIMEOUT_MS));
    const found =
      read.status === 'read'
        ? `Argo CD tracks by ${read.settings.trackingMethod}`
        : 'argocd-cm was not read';
    this.#finish('settings', found, startedAtMs);
    return read;
  }

  async #discover() {
    const startedAtMs = this.#now();
    const discovered = await discoverResources(this.#options.client, this.#in(READ_TIMEOUT_MS));
    const found =
      discovered.status === 'discovered'
        ? formatCount(discovered.served.size, 'resource')
        : 'the API server lists no resources';
    this.#finish('discover', found, startedAtMs);
    return discovered;
  }

  /** No folder for the files, no program: told as every other step, and what is open is closed. */
  async #withOpened(
    live: ArgocdSettings | undefined,
    work: (opened: OpenedComparison) => Promise<Outcome>,
  ): Promise<Outcome> {
    const startedAtMs = this.#now();
    let opened: OpenedComparison;
    try {
      opened = await this.#options.open(live);
    } catch (fault) {
      this.#finish('render', 'no commit can be rendered', startedAtMs);
      return without('unavailable', errorText(fault));
    }
    try {
      return await work(opened);
    } finally {
      await opened.close();
    }
  }

  async #compareEach(claimed: readonly ClaimedObject[], means: Means): Promise<Outcome> {
    const objects: ComparedLiveObject[] = [];
    for (const each of claimed.slice(0, OBJECTS_MAX)) {
      const startedAtMs = this.#now();
      const { status, paths = [], reason } = await this.#compareOne(each, means);
      const { kind, namespace, name } = each;
      const durationMs = this.#now() - startedAtMs;
      objects.push({ kind, namespace, name, status, paths, reason, durationMs });
    }
    return { status: 'compared', objects, leftOut: claimed.length - objects.length };
  }

  async #compareOne(claimed: ClaimedObject, { manifests, served }: Means): Promise<Found> {
    const resource = findServed(served, claimed);
    if (resource === undefined) {
      const reason = `the API server lists no kind ${claimed.kind} of the group "${claimed.group}"`;
      return { status: 'not-comparable', reason };
    }
    const reading = await this.#read(resource, claimed);
    if (reading.status === 'malformed') {
      return { status: 'not-comparable', reason: 'its name is no name of an object' };
    }
    if (reading.status === 'unavailable') return { status: 'unavailable', reason: reading.reason };
    if (reading.status === 'absent') return this.#judgeAbsent();
    const object = isRecord(reading.body) ? reading.body : {};
    const request = { operation: 'CREATE', object };
    const written = { ...this.#application, request };
    const fact = await manifests.compare(written, this.#in(COMPARE_TIMEOUT_MS));
    return fact ?? { status: 'not-comparable', reason: 'it is no object' };
  }

  #judgeAbsent(): Found {
    const isCertain = this.#application.sources.every(
      ({ source }) =>
        source.kind !== 'commit' || source.role === 'dry' || APPLIED_AS_A_WHOLE.isCertain(source),
    );
    return isCertain
      ? { status: 'absent', reason: 'the cluster has no such object' }
      : { status: 'not-comparable', reason: APPLIED_AS_A_WHOLE.doubt };
  }

  /** In the version in which it was applied, as the commit has it; else in the one that the server prefers. */
  async #read(resource: ServedResource, { version, namespace, name }: ClaimedObject) {
    const versions = new Set([version ?? resource.version, resource.version]);
    for (const each of versions) {
      const place = resource.namespaced ? { namespace } : {};
      const path = formatObjectPath({ ...resource, version: each, ...place, name });
      if (path === undefined) return { status: 'malformed' } as const;
      const deadlineAtMs = this.#in(READ_TIMEOUT_MS);
      const reading = await this.#options.client.read(path, { deadlineAtMs });
      if (reading.status !== 'absent') return reading;
    }
    return { status: 'absent' } as const;
  }

  #finish(name: ComparisonStep['name'], found: string, startedAtMs: MonotonicMs): void {
    this.#steps.push({ name, found, durationMs: this.#now() - startedAtMs });
  }

  #now(): MonotonicMs {
    return this.#options.clock.monotonicMs();
  }

  #in(durationMs: number): MonotonicMs {
    return addMs(this.#now(), durationMs);
  }
}

interface WithoutSettings {
  readonly status: 'read';
  readonly settings: undefined;
}

interface Means {
  readonly manifests: OpenedComparison['manifests'];
  readonly served: ReadonlyMap<string, ServedResource>;
}

type Found = Pick<SourceManifestFact, 'status' | 'reason'> & Partial<SourceManifestFact>;

function without(status: 'not-comparable' | 'unavailable', reason: string): Outcome {
  return { status, reason, objects: [], leftOut: 0 };
}

function formatCount(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function findServed(
  served: ReadonlyMap<string, ServedResource>,
  { group, kind }: ClaimedObject,
): ServedResource | undefined {
  return served.values().find((each) => each.group === group && each.kind === kind);
}
