/** Binds the comparison of objects with their commits: what is kept of the commit thread's answers, and how applications are read. */
import { addMs, type Clock, type MonotonicMs } from '../base/clock.ts';
import { Semaphore } from '../base/semaphore.ts';
import type { Wait } from '../base/wait.ts';
import type { Configuration } from '../config/schema.ts';
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { CommitFact } from '../source/commits/commit-fact.ts';
import { formatVerdictKey } from '../source/commits/verdict-key.ts';
import { VerdictCache, type NoVerdict } from '../verdict/verdict-cache.ts';
import { MINUTE } from '../settings/limit.ts';
import {
  findComparedObjects,
  type WrittenObjects,
} from '../source/manifest/find-compared-objects.ts';
import { ManifestCache, type PreparedSource } from '../source/manifest/manifest-cache.ts';
import type { SourceManifestFact } from '../source/manifest/manifest-fact.ts';
import type { ParsedComparison } from '../source/manifest/parse-comparison-parameters.ts';
import { parseFluxRendering } from '../source/manifest/parse-flux-rendering.ts';
import { parsePathPattern } from '../source/manifest/parse-path-pattern.ts';
import { indexSerialized } from '../source/manifest/source-index.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { argocdMarks } from './argocd-marks.ts';
import type { ManifestAnswer } from './commit-manifests.ts';
import type { CommitSupervisor } from './commit-supervisor.ts';
import {
  SourceComparer,
  type ArgocdRendering,
  type Certainty,
  type ManifestKey,
} from './compare-sources.ts';
import type { OwnedSource, ReadApplication } from './describe-application.ts';

export interface ManifestDependencies {
  readonly supervisor: Pick<CommitSupervisor, 'ask'>;
  /** As argocd-cm has them, where it was read. */
  readonly argocdSettings: () => ArgocdSettings | undefined;
  /** Called with what a verified commit lets run, once it was rendered. */
  readonly onImages?: ((images: readonly string[]) => void) | undefined;
  /** @default what is true of an object that is being written */
  readonly certainty?: Certainty | undefined;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly metrics: Metrics;
}

/** With its sources, and what was found out about the commit of each, in their order. */
export interface JudgedSources {
  readonly read: ReadApplication;
  readonly sources: readonly OwnedSource[];
  readonly commits: readonly CommitFact[];
}

export interface WrittenRequest extends JudgedSources {
  readonly request: WrittenObjects;
}

const MS_PER_SECOND = 1000;
/** Ahead of admission, a few at a time: whoever waits for a decision comes first. */
const PREPARED_AT_ONCE_MAX = 2;
/** Every application of a large cluster, after a start. */
const PREPARED_WAITING_MAX = 2000;
/** Nobody waits for it; the next request renders what is not there by then. */
const PREPARE_MS = 5 * MINUTE;

/** One for each configuration. */
export class ManifestBinding {
  readonly #comparer: SourceComparer;
  readonly #sources: VerdictCache<ManifestKey, PreparedSource>;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #preparing = new Semaphore({
    runningMax: PREPARED_AT_ONCE_MAX,
    waitingMax: PREPARED_WAITING_MAX,
  });

  constructor(configuration: Configuration, dependencies: ManifestDependencies) {
    const { supervisor, clock, wait, metrics, argocdSettings, certainty, onImages } = dependencies;
    const { commits, manifests, ownership } = configuration;
    const store = new ManifestCache(manifests.cacheCharsMax, (chars) => {
      metrics.set('holdfast_manifest_cache_chars', chars);
    });
    this.#metrics = metrics;
    this.#clock = clock;
    this.#sources = new VerdictCache<ManifestKey, PreparedSource>({
      formatKey: formatVerdictKey,
      noun: 'commit',
      judge: async ({ question }) => {
        const { kind, answer } = await supervisor.ask({ kind: 'manifests', question });
        if (kind === 'unanswered') return answer;
        if (kind !== 'manifests') throw new Error('The commit thread answered something else');
        if (answer.status === 'rendered') onImages?.(answer.images);
        return prepareSource(answer, question.cluster.namespace);
      },
      store,
      // What a commit declares stays.
      ageMsMax: Number.POSITIVE_INFINITY,
      pendingMax: commits.pendingMax,
      clock,
      wait,
      onJudged: (outcome, durationMs) => {
        metrics.increment('holdfast_manifest_renderings_total', { outcome });
        metrics.observe('holdfast_manifest_rendering_duration_seconds', durationMs / MS_PER_SECOND);
      },
    });
    this.#comparer = new SourceComparer({
      rules: commits.rules,
      waitMs: commits.waitMs,
      mutated: manifests.mutated.flatMap((text) => {
        const parsed = parsePathPattern(text);
        return parsed.ok ? [parsed.pattern] : [];
      }),
      sources: this.#sources,
      argocd: () => renderingOf(ownership, argocdSettings()),
      certainty,
      clock,
    });
  }

  /** `undefined` if nothing of the request is compared. Never rejects. */
  async compare(
    { read, sources, commits, request }: WrittenRequest,
    deadlineAtMs: MonotonicMs,
  ): Promise<SourceManifestFact | undefined> {
    const objects = findComparedObjects(request);
    if (objects === undefined) return undefined;
    const parsed = parseParameters(read);
    const fact: SourceManifestFact = parsed.ok
      ? await this.#comparer.compare(
          { tool: read.tool, parameters: parsed.parameters, sources, commits },
          objects,
          deadlineAtMs,
        )
      : { status: 'not-comparable', paths: [], reason: parsed.reason };
    this.#metrics.increment('holdfast_manifests_compared_total', { status: fact.status });
    return fact;
  }

  /** Renders ahead of admission. Never rejects. */
  async prepare({ read, sources, commits }: JudgedSources): Promise<void> {
    const parsed = parseParameters(read);
    if (!parsed.ok || (await this.#preparing.acquire(PREPARE_MS)) !== 'acquired') return;
    try {
      const compared = { tool: read.tool, parameters: parsed.parameters, sources, commits };
      await this.#comparer.prepare(compared, addMs(this.#clock.monotonicMs(), PREPARE_MS));
    } finally {
      this.#preparing.release();
    }
  }

  close(): void {
    this.#sources.close();
  }
}

function prepareSource(answer: ManifestAnswer, namespace: string): PreparedSource | NoVerdict {
  if (answer.status !== 'rendered') return answer;
  const { manifests, doubt, type, chars } = answer;
  const index = indexSerialized(manifests, { namespace, doubt });
  return { status: 'indexed', index, type, chars };
}

function renderingOf(
  { argocd }: Configuration['ownership'],
  live: ArgocdSettings | undefined,
): ArgocdRendering {
  const { trackingMethod, instanceLabelKey } = argocdMarks(argocd, live);
  return {
    namespace: argocd.namespace,
    trackingLabel: trackingMethod === 'annotation' ? undefined : instanceLabelKey,
    kustomizeOptions: live?.kustomizeOptions ?? '',
  };
}

function parseParameters(read: ReadApplication): ParsedComparison {
  if (read.tool === 'argocd') return read.application.comparison;
  const parsed = parseFluxRendering(read.applier, read.source);
  if (!parsed.ok) return parsed;
  const { name, namespace, destination, source } = parsed.rendering;
  return {
    ok: true,
    parameters: {
      name,
      namespace,
      project: '',
      destination,
      sources: [source],
      sourceTypes: [],
      bringsManifests: false,
      ignoreDifferences: [],
      createdNamespace: undefined,
    },
  };
}
