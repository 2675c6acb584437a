import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { clockOf } from '../../../support/simulated-time.ts';
import {
  createGrantFinder,
  GRANT_ANNOTATION,
  type GrantFinderOptions,
  type UseTaken,
} from '../../../../src/identity/grants/find-grant.ts';
import { sampleRequest } from '../../../support/admission-samples.ts';
import { approve, GRANT_ID, makeApprover, sampleGrant } from '../../../support/grants.ts';

const DEADLINE = monotonicMs(5000);
const anna = await makeApprover('anna');
const token = await approve(sampleGrant(), [anna]);
const shorter = sampleGrant({ id: '01JD3V9K2M8Q4W6X0Y2Z4A6B8D', expires: '2026-01-01T00:30:00Z' });
const outage = { status: 'unavailable', code: 'lookup_timed_out', reason: 'no answer' } as const;
const use = { decisionId: 'D', object: 'deployments.apps shop/checkout', time: 'T' };

const request = sampleRequest({
  operation: 'UPDATE',
  userInfo: { username: 'alice' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  namespace: 'shop',
  name: 'checkout',
});

function finder(overrides: Partial<GrantFinderOptions> = {}) {
  return createGrantFinder({
    cluster: 'prod-eu-1',
    clockSkewMs: 0,
    lifetimeMaxMs: 3_600_000,
    usesMax: 10,
    rules: { approvers: [anna], approvalsRequired: 1 },
    revokedIds: [],
    schedules: [],
    findPresented: () =>
      Promise.resolve({ status: 'known', tokens: [token], revokedIds: [], problems: [] }),
    takeUse: () => Promise.resolve({ status: 'taken', use: 2 }),
    clock: clockOf(() => Date.parse('2026-01-01T00:10:00Z')),
    candidatesMax: 10,
    tokenCharsMax: 10_000,
    ...overrides,
  });
}

function presenting(tokens: readonly string[], revokedIds: readonly string[] = []) {
  return () => Promise.resolve({ status: 'known', tokens, revokedIds, problems: [] } as const);
}

describe('createGrantFinder()', () => {
  it('finds the grant that covers a request, and takes a use of it only when asked to', async () => {
    const taken: unknown[] = [];
    const takeUse: GrantFinderOptions['takeUse'] = (grant, entry, deadlineAtMs) => {
      taken.push([grant.id, entry, deadlineAtMs]);
      return Promise.resolve({ status: 'taken', use: 2 });
    };

    const { covering, refused } = await finder({ takeUse })(request, DEADLINE);

    assert.equal(covering?.id, GRANT_ID);
    assert.equal(covering.namesResource, true);
    assert.deepEqual([refused, taken], [[], []]);
    assert.deepEqual(await covering.use(use, monotonicMs(6000)), {
      ok: true,
      grant: {
        id: GRANT_ID,
        subject: 'alice',
        reason: 'the checkout is down',
        ticket: 'INC-1',
        expires: '2026-01-01T01:00:00Z',
        approvers: ['anna'],
        use: 2,
        usesLeft: 1,
      },
    });
    assert.deepEqual(taken, [[GRANT_ID, use, 6000]]);
  });

  it('prefers the grant that ends first', async () => {
    const findPresented = presenting([token, await approve(shorter, [anna])]);

    const { covering } = await finder({ findPresented })(request, DEADLINE);

    assert.equal(covering?.id, shorter.id);
  });

  it('says where a grant is for every resource', async () => {
    const { scope } = sampleGrant();
    const broad = sampleGrant({ scope: { ...scope, resources: ['*'] } });
    const findPresented = presenting([await approve(broad, [anna])]);

    const { covering } = await finder({ findPresented })(request, DEADLINE);

    assert.equal(covering?.namesResource, false);
  });

  it('takes a grant from the annotation of the object', async () => {
    const annotated = {
      ...request,
      object: { metadata: { annotations: { [GRANT_ANNOTATION]: token } } },
    };

    const { covering } = await finder({ findPresented: presenting([]) })(annotated, DEADLINE);

    assert.equal(covering?.id, GRANT_ID);
  });

  it('tells the bearer of an annotation what is wrong with it', async () => {
    const annotated = {
      ...request,
      object: { metadata: { annotations: { [GRANT_ANNOTATION]: 'x' } } },
    };

    assert.deepEqual(await finder({ findPresented: presenting([]) })(annotated, DEADLINE), {
      refused: [
        { ok: false, code: 'grant_malformed', reason: 'it is not made of 1 to 16 signatures' },
      ],
    });
  });

  it('says nothing of the grants of other people', async () => {
    const mallory = { ...request, userInfo: { username: 'mallory' } };
    const findPresented = presenting([token, 'not a grant']);

    assert.deepEqual(await finder({ findPresented })(mallory, DEADLINE), { refused: [] });
  });

  it('tells the person of an invalid grant of theirs', async () => {
    const forged = await approve(sampleGrant(), [await makeApprover('stranger')]);

    const { covering, refused } = await finder({ findPresented: presenting([forged]) })(
      request,
      DEADLINE,
    );

    assert.equal(covering, undefined);
    assert.deepEqual(
      refused.map(({ id, code }) => [id, code]),
      [[GRANT_ID, 'grant_signature_invalid']],
    );
  });

  for (const [where, overrides] of [
    ['the configuration', { revokedIds: [GRANT_ID] }],
    ['the cluster', { findPresented: presenting([token], [GRANT_ID]) }],
  ] as const) {
    it(`refuses a grant that was revoked in ${where}`, async () => {
      assert.deepEqual(await finder(overrides)(request, DEADLINE), {
        refused: [{ id: GRANT_ID, code: 'grant_revoked', reason: 'it was revoked' }],
      });
    });
  }

  it('believes no grant while revocations cannot be read, and says so to its bearer', async () => {
    const findPresented = () => Promise.resolve(outage);
    const annotated = {
      ...request,
      object: { metadata: { annotations: { [GRANT_ANNOTATION]: token } } },
    };

    assert.deepEqual(await finder({ findPresented })(request, DEADLINE), { refused: [] });
    assert.deepEqual(await finder({ findPresented })(annotated, DEADLINE), {
      refused: [
        {
          code: 'lookup_timed_out',
          reason: 'grants and revocations could not be looked up: no answer',
        },
      ],
    });
  });

  it('asks for the grants of the person who sends the request', async () => {
    const asked: string[] = [];
    await finder({
      findPresented: (subject) => {
        asked.push(subject);
        return Promise.resolve({ status: 'known', tokens: [], revokedIds: [], problems: [] });
      },
    })(request, DEADLINE);

    assert.deepEqual(asked, ['alice']);
  });

  it('verifies only so many new grants for one request, says so, and goes on from there', async () => {
    const find = finder({ findPresented: presenting(['a.b.c', 'd.e.f', token]), candidatesMax: 2 });

    const first = await find(request, DEADLINE);
    const second = await find(request, DEADLINE);

    assert.equal(first.covering, undefined);
    assert.deepEqual(
      first.refused.map(({ code }) => code),
      ['grant_candidates_exceeded'],
    );
    assert.equal(second.covering?.id, GRANT_ID);
    assert.deepEqual(second.refused, []);
  });

  it('looks at no longer grants than it may', async () => {
    const short = await finder({ tokenCharsMax: 20 })(request, DEADLINE);

    assert.equal(short.covering, undefined);
  });

  it('finds a grant again without verifying it again', async () => {
    const find = finder();

    await find(request, DEADLINE);

    assert.equal((await find(request, DEADLINE)).covering?.id, GRANT_ID);
  });

  const failures: readonly (readonly [string, UseTaken, object])[] = [
    [
      'all uses are taken',
      { status: 'used-up' },
      { id: GRANT_ID, code: 'grant_used_up', reason: 'all of its 3 uses are taken' },
    ],
    [
      'the use cannot be counted',
      outage,
      {
        id: GRANT_ID,
        code: 'lookup_timed_out',
        reason: 'its use could not be counted: no answer',
      },
    ],
  ];
  for (const [when, taken, refused] of failures) {
    it(`does not let a use pass where ${when}`, async () => {
      const { covering } = await finder({ takeUse: () => Promise.resolve(taken) })(
        request,
        DEADLINE,
      );

      assert.deepEqual(await covering?.use(use, DEADLINE), { ok: false, refused });
    });
  }
});

describe('a schedule of the configuration', () => {
  const nowMs = Date.parse('2026-01-01T00:10:00Z');
  const span = { startMs: nowMs - 1000, endMs: Date.parse('2026-01-01T00:20:00Z') };
  const schedule = {
    name: 'nights',
    reason: 'nobody can approve at night',
    subjects: ['alice'],
    namespaces: ['shop'],
    resources: ['deployments.apps'],
    objects: ['*'],
    verbs: ['UPDATE'] as const,
    // More than others may approve, in number and in time.
    uses: 500,
    calendar: { spanAt: () => span },
  };
  const closed = { ...schedule, calendar: { spanAt: () => undefined } };
  const id = 'schedule.nights.20260101T0009Z';
  const alone = { findPresented: presenting([]) };

  it('lets its people pass without an approver, and counts their writes', async () => {
    const { covering, refused } = await finder({ ...alone, schedules: [schedule] })(
      request,
      DEADLINE,
    );

    assert.deepEqual(refused, []);
    assert.deepEqual(await covering?.use(use, DEADLINE), {
      ok: true,
      grant: {
        id,
        subject: 'alice',
        reason: 'nobody can approve at night',
        ticket: '',
        expires: '2026-01-01T00:20:00.000Z',
        approvers: [],
        use: 2,
        usesLeft: 498,
      },
    });
  });

  it('says that its hours are not now, and nothing to whom it is not for', async () => {
    const find = finder({ ...alone, schedules: [closed] });

    assert.deepEqual(await find(request, DEADLINE), {
      refused: [
        { id: 'schedule.nights', code: 'grant_not_yet_valid', reason: 'its hours are not now' },
      ],
    });
    assert.deepEqual(await find({ ...request, namespace: 'pay' }, DEADLINE), { refused: [] });
    const bob = { ...request, userInfo: { username: 'bob' } };
    assert.deepEqual(await find(bob, DEADLINE), { refused: [] });
  });

  it('lets nothing else pass, and nothing once it is revoked', async () => {
    const find = finder({ ...alone, schedules: [schedule], revokedIds: [id] });
    const elsewhere = await finder({ ...alone, schedules: [schedule] })(
      { ...request, namespace: 'pay' },
      DEADLINE,
    );

    assert.deepEqual(
      elsewhere.refused.map(({ code }) => code),
      ['grant_out_of_scope'],
    );
    assert.equal(elsewhere.covering, undefined);
    const revoked = await find(request, DEADLINE);
    assert.deepEqual(
      [revoked.covering, revoked.refused.map(({ code }) => code)],
      [undefined, ['grant_revoked']],
    );
  });
});
