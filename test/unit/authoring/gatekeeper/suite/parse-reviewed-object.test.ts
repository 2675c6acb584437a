import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parseReviewedObject,
  splitKind,
} from '../../../../../src/authoring/gatekeeper/suite/parse-reviewed-object.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } };
const EMPTY = { group: '', version: '' };

function review(request: unknown, more: object = {}) {
  return parseReviewedObject({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request,
    ...more,
  });
}

describe('parseReviewedObject()', () => {
  it('says of an object what gator says', () => {
    assert.deepEqual(parseReviewedObject(pod), {
      ok: true,
      request: {
        uid: '',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        resource: { ...EMPTY, resource: '' },
        name: 'web',
        namespace: 'shop',
        operation: '',
        userInfo: {},
        object: pod,
        oldObject: null,
        options: null,
      },
    });
    const bare = parseReviewedObject({ kind: 'Node' });
    assert.ok(bare.ok);
    assert.equal('name' in bare.request, false);
  });

  it('takes the request of a review, with the members that Go writes', () => {
    assert.deepEqual(review({ operation: 'UPDATE', object: pod, oldObject: pod, dryRun: null }), {
      ok: true,
      request: {
        uid: '',
        kind: { ...EMPTY, kind: '' },
        resource: { ...EMPTY, resource: '' },
        operation: 'UPDATE',
        namespace: undefined,
        userInfo: {},
        object: pod,
        oldObject: pod,
        options: null,
      },
    });
  });

  const refused: Readonly<Record<string, readonly [ReturnType<typeof review>, RegExp]>> = {
    'an unknown field': [review({ objects: {} }), /not a valid AdmissionReview object: request/u],
    metadata: [review({ object: pod }, { metadata: {} }), /Unrecognized key/u],
    'no request': [review(null), /missing an AdmissionRequest/u],
    'no object': [review({}), /no object or oldObject/u],
    'an object without kind': [review({ object: { metadata: {} } }), /it has no kind/u],
    'an empty kind': [review({ oldObject: { kind: '' } }), /it has no kind/u],
    'a deletion without the old object': [
      review({ operation: 'DELETE', object: pod }),
      /oldObject cannot be nil/u,
    ],
  };
  for (const [what, [parsed, problem]] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.ok(!parsed.ok);
      assert.match(parsed.problem, problem);
    });
  }
});

it('splitKind() has no group where the version names none', () => {
  assert.deepEqual(splitKind({ apiVersion: 'apps/v1', kind: 'Deployment' }), {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
  });
  assert.deepEqual(splitKind({}), { ...EMPTY, kind: '' });
});
