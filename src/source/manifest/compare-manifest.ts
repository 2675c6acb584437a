/**
 * Whether an object of an admission review is what a manifest declares (`input.facts.source.manifest` in Rego).
 *
 * The review shows the object after defaulting, conversion and mutation. All that the manifest declares must be there, and
 * all that is there beyond must be accounted for: a default, a field that the server sets, a mark of the tool, a field of a
 * configured mutating webhook or of `ignoreDifferences`. In an UPDATE, what the stored object has already is not the
 * fault of this request: server-side apply and the three-way merge of kubectl keep the fields of others.
 */
import { isRecord } from '../../base/is-record.ts';
import type { IgnoredDifferences } from './ignore-differences.ts';
import { removeIgnored } from './ignore-differences.ts';
import { findBuiltinType } from './parse-builtin-types.ts';
import type { PathPattern } from './parse-path-pattern.ts';
import type { Fields, StructType, TypeNode } from './type-schema.ts';
import { NOTHING_STORED } from './sides.ts';
import { ManifestWalk } from './walk-manifest.ts';
import type { WalkFindings } from './walk-manifest.ts';

/**
 * - `equal`: the request sets nothing that the commit does not say
 * - `differs`: it does, in `paths`
 * - `absent`: the commit has no such object
 * - `not-comparable`: it cannot be told; `reason` says why
 */
export type ManifestStatus = 'equal' | 'differs' | 'absent' | 'not-comparable';

export interface ManifestFact {
  readonly status: ManifestStatus;
  /** The first differences, without values: `spec.template.spec.containers[app].image`. */
  readonly paths: readonly string[];
  /** Fields that differ from the commit and did so before the request. */
  readonly kept: readonly string[];
  /** Absent for `equal` and `differs`. */
  readonly reason?: string;
}

export interface ComparedObjects {
  readonly declared: Fields;
  /** `object` of the review. */
  readonly object: Fields;
  /** `oldObject` of an UPDATE. */
  readonly stored?: Fields | undefined;
}

export interface ComparisonOptions {
  /** The type of a custom kind, from its CustomResourceDefinition. */
  readonly customType?: StructType | undefined;
  readonly mutated?: readonly PathPattern[] | undefined;
  readonly ignored?: IgnoredDifferences | undefined;
  /** The key of the label by which Argo CD tracks objects, if it is configured to use one. */
  readonly trackingLabel?: string | undefined;
  /** An autoscaler of the commit targets the object. */
  readonly isScaled?: boolean | undefined;
  readonly limits: ComparisonLimits;
}

export interface ComparisonLimits {
  readonly pathsMax: number;
  readonly pathCharsMax: number;
  readonly valuesMax: number;
  readonly depthMax: number;
}

/**
 * Marks that the tools write on whatever they apply. Whether they name the right application is judged by the facts of
 * ownership. Sources: argo-cd util/argo/resource_tracking.go; fluxcd/pkg ssa SetOwnerLabels; helm pkg/action validate.go.
 */
const TOOL_MARKS: readonly string[] = [
  'argocd.argoproj.io/installation-id',
  'argocd.argoproj.io/tracking-id',
  'helm.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/namespace',
  'kubectl.kubernetes.io/last-applied-configuration',
  'kustomize.toolkit.fluxcd.io/name',
  'kustomize.toolkit.fluxcd.io/namespace',
  'meta.helm.sh/release-name',
  'meta.helm.sh/release-namespace',
];

/** Compares one object with its manifest. Never throws for values of JSON. */
export function compareManifest(
  compared: ComparedObjects,
  options: ComparisonOptions,
): ManifestFact {
  const { declared, object } = compared;
  if (declared['apiVersion'] !== object['apiVersion'] || declared['kind'] !== object['kind']) {
    const reason = `the commit declares ${nameOf(declared)}, the review shows ${nameOf(object)}`;
    return notComparable(reason, options);
  }
  const { apiVersion, kind } = object;
  const type = findBuiltinType(String(apiVersion), String(kind)) ?? options.customType ?? UNTYPED;
  const findings = walk(compared, type, options);
  const unapplied = options.ignored?.unapplied ?? [];
  if (findings.found > 0 && unapplied.length > 0) {
    const reason = `ignoreDifferences of the application cannot be evaluated: ${unapplied.join(', ')}`;
    return notComparable(reason, options);
  }
  if (findings.found > 0) {
    return { status: 'differs', paths: findings.paths, kept: findings.kept };
  }
  if (findings.unknown.length > 0) {
    return notComparable(describeUnknown(findings, type), options);
  }
  return { status: 'equal', paths: [], kept: findings.kept };
}

const UNTYPED: TypeNode = { kind: 'untyped' };

function walk(
  { declared, object, stored }: ComparedObjects,
  type: TypeNode,
  { mutated = [], ignored, trackingLabel, isScaled = false, limits }: ComparisonOptions,
): WalkFindings {
  const toolMarks = trackingLabel === undefined ? TOOL_MARKS : [...TOOL_MARKS, trackingLabel];
  const walker = new ManifestWalk({
    ...limits,
    mutated,
    toolMarks: new Set(toolMarks),
    isScaled,
    object,
  });
  const sides = {
    declared: prepare(declared, ignored),
    object: prepare(object, ignored),
    stored: stored === undefined ? NOTHING_STORED : prepare(stored, ignored),
  };
  walker.compare(sides, type.kind === 'untyped' ? CUSTOM_OBJECT : type);
  return walker.findings;
}

/** A custom kind whose schema is not known: its metadata is that of every object. */
const CUSTOM_OBJECT: StructType = {
  kind: 'struct',
  name: '',
  keepsEmpty: true,
  isObject: true,
  field: (name) =>
    name === 'metadata'
      ? findBuiltinType('v1', 'ConfigMap')?.field(name)
      : { type: { kind: 'untyped' } },
};

function prepare(object: Fields, ignored: IgnoredDifferences | undefined): unknown {
  const merged = mergeStringData(object);
  return ignored === undefined ? merged : removeIgnored(merged, ignored);
}

/** `stringData` is written and never read: the API server merges it into `data`, where it wins. */
function mergeStringData(object: Fields): Fields {
  const { stringData, ...others } = object;
  if (object['kind'] !== 'Secret' || object['apiVersion'] !== 'v1' || !isRecord(stringData)) {
    return object;
  }
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    typeof text === 'string' ? Buffer.from(text).toString('base64') : text,
  ]);
  const data = isRecord(others['data']) ? others['data'] : {};
  return { ...others, data: { ...data, ...Object.fromEntries(encoded) } };
}

function describeUnknown({ unknown }: WalkFindings, type: TypeNode): string {
  const fields = unknown.join(', ');
  return type.kind === 'untyped'
    ? `the schema of the kind is not known, and these fields may be defaults, or dropped: ${fields}`
    : `this version does not know the fields ${fields}, which may be defaults of a newer Kubernetes`;
}

function notComparable(reason: string, { limits }: ComparisonOptions): ManifestFact {
  const shown =
    reason.length > REASON_PATHS * limits.pathCharsMax
      ? `${reason.slice(0, REASON_PATHS * limits.pathCharsMax)}…`
      : reason;
  return { status: 'not-comparable', paths: [], kept: [], reason: shown };
}

/** A reason is at most as long as so many paths. */
const REASON_PATHS = 4;

function nameOf({ apiVersion, kind }: Fields): string {
  return `${String(kind)} of ${String(apiVersion)}`;
}
