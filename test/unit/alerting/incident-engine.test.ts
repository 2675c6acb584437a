import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { AlertStage, gitopsWrite, objectNamed } from '../../support/alerts/alert-stage.ts';

const MINUTE = 60_000;

describe('incidents', () => {
  let stage: AlertStage;
  beforeEach(() => {
    stage = new AlertStage();
  });

  const states = () => stage.pagerduty.alerts.map(({ state, triggers }) => [state, triggers]);

  it('opens one incident for each object that was changed past admission, and ends it when it is reverted, not when the controller writes', async () => {
    const { journal } = await stage.start();
    const found = { allowed: true, finding: true, code: 'drift_found', policies: [] } as const;
    const message = 'The Deployment shop/checkout was changed: replicas.\nWritten since by x.';
    journal.append(1, { ...objectNamed('checkout'), ...found, message });
    journal.append(1, { ...objectNamed('other'), ...found, message });
    await stage.settle();
    assert.deepEqual(
      stage.pagerduty.alerts.map(({ state, severity, summary }) => [state, severity, summary]),
      ['checkout', 'other'].map(() => [
        'triggered',
        'error',
        '[prod-eu-1] The Deployment shop/checkout was changed: replicas. (drift-found)',
      ]),
    );
    journal.append(1, gitopsWrite('checkout'));
    await stage.settle();
    assert.deepEqual(states(), [
      ['triggered', 1],
      ['triggered', 1],
    ]);
    journal.append(1, { ...objectNamed('checkout'), ...found, code: 'drift_reverted' });
    await stage.settle();
    assert.deepEqual(states(), [
      ['resolved', 1],
      ['triggered', 1],
    ]);
  });

  it('pages drift that is not healed, until it is reverted', async () => {
    const { journal } = await stage.start();
    const found = { allowed: true, finding: true, policies: [] } as const;
    const message = 'The Deployment shop/checkout is not put right: why.';
    const failed = { ...objectNamed('checkout'), ...found, code: 'drift_heal_failed', message };
    journal.append(1, failed);
    journal.append(1, { ...failed, code: 'drift_heal_asked' });
    journal.append(1, gitopsWrite('checkout'));
    await stage.settle();
    assert.deepEqual(
      stage.pagerduty.alerts.map(({ state, severity, summary }) => [state, severity, summary]),
      [
        [
          'triggered',
          'critical',
          '[prod-eu-1] The Deployment shop/checkout is not put right: why. (drift-heal-failed)',
        ],
      ],
    );
    journal.append(1, { ...failed, code: 'drift_reverted' });
    await stage.settle();
    assert.deepEqual(states(), [['resolved', 1]]);
  });

  it('has one incident for a write past admission that the audit log and the scanner have seen, whichever was first', async () => {
    const { journal } = await stage.start();
    const found = { allowed: true, finding: true, policies: [] } as const;
    const seen = { ...found, code: 'write_unjudged', message: 'Nobody was asked, by alice.' };
    const scanned = { ...found, code: 'drift_found', message: 'It was changed.' };
    journal.append(1, { ...objectNamed('checkout'), ...seen });
    journal.append(1, { ...objectNamed('checkout'), ...scanned });
    journal.append(1, { ...objectNamed('other'), ...scanned });
    journal.append(1, { ...objectNamed('other'), ...seen });
    await stage.settle();
    assert.equal(stage.pagerduty.alerts.length, 2);
    journal.append(1, gitopsWrite('checkout'));
    await stage.settle();
    assert.deepEqual(
      stage.pagerduty.alerts.map(({ state }) => state),
      ['triggered', 'triggered'],
    );
    for (const name of ['checkout', 'other']) {
      journal.append(1, { ...objectNamed(name), ...found, code: 'drift_reverted' });
    }
    await stage.settle();
    assert.deepEqual(
      stage.pagerduty.alerts.map(({ state }) => state),
      ['resolved', 'resolved'],
    );
  });

  it('resolves the use of a grant when the grant expires, tells the timeline, and who is paged for the object', async () => {
    const { journal } = await stage.start();
    journal.append(1, objectNamed('checkout'));
    await stage.settle();
    const expires = new Date(stage.clock.wallMs() + 30 * MINUTE).toISOString();
    const grant = {
      id: 'g1',
      subject: 'bob',
      reason: 'outage',
      ticket: 'OPS-1',
      expires,
      approvers: ['carol'],
      use: 1,
      usesLeft: 2,
    };
    journal.append(1, {
      ...objectNamed('checkout'),
      user: { username: 'bob', groups: [], extra: {} },
      allowed: true,
      code: 'allowed',
      policies: [],
      grant,
    });
    await stage.settle();
    assert.deepEqual(
      stage.pagerduty.alerts.map(({ state, severity }) => [state, severity]),
      [
        ['acknowledged', 'warning'],
        ['triggered', 'info'],
      ],
    );
    assert.deepEqual(
      stage.pagerduty.changes.map(({ summary }) => summary),
      [
        '[prod-eu-1] bob used the break-glass grant g1 (OPS-1): outage, approved by carol on deployments.apps shop/checkout',
      ],
    );
    await stage.pass(29 * MINUTE);
    assert.equal(stage.pagerduty.alerts[1]?.state, 'triggered');
    await stage.pass(MINUTE);
    assert.deepEqual(stage.pagerduty.open, []);
  });

  it('announces a deployment once for each revision of an application', async () => {
    const { journal } = await stage.start();
    journal.append(1, gitopsWrite('checkout'));
    journal.append(1, gitopsWrite('cart'));
    await stage.settle();
    journal.append(1, gitopsWrite('cart', 'b'.repeat(40)));
    journal.append(1, gitopsWrite('cart', 'main'));
    await stage.settle();
    assert.deepEqual(
      stage.pagerduty.changes.map(({ summary }) => summary),
      ['[prod-eu-1] shop deployed at aaaaaaaaaaaa', '[prod-eu-1] shop deployed at bbbbbbbbbbbb'],
    );
    assert.deepEqual(stage.pagerduty.alerts, []);
  });

  it('announces a verified commit once for each application, with who signed it, also across a restart', async () => {
    const objectId = 'c'.repeat(40);
    const repository = 'https://git.example.com/shop';
    const signers = [{ scheme: 'ssh', identity: 'alice@example.com' }] as const;
    const commits = [{ status: 'verified', repository, objectId, signers }] as const;
    const source = { repository, revision: 'main', path: '', inlineManifests: false, commits };
    const { journal, stop } = await stage.start();
    journal.append(1, { ...gitopsWrite('checkout'), source });
    journal.append(1, { ...gitopsWrite('cart'), source });
    journal.append(1, { ...gitopsWrite('cart'), source, managedBy: { tool: 'flux', app: 'cart' } });
    await stage.settle();
    await stop();
    await stage.start({ journal });
    journal.append(1, { ...gitopsWrite('basket'), source });
    await stage.settle();
    const shown = ['commit', 'signers', 'repository'] as const;
    assert.deepEqual(
      stage.pagerduty.changes.map(({ summary, details }) => [
        summary,
        ...shown.map((name) => details[name]),
      ]),
      ['shop', 'cart'].map((app) => [
        `[prod-eu-1] ${app} deployed at cccccccccccc, signed by alice@example.com (ssh)`,
        objectId,
        'alice@example.com (ssh)',
        repository,
      ]),
    );
  });

  it('tells after a crash of what was recorded after its first start', async () => {
    const first = await stage.start();
    stage.crash(first);
    first.journal.append(1, objectNamed('checkout'));
    await stage.start({ journal: first.journal });
    assert.deepEqual(states(), [['triggered', 1]]);
  });

  it('tells all the same where nothing can be remembered', async () => {
    const { journal, engine, telemetry } = await stage.start();
    journal.writeFault = new Error('disk full');
    journal.append(1, objectNamed('checkout'));
    await stage.settle();
    assert.deepEqual(states(), [['triggered', 1]]);
    assert.deepEqual(
      [engine.problem(), engine.settledThrough()],
      ['Incidents cannot be remembered', 0],
    );
    journal.writeFault = undefined;
    await stage.settle();
    assert.deepEqual([engine.problem(), engine.settledThrough()], [undefined, 1]);
    assert.ok(telemetry.entries.some(({ level }) => level === 'error'));
  });

  it('ends nothing where that cannot be remembered: a restart finds the incident again, and ends it once', async () => {
    const first = await stage.start();
    first.journal.append(1, objectNamed('checkout'));
    await stage.settle();
    first.journal.writeFault = new Error('disk full');
    await stage.pass(20 * MINUTE);
    assert.deepEqual(states(), [['triggered', 1]]);
    // On another object: a new incident would have another key, which nobody remembers.
    first.journal.append(1, objectNamed('cart'));
    await stage.settle();
    stage.crash(first);
    first.journal.writeFault = undefined;
    await stage.start({ journal: first.journal });
    await stage.pass(20 * MINUTE);
    assert.deepEqual(
      stage.pagerduty.alerts.map(({ state }) => state),
      ['resolved'],
    );
  });

  it('waits where the journal cannot be read, and says what retention took', async () => {
    const { journal, engine, telemetry } = await stage.start();
    journal.readFault = new Error('gone');
    journal.append(3, objectNamed('checkout'));
    await stage.settle();
    assert.equal(engine.problem(), 'The journal cannot be read');
    journal.readFault = undefined;
    journal.removeBefore(3);
    await stage.settle();
    assert.equal(engine.settledThrough(), 3);
    const errors = telemetry.entries.filter(({ level }) => level === 'error');
    assert.deepEqual(errors.at(-1)?.fields, { from: 1, to: 2 });
    assert.deepEqual(states(), [['triggered', 1]]);
  });

  it('forgets what it cannot read of its memory, and nothing else', async () => {
    const first = await stage.start();
    first.journal.append(1, objectNamed('checkout'));
    await stage.settle();
    stage.crash(first);
    await first.journal.state.write('incidents', { 'incident/x': '{', 'message/y': '{}' });
    const { telemetry } = await stage.start({ journal: first.journal });
    assert.deepEqual(
      telemetry.entries.filter(({ level }) => level === 'error').map(({ fields }) => fields),
      [{ keys: ['incident/x', 'message/y'] }],
    );
    await stage.pass(11 * MINUTE);
    assert.deepEqual(states(), [['resolved', 1]]);
  });

  it('begins with what happens after it was first started, and measures how long it takes', async () => {
    const { MemoryJournal } = await import('../../support/memory-journal.ts');
    const journal = new MemoryJournal();
    journal.append(5);
    const { telemetry } = await stage.start({ journal });
    assert.deepEqual(states(), []);
    const time = new Date(stage.clock.wallMs() - 1500).toISOString();
    journal.append(1, { ...objectNamed('checkout'), time });
    await stage.settle();
    const [sum] = await telemetry.exposed('holdfast_alert_accept_duration_seconds_sum');
    assert.equal(sum, 'holdfast_alert_accept_duration_seconds_sum{target="pager"} 1.5');
    const open = await telemetry.exposed('holdfast_incidents_open');
    assert.deepEqual(open, ['holdfast_incidents_open 1']);
    const leader = await telemetry.exposed('holdfast_alert_leader');
    assert.deepEqual(leader, ['holdfast_alert_leader 1']);
  });

  it('lets a configured rule decide before the built-in ones, and ignores what it is told to', async () => {
    const rules = [
      { name: 'tests', match: { namespaces: ['test-*'] }, ignore: true },
      { name: 'payments', match: { namespaces: ['shop'] }, severity: 'critical', quietMs: 60_000 },
    ];
    const { journal } = await stage.start({ alerts: { rules, defaultRules: false } });
    journal.append(1, { object: { ...objectNamed('a').object, namespace: 'test-1' } });
    journal.append(1, objectNamed('a'));
    journal.append(1, { object: { ...objectNamed('a').object, namespace: 'other' } });
    await stage.settle();
    assert.deepEqual(
      stage.pagerduty.alerts.map(({ severity, summary }) => [severity, summary.slice(-10)]),
      [['critical', '(payments)']],
    );
    await stage.pass(MINUTE);
    assert.deepEqual(stage.pagerduty.open, []);
  });
});
