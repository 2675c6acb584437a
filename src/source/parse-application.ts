/**
 * Parses the source of an Argo CD Application (`input.facts.source` in Rego).
 *
 * The Application CRD has no status subresource: anyone who can patch an Application can write its status too. The
 * result is therefore a hint for people and a reason to refuse, never a proof that content is in Git. Source:
 * argo-cd pkg/apis/application/v1alpha1 types.go.
 */
import { z } from 'zod';
import type { CommitFact } from './commits/commit-fact.ts';
import type { SourceManifestFact } from './manifest/manifest-fact.ts';
import { describeMalformed } from './describe-malformed.ts';
import { parseInitiator, type ClaimedInitiator } from './parse-initiator.ts';

export interface SourceFact {
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
  /** The application's running operation carries manifests that are in no repository. */
  readonly inlineManifests: boolean;
  /** Absent for a snapshot of the cluster, which is from another time. */
  readonly operation?: ApplicationOperation | undefined;
  /** Who asked for the operation that runs, as Argo CD says; absent where it says nobody. */
  readonly initiatedBy?: ClaimedInitiator | undefined;
  /** It is what Argo CD's hub said so long ago: the hub does not answer now. */
  readonly keptForMs?: number | undefined;
  /** The commit of each source, where a GitOps controller writes and commits are judged. */
  readonly commits?: readonly CommitFact[] | undefined;
  /** The one of `commits` that decides: a source without a signature cannot hide beside a signed one. */
  readonly commit?: CommitFact | undefined;
  /** What its commits declare of the object, where a GitOps controller creates or changes it. */
  readonly manifest?: SourceManifestFact | undefined;
}

/**
 * The state of the application.
 * - `running`: an operation is requested or running; only then does its controller have a reason to write its
 *   objects
 * - `deleting`: the application is being deleted, and its objects with it
 * - `idle`: neither
 * - `absent`: there is no such application
 * - `elsewhere`: it is on Argo CD's hub, and deploys to another cluster
 */
export type ApplicationOperation = 'running' | 'deleting' | 'idle' | 'absent' | 'elsewhere';

const source = z.looseObject({
  repoURL: z.string().default(''),
  path: z.string().default(''),
  chart: z.string().optional(),
  targetRevision: z.string().default('HEAD'),
});

const operation = z.looseObject({
  sync: z
    .looseObject({
      revision: z.string().optional(),
      manifests: z.array(z.string()).nullish(),
    })
    .nullish(),
});

const application = z.looseObject({
  metadata: z.looseObject({ deletionTimestamp: z.string().nullish() }).nullish(),
  spec: z.looseObject({ source: source.nullish(), sources: z.array(source).nullish() }),
  operation: operation.nullish(),
  status: z
    .looseObject({
      operationState: z
        .looseObject({ phase: z.string().optional(), operation: operation.nullish() })
        .nullish(),
    })
    .nullish(),
});

type Application = z.infer<typeof application>;

export type ParsedApplication =
  | { readonly ok: true; readonly source: SourceFact }
  | { readonly ok: false; readonly reason: string };

/** Reads the fields above; every other field is ignored. */
export function parseApplication(object: unknown): ParsedApplication {
  const parsed = application.safeParse(object);
  if (!parsed.success) {
    return { ok: false, reason: describeMalformed('the Application', parsed.error) };
  }

  const { spec, operation: requested, status } = parsed.data;
  const state = status?.operationState;
  const stateOperation = state?.phase === 'Running' ? state.operation : undefined;
  const running = runningOperation(parsed.data);
  const initiatedBy = parseInitiator(running);
  const [first] = spec.source ? [spec.source] : (spec.sources ?? []);
  return {
    ok: true,
    source: {
      repository: first?.repoURL ?? '',
      revision: running?.sync?.revision ?? first?.targetRevision ?? '',
      path: first?.chart ?? first?.path ?? '',
      // Both places count: the controller removes `operation` when it starts, and a finished operation's copy in the
      // status does not describe current writes.
      inlineManifests: [requested, stateOperation].some(carriesManifests),
      operation: activityOf(parsed.data),
      ...(initiatedBy && { initiatedBy }),
    },
  };
}

// The copy in the status keeps fields of the operation before: the controller writes it as a merge patch.
function runningOperation({ operation: requested, status }: Application): Application['operation'] {
  const state = status?.operationState;
  return requested ?? (state?.phase === 'Running' ? state.operation : undefined);
}

// The controller writes phase Running before it applies the first object, and removes `operation` after the
// last.
function activityOf({ metadata, operation: requested, status }: Application): ApplicationOperation {
  if (metadata?.deletionTimestamp) return 'deleting';
  const phase = status?.operationState?.phase;
  return requested || phase === 'Running' || phase === 'Terminating' ? 'running' : 'idle';
}

function carriesManifests(candidate: Application['operation']): boolean {
  return (candidate?.sync?.manifests?.length ?? 0) > 0;
}
