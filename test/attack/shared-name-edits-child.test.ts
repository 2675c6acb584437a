/** A pod runs what its template declares; its controller never changes its image. */
import { attack } from '../support/attack/attack.ts';
import { AS_CONTROLLER_MANAGER, firstOf } from '../support/attack/control-plane-names.ts';

attack('change the image of a child pod as the controller manager', {
  attempt: async (ground) => {
    const { metadata } = await firstOf(ground, '/api/v1', 'pods?labelSelector=app%3Dweb');
    return await ground.kubectl([
      'set',
      'image',
      `pod/${metadata?.name ?? ''}`,
      'web=registry.local/evil:1',
      ...AS_CONTROLLER_MANAGER,
    ]);
  },
  code: 'child_of_another_controller',
  refusedBy: 'platform_children',
});
