/** What becomes of attempts, retries, floods, outages, restarts, wrong clocks and several replicas: a table of incidents. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  AlertStage,
  gitopsWrite,
  objectNamed,
  SharedLease,
} from '../support/alerts/alert-stage.ts';

const MINUTE = 60_000;

describe('the table of incidents', () => {
  let stage: AlertStage;
  beforeEach(() => {
    stage = new AlertStage();
  });

  const states = () => stage.pagerduty.alerts.map(({ state, triggers }) => [state, triggers]);

  it('makes one attempt one incident, at once, and resolves it when it stays the only one', async () => {
    const { journal } = await stage.start();
    journal.append(1, objectNamed('checkout'));
    await stage.settle();
    const [alert] = stage.pagerduty.alerts;
    assert.deepEqual(
      [alert?.state, alert?.severity, alert?.summary],
      [
        'triggered',
        'warning',
        '[prod-eu-1] alice was refused UPDATE deployments.apps shop/checkout: managed_object_changed (drift-attempt)',
      ],
    );
    await stage.pass(9 * MINUTE);
    assert.deepEqual(states(), [['triggered', 1]]);
    await stage.pass(MINUTE);
    assert.deepEqual(states(), [['resolved', 1]]);
    assert.deepEqual(stage.heard, ['trigger 202', 'resolve 202']);
  });

  it('makes a hundred retries one incident with a count', async () => {
    const { journal } = await stage.start();
    for (let retry = 0; retry < 100; retry += 1) {
      journal.append(1, objectNamed('checkout'));
      await stage.pass(1000);
    }
    assert.equal(stage.pagerduty.alerts.length, 1);
    // One at once, and then one each minute with the count.
    assert.deepEqual(states(), [['triggered', 2]]);
    await stage.pass(MINUTE);
    assert.match(stage.pagerduty.alerts[0]?.summary ?? '', /, 100 attempts \(drift-attempt\)$/);
    await stage.pass(10 * MINUTE);
    assert.deepEqual(states(), [['resolved', 3]]);
  });

  it('makes a thousand objects of one actor in a minute one incident', async () => {
    const { journal } = await stage.start();
    for (let second = 0; second < 50; second += 1) {
      journal.append(20, { operation: 'DELETE' });
      await stage.pass(1000);
    }
    await stage.pass(MINUTE);
    assert.equal(stage.pagerduty.alerts.length, 1);
    const [alert] = stage.pagerduty.alerts;
    assert.equal(alert?.severity, 'error');
    assert.match(alert.summary, /and many other objects: .*, 1000 attempts \(deletion-attempt\)$/);
    await stage.pass(11 * MINUTE);
    assert.deepEqual(stage.pagerduty.open, []);
  });

  it('folds what has no room in the budget into one summary, and keeps room for what is critical', async () => {
    const { journal, telemetry } = await stage.start();
    for (let actor = 0; actor < 1000; actor += 1) {
      journal.append(1, {
        ...objectNamed(`object-${actor}`),
        user: { username: `ci-${actor}`, groups: [], extra: {} },
      });
    }
    await stage.settle();
    const storms = () => stage.pagerduty.alerts.filter(({ summary }) => summary.includes('Storm'));
    assert.deepEqual([stage.pagerduty.alerts.length, storms().length], [46, 1]);
    journal.append(1, {
      code: 'writer_token_requested',
      user: { username: 'eve', groups: [], extra: {} },
    });
    await stage.settle();
    assert.equal(stage.pagerduty.alerts.at(-1)?.severity, 'critical');
    await stage.pass(MINUTE);
    assert.match(storms()[0]?.summary ?? '', /Storm: 955 further attempts of other incidents/);
    await stage.pass(12 * MINUTE);
    assert.deepEqual(stage.pagerduty.open, []);
    assert.deepEqual(await telemetry.exposed('holdfast_incidents_total'), [
      'holdfast_incidents_total{outcome="opened"} 1000',
      'holdfast_incidents_total{outcome="folded"} 955',
      'holdfast_incidents_total{outcome="resolved"} 1001',
    ]);
  });

  it('resolves drift as soon as the controller has written every object again', async () => {
    const { journal } = await stage.start();
    journal.append(1, objectNamed('checkout'));
    journal.append(1, objectNamed('cart'));
    await stage.settle();
    journal.append(1, gitopsWrite('checkout'));
    await stage.settle();
    assert.deepEqual(states(), [['triggered', 1]]);
    journal.append(1, gitopsWrite('cart'));
    await stage.settle();
    assert.deepEqual(states(), [['resolved', 1]]);
    // An attempt after the end is news.
    journal.append(1, objectNamed('cart'));
    await stage.settle();
    assert.deepEqual(states(), [
      ['resolved', 1],
      ['triggered', 1],
    ]);
  });

  it('does not let a write of the controller end what is no drift', async () => {
    const { journal } = await stage.start();
    journal.append(1, { ...objectNamed('checkout'), code: 'writer_unproven' });
    journal.append(1, gitopsWrite('checkout'));
    await stage.settle();
    assert.deepEqual(states(), [['triggered', 1]]);
  });

  it('remembers what is open across a crash, and tells nothing twice that was accepted', async () => {
    const first = await stage.start();
    first.journal.append(1, objectNamed('checkout'));
    await stage.settle();
    stage.crash(first);
    await stage.pass(5 * MINUTE);
    const { journal } = await stage.start({ journal: first.journal });
    journal.append(1, objectNamed('checkout'));
    await stage.settle();
    assert.deepEqual(states(), [['triggered', 2]]);
    await stage.pass(10 * MINUTE);
    assert.deepEqual(states(), [['resolved', 2]]);
  });

  it('sends after a restart what was not accepted before, and reads what came meanwhile', async () => {
    const first = await stage.start();
    stage.pagerduty.outage = { status: 503 };
    first.journal.append(1, objectNamed('checkout'));
    await stage.settle();
    stage.crash(first);
    first.journal.append(1, {
      ...objectNamed('cart'),
      user: { username: 'bob', groups: [], extra: {} },
    });
    stage.pagerduty.outage = undefined;
    await stage.start({ journal: first.journal });
    await stage.pass(2 * MINUTE);
    assert.deepEqual(states(), [
      ['triggered', 1],
      ['triggered', 1],
    ]);
  });

  it('waits as long as 429 asks, and loses nothing in three minutes of it', async () => {
    const { journal, telemetry } = await stage.start();
    stage.pagerduty.outage = { status: 429, headers: { 'retry-after': '180' } };
    journal.append(1, objectNamed('checkout'));
    await stage.settle();
    journal.append(1, { ...objectNamed('cart'), user: { username: 'bob', groups: [], extra: {} } });
    await stage.pass(3 * MINUTE);
    // One question in all that time: what waits behind the message waits, too.
    assert.deepEqual(stage.heard, ['trigger 429']);
    stage.pagerduty.outage = undefined;
    await stage.pass(MINUTE);
    assert.deepEqual(states(), [
      ['triggered', 1],
      ['triggered', 1],
    ]);
    assert.deepEqual(
      telemetry.entries
        .filter(({ level }) => level === 'warn')
        .map(({ fields }) => fields['waitMs']),
      [189_000],
    );
  });

  it('never sends again what was refused, keeps it, and goes on', async () => {
    const { journal, telemetry } = await stage.start();
    stage.pagerduty.outage = { status: 400, body: '{"status":"invalid event"}' };
    journal.append(1, objectNamed('checkout'));
    await stage.settle();
    stage.pagerduty.outage = undefined;
    journal.append(1, { ...objectNamed('cart'), user: { username: 'bob', groups: [], extra: {} } });
    await stage.pass(5 * MINUTE);
    assert.deepEqual(stage.heard, ['trigger 400', 'trigger 202']);
    const dead = journal.stateOf('incidents', 'dead/0000000000000001');
    assert.equal(
      Reflect.get(Object(dead), 'reason'),
      'The service answered 400: {"status":"invalid event"}',
    );
    const error = telemetry.entries.find(({ level }) => level === 'error');
    assert.equal(error?.message, 'A message about an incident was refused for good');
    assert.equal(JSON.stringify([telemetry.entries, dead]).includes(stage.routingKey), false);
  });

  for (const [name, stepMs] of [
    ['forward', 86_400_000],
    ['back', -86_400_000],
  ] as const) {
    it(`bears a clock that was set ${name} by a day between two starts`, async () => {
      const first = await stage.start();
      first.journal.append(1, objectNamed('checkout'));
      await stage.settle();
      stage.crash(first);
      stage.step(stepMs);
      await stage.start({ journal: first.journal });
      await stage.pass(30_000);
      // Not at once: somebody may still be trying.
      assert.deepEqual(states(), [['triggered', 1]]);
      await stage.pass(10 * MINUTE);
      assert.equal(stage.pagerduty.alerts[0]?.state, 'resolved');
    });
  }

  it('lets one of two replicas notify, with one incident for what both saw', async () => {
    const lease = new SharedLease();
    const a = await stage.start({ election: lease.electionOf('a') });
    const b = await stage.start({ election: lease.electionOf('b') });
    a.journal.append(3, objectNamed('checkout'));
    b.journal.append(4, { ...objectNamed('cart'), replica: 'b' });
    await stage.pass(2 * MINUTE);
    assert.equal(stage.pagerduty.alerts.length, 1);
    assert.match(stage.pagerduty.alerts[0]?.summary ?? '', /, 7 attempts \(drift-attempt\)$/);
    b.journal.append(1, gitopsWrite('cart'));
    a.journal.append(1, gitopsWrite('checkout'));
    await stage.pass(5000);
    assert.equal(stage.pagerduty.alerts[0]?.state, 'resolved');
    await stage.pass(MINUTE);
    assert.equal(stage.pagerduty.alerts.length, 1);
    assert.equal(
      stage.pagerduty.log.some(({ status }) => status !== 202),
      false,
    );
  });

  it('keeps to the budget in a storm that two replicas see, with one summary', async () => {
    const lease = new SharedLease();
    const target = { triggersPerMinuteMax: 8 };
    const a = await stage.start({ election: lease.electionOf('a'), target });
    const b = await stage.start({ election: lease.electionOf('b'), target });
    for (let actor = 0; actor < 20; actor += 1) {
      const user = { username: `ci-${actor}`, groups: [], extra: {} };
      (actor % 2 === 0 ? a : b).journal.append(1, { ...objectNamed(`object-${actor}`), user });
    }
    await stage.pass(30_000);
    const storms = stage.pagerduty.alerts.filter(({ summary }) => summary.includes('Storm'));
    assert.deepEqual([stage.pagerduty.alerts.length, storms.length], [7, 1]);
    await stage.pass(15 * MINUTE);
    assert.deepEqual(stage.pagerduty.open, []);
  });

  it('goes on without the replica that spoke: what it told is resolved by the next', async () => {
    const lease = new SharedLease();
    const a = await stage.start({ election: lease.electionOf('a') });
    await stage.start({ election: lease.electionOf('b') });
    a.journal.append(1, objectNamed('checkout'));
    await stage.pass(15_000);
    assert.deepEqual(states(), [['triggered', 1]]);
    stage.crash(a);
    lease.holder = undefined;
    await stage.pass(11 * MINUTE);
    assert.deepEqual(stage.pagerduty.open, []);
    assert.equal(stage.pagerduty.alerts.length, 1);
  });

  it('leads for itself where nobody took its incident over in time', async () => {
    const lease = new SharedLease();
    lease.holder = 'somebody who is gone';
    const { journal } = await stage.start({ election: lease.electionOf('a') });
    journal.append(1, objectNamed('checkout'));
    await stage.pass(9000);
    assert.deepEqual(states(), []);
    await stage.pass(2000);
    assert.deepEqual(states(), [['triggered', 1]]);
  });

  it('notifies by itself where the others cannot be reached, and says so once', async () => {
    const lease = new SharedLease();
    lease.problem = 'the API server is away';
    const { journal, telemetry } = await stage.start({ election: lease.electionOf('a') });
    journal.append(1, objectNamed('checkout'));
    await stage.pass(11_000);
    assert.deepEqual(states(), [['triggered', 1]]);
    assert.deepEqual(
      telemetry.entries.filter(({ level }) => level === 'warn').map(({ message }) => message),
      ['The other replicas cannot be reached; this one notifies by itself'],
    );
  });
});
