import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  matchGrant,
  matchGrantedObject,
  type GrantCircumstances,
  type GrantMatch,
} from '../../../../src/identity/grants/match-grant.ts';
import type { Grant } from '../../../../src/identity/grants/parse-grant.ts';
import type { AdmissionRequest } from '../../../../src/kubernetes/admission-request.ts';
import { sampleRequest } from '../../../support/admission-samples.ts';
import { GRANT_ID, sampleGrant } from '../../../support/grants.ts';

const HOUR_MS = 3_600_000;
const begin = Date.parse('2026-01-01T00:00:00Z');
const { scope } = sampleGrant();

const now: GrantCircumstances = {
  cluster: 'prod-eu-1',
  nowMs: begin + 1000,
  clockSkewMs: 30_000,
  lifetimeMaxMs: HOUR_MS,
  usesMax: 10,
  revokedIds: new Set(),
};

const request = sampleRequest({
  operation: 'UPDATE',
  userInfo: { username: 'alice', groups: ['ops'] },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  namespace: 'shop',
  name: 'checkout',
});

interface Case {
  readonly grant?: Partial<Grant>;
  readonly request?: Partial<AdmissionRequest>;
  readonly now?: Partial<GrantCircumstances>;
}

function match(changed: Case): GrantMatch {
  return matchGrant(
    sampleGrant(changed.grant),
    { ...request, ...changed.request },
    { ...now, ...changed.now },
  );
}

const podScale = { group: '', version: 'v1', resource: 'pods' };
const namespaces = { group: '', version: 'v1', resource: 'namespaces' };

describe('matchGrant()', () => {
  const covered: readonly (readonly [string, Case])[] = [
    ['what it names', {}],
    ['a member of one of its groups', { grant: { groups: ['sre', 'ops'] } }],
    ['its name', { grant: { scope: { ...scope, names: ['checkout'] } } }],
    [
      'every resource of every namespace',
      { grant: { scope: { ...scope, resources: ['*'], namespaces: ['*'] } } },
    ],
    [
      'a subresource that it names',
      {
        grant: { scope: { ...scope, resources: ['deployments.apps/scale'] } },
        request: { subResource: 'scale' },
      },
    ],
    [
      'an object of the core group',
      { grant: { scope: { ...scope, resources: ['pods'] } }, request: { resource: podScale } },
    ],
    [
      'a namespace, as an object without a namespace',
      {
        grant: { scope: { ...scope, resources: ['namespaces'], namespaces: [''] } },
        request: { resource: namespaces, namespace: 'shop', name: 'shop' },
      },
    ],
    [
      'an object of the cluster',
      { grant: { scope: { ...scope, namespaces: [''] } }, request: { namespace: undefined } },
    ],
    [
      'the item of a collection, by its stored name',
      {
        grant: { scope: { ...scope, names: ['checkout'] } },
        request: { name: '', oldObject: { metadata: { name: 'checkout' } } },
      },
    ],
    [
      'an object by the name in its metadata',
      {
        grant: { scope: { ...scope, names: ['checkout'] } },
        request: { name: undefined, object: { metadata: { name: 'checkout' } } },
      },
    ],
    ['a clock that is a little behind', { now: { nowMs: begin - 29_000 } }],
    ['its last millisecond', { now: { nowMs: begin + HOUR_MS - 1 } }],
  ];
  for (const [what, changed] of covered) {
    it(`covers ${what}`, () => {
      assert.deepEqual(match(changed), { matches: true });
    });
  }

  const UPDATE_OF_IT = 'UPDATE of deployments.apps "checkout" in namespace "shop"';
  const refused: readonly (readonly [string, Case, string, string])[] = [
    [
      'somebody else',
      { request: { userInfo: { username: 'mallory' } } },
      'grant_wrong_subject',
      'it is for "alice"',
    ],
    [
      'who is in none of its groups',
      { grant: { groups: ['sre', 'dba'] } },
      'grant_wrong_subject',
      'it asks for membership in "sre", "dba"',
    ],
    [
      'who is in no group at all',
      { grant: { groups: ['sre'] }, request: { userInfo: { username: 'alice' } } },
      'grant_wrong_subject',
      'it asks for membership in "sre"',
    ],
    [
      'what was revoked',
      { now: { revokedIds: new Set([GRANT_ID]) } },
      'grant_revoked',
      'it was revoked',
    ],
    [
      'another cluster',
      { now: { cluster: 'prod-us-1' } },
      'grant_wrong_cluster',
      'it is for cluster prod-eu-1, and this is prod-us-1',
    ],
    [
      'every cluster at once',
      { grant: { scope: { ...scope, clusters: ['*'] } } },
      'grant_wrong_cluster',
      'it is for cluster *, and this is prod-eu-1',
    ],
    [
      'more than the longest life',
      { grant: { expires: '2026-01-01T01:00:01Z' } },
      'grant_too_broad',
      'it is good for 61 minutes, and 60 are allowed',
    ],
    [
      'more than the most uses',
      { grant: { uses: 11 } },
      'grant_too_broad',
      'it has 11 uses, and 10 are allowed',
    ],
    [
      'what has not begun',
      { now: { nowMs: begin - 30_001 } },
      'grant_not_yet_valid',
      'it begins at 2026-01-01T00:00:00Z',
    ],
    [
      'what is over, to the millisecond',
      { now: { nowMs: begin + HOUR_MS } },
      'grant_expired',
      'it ended at 2026-01-01T01:00:00Z',
    ],
    [
      'another verb',
      { request: { operation: 'DELETE' } },
      'grant_out_of_scope',
      'it does not cover DELETE of deployments.apps "checkout" in namespace "shop"',
    ],
    [
      'another namespace',
      { request: { namespace: 'bank' } },
      'grant_out_of_scope',
      'it does not cover UPDATE of deployments.apps "checkout" in namespace "bank"',
    ],
    [
      'the namespace itself, by a grant for what is in it',
      {
        grant: { scope: { ...scope, resources: ['*'], verbs: ['DELETE'] } },
        request: { resource: namespaces, operation: 'DELETE', name: 'shop' },
      },
      'grant_out_of_scope',
      'it does not cover DELETE of namespaces "shop" in namespace "shop"',
    ],
    [
      'another kind',
      { request: { resource: podScale } },
      'grant_out_of_scope',
      'it does not cover UPDATE of pods "checkout" in namespace "shop"',
    ],
    [
      'a subresource that it does not name',
      { request: { subResource: 'scale' } },
      'grant_out_of_scope',
      'it does not cover UPDATE of deployments.apps/scale "checkout" in namespace "shop"',
    ],
    [
      'another name',
      { grant: { scope: { ...scope, names: ['billing'] } } },
      'grant_out_of_scope',
      `it does not cover ${UPDATE_OF_IT}`,
    ],
    [
      'an object without a name or a namespace',
      {
        grant: { scope: { ...scope, names: ['billing'] } },
        request: { name: undefined, namespace: undefined, object: null, oldObject: null },
      },
      'grant_out_of_scope',
      'it does not cover UPDATE of deployments.apps ""',
    ],
  ];
  for (const [what, changed, code, reason] of refused) {
    it(`does not cover ${what}`, () => {
      assert.deepEqual(match(changed), { matches: false, code, reason });
    });
  }
});

