/** With a definition of Git go all objects of its kind, whoever declared them. */
import { attack } from '../support/attack/attack.ts';
import { AS_CONTROLLER_MANAGER } from '../support/attack/control-plane-names.ts';

const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'carts.shop.example.com' },
  spec: {
    group: 'shop.example.com',
    scope: 'Namespaced',
    names: { kind: 'Cart', plural: 'carts', singular: 'cart', listKind: 'CartList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object' } },
      },
    ],
  },
};

attack('delete a definition of Git as the controller manager', {
  files: { 'definition.json': DEFINITION },
  attempt: ({ kubectl }) =>
    kubectl(['delete', 'crd/carts.shop.example.com', '--wait=false', ...AS_CONTROLLER_MANAGER]),
  alsoWatched: () => [
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/carts.shop.example.com',
  ],
  code: 'crd_deletion_destroys_resources',
  refusedBy: 'deletion_by_proxy',
});
