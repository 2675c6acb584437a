/**
 * Compares planned manifests with what a cluster has: what `kubectl apply --server-side` would change.
 *
 * The API server itself answers, by a dry run of the apply: it fills in defaults, keeps what other field managers own, and
 * refuses what it would refuse. Source: kubernetes.io "Server-Side Apply"; `kubectl diff --server-side` does the same.
 */
import { addMs } from '../base/clock.ts';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { isRecord } from '../base/is-record.ts';
import type {
  ApiReading,
  ApiWriting,
  ConnectedCluster,
} from '../kubernetes/client/cluster-client.ts';
import { BOOKKEEPING } from '../ownership/diff-walk.ts';
import type { Manifest } from '../registration/plan-registration.ts';

export type ManifestComparison =
  | {
      readonly status: 'compared';
      readonly kind: string;
      readonly name: string;
      /** Without what the API server alone writes; `undefined` if there is no such object. */
      readonly before: unknown;
      readonly after: unknown;
      /** Another field manager owns a part: applying needs `--force-conflicts`. */
      readonly conflict?: string | undefined;
    }
  | {
      readonly status: 'failed';
      readonly kind: string;
      readonly name: string;
      readonly reason: string;
    };

export interface ComparisonOptions {
  readonly client: Pick<ConnectedCluster, 'read' | 'write'>;
  readonly clock: Clock;
  /** The time-out of one request. */
  readonly callMsMax: number;
}

const GROUP_PATH = '/apis/admissionregistration.k8s.io/v1';
const PLURALS: Readonly<Record<string, string>> = {
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
};
/** The one of kubectl: the manifests are piped into it. */
const FIELD_MANAGER = 'kubectl';

/** One comparison for each manifest, in their order. Nothing is changed. */
export async function compareRegistration(
  manifests: readonly Manifest[],
  options: ComparisonOptions,
): Promise<readonly ManifestComparison[]> {
  const comparisons: ManifestComparison[] = [];
  for (const manifest of manifests) comparisons.push(await compareOne(manifest, options));
  return comparisons;
}

async function compareOne(
  manifest: Manifest,
  options: ComparisonOptions,
): Promise<ManifestComparison> {
  const kind = String(manifest['kind']);
  const metadata = manifest['metadata'];
  const name = isRecord(metadata) ? String(metadata['name']) : '';
  const path = `${GROUP_PATH}/${PLURALS[kind] ?? ''}/${name}`;
  const failed = (reason: string): ManifestComparison => ({ status: 'failed', kind, name, reason });
  const live: ApiReading = await options.client.read(path, { deadlineAtMs: deadline(options) });
  if (live.status === 'unavailable') return failed(live.reason);
  const before = live.status === 'absent' ? undefined : omitServerFields(live.body);
  const tried = await tryApply(path, manifest, { ...options, force: false });
  const applied =
    tried.status === 'conflict'
      ? await tryApply(path, manifest, { ...options, force: true })
      : tried;
  switch (applied.status) {
    case 'written': {
      const after = omitServerFields(applied.body);
      const conflict = tried.status === 'conflict' ? tried.reason : undefined;
      return { status: 'compared', kind, name, before, after, conflict };
    }
    case 'absent':
      return failed(`The API server does not serve ${path}`);
    case 'conflict':
    case 'refused':
    case 'unavailable':
      return failed(applied.reason);
  }
}

async function tryApply(
  path: string,
  body: Manifest,
  { force, ...options }: ComparisonOptions & { readonly force: boolean },
): Promise<ApiWriting> {
  const query = `dryRun=All&fieldManager=${FIELD_MANAGER}&force=${String(force)}`;
  return options.client.write(`${path}?${query}`, {
    method: 'PATCH',
    contentType: 'application/apply-patch+yaml',
    body,
    deadlineAtMs: deadline(options),
  });
}

function deadline({ clock, callMsMax }: ComparisonOptions): MonotonicMs {
  return addMs(clock.monotonicMs(), callMsMax);
}

function omitServerFields(object: unknown): unknown {
  if (!isRecord(object) || !isRecord(object['metadata'])) return object;
  const metadata = Object.fromEntries(
    Object.entries(object['metadata']).filter(([key]) => !BOOKKEEPING.has(key)),
  );
  return { ...object, metadata };
}
