import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { joinApplications } from '../../../../src/kubernetes/lookup/join-applications.ts';
import {
  createNoLookup,
  type Claim,
  type ClaimLookup,
  type ClusterLookup,
  type LookupUnavailable,
  type ManagedLookup,
} from '../../../../src/kubernetes/lookup/lookup.ts';
import type { RemoteApplications } from '../../../../src/kubernetes/lookup/remote-applications.ts';
import { applicationReference } from '../../../../src/kubernetes/object-reference.ts';

const DEADLINE = monotonicMs(0);
const SHOP = applicationReference('argocd', 'shop');
const POD = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespace: 'a', name: 'b' };
const HUB_AWAY: LookupUnavailable = { status: 'unavailable', code: 'hub_unavailable', reason: 'h' };
const HERE_AWAY: LookupUnavailable = { status: 'unavailable', code: 'lookup_failed', reason: 'l' };
const claim = (tool: Claim['tool'], app: string): Claim => {
  return { tool, kind: 'x', namespace: 'n', app };
};

function open(parts: { here?: Partial<ClusterLookup>; hub?: Partial<RemoteApplications> } = {}) {
  const asked: string[] = [];
  const local: ClusterLookup = {
    ...createNoLookup(),
    lookupObject: ({ name }) => {
      asked.push(`here ${name}`);
      return Promise.resolve({ status: 'absent' });
    },
    lookupFresh: ({ name }) => {
      asked.push(`here fresh ${name}`);
      return Promise.resolve({ status: 'absent' });
    },
    close: () => asked.push('here closed'),
    ...parts.here,
  };
  const lookup = joinApplications(local, {
    read: ({ reference, isFresh }) => {
      asked.push(`hub ${isFresh ? 'fresh ' : ''}${reference.name}`);
      return Promise.resolve({ status: 'absent' });
    },
    findClaims: () => ({ status: 'found', claims: [] }),
    findClaimed: () => ({ status: 'found', objects: [] }),
    goneForMs: () => undefined,
    follow: () => () => undefined,
    argocdSettings: () => ({ trackingMethod: 'label', instanceLabelKey: 'k' }),
    problem: () => 'not the cluster’s',
    close: () => {
      asked.push('hub closed');
      return Promise.resolve();
    },
    ...parts.hub,
  });
  return { lookup, asked };
}

test('joinApplications() asks the hub for Applications, and this cluster for the rest', async () => {
  const { lookup, asked } = open();
  await lookup.lookupObject(SHOP, DEADLINE);
  await lookup.lookupFresh(SHOP, DEADLINE);
  await lookup.lookupObject(POD, DEADLINE);
  await lookup.lookupFresh(POD, DEADLINE);
  await lookup.lookupFresh({ ...SHOP, group: 'app.k8s.io' }, DEADLINE);
  assert.deepEqual(asked, [
    'hub shop',
    'hub fresh shop',
    'here b',
    'here fresh b',
    'here fresh shop',
  ]);
  assert.deepEqual(lookup.argocdSettings(), { trackingMethod: 'label', instanceLabelKey: 'k' });
  assert.equal(lookup.problem(), undefined);
});

test('joinApplications() closes both', () => {
  const { lookup, asked } = open();
  lookup.close();
  assert.deepEqual(asked, ['hub closed', 'here closed']);
});

const CLAIMS: readonly (readonly [
  what: string,
  here: ClaimLookup,
  hub: ClaimLookup,
  expected: ClaimLookup,
])[] = [
  [
    'takes the claims of both',
    { status: 'found', claims: [claim('flux', 'a')] },
    { status: 'found', claims: [claim('argocd', 'b')] },
    { status: 'found', claims: [claim('flux', 'a'), claim('argocd', 'b')] },
  ],
  [
    'takes no Application of this cluster for one of the hub',
    { status: 'found', claims: [claim('argocd', 'forged')] },
    { status: 'found', claims: [] },
    { status: 'found', claims: [] },
  ],
  [
    'takes a claim although the hub is away',
    { status: 'found', claims: [claim('flux', 'a')] },
    HUB_AWAY,
    { status: 'found', claims: [claim('flux', 'a')] },
  ],
  ['says "none" not while the hub is away', { status: 'found', claims: [] }, HUB_AWAY, HUB_AWAY],
  [
    'says "none" not while this cluster is away',
    HERE_AWAY,
    { status: 'found', claims: [] },
    HERE_AWAY,
  ],
  [
    'says "none" where both do',
    { status: 'found', claims: [] },
    { status: 'found', claims: [] },
    { status: 'found', claims: [] },
  ],
];

for (const [what, here, hub, expected] of CLAIMS) {
  test(`joinApplications() ${what}`, async () => {
    const { lookup } = open({
      here: { findClaims: () => Promise.resolve(here) },
      hub: { findClaims: () => hub },
    });
    assert.deepEqual(await lookup.findClaims(POD, DEADLINE), expected);
  });
}

test('joinApplications() says of what applications list in a namespace what both know', async () => {
  const found = (name: string): ManagedLookup => ({ status: 'found', objects: [{ ...POD, name }] });
  const none: ManagedLookup = { status: 'found', objects: [] };
  const cases: readonly (readonly [ManagedLookup, ManagedLookup, ManagedLookup])[] = [
    [found('a'), none, found('a')],
    [none, found('b'), found('b')],
    [HERE_AWAY, found('b'), found('b')],
    [found('a'), HUB_AWAY, found('a')],
    [none, HUB_AWAY, HUB_AWAY],
    [HERE_AWAY, none, HERE_AWAY],
    [none, none, none],
  ];
  for (const [here, hub, expected] of cases) {
    const { lookup } = open({
      here: { findClaimed: () => Promise.resolve(here) },
      hub: { findClaimed: () => hub },
    });
    assert.deepEqual(await lookup.findClaimed({ namespace: 'a' }, DEADLINE), expected);
  }
});
