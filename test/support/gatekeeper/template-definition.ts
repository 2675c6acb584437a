/** The kinds of Gatekeeper in a test cluster, with what of their definitions concerns who reads and writes them. */
import type { Cluster } from '../cluster/cluster.ts';
import { waitForKinds } from '../cluster/wait-for-kinds.ts';

const KEPT = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const SCHEMA = { openAPIV3Schema: { type: 'object', properties: { spec: KEPT, status: KEPT } } };

/** Defines ConstraintTemplate, and waits until it is served. */
export async function defineTemplates(cluster: Cluster): Promise<void> {
  const version = (name: string, storage: boolean): object => ({
    name,
    served: true,
    storage,
    schema: SCHEMA,
    subresources: { status: {} },
  });
  await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], {
    input: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'constrainttemplates.templates.gatekeeper.sh' },
      spec: {
        group: 'templates.gatekeeper.sh',
        scope: 'Cluster',
        names: {
          kind: 'ConstraintTemplate',
          listKind: 'ConstraintTemplateList',
          plural: 'constrainttemplates',
          singular: 'constrainttemplate',
        },
        versions: [version('v1', true), version('v1beta1', false)],
      },
    },
  });
  await waitForKinds(cluster, ['/apis/templates.gatekeeper.sh/v1/constrainttemplates']);
}
