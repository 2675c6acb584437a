/** Manifests as people write them, and the same objects as a real API server (1.36) shows them to a webhook. */
import { isRecord } from '../../src/base/is-record.ts';
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

/** An object of JSON that a test changes. */
export type Sample = Record<string, unknown>;

/** Sets what a path of keys and indexes leads to (`spec.containers.0.image`, with `/` for a dot in a key); `undefined` removes it. */
export function set(object: object, path: string, value: unknown): void {
  const steps = path.split('.').map((step) => step.replaceAll('/', '.'));
  const last = steps.pop() ?? '';
  const holder = at(object, steps.join('.').replaceAll('/', '.'));
  if (Array.isArray(holder)) {
    if (value === undefined) holder.splice(Number(last), 1);
    else holder[Number(last)] = value;
  } else if (isRecord(holder)) {
    if (value === undefined) Reflect.deleteProperty(holder, last);
    else Reflect.set(holder, last, value);
  } else throw new Error(`Nothing to change at "${path}"`);
}

/** What a path leads to. */
export function at(object: object, path: string): unknown {
  return path
    .split('.')
    .filter((step) => step !== '')
    .reduce<unknown>((value, step) => {
      if (Array.isArray(value)) return value[Number(step)];
      return isRecord(value) ? value[step] : undefined;
    }, object);
}
