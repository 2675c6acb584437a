import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  admittedDeployment,
  compare,
  COMPARISON_LIMITS,
  declaredDeployment,
  set,
} from '../../../support/manifest-samples.ts';

const POD = 'spec.template.spec';

function differs(...paths: readonly string[]) {
  return { status: 'differs', paths, kept: [] };
}

describe('ManifestWalk over hostile objects', () => {
  it('fails closed beyond its limits', () => {
    const limits = { ...COMPARISON_LIMITS, valuesMax: 5 };
    const fact = compare(declaredDeployment(), admittedDeployment(), { limits });
    assert.equal(fact.status, 'differs');
  });

  it('is not held up by long lists with repeated keys', () => {
    const env = Array.from({ length: 4000 }, (_, index) => ({ name: 'A', value: `${index}` }));
    const declared = declaredDeployment();
    set(declared, `${POD}.containers.0.env`, env);
    const stored = admittedDeployment();
    set(
      stored,
      `${POD}.containers.0.env`,
      env.map(({ name, value }) => ({ name, value: `s${value}` })),
    );
    const object = admittedDeployment();
    set(
      object,
      `${POD}.containers.0.env`,
      env.map(({ name, value }) => ({ name, value: `x${value}` })),
    );
    const limits = { ...COMPARISON_LIMITS, valuesMax: 1_000_000 };

    assert.equal(compare(declared, object, { stored, limits }).status, 'differs');
  });

  it('lists no more paths than allowed, and none longer', () => {
    const object = admittedDeployment();
    for (let index = 0; index < 100; index += 1) {
      set(object, `metadata.labels.label-${index}-${'x'.repeat(500)}`, 'x');
    }
    const { paths } = compare(declaredDeployment(), object);
    assert.equal(paths.length, COMPARISON_LIMITS.pathsMax);
    assert.ok(paths.every((path) => path.length <= COMPARISON_LIMITS.pathCharsMax + 1));
  });

  it('reads own keys only', () => {
    const object = admittedDeployment();
    set(object, 'metadata.labels', JSON.parse('{"app":"web","__proto__":"x"}'));
    assert.deepEqual(compare(declaredDeployment(), object), differs('metadata.labels.__proto__'));
  });

  it('answers for values of any type in any place', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const declared = { ...declaredDeployment(), spec: one };
        const object = { ...admittedDeployment(), spec: other };
        assert.ok(
          ['equal', 'differs', 'not-comparable'].includes(compare(declared, object).status),
        );
      }),
    );
  });
});
