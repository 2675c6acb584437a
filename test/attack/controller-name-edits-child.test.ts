/** Not even its own controller changes what a pod runs. */
import { attack } from '../support/attack/attack.ts';
import { asController, firstOf } from '../support/attack/control-plane-names.ts';

attack('change the image of a child pod as its controller', {
  attempt: async (ground) => {
    const { metadata } = await firstOf(ground, '/api/v1', 'pods?labelSelector=app%3Dweb');
    return await ground.kubectl([
      'set',
      'image',
      `pod/${metadata?.name ?? ''}`,
      'web=registry.local/evil:1',
      ...asController('replicaset-controller'),
    ]);
  },
  webhook: 'children.holdfast.dev',
  code: 'child_of_another_controller',
  refusedBy: 'platform_children',
});
