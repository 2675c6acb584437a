/** What belongs to a managed ReplicaSet runs as if Git declared it. */
import { attack } from '../support/attack/attack.ts';
import { AS_CONTROLLER_MANAGER, foreignChild } from '../support/attack/control-plane-names.ts';

attack('make a child pod of another image as the controller manager', {
  attempt: async (ground) =>
    await ground.kubectl(['create', '-f', '-', ...AS_CONTROLLER_MANAGER], {
      input: await foreignChild(ground),
    }),
  alsoWatched: ({ namespace }) => [`/api/v1/namespaces/${namespace}/pods/web-evil`],
  code: 'child_of_another_controller',
  refusedBy: 'platform_children',
});
