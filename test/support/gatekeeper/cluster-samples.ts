/** Templates and constraints, and an API server that has them. */
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { sampleDiscovery } from '../discovery-samples.ts';
import type { FakeApiServer } from '../fake-api-server.ts';

/** Where an API server has them. */
export const GATEKEEPER_PATHS = {
  templates: '/apis/templates.gatekeeper.sh/v1/constrainttemplates',
  constraints: '/apis/constraints.gatekeeper.sh/v1beta1/mustbeowned',
  configs: '/apis/config.gatekeeper.sh/v1alpha1/configs',
} as const;

const REGO = `package mustbeowned

violation[{"msg": msg}] {
  not input.review.object.metadata.labels[input.parameters.label]
  msg := sprintf("the label %v is missing", [input.parameters.label])
}
`;

/** A template of the kind `MustBeOwned`, which wants a label. */
export function sampleTemplate({
  kind = 'MustBeOwned',
  rego = REGO,
  ...metadata
}: {
  readonly kind?: string;
  readonly rego?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly uid?: string;
} = {}): KubernetesObject {
  return {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: { name: kind.toLowerCase(), ...metadata },
    spec: {
      crd: {
        spec: {
          names: { kind },
          validation: {
            legacySchema: false,
            openAPIV3Schema: {
              type: 'object',
              properties: { label: { type: 'string', default: 'owner' } },
            },
          },
        },
      },
      targets: [{ target: 'admission.k8s.gatekeeper.sh', rego }],
    },
  };
}

/** A constraint of that template, for Namespaces. */
export function sampleConstraint({
  kind = 'MustBeOwned',
  name = 'owned',
  spec = {},
  ...metadata
}: {
  readonly kind?: string;
  readonly name?: string;
  readonly spec?: object;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly uid?: string;
} = {}): KubernetesObject {
  return {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind,
    metadata: { name, ...metadata },
    spec: {
      match: { kinds: [{ apiGroups: [''], kinds: ['Namespace'] }] },
      parameters: {},
      ...spec,
    },
  };
}

/** Lets the server say that it serves these kinds, and list one template with one constraint. */
export function answerGatekeeper(server: FakeApiServer): void {
  const served = sampleDiscovery([
    { resource: 'services', kind: 'Service' },
    {
      group: 'templates.gatekeeper.sh',
      resource: 'constrainttemplates',
      kind: 'ConstraintTemplate',
      namespaced: false,
    },
    {
      group: 'constraints.gatekeeper.sh',
      version: 'v1beta1',
      resource: 'mustbeowned',
      kind: 'MustBeOwned',
      namespaced: false,
    },
    { group: 'config.gatekeeper.sh', version: 'v1alpha1', resource: 'configs', kind: 'Config' },
  ]);
  server.answer('/api', { body: served['/api'] });
  server.answer('/apis', { body: served['/apis'] });
  answerList(server, 'templates', [sampleTemplate()]);
  answerList(server, 'constraints', [sampleConstraint()]);
  answerList(server, 'configs', []);
}

/** As an API server does: the objects of a list do not say what they are. */
export function answerList(
  server: FakeApiServer,
  kind: keyof typeof GATEKEEPER_PATHS,
  objects: readonly object[],
): void {
  const items = objects.map((object) => ({ ...object, apiVersion: undefined, kind: undefined }));
  server.answer(GATEKEEPER_PATHS[kind], { body: { metadata: { resourceVersion: '1' }, items } });
}
