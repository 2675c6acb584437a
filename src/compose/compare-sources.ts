/**
 * From a request and the verified commits of its application to what policies read of the comparison. What a source declares comes from
 * the commit thread and is kept here; the object itself is compared on the admission thread.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { CommitRule } from '../signature/trust/settings.ts';
import type { CommitFact } from '../source/commits/commit-fact.ts';
import type { VerdictKey } from '../source/commits/verdict-key.ts';
import type { VerdictCache, NoVerdict } from '../verdict/verdict-cache.ts';
import type { ObjectPair } from '../source/manifest/find-compared-objects.ts';
import { judgeManifest, type ComparedSource } from '../source/manifest/judge-manifest.ts';
import type { PreparedSource } from '../source/manifest/manifest-cache.ts';
import type { SourceManifestFact } from '../source/manifest/manifest-fact.ts';
import type { ComparisonParameters } from '../source/manifest/parse-comparison-parameters.ts';
import type { PathPattern } from '../source/manifest/parse-path-pattern.ts';
import type { Fields } from '../source/manifest/type-schema.ts';
import type { SourceType } from '../source/render/rendered-source.ts';
import type { RevisionClaimant, SourceHint } from '../source/revision-hint.ts';
import { planWait } from '../verdict/plan-wait.ts';
import type { ManifestQuestion } from './commit-manifests.ts';
import type { OwnedSource } from './describe-application.ts';
import { formatAccessScope } from './repository-access.ts';

/** A question with everything that its answer depends on. */
export type ManifestKey = VerdictKey & { readonly question: ManifestQuestion };

export interface SourceComparerOptions {
  readonly rules: readonly CommitRule[];
  /** How long a request waits for sources that are not rendered yet. */
  readonly waitMs: number;
  readonly mutated: readonly PathPattern[];
  readonly sources: VerdictCache<ManifestKey, PreparedSource>;
  readonly argocd: () => ArgocdRendering;
  readonly clock: Clock;
  /** @default what is true of an object that is being written */
  readonly certainty?: Certainty | undefined;
}

/** Whether the object is of the very commit that it is compared with: otherwise a difference proves nothing. */
export interface Certainty {
  readonly isCertain: (source: CommitSource) => boolean;
  /** Why it may come from another commit, where it is not certain. */
  readonly doubt: string;
}

/** Settings of Argo CD that change what it applies. */
export interface ArgocdRendering {
  /** Of the control plane: Applications elsewhere have another name in parameters. */
  readonly namespace: string;
  /** The label by which it tracks objects, if it does. */
  readonly trackingLabel: string | undefined;
  /** `kustomize.buildOptions`; empty if it has none. */
  readonly kustomizeOptions: string;
}

/** An application with its sources, and what was found out about the commit of each, in their order. */
export interface ComparedApplication {
  readonly tool: 'argocd' | 'flux';
  readonly parameters: ComparisonParameters;
  readonly sources: readonly OwnedSource[];
  readonly commits: readonly CommitFact[];
}

export type CommitSource = Extract<SourceHint, { readonly kind: 'commit' }>;
type VerifiedCommit = Extract<CommitFact, { readonly status: 'verified' }>;

/** One for each configuration. */
export class SourceComparer {
  readonly #options: SourceComparerOptions;
  readonly #certainty: Certainty;

  constructor(options: SourceComparerOptions) {
    this.#options = options;
    this.#certainty = options.certainty ?? WRITTEN_NOW;
  }

