/**
 * Asks Argo CD to write named objects again, as the revision has them that it deployed last: an operation of the Application, or a
 * refresh where Argo CD heals by itself.
 *
 * Never another revision: a commit that nobody has synced yet would be deployed by the healing. What the operation may ask for is what
 * `policies/lib/healing.rego` permits, and it permits no more. Source: argo-cd pkg/apis/application/v1alpha1 types.go (Operation,
 * SyncOperation, RevisionHistory).
 */
import { z } from 'zod';
import type { ObjectReference } from '../../kubernetes/object-reference.ts';

const text = z.string().nullish();

const sourceSchema = z.looseObject({
  repoURL: z.string().default(''),
  chart: text,
  targetRevision: text,
});

const applicationSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string(), deletionTimestamp: text }),
  spec: z.looseObject({
    source: sourceSchema.nullish(),
    sources: z.array(sourceSchema).nullish(),
    sourceHydrator: z.unknown().optional(),
    syncPolicy: z
      .looseObject({
        syncOptions: z.array(z.string()).nullish(),
        automated: z
          .looseObject({ selfHeal: z.boolean().nullish(), enabled: z.boolean().nullish() })
          .nullish(),
      })
      .nullish(),
  }),
  operation: z.looseObject({}).nullish(),
  status: z
    .looseObject({
      operationState: z.looseObject({ phase: text }).nullish(),
      history: z
        .array(
          z.looseObject({
            revision: text,
            revisions: z.array(z.string()).nullish(),
            source: sourceSchema.nullish(),
            sources: z.array(sourceSchema).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});

type Application = z.output<typeof applicationSchema>;
type Source = z.output<typeof sourceSchema>;

export type PlannedAsk =
  | {
      readonly status: 'ask';
      /** A merge patch of the application (RFC 7386). */
      readonly patch: object;
      /** What it asks for, in one word of a record. */
      readonly by: 'refresh' | 'sync' | 'reconcile';
    }
  /** Not now; one clause. */
  | { readonly status: 'held'; readonly reason: string }
  /** Not at all. */
  | { readonly status: 'refused'; readonly reason: string };

export interface SyncQuestion {
  /** The Application as it was read. */
  readonly application: unknown;
  readonly objects: readonly ObjectReference[];
  /** Of which finding, for people who look at the Application. */
  readonly decisionId: string;
  /** The first time Argo CD may heal by itself. */
  readonly isFirst: boolean;
}

/** What to ask of an Application. */
export function planSync({ application, objects, decisionId, isFirst }: SyncQuestion): PlannedAsk {
  const parsed = applicationSchema.safeParse(application);
  if (!parsed.success) return refuse('its Application cannot be read');
  const { metadata, spec, operation, status } = parsed.data;
  if (typeof metadata.deletionTimestamp === 'string') {
    return hold('its Application is being deleted');
  }
  if (isObject(operation) || status?.operationState?.phase === 'Running') {
    return hold('an operation of its Application runs');
  }
  const { automated } = spec.syncPolicy ?? {};
  if (isFirst && automated?.selfHeal === true && automated.enabled !== false) {
    return { status: 'ask', by: 'refresh', patch: annotate(REFRESH, 'normal', metadata) };
  }
  const deployed = findDeployed(parsed.data);
  if ('status' in deployed) return deployed;
  const sync = {
    ...deployed,
    resources: objects.map(({ group, kind, namespace = '', name }) => ({
      group,
      kind,
      namespace,
      name,
    })),
    ...(spec.syncPolicy?.syncOptions && { syncOptions: spec.syncPolicy.syncOptions }),
    syncStrategy: { hook: {} },
  };
  const info = [{ name: 'Reason', value: `Drift that Holdfast has found: ${decisionId}` }];
  return {
    status: 'ask',
    by: 'sync',
    patch: {
      metadata: { resourceVersion: metadata.resourceVersion },
      operation: { initiatedBy: { username: INITIATOR }, info, sync },
    },
  };
}

const REFRESH = 'argocd.argoproj.io/refresh';
/** As Argo CD shows it. */
const INITIATOR = 'holdfast';

/** An annotation, of this very state of the application. */
export function annotate(
  key: string,
  value: string,
  { resourceVersion }: { readonly resourceVersion: string },
): object {
  return { metadata: { resourceVersion, annotations: { [key]: value } } };
}

function findDeployed({
  spec,
  status,
}: Application):
  { readonly revision: string } | { readonly revisions: readonly string[] } | Refused {
  if (isObject(spec.sourceHydrator)) {
    return refuse('its Application is hydrated: sync it in Argo CD');
  }
  const last = status?.history?.at(-1);
  if (last === undefined) return refuse('its Application was never synced');
  const sources = spec.sources ?? [];
  const isSame =
    sources.length > 0
      ? sources.length === last.sources?.length &&
        sources.every((source, index) => isSamePlace(source, last.sources?.[index]))
      : isSamePlace(spec.source, last.source);
  if (!isSame) return refuse('its Application has another source than it deployed from last');
  if (sources.length === 0) {
    return last.revision ? { revision: last.revision } : refuse(NO_REVISION);
  }
  return last.revisions?.length === sources.length
    ? { revisions: last.revisions }
    : refuse(NO_REVISION);
}

const NO_REVISION = 'its Application does not say which revision it deployed last';

/** Whether a revision of the one means the same of the other. */
function isSamePlace(one: Source | null | undefined, other: Source | null | undefined): boolean {
  if (!one || !other) return false;
  const target = ({ targetRevision }: Source): string => targetRevision || 'HEAD';
  return (
    one.repoURL === other.repoURL &&
    (one.chart ?? '') === (other.chart ?? '') &&
    target(one) === target(other)
  );
}

type Refused = Extract<PlannedAsk, { readonly status: 'refused' }>;

function refuse(reason: string): Refused {
  return { status: 'refused', reason };
}

function hold(reason: string): PlannedAsk {
  return { status: 'held', reason };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
