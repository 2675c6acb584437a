import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hasRequestShape } from '../../../src/admission/request-shape.ts';
import { describeFaults } from '../../../src/admission/review-schema.ts';
import { isRecord } from '../../../src/base/is-record.ts';
import { readRecordedReviews } from '../../support/recorded-reviews.ts';

const METADATA = {
  name: 'web',
  generateName: 'web-',
  namespace: 'shop',
  uid: 'o1',
  resourceVersion: '7',
  deletionTimestamp: null,
  labels: { app: 'web' },
  annotations: { note: 'x' },
  ownerReferences: [
    {
      apiVersion: 'v1',
      kind: 'K',
      name: 'n',
      uid: 'u',
      controller: true,
      blockOwnerDeletion: null,
    },
  ],
  finalizers: ['example.com/a'],
  managedFields: [
    {
      manager: 'm',
      operation: 'Apply',
      apiVersion: 'v1',
      subresource: '',
      fieldsV1: { 'f:a': {} },
    },
  ],
};

/** With every field that is checked. */
const WHOLE = {
  uid: 'u',
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  subResource: 'scale',
  name: 'web',
  namespace: 'shop',
  operation: 'UPDATE',
  userInfo: { username: 'jane', uid: '1', groups: ['g'], extra: { scopes: ['a', 'b'] } },
  object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: METADATA, spec: { replicas: 1 } },
  oldObject: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: METADATA },
  dryRun: false,
  options: { kind: 'UpdateOptions' },
};

type Path = readonly string[];

/** The path of every value inside. */
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...entries.flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

/** A copy with another value at a path; without the member where the value is undefined. */
function replaceAt(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.map((item, index) => (String(index) === key ? replaceAt(item, rest, by) : item));
  }
  const fields: Record<string, unknown> = isRecord(value) ? { ...value } : {};
  const next = replaceAt(fields[key], rest, by);
  if (next === undefined) delete fields[key];
  else fields[key] = next;
  return fields;
}

const anyValue = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 'x', 0, true, [], {}, [null], [{}], { a: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
);

const damage = fc.tuple(fc.constantFrom(...pathsOf(WHOLE)), anyValue);

function isAcceptedBySchema(value: unknown): boolean {
  return describeFaults(value).length === 0;
}

function readRequests(): readonly unknown[] {
  return readRecordedReviews().map(({ body }) => {
    const review: unknown = JSON.parse(body.toString('utf8'));
    return isRecord(review) ? review['request'] : undefined;
  });
}

describe('hasRequestShape()', () => {
  it('accepts a request with every field', () => {
    assert.equal(hasRequestShape(WHOLE), true);
  });

  it('accepts what the schema accepts and nothing else, whatever is damaged', () => {
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        const value = damages.reduce<unknown>(
          (whole, [path, by]) => replaceAt(whole, path, by),
          WHOLE,
        );
        assert.equal(hasRequestShape(value), isAcceptedBySchema(value));
      }),
      { numRuns: 10_000 },
    );
  });

  it('accepts what the schema accepts and nothing else, whatever is damaged in a recorded review', () => {
    const damaged = fc
      .constantFrom(...readRequests())
      .chain((request) =>
        fc.tuple(fc.constant(request), fc.constantFrom(...pathsOf(request)), anyValue),
      );
    fc.assert(
      fc.property(damaged, ([request, path, by]) => {
        const value = replaceAt(request, path, by);
        assert.equal(hasRequestShape(value), isAcceptedBySchema(value));
      }),
      { numRuns: 10_000 },
    );
  });

  it('accepts every recorded review without the schema', () => {
    assert.deepEqual(
      readRequests().filter((request) => !hasRequestShape(request)),
      [],
    );
  });
});
