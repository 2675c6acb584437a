/** A StatefulSet in Git, and the volume that its claim is bound to. */
import type { GitFiles } from '../argocd/git-server.ts';
import { waitFor } from '../cluster/wait-for.ts';
import type { AttackGround } from './attack.ts';

/** No class of this name exists: only the volume that is made for it fits. */
const storageClassName = 'attacked';
const storage = '1Mi';
const accessModes = ['ReadWriteOnce'];

/** The claim is `data-db-0`. */
export const STATEFUL_SET: GitFiles = {
  'db.json': {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      replicas: 1,
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'db',
              image: 'registry.local/db:1',
              resources: { requests: { cpu: '2m' }, limits: { cpu: '4m' } },
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes, storageClassName, resources: { requests: { storage } } },
        },
      ],
    },
  },
};

export const claimPath = (namespace: string): string =>
  `/api/v1/namespaces/${namespace}/persistentvolumeclaims/data-db-0`;

export const volumeName = (namespace: string): string => `${namespace}-db`;

/** Makes the volume, and waits until the claim is bound to it. */
export async function bindClaim({ cluster, namespace }: AttackGround): Promise<void> {
  const input = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeName(namespace) },
    spec: {
      accessModes,
      storageClassName,
      capacity: { storage },
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace, name: 'data-db-0' },
      hostPath: { path: '/data' },
    },
  };
  await cluster.mustKubectl('root', ['apply', '-f', '-'], { input });
  await waitFor('the claim of the StatefulSet is bound', async () => {
    const { body } = await cluster.request('root', claimPath(namespace));
    return body.status?.['phase'] === 'Bound';
  });
}
