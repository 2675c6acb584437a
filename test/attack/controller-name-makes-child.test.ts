/** The right controller, by its name: but the pod is not what its ReplicaSet declares. */
import { attack } from '../support/attack/attack.ts';
import { asController, foreignChild } from '../support/attack/control-plane-names.ts';

attack('make a child pod of another image as its controller', {
  attempt: async (ground) =>
    await ground.kubectl(['create', '-f', '-', ...asController('replicaset-controller')], {
      input: await foreignChild(ground),
    }),
  alsoWatched: ({ namespace }) => [`/api/v1/namespaces/${namespace}/pods/web-evil`],
  webhook: 'children.holdfast.dev',
  code: 'child_differs_from_template',
  refusedBy: 'platform_children',
});
