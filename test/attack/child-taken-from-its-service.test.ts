/** A Service, a network policy or a budget of Git selects by more labels than the controller of a pod does. */
import { attack } from '../support/attack/attack.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const TIER = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'tiered' },
  spec: {
    selector: { matchLabels: { app: 'tiered' } },
    template: {
      metadata: { labels: { app: 'tiered', tier: 'front' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'app',
            image: 'registry.local/app:1',
            resources: { requests: { cpu: '2m' }, limits: { cpu: '4m' } },
          },
        ],
      },
    },
  },
};

attack('take a pod from the Service that selects it', {
  files: { 'tiered.json': TIER },
  attempt: async ({ cluster, kubectl, namespace }) => {
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=tier%3Dfront`;
    const name = await waitFor('the Deployment has a pod', async () => {
      const { body } = await cluster.request('root', path);
      return body.items?.[0]?.metadata?.name;
    });
    return await kubectl(['label', `pod/${name}`, 'tier-']);
  },
  code: 'managed_child_changed',
  refusedBy: 'managed_children',
});
