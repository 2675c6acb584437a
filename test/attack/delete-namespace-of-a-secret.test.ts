/** Of a namespace in which Git keeps nothing but a Secret, our account may read nothing: its application lists it. */
import { attack } from '../support/attack/attack.ts';

const vaultOf = (namespace: string): string => `${namespace}-vault`;

attack('delete a namespace in which Git keeps nothing but a Secret', {
  prepare: async ({ cluster, application, namespace }) => {
    const vault = vaultOf(namespace);
    await cluster.mustKubectl('root', ['create', 'namespace', vault]);
    await application.sync({
      'keys.json': {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'keys', namespace: vault },
        stringData: { key: 'none' },
      },
    });
  },
  attempt: ({ kubectl, namespace }) =>
    kubectl(['delete', `namespace/${vaultOf(namespace)}`, '--wait=false']),
  alsoWatched: ({ namespace }) => [`/api/v1/namespaces/${vaultOf(namespace)}/secrets/keys`],
  code: 'namespace_holds_managed_objects',
  refusedBy: 'deletion_by_proxy',
});