describe('matchGrantedObject()', () => {
  const deployment = {
    group: 'apps',
    resource: 'deployments',
    namespace: 'shop',
    name: 'checkout',
  };
  const isHeld = (changed: Partial<Grant>, object: Partial<typeof deployment> = {}) =>
    matchGrantedObject(sampleGrant(changed), { ...deployment, ...object }, now);

  it('covers an object whoever may do whatever to it, also to a subresource alone', () => {
    assert.equal(isHeld({}), true);
    assert.equal(isHeld({ subject: 'bob', groups: ['x'] }), true);
    assert.equal(isHeld({ scope: { ...scope, verbs: ['DELETE'] } }), true);
    assert.equal(isHeld({ scope: { ...scope, resources: ['*'] } }), true);
    assert.equal(isHeld({ scope: { ...scope, resources: ['deployments.apps/scale'] } }), true);
    assert.equal(isHeld({ scope: { ...scope, names: ['checkout'] } }), true);
  });

  it('covers nothing in another cluster, at another time or beyond its scope', () => {
    assert.deepEqual(
      [
        isHeld({ scope: { ...scope, clusters: ['other'] } }),
        isHeld({ expires: '2026-01-01T00:00:00Z' }),
        isHeld({ scope: { ...scope, namespaces: ['blog'] } }),
        isHeld({ scope: { ...scope, resources: ['statefulsets.apps'] } }),
        isHeld({ scope: { ...scope, names: ['billing'] } }),
        matchGrantedObject(sampleGrant(), { group: '', resource: 'namespaces', name: 'a' }, now),
      ],
      [false, false, false, false, false, false],
    );
  });
});
