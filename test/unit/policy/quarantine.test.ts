import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { monotonicMs } from '../../../src/base/clock.ts';
import { Quarantine } from '../../../src/policy/quarantine.ts';
import type { RequestCause } from '../../../src/policy/request-cause.ts';

const OPTIONS = {
  afterKills: 3,
  afterParties: 3,
  windowMs: 1000,
  quarantineMs: 500,
  causesMax: 10,
};

const JANE: RequestCause = { username: 'jane', namespace: 'shop', resource: 'deployments.apps' };
const FREE = { status: 'free' };
const TRIAL = { status: 'trial' };

function ownUntil(untilMs: number) {
  return { status: 'quarantined', scope: 'cause', untilMs };
}

function user(username: string, namespace: string): RequestCause {
  return { ...JANE, username, namespace };
}

describe('Quarantine of a cause', () => {
  it('begins with the kill that makes them too many within the window', () => {
    const quarantine = new Quarantine(OPTIONS);

    const entered = [0, 400, 800].map((ms) => quarantine.recordKill('p', JANE, monotonicMs(ms)));

    assert.deepEqual(entered, [undefined, undefined, 'cause']);
    assert.deepEqual(quarantine.standing('p', JANE, monotonicMs(800)), ownUntil(1300));
    assert.deepEqual(quarantine.count(monotonicMs(800)), { cause: 1, policy: 0 });
  });

  it('does not begin while the kills are far apart', () => {
    const quarantine = new Quarantine(OPTIONS);

    const entered = [0, 600, 1200, 1800].map((ms) =>
      quarantine.recordKill('p', JANE, monotonicMs(ms)),
    );

    assert.deepEqual(entered, [undefined, undefined, undefined, undefined]);
    assert.deepEqual(quarantine.standing('p', JANE, monotonicMs(1800)), FREE);
  });

  it('concerns one policy, user, namespace and kind only', () => {
    const quarantine = new Quarantine({ ...OPTIONS, afterKills: 1 });
    quarantine.recordKill('p', JANE, monotonicMs(0));

    const others = [
      quarantine.standing('q', JANE, monotonicMs(0)),
      quarantine.standing('p', { ...JANE, username: 'joe' }, monotonicMs(0)),
      quarantine.standing('p', { ...JANE, namespace: 'bank' }, monotonicMs(0)),
      quarantine.standing('p', { ...JANE, resource: 'services' }, monotonicMs(0)),
    ];

    assert.deepEqual(others, [FREE, FREE, FREE, FREE]);
  });

  it('ends after its time', () => {
    const quarantine = new Quarantine({ ...OPTIONS, afterKills: 1 });
    quarantine.recordKill('p', JANE, monotonicMs(0));

    assert.deepEqual(
      [499, 500].map((nowMs) => [
        quarantine.standing('p', JANE, monotonicMs(nowMs)),
        quarantine.count(monotonicMs(nowMs)).cause,
      ]),
      [
        [ownUntil(500), 1],
        [FREE, 0],
      ],
    );
  });

  it('is renewed by the first kill after it', () => {
    const quarantine = new Quarantine(OPTIONS);
    for (const ms of [0, 1, 2]) quarantine.recordKill('p', JANE, monotonicMs(ms));

    assert.equal(quarantine.recordKill('p', JANE, monotonicMs(5000)), 'cause');
    assert.deepEqual(quarantine.standing('p', JANE, monotonicMs(5000)), ownUntil(5500));
  });

  it('is forgotten once the policy finishes for this cause after it, and not before', () => {
    const quarantine = new Quarantine(OPTIONS);
    for (const ms of [0, 1, 2]) quarantine.recordKill('p', JANE, monotonicMs(ms));
    quarantine.recordFinish('p', JANE, monotonicMs(100));
    const during = quarantine.standing('p', JANE, monotonicMs(100));
    quarantine.recordFinish('p', JANE, monotonicMs(600));

    assert.deepEqual(during, ownUntil(502));
    assert.equal(quarantine.recordKill('p', JANE, monotonicMs(5000)), undefined);
  });

  it('does not forgive kills that led to none', () => {
    const quarantine = new Quarantine(OPTIONS);
    quarantine.recordKill('p', JANE, monotonicMs(0));
    quarantine.recordKill('p', JANE, monotonicMs(1));
    quarantine.recordFinish('p', JANE, monotonicMs(2));

    assert.equal(quarantine.recordKill('p', JANE, monotonicMs(3)), 'cause');
  });

  it('forgets the cause that was quiet longest when there are too many', () => {
    const quarantine = new Quarantine({ ...OPTIONS, afterKills: 1, causesMax: 2 });
    for (const name of ['ann', 'ben', 'ann', 'eve']) {
      quarantine.recordKill('p', user(name, 'shop'), monotonicMs(0));
    }

    const standings = ['ann', 'ben', 'eve'].map(
      (name) => quarantine.standing('p', user(name, 'shop'), monotonicMs(0)).status,
    );

    assert.deepEqual(standings, ['quarantined', 'free', 'quarantined']);
  });
});

