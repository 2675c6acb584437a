/** Manifests as people write them, and the same objects as a real API server (1.36) shows them to a webhook. */
import { compareManifest } from '../../src/source/manifest/compare-manifest.ts';
import type {
  ComparisonOptions,
  ManifestFact,
} from '../../src/source/manifest/compare-manifest.ts';
import type { Fields } from '../../src/source/manifest/type-schema.ts';

export const COMPARISON_LIMITS = {
  pathsMax: 20,
  pathCharsMax: 200,
  valuesMax: 100_000,
  depthMax: 100,
} as const;

/** Compares with the limits above. */
export function compare(
  declared: Fields,
  object: Fields,
  options: Partial<ComparisonOptions> & { readonly stored?: Fields } = {},
): ManifestFact {
  const { stored, ...others } = options;
  return compareManifest({ declared, object, stored }, { limits: COMPARISON_LIMITS, ...others });
}

/** A Deployment as a person writes it. */
export function declaredDeployment(): Sample {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'registry.example/web:1.2',
              env: [
                { name: 'A', value: 'a' },
                { name: 'B', value: '' },
              ],
              ports: [{ containerPort: 8080 }],
              resources: { requests: { cpu: '1000m', memory: '0.5Gi' } },
            },
          ],
        },
      },
    },
  };
}

/** The same as the API server shows it. */
export function admittedDeployment(): Sample {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'd5b1',
      generation: 1,
      creationTimestamp: '2026-11-01T00:00:00Z',
      labels: { app: 'web' },
      annotations: { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:shop/web' },
      managedFields: [{ manager: 'argocd-controller' }],
    },
    spec: {
      replicas: 1,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
      },
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' }, creationTimestamp: null },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'registry.example/web:1.2',
              imagePullPolicy: 'IfNotPresent',
              env: [{ name: 'A', value: 'a' }, { name: 'B' }],
              ports: [{ containerPort: 8080, protocol: 'TCP' }],
              resources: { requests: { cpu: '1', memory: '512Mi' } },
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
            },
          ],
          dnsPolicy: 'ClusterFirst',
          restartPolicy: 'Always',
          schedulerName: 'default-scheduler',
          securityContext: {},
          terminationGracePeriodSeconds: 30,
        },
      },
    },
    status: {},
  };
}

/** Any object, for tests that change parts of it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the samples are literals of this file
export type Sample = Record<string, any>;
