import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseComparisonParameters } from '../../../src/source/manifest/parse-comparison-parameters.ts';
import { parseApplicationSources } from '../../../src/source/parse-application-sources.ts';
import { parseApplication } from '../../../src/source/parse-application.ts';
import { readApplication } from '../../../src/source/read-application.ts';

const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd' },
  spec: { source: { repoURL: 'https://git.example.com/shop', path: 'prod' } },
};

test('readApplication() has what each parser makes of the object', () => {
  const objects = fc.oneof(
    fc.constant(APPLICATION),
    fc.anything(),
    fc.record({ spec: fc.anything(), status: fc.anything() }),
  );
  fc.assert(
    fc.property(objects, (object) => {
      assert.deepEqual(readApplication(object), {
        source: parseApplication(object),
        sources: parseApplicationSources(object),
        comparison: parseComparisonParameters(object),
      });
    }),
  );
});

test('a part that is malformed does not hide the others', () => {
  const { kind: _, ...kindless } = APPLICATION;
  const { source, sources, comparison } = readApplication(kindless);
  assert.deepEqual([source.ok, sources.ok, comparison.ok], [true, true, false]);
});
