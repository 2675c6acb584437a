/** A volume that Git declares is in no namespace and has no claim: nothing that any controller would delete it for. */
import { attack } from '../support/attack/attack.ts';
import { AS_CONTROLLER_MANAGER } from '../support/attack/control-plane-names.ts';

const VOLUME = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'of-git' },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Delete',
    storageClassName: 'none',
    hostPath: { path: '/data' },
  },
};

attack('delete a volume as the controller manager', {
  files: { 'volume.json': VOLUME },
  attempt: ({ kubectl }) =>
    kubectl(['delete', 'persistentvolume/of-git', '--wait=false', ...AS_CONTROLLER_MANAGER]),
  alsoWatched: () => ['/api/v1/persistentvolumes/of-git'],
  code: 'managed_object_deleted',
  refusedBy: 'gitops_only_writes',
});
