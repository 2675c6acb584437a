import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  definitionName,
  formatDefinition,
} from '../../../../../src/authoring/gatekeeper/cluster/format-definition.ts';
import { parseTemplate } from '../../../../../src/authoring/gatekeeper/parse-template.ts';
import { sampleTemplate } from '../../../../support/gatekeeper/cluster-samples.ts';

interface Written {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly names: object;
    readonly versions: readonly {
      readonly name: string;
      readonly storage: boolean;
      readonly schema: {
        readonly openAPIV3Schema: {
          readonly properties: {
            readonly metadata: object;
            readonly spec: {
              readonly properties: { readonly parameters: { readonly properties: object } };
            };
          };
        };
      };
    }[];
  };
}

function template() {
  const parsed = parseTemplate(sampleTemplate());
  assert.ok(parsed.ok);
  return parsed.template;
}

test('a definition is named after the template, and holds parameters to its schema', () => {
  const definition = formatDefinition(template()) as Written;

  assert.equal(definition.metadata.name, 'mustbeowned.constraints.gatekeeper.sh');
  assert.equal(definitionName(template()), definition.metadata.name);
  assert.deepEqual(definition.spec.names, {
    kind: 'MustBeOwned',
    listKind: 'MustBeOwnedList',
    plural: 'mustbeowned',
    singular: 'mustbeowned',
    categories: ['constraint', 'constraints'],
  });
  assert.deepEqual(
    definition.spec.versions.map(({ name, storage }) => [name, storage]),
    [
      ['v1beta1', true],
      ['v1alpha1', false],
    ],
  );
  const properties = definition.spec.versions[0]?.schema.openAPIV3Schema.properties;
  assert.deepEqual(properties?.spec.properties.parameters.properties, {
    label: { type: 'string', default: 'owner' },
  });
  // The API server lets a definition say nothing else of metadata.
  assert.deepEqual(properties?.metadata, {
    type: 'object',
    properties: { name: { type: 'string', maxLength: 63 } },
  });
});