  /** Never rejects. */
  async compare(
    compared: ComparedApplication,
    objects: ObjectPair,
    deadlineAtMs: MonotonicMs,
  ): Promise<SourceManifestFact> {
    const { clock, waitMs } = this.#options;
    const endAtMs = planWait(deadlineAtMs, { nowMs: clock.monotonicMs(), waitMs });
    const { parameters } = compared;
    const planned = this.#plan(compared);
    if (planned.length === 0) {
      return notComparable('its application has no source that declares objects');
    }
    const prepared = await Promise.all(
      planned.map((each) => this.#prepare(each, parameters, endAtMs)),
    );
    const missing = planned.flatMap((each, index) => {
      const answer = prepared[index];
      return answer?.status === 'unavailable'
        ? [{ ...placeOf(each), ...this.#told(each, answer) }]
        : [];
    });
    const [first] = missing;
    if (first !== undefined) return first;
    const sources = prepared.filter((each) => each.status !== 'unavailable');
    return this.#judge({ objects, planned, sources, parameters });
  }

  /** Renders what the application applies now or will apply next; the first request finds it. */
  async prepare(compared: ComparedApplication, deadlineAtMs: MonotonicMs): Promise<void> {
    for (const each of this.#plan(compared)) {
      if (each.kind !== 'render') continue;
      await this.#options.sources.read(keyOf(each, compared.parameters), deadlineAtMs);
    }
  }

  #plan(compared: ComparedApplication): readonly PlannedSource[] {
    return planSources(compared, this.#certainty);
  }

  #judge({ objects, planned, sources, parameters }: Judgement): SourceManifestFact {
    const { mutated, argocd } = this.#options;
    const { ignoreDifferences, createdNamespace } = parameters;
    const judged = judgeManifest(objects, sources, {
      ignoreDifferences,
      mutated,
      trackingLabel: argocd().trackingLabel,
      alsoDeclared: createdNamespace === undefined ? [] : [createdNamespace],
    });
    const declaring = planned[judged.source ?? 0];
    const { status, paths, reason } = judged;
    const place = placeOf(declaring);
    if (status !== 'differs' && status !== 'absent') {
      return { status, paths, ...(reason !== undefined && { reason }), ...place };
    }
    const uncertain = planned.find((each) => each.kind === 'render' && !each.isCertain);
    if (uncertain !== undefined) return { ...notComparable(this.#certainty.doubt), ...place };
    return { status, paths, ...(reason !== undefined && { reason }), ...place };
  }

  async #prepare(
    planned: PlannedSource,
    parameters: ComparisonParameters,
    endAtMs: MonotonicMs,
  ): Promise<ComparedSource | NoVerdict> {
    if (planned.kind === 'not-comparable') {
      return { status: 'not-comparable', reason: planned.reason };
    }
    const answer = await this.#options.sources.read(keyOf(planned, parameters), endAtMs);
    if (answer.status !== 'indexed') return answer;
    const refusal = this.#findRefusal(planned, { type: answer.type, parameters });
    return refusal === undefined ? answer : { status: 'not-comparable', reason: refusal };
  }

  /** Why Argo CD renders the source in another way. */
  #findRefusal(
    { tool, reportedType, parameters: written }: RenderedPlan,
    { type, parameters }: RenderedAs,
  ): string | undefined {
    // Of what is in no repository, nothing is rendered.
    if (tool === 'flux' || parameters.bringsManifests) return undefined;
    if (reportedType === undefined || reportedType === '') {
      return 'the status of the application does not say yet what renders it';
    }
    if (reportedType !== type) {
      return `Argo CD renders the source as ${reportedType}, and its files say ${type}`;
    }
    const { kustomizeOptions, namespace } = this.#options.argocd();
    // Source: argo-cd v1alpha1 Application.InstanceName.
    if (parameters.namespace !== namespace && canonicalJson(written).includes(NAME_VARIABLE)) {
      return `the source reads ${NAME_VARIABLE}, which is another one outside of "${namespace}"`;
    }
    return type === 'Kustomize' && kustomizeOptions !== ''
      ? 'Argo CD has options for kustomize of its own (kustomize.buildOptions)'
      : undefined;
  }

  #told({ commit }: PlannedSource, { reason }: NoVerdict): SourceManifestFact {
    const rule = this.#options.rules.find(({ name }) => 'rule' in commit && name === commit.rule);
    const mode = rule?.unavailable ?? 'deny';
    return { status: 'unavailable', paths: [], reason: lowerFirst(reason), mode };
  }
}

/** The tools write these before they apply the first object. */
const CERTAIN_CLAIMS: ReadonlySet<RevisionClaimant> = new Set([
  'running-operation',
  'last-attempt',
]);

const WRITTEN_NOW: Certainty = {
  isCertain: ({ tipOf, hints: [hint] }) =>
    tipOf !== undefined || (hint !== undefined && CERTAIN_CLAIMS.has(hint.claimedBy)),
  doubt:
    'no operation of the application runs that names its commit, so it may come from another one',
};

const NAME_VARIABLE = 'ARGOCD_APP_NAME';

interface RenderedAs {
  readonly type: SourceType | undefined;
  readonly parameters: ComparisonParameters;
}

interface Judgement {
  readonly objects: ObjectPair;
  readonly planned: readonly PlannedSource[];
  readonly sources: readonly ComparedSource[];
  readonly parameters: ComparisonParameters;
}

interface RenderedPlan {
  readonly kind: 'render';
  readonly tool: ComparedApplication['tool'];
  readonly commit: VerifiedCommit;
  readonly owned: OwnedSource & { readonly source: CommitSource };
  /** The source of the application, with its parameters. */
  readonly parameters: Fields;
  readonly reportedType: string | undefined;
  /** The object is of this very commit. */
  readonly isCertain: boolean;
}

type PlannedSource =
  | RenderedPlan
  | { readonly kind: 'not-comparable'; readonly commit: CommitFact; readonly reason: string };

/** Of each source that declares objects. */
function planSources(
  { tool, parameters, sources, commits }: ComparedApplication,
  { isCertain }: Certainty,
): readonly PlannedSource[] {
  return sources.flatMap((owned, index): readonly PlannedSource[] => {
    const written = parameters.sources[index];
    const commit = commits[index];
    // The commit from which a hydrated one was made declares nothing itself.
    if (owned.source.kind === 'commit' && owned.source.role === 'dry') return [];
    if (commit === undefined) return [];
    if (written === undefined) {
      return [{ kind: 'not-comparable', commit, reason: 'the status names another source' }];
    }
    // A source that only lends its files to another one.
    if (written['ref'] && !written['path'] && !written['chart']) return [];
    const reportedType = parameters.sourceTypes[index];
    return [planSource(owned, commit, { tool, parameters: written, reportedType, isCertain })];
  });
}

function planSource(
  { source, access }: OwnedSource,
  commit: CommitFact,
  {
    isCertain,
    ...described
  }: Pick<RenderedPlan, 'tool' | 'parameters' | 'reportedType'> & Pick<Certainty, 'isCertain'>,
): PlannedSource {
  switch (commit.status) {
    case 'verified':
      break;
    case 'rejected':
      return { kind: 'not-comparable', commit, reason: 'its commit is not accepted' };
    case 'unjudged':
      return { kind: 'not-comparable', commit, reason: lowerFirst(commit.reason) };
    case 'unavailable':
      // Whether that is refused, the policy about commits says.
      return { kind: 'not-comparable', commit, reason: 'its commit could not be verified' };
  }
  if (source.kind === 'no-commit') {
    return { kind: 'not-comparable', commit, reason: 'the source has no commit' };
  }
  const owned = { source, access };
  return { kind: 'render', commit, owned, ...described, isCertain: isCertain(source) };
}

function keyOf(
  { commit, owned, parameters: written }: RenderedPlan,
  { name, destination, project }: ComparisonParameters,
): ManifestKey {
  const { source, access } = owned;
  const { objectId } = commit.content;
  const question: ManifestQuestion = {
    repository: source.repository,
    tracked: source.tracked,
    objectId,
    access,
    path: source.path,
    source: written,
    environment: {
      name,
      namespace: destination,
      project,
      revision: objectId,
      repository: source.repository,
      path: source.path,
      targetRevision: source.tracked,
    },
    cluster: { namespace: destination, kubeVersion: '', apiVersions: [] },
  };
  return {
    repository: commit.repository,
    rule: createHash('sha256').update(canonicalJson(question)).digest('hex'),
    tracked: source.tracked,
    objectId,
    scope: formatAccessScope(access),
    trustHash: '',
    question,
  };
}

function placeOf(
  planned: PlannedSource | undefined,
): Pick<SourceManifestFact, 'repository' | 'path' | 'objectId'> {
  if (planned === undefined) return {};
  const { repository, path } = planned.commit;
  const objectId = planned.kind === 'render' ? planned.commit.content.objectId : undefined;
  return { repository, path, ...(objectId !== undefined && { objectId }) };
}

function notComparable(reason: string): SourceManifestFact {
  return { status: 'not-comparable', paths: [], reason };
}

/** Reasons stand within a sentence. */
function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