describe('Quarantine of a policy for everybody', () => {
  const parties = [user('ann', 'a'), user('ben', 'b'), user('eve', 'c')];

  it('begins with kills of several parties in several namespaces', () => {
    const quarantine = new Quarantine(OPTIONS);

    const entered = parties.map((cause) => quarantine.recordKill('p', cause, monotonicMs(0)));

    assert.deepEqual(entered, [undefined, undefined, 'policy']);
    assert.deepEqual(quarantine.count(monotonicMs(0)), { cause: 0, policy: 1 });
  });

  const insufficient = {
    'several users in one namespace': parties.map(({ username }) => user(username, 'a')),
    'one user in several namespaces': parties.map(({ namespace }) => user('ann', namespace)),
    'several service accounts of one namespace in several namespaces': parties.map((cause) =>
      user(`system:serviceaccount:a:${cause.username}`, cause.namespace),
    ),
  };
  for (const [title, causes] of Object.entries(insufficient)) {
    it(`does not begin with kills of ${title}`, () => {
      const quarantine = new Quarantine(OPTIONS);
      for (const cause of causes) quarantine.recordKill('p', cause, monotonicMs(0));

      assert.deepEqual(quarantine.standing('p', JANE, monotonicMs(0)), FREE);
    });
  }

  it('does not begin where the policy has finished for anybody within the window', () => {
    const quarantine = new Quarantine(OPTIONS);
    quarantine.recordFinish('p', JANE, monotonicMs(0));
    const entered = [...parties, ...parties].map((cause) =>
      quarantine.recordKill('p', cause, monotonicMs(999)),
    );

    assert.ok(!entered.includes('policy'));
  });

  it('lets one at a time try for whom it was never ended', () => {
    const quarantine = new Quarantine(OPTIONS);
    for (const cause of parties) quarantine.recordKill('p', cause, monotonicMs(0));
    const others = { status: 'quarantined', scope: 'policy', untilMs: 500 };
    const guilty = quarantine.standing('p', user('ann', 'a'), monotonicMs(1));
    const first = quarantine.standing('p', JANE, monotonicMs(1));
    quarantine.beginTrial('p');
    const second = quarantine.standing('p', JANE, monotonicMs(1));
    quarantine.endTrial('p');

    assert.deepEqual([guilty, first, second], [others, TRIAL, others]);
    assert.deepEqual(quarantine.standing('p', JANE, monotonicMs(2)), TRIAL);
  });

  it('ends when it finishes for anybody, and is not renewed by one kill then', () => {
    const quarantine = new Quarantine(OPTIONS);
    for (const cause of parties) quarantine.recordKill('p', cause, monotonicMs(0));
    quarantine.recordFinish('p', JANE, monotonicMs(10));

    assert.deepEqual(quarantine.standing('p', user('ann', 'a'), monotonicMs(11)), FREE);
    assert.equal(quarantine.recordKill('p', user('joe', 'd'), monotonicMs(12)), undefined);
  });

  it('is renewed by the first kill after it where it has finished for nobody', () => {
    const quarantine = new Quarantine(OPTIONS);
    for (const cause of parties) quarantine.recordKill('p', cause, monotonicMs(0));

    assert.equal(quarantine.recordKill('p', user('joe', 'd'), monotonicMs(3000)), 'policy');
  });
});
