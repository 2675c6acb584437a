/** Whether the live objects of an Argo CD Application are what the commits of its sources declare. */
import { z } from 'zod';
import { addMs } from '../base/clock.ts';
import { isRecord } from '../base/is-record.ts';
import { formatObjectPath, pluralOf } from '../kubernetes/client/format-api-path.ts';
import { SECOND } from '../settings/limit.ts';
import { judgeManifest, type ComparedSource } from '../source/manifest/judge-manifest.ts';
import { parseComparisonParameters } from '../source/manifest/parse-comparison-parameters.ts';
import type { ComparisonParameters } from '../source/manifest/parse-comparison-parameters.ts';
import type { PathPattern } from '../source/manifest/parse-path-pattern.ts';
import { indexSerialized } from '../source/manifest/source-index.ts';
import type { ManifestAnswer, ManifestQuestion } from './commit-manifests.ts';
import type { TracedSource, TraceOptions } from './trace-application.ts';

export interface ComparedLiveObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly status: 'equal' | 'differs' | 'absent' | 'not-comparable' | 'unavailable';
  readonly paths: readonly string[];
  readonly reason?: string | undefined;
}

export interface LiveComparison {
  readonly status: 'compared' | 'not-comparable' | 'unavailable';
  readonly reason?: string | undefined;
  readonly objects: readonly ComparedLiveObject[];
  /** Objects of the application beyond the limit, which were not read. */
  readonly leftOut: number;
  readonly durationMs: number;
}

export interface LiveComparisonOptions extends Pick<TraceOptions, 'client' | 'clock'> {
  readonly render: (question: ManifestQuestion) => Promise<ManifestAnswer>;
  readonly mutated: readonly PathPattern[];
  readonly trackingLabel: string | undefined;
}

/** One read each; a person waits for it. */
const OBJECTS_MAX = 500;
const READ_TIMEOUT_MS = 10 * SECOND;

const resourceSchema = z.looseObject({
  group: z.string().default(''),
  version: z.string(),
  kind: z.string(),
  namespace: z.string().default(''),
  name: z.string(),
});
const statusSchema = z.looseObject({
  status: z.looseObject({ resources: z.array(resourceSchema).default([]) }),
});
type Resource = z.infer<typeof resourceSchema>;

/** Never rejects for what the cluster or a repository answers. */
export async function compareLiveObjects(
  application: unknown,
  traced: readonly TracedSource[],
  options: LiveComparisonOptions,
): Promise<LiveComparison> {
  const startedAtMs = options.clock.monotonicMs();
  const compared = await compareAll(application, traced, options);
  return { ...compared, durationMs: options.clock.monotonicMs() - startedAtMs };
}

type Compared = Omit<LiveComparison, 'durationMs'>;

async function compareAll(
  application: unknown,
  traced: readonly TracedSource[],
  options: LiveComparisonOptions,
): Promise<Compared> {
  const parsed = parseComparisonParameters(application);
  if (!parsed.ok) return without('not-comparable', parsed.reason);
  const listed = statusSchema.safeParse(application).data?.status.resources ?? [];
  if (listed.length === 0) return without('not-comparable', 'its status lists no objects');
  const { parameters } = parsed;
  const sources: ComparedSource[] = [];
  for (const [index, each] of traced.entries()) {
    if (each.source.kind === 'commit' && each.source.role === 'dry') continue;
    const written = parameters.sources[index];
    if (written?.['ref'] && !written['path'] && !written['chart']) continue;
    const reportedType = parameters.sourceTypes[index];
    const answer = await renderSource(each, { written, parameters, reportedType }, options);
    if (answer.status === 'unavailable') return without('unavailable', answer.reason);
    sources.push(answer);
  }
  const objects: ComparedLiveObject[] = [];
  for (const resource of listed.slice(0, OBJECTS_MAX)) {
    objects.push(await compareOne(resource, { sources, parameters }, options));
  }
  return { status: 'compared', objects, leftOut: listed.length - objects.length };
}

function without(status: 'not-comparable' | 'unavailable', reason: string): Compared {
  return { status, reason, objects: [], leftOut: 0 };
}

async function renderSource(
  { source, access, hint }: TracedSource,
  described: {
    readonly written: Readonly<Record<string, unknown>> | undefined;
    readonly parameters: ComparisonParameters;
    readonly reportedType: string | undefined;
  },
  { render }: LiveComparisonOptions,
): Promise<ComparedSource | { readonly status: 'unavailable'; readonly reason: string }> {
  const { written, parameters, reportedType } = described;
  if (source.kind === 'no-commit' || hint === undefined || written === undefined) {
    return { status: 'not-comparable', reason: 'the source has no commit' };
  }
  const { repository, tracked, path } = source;
  const objectId = hint.claimedObjectId;
  const { name, destination: namespace, project } = parameters;
  const answer = await render({
    repository,
    tracked,
    objectId,
    access,
    path,
    source: written,
    environment: {
      name,
      namespace,
      project,
      revision: objectId,
      repository,
      path,
      targetRevision: tracked,
    },
    cluster: { namespace, kubeVersion: '', apiVersions: [] },
  });
  if (answer.status !== 'rendered') return answer;
  const { manifests, doubt, type } = answer;
  if (reportedType !== type) {
    const reason = `Argo CD renders the source as ${reportedType ?? 'nothing yet'}, and its files say ${type ?? 'nothing'}`;
    return { status: 'not-comparable', reason };
  }
  return { status: 'indexed', index: indexSerialized(manifests, { namespace, doubt }) };
}

async function compareOne(
  { group, version, kind, namespace, name }: Resource,
  judged: {
    readonly sources: readonly ComparedSource[];
    readonly parameters: ComparisonParameters;
  },
  { client, clock, mutated, trackingLabel }: LiveComparisonOptions,
): Promise<ComparedLiveObject> {
  const place = { kind, namespace, name, paths: [] };
  const path = formatObjectPath({
    group,
    version,
    resource: pluralOf(kind),
    kind,
    ...(namespace !== '' && { namespace }),
    name,
  });
  if (path === undefined) {
    return { ...place, status: 'not-comparable', reason: 'its name is no name of an object' };
  }
  const deadlineAtMs = addMs(clock.monotonicMs(), READ_TIMEOUT_MS);
  const reading = await client.read(path, { deadlineAtMs });
  if (reading.status === 'unavailable') {
    return { ...place, status: 'unavailable', reason: reading.reason };
  }
  // The plural of a custom kind is a guess: a wrong one is not found, either.
  if (reading.status === 'absent' && group.includes('.') && !group.endsWith('.k8s.io')) {
    return { ...place, status: 'not-comparable', reason: `the cluster has nothing at ${path}` };
  }
  if (reading.status === 'absent' || !isRecord(reading.body)) {
    return { ...place, status: 'absent', reason: 'the cluster has no such object' };
  }
  const { ignoreDifferences, createdNamespace } = judged.parameters;
  const { status, paths, reason } = judgeManifest({ object: reading.body }, judged.sources, {
    ignoreDifferences,
    mutated,
    trackingLabel,
    alsoDeclared: createdNamespace === undefined ? [] : [createdNamespace],
  });
  return { ...place, status, paths, reason };
}
