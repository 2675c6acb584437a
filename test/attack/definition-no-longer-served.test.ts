/** Nobody reads an Application whose kind is not served. */
import { attack } from '../support/attack/attack.ts';

attack('stop serving Applications', {
  attempt: ({ request }) =>
    request(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/applications.argoproj.io?dryRun=All',
      {
        method: 'PATCH',
        patchType: 'application/json-patch+json',
        body: [{ op: 'replace', path: '/spec/versions/0/served', value: false }],
      },
    ),
  code: 'gitops_definition_changed',
  refusedBy: 'gitops_definitions',
});
