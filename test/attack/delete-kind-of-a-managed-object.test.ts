/** A definition that a chart or an operator has installed takes along what Git declares of its kind. */
import { attack } from '../support/attack/attack.ts';

const GROUP = 'attack.holdfast.test';
const WIDGETS = `widgets.${GROUP}`;

attack('delete a kind that nobody declared, of whose objects Git declares one', {
  prepare: async ({ cluster, application }) => {
    const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    await cluster.mustKubectl('root', ['create', '-f', '-'], {
      input: {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: WIDGETS },
        spec: {
          group: GROUP,
          scope: 'Namespaced',
          names: { kind: 'Widget', singular: 'widget', plural: 'widgets' },
          versions: [
            { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } },
          ],
        },
      },
    });
    await cluster.mustKubectl('root', ['wait', '--for=condition=Established', `crd/${WIDGETS}`]);
    await application.sync({
      'widget.json': { apiVersion: `${GROUP}/v1`, kind: 'Widget', metadata: { name: 'one' } },
    });
  },
  attempt: ({ kubectl }) => kubectl(['delete', `crd/${WIDGETS}`, '--wait=false']),
  alsoWatched: ({ namespace }) => [
    `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${WIDGETS}`,
    `/apis/${GROUP}/v1/namespaces/${namespace}/widgets/one`,
  ],
  code: 'crd_deletion_destroys_resources',
  refusedBy: 'deletion_by_proxy',
});
