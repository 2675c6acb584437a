/** A volume is deleted once its claim is gone and its reclaim policy says so. */
import { attack } from '../support/attack/attack.ts';
import { asController } from '../support/attack/control-plane-names.ts';

const VOLUME = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'declared-by-git' },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Delete',
    storageClassName: 'none',
    hostPath: { path: '/data' },
  },
};

attack('delete a volume as the volume controller', {
  files: { 'volume.json': VOLUME },
  attempt: ({ kubectl }) =>
    kubectl([
      'delete',
      'persistentvolume/declared-by-git',
      '--wait=false',
      ...asController('persistent-volume-binder'),
    ]),
  alsoWatched: () => ['/api/v1/persistentvolumes/declared-by-git'],
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
