/** With its finalizer, Argo CD deletes everything that the application deployed. */
import assert from 'node:assert/strict';
import { applicationPath } from '../support/argocd/application.ts';
import { attack } from '../support/attack/attack.ts';
import { AS_CONTROLLER_MANAGER } from '../support/attack/control-plane-names.ts';

attack('delete an application with its cascade as the controller manager', {
  // As Git declares it where applications end with what they deployed.
  prepare: async ({ cluster, namespace }) => {
    const finalizers = ['resources-finalizer.argocd.argoproj.io'];
    const answer = await cluster.request('argocd', applicationPath(namespace), {
      method: 'PATCH',
      body: { metadata: { finalizers } },
    });
    assert.equal(answer.code, 200, answer.body.message);
  },
  attempt: ({ kubectl, namespace }) =>
    kubectl([
      '-n',
      'argocd',
      'delete',
      `application/${namespace}`,
      '--wait=false',
      ...AS_CONTROLLER_MANAGER,
    ]),
  code: 'application_deletion_destroys_resources',
  refusedBy: 'deletion_by_proxy',
});
