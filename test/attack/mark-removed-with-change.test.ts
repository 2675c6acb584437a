/** Both in one request: what it was before counts. */
import { attack } from '../support/attack/attack.ts';

attack('take the mark off and change the object at once', {
  attempt: ({ kubectl }) =>
    kubectl([
      'patch',
      'configmap',
      'settings',
      '--type=merge',
      '-p',
      JSON.stringify({
        metadata: { annotations: { 'argocd.argoproj.io/tracking-id': null } },
        data: { greeting: 'hacked' },
      }),
    ]),
  code: 'protected_key_changed',
  refusedBy: 'protected_keys',
});
