/** Versions of an application, and the objects that say so. */
import type { ApplicationName } from '../../src/source/commits/deployed-commits.ts';

export const SHOP: ApplicationName = { kind: 'Application', namespace: 'argocd', name: 'shop' };
export const APPS: ApplicationName = {
  kind: 'Kustomization',
  namespace: 'flux-system',
  name: 'apps',
};

export const V1 = '1'.repeat(40);
export const V2 = '2'.repeat(40);
export const V3 = '3'.repeat(40);

export const SHOP_REPOSITORY = 'https://git.example.com/shop';

export interface SampleState {
  /** What was applied as a whole. */
  readonly applied?: string;
  /** What is being applied. */
  readonly running?: string;
  /** What is compared with the cluster. @default what was applied */
  readonly compared?: string;
  readonly isHealthy?: boolean;
  readonly asked?: object;
  readonly metadata?: object;
  readonly spec?: object;
}

/** An Application as Argo CD writes it. */
export function sampleArgocd({
  applied,
  running,
  compared = applied,
  isHealthy = true,
  asked = {},
  metadata = {},
  spec = {},
}: SampleState) {
  const operation = { sync: { revision: running ?? applied, ...asked } };
  return {
    metadata: { namespace: 'argocd', name: 'shop', ...metadata },
    spec: {
      project: 'default',
      source: { repoURL: SHOP_REPOSITORY, path: 'deploy', targetRevision: 'main' },
      ...spec,
    },
    ...(running !== undefined && { operation }),
    status: {
      health: { status: isHealthy ? 'Healthy' : 'Degraded' },
      sync: { status: 'Synced', ...(compared !== undefined && { revision: compared }) },
      ...(applied !== undefined && {
        history: [{ revision: applied }],
        operationState: {
          phase: running === undefined ? 'Succeeded' : 'Running',
          operation,
          syncResult: { revision: running ?? applied },
        },
      }),
    },
  };
}

/** A Kustomization as Flux writes it. */
export function sampleFlux({
  applied,
  running = applied,
  isHealthy = true,
  metadata,
}: SampleState) {
  return {
    kind: 'Kustomization',
    metadata: { namespace: 'flux-system', name: 'apps', generation: 2, ...metadata },
    spec: { path: './apps', sourceRef: { kind: 'GitRepository', name: 'fleet' } },
    status: {
      ...(running !== undefined && { lastAttemptedRevision: `main@sha1:${running}` }),
      ...(applied !== undefined && { lastAppliedRevision: `main@sha1:${applied}` }),
      conditions: [
        { type: 'Reconciling', status: 'False', observedGeneration: 2 },
        { type: 'Ready', status: isHealthy ? 'True' : 'False', observedGeneration: 2 },
      ],
    },
  };
}
