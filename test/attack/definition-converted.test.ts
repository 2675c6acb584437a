/** A conversion webhook says what an Application is. */
import { attack } from '../support/attack/attack.ts';

const clientConfig = { service: { namespace: 'default', name: 'evil', path: '/convert' } };

attack('convert Applications', {
  attempt: ({ request }) =>
    request(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/applications.argoproj.io?dryRun=All',
      {
        method: 'PATCH',
        body: {
          spec: {
            conversion: {
              strategy: 'Webhook',
              webhook: { clientConfig, conversionReviewVersions: ['v1'] },
            },
          },
        },
      },
    ),
  code: 'gitops_definition_changed',
  refusedBy: 'gitops_definitions',
});
