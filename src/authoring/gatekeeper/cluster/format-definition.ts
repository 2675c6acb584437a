/**
 * The CustomResourceDefinition of the constraints of a template, where Gatekeeper is not there to make it. Source: Gatekeeper's constraint
 * framework, pkg/client/crds. The labels of the template are not carried over: with its mark, Argo CD would take the definition for its own.
 */
import { formatConstraintSchema, NAMED } from '../constraint-schema.ts';
import type { Template } from '../parse-template.ts';
import type { Schema } from '../structural-schema.ts';
import { CONSTRAINT_GROUP } from './followed-kinds.ts';

/** Says which definitions are ours to change. */
export const OWN_LABELS = { 'app.kubernetes.io/managed-by': 'holdfast' } as const;

const STORED_VERSION = 'v1beta1';
const VERSIONS = [STORED_VERSION, 'v1alpha1'] as const;
const COLUMNS = [
  {
    name: 'enforcement-action',
    description: 'Type of enforcement action',
    jsonPath: '.spec.enforcementAction',
    type: 'string',
  },
] as const;

/** `mustbeowned.constraints.gatekeeper.sh`. */
export function definitionName({ name }: Pick<Template, 'name'>): string {
  return `${name}.${CONSTRAINT_GROUP}`;
}

/** As it is applied. */
export function formatDefinition(template: Template): object {
  const { name, kind } = template;
  const schema = { openAPIV3Schema: formatStructural(formatConstraintSchema(template.parameters)) };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: definitionName(template),
      labels: { ...OWN_LABELS, 'gatekeeper.sh/constraint': 'yes' },
    },
    spec: {
      group: CONSTRAINT_GROUP,
      scope: 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural: name,
        singular: name,
        categories: ['constraint', 'constraints'],
      },
      versions: VERSIONS.map((version) => ({
        name: version,
        served: true,
        storage: version === STORED_VERSION,
        schema,
        subresources: { status: {} },
        additionalPrinterColumns: COLUMNS,
      })),
    },
  };
}

/** Of `metadata` a definition may say what names are allowed, and nothing else. */
function formatStructural(schema: Schema): Schema {
  const status: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return { ...schema, properties: { ...schema.properties, metadata: NAMED, status } };
}
