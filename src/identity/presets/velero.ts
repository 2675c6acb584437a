/** What Velero writes into objects that Git declares. Source: github.com/vmware-tanzu/velero v1.18.3. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Velero. */
export const VELERO: OperatorPreset = {
  title: 'Velero',
  source: 'github.com/vmware-tanzu/velero v1.18.3',
  namespace: 'velero',
  notes:
    'A restore creates only what the application lists that the mark names. Other kinds that you restore need a rule of their own.',
  accounts: {
    server: {
      serviceAccount: 'velero',
      rules: [
        {
          why: 'It restores what an application lists.',
          readIn: 'pkg/restore/restore.go',
          verbs: ['CREATE'],
          groups: ['', 'apps', 'batch', 'networking.k8s.io'],
          resources: [
            'configmaps',
            'cronjobs',
            'daemonsets',
            'deployments',
            'ingresses',
            'jobs',
            'secrets',
            'serviceaccounts',
            'services',
            'statefulsets',
          ],
        },
        {
          why: 'It reports what it found, in kinds without a status subresource.',
          readIn:
            'pkg/controller/schedule_controller.go, pkg/controller/backup_storage_location_controller.go',
          verbs: ['UPDATE'],
          groups: ['velero.io'],
          resources: ['backupstoragelocations', 'schedules'],
          paths: ['status'],
        },
      ],
    },
  },
};
