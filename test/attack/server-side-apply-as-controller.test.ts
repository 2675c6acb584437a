/** Field managers are chosen by the client: this one calls itself Argo CD and forces. */
import { attack } from '../support/attack/attack.ts';

attack('apply under the field manager of Argo CD', {
  attempt: ({ kubectl }) =>
    kubectl(
      [
        'apply',
        '--server-side',
        '--force-conflicts',
        '--field-manager=argocd-controller',
        '-f',
        '-',
      ],
      {
        input: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'settings' },
          data: { greeting: 'hacked' },
        },
      },
    ),
  code: 'managed_object_changed',
  refusedBy: 'gitops_only_writes',
});
