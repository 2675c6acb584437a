/** Whether an object is what the sources of its application declare together. */
import { isRecord } from '../../base/is-record.ts';
import { compareManifest, type ComparedObjects, type ManifestFact } from './compare-manifest.ts';
import { matchIgnored, type IgnoreRow } from './ignore-differences.ts';
import type { PathPattern } from './parse-path-pattern.ts';
import { indexManifests, type FoundDeclaration, type SourceIndex } from './source-index.ts';
import type { Fields, StructType } from './type-schema.ts';
import { RENDER_LIMITS } from '../render/settings.ts';

/** One source of an application. */
export type ComparedSource =
  | { readonly status: 'indexed'; readonly index: SourceIndex }
  | { readonly status: 'not-comparable'; readonly reason: string };

export interface ComparisonContext {
  readonly ignoreDifferences: readonly IgnoreRow[];
  readonly mutated: readonly PathPattern[];
  readonly trackingLabel?: string | undefined;
  /** The type of a custom kind that the commit does not define itself. */
  readonly customType?: ((object: Fields) => StructType | undefined) | undefined;
  /** Objects that the tool makes by itself. */
  readonly alsoDeclared: readonly Fields[];
}

const LIMITS = {
  pathsMax: RENDER_LIMITS['manifests.differingPathsMax'].default,
  pathCharsMax: RENDER_LIMITS['manifests.differingPathCharsMax'].default,
  valuesMax: RENDER_LIMITS['manifests.valuesMax'].default,
  depthMax: RENDER_LIMITS['manifests.depthMax'].default,
};

/** `source` is the place in the list of the source that declares the object; absent if none does. */
export type JudgedManifest = ManifestFact & { readonly source?: number | undefined };

/**
 * An object that one source declares is compared with it; it is absent only if every source says so. Where a source that cannot be
 * compared may declare it too, a difference proves nothing.
 */
export function judgeManifest(
  compared: Omit<ComparedObjects, 'declared'>,
  sources: readonly ComparedSource[],
  context: ComparisonContext,
): JudgedManifest {
  const { object } = compared;
  const answers = sources.map((source) =>
    source.status === 'indexed' ? find(source, object) : source,
  );
  const declaring = answers.flatMap((answer, place) =>
    answer.status === 'found' ? [{ ...answer, place }] : [],
  );
  const isRepeated = declaring.length > 1 || answers.some(({ status }) => status === 'repeated');
  if (isRepeated) return notComparable('the commit declares the object twice');
  const [declared] = declaring;
  const doubt = findDoubt(answers);
  if (declared === undefined) {
    const extra = findIn(context.alsoDeclared, object);
    if (extra !== undefined) return compare({ ...compared, declared: extra }, sources, context);
    if (doubt !== undefined) return notComparable(doubt);
    return { ...NOTHING, status: 'absent', reason: 'the commit declares no such object' };
  }
  const fact = compare({ ...compared, declared: declared.manifest }, sources, context);
  const judged = fact.status === 'differs' && doubt !== undefined ? notComparable(doubt) : fact;
  return { ...judged, source: declared.place };
}

type SourceAnswer = FoundDeclaration | (ComparedSource & { readonly status: 'not-comparable' });

function find({ index }: ComparedSource & { readonly status: 'indexed' }, object: Fields) {
  return index.find(object);
}

/** Why the answers are not certain, if they are not. */
function findDoubt(answers: readonly SourceAnswer[]): string | undefined {
  for (const answer of answers) {
    if (answer.status === 'not-comparable') return answer.reason;
    if (answer.status !== 'repeated' && answer.doubt !== undefined) return answer.doubt;
  }
  return undefined;
}

function compare(
  compared: ComparedObjects,
  sources: readonly ComparedSource[],
  { ignoreDifferences, mutated, trackingLabel, customType }: ComparisonContext,
): ManifestFact {
  const { object } = compared;
  const indexes = sources.flatMap((source) => (source.status === 'indexed' ? [source.index] : []));
  const defined = indexes.map((index) => index.customType(object));
  return compareManifest(compared, {
    customType: defined.find((type) => type !== undefined) ?? customType?.(object),
    mutated,
    ignored: matchIgnored(ignoreDifferences, targetOf(object)),
    trackingLabel,
    isScaled: indexes.some((index) => index.isScaled(object)),
    limits: LIMITS,
  });
}

const NOTHING = { paths: [], kept: [] } as const;

function notComparable(reason: string): ManifestFact {
  return { ...NOTHING, status: 'not-comparable', reason };
}

function findIn(manifests: readonly Fields[], object: Fields): Fields | undefined {
  if (manifests.length === 0) return undefined;
  const index = indexManifests(
    manifests.map((manifest) => ({ manifest })),
    { namespace: '' },
  );
  const found = index.find(object);
  return found.status === 'found' ? found.manifest : undefined;
}

function targetOf(object: Fields) {
  const [first = '', second] = String(object['apiVersion']).split('/');
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  return {
    group: second === undefined ? '' : first,
    kind: String(object['kind']),
    namespace: textOf(metadata['namespace']),
    name: textOf(metadata['name']),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
