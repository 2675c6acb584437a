/** The dashboard over HTTP: who gets what. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StateDatabase } from '../../../src/audit/journal/state-database.ts';
import { sampleAttempt, sampleIncident } from '../../support/alerts/incident-samples.ts';
import { startJournalStage, tokenOf } from '../../support/dashboard-stage.ts';
import { sampleRecord } from '../../support/journal/sample-record.ts';

function listDecisions(body: string): readonly string[] {
  return [...body.matchAll(/href="\/decisions\/01JD0*(?<number>\d+)"/gu)].map(
    ({ groups }) => groups?.['number'] ?? '',
  );
}

describe('signing in', () => {
  it('is asked for before every page, and leads on to it', async (t) => {
    const { get, post } = await startJournalStage(t);
    for (const path of ['/', '/decisions/D1?x=y', '/incidents', '/journal', '/nothing']) {
      const { status, headers, body } = await get(path);
      assert.deepEqual(
        [status, headers.location, body],
        [303, `/sign-in?wayOn=${encodeURIComponent(path)}`, ''],
      );
    }
    const page = await get('/sign-in?wayOn=%2Fjournal');
    assert.equal(page.status, 200);
    assert.match(page.body, /<input type="hidden" name="wayOn" value="\/journal">/u);
    const entered = await post('/sign-in', { token: tokenOf('root'), wayOn: '/journal' });
    assert.deepEqual([entered.status, entered.headers.location], [303, '/journal']);
    assert.match(
      entered.headers['set-cookie']?.[0] ?? '',
      /^holdfast-session=[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Lax$/u,
    );
  });

  it('takes no token that the API server does not accept, or that is none, and says why', async (t) => {
    const { post, asked } = await startJournalStage(t);
    const before = asked.tokens;
    for (const token of ['', 'a b', 'ä', 'x'.repeat(16_385)]) {
      const { status, body } = await post('/sign-in', { token });
      assert.equal(status, 401);
      assert.match(body, /This is no token/u);
      if (token === '') continue;
      assert.ok(!body.includes(token), 'a token must not be printed');
    }
    assert.equal(asked.tokens, before);
  });

  it('takes no token of a stranger, and none while nobody can tell', async (t) => {
    const { post, outage, telemetry } = await startJournalStage(t);
    const stranger = await post('/sign-in', { token: 'token-of-mallory' });
    assert.deepEqual([stranger.status, stranger.headers['set-cookie']], [401, undefined]);
    assert.ok(!stranger.body.includes('token-of-mallory'));
    outage.isOn = true;
    const late = await post('/sign-in', { token: tokenOf('root') });
    assert.equal(late.status, 503);
    assert.match(late.body, /It is away/u);

    assert.deepEqual(await telemetry.exposed('holdfast_dashboard_sign_ins_total'), [
      'holdfast_dashboard_sign_ins_total{result="accepted"} 2',
      'holdfast_dashboard_sign_ins_total{result="rejected"} 1',
      'holdfast_dashboard_sign_ins_total{result="unavailable"} 1',
    ]);
  });

  it('has a rate for all together', async (t) => {
    const { post, time } = await startJournalStage(t);
    time.nowMs += 60_000;
    const statuses = [];
    for (let count = 0; count < 5; count += 1) {
      statuses.push((await post('/sign-in', { token: 'token-of-mallory' })).status);
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 429]);
  });

  it('out ends the session, whoever still has its cookie', async (t) => {
    const { get, post, alice } = await startJournalStage(t);
    assert.equal((await get('/', alice)).status, 200);
    const left = await post('/sign-out', {}, alice);
    assert.deepEqual([left.status, left.headers.location], [303, '/sign-in']);

    assert.equal((await get('/', alice)).status, 303);
    assert.equal((await post('/sign-out', {})).status, 303);
  });

  it('ends with the token, within a minute', async (t) => {
    const { get, alice, time, viewers } = await startJournalStage(t);
    viewers.delete(tokenOf('alice'));
    assert.equal((await get('/', alice)).status, 200);
    time.nowMs += 60_000;

    assert.equal((await get('/', alice)).status, 303);
  });
});

describe('what is no request of ours', () => {
  it('is refused: another host, another origin, another method, another form', async (t) => {
    const { get, post, host, url, alice } = await startJournalStage(t);
    assert.equal((await get('/', { ...alice, host: 'evil.example' })).status, 421);
    const token = tokenOf('alice');
    assert.equal(
      (await post('/sign-in', { token }, { origin: 'https://evil.example' })).status,
      403,
    );
    assert.equal((await post('/sign-out', {}, { ...alice, origin: 'null' })).status, 403);
    assert.equal((await post('/journal', {}, alice)).status, 404);
    assert.equal((await post('/sign-in', { token }, { 'content-type': 'text/plain' })).status, 400);
    assert.equal((await post('/sign-in', { token: 'x'.repeat(40_000) })).status, 400);
    assert.equal((await get(`/?user=${'a'.repeat(4100)}`, alice)).status, 414);
    assert.equal((await get('//evil.example/', alice)).status, 404);
    assert.equal((await get('/nothing', alice)).status, 404);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
      const { status } = await fetch(`${url}/`, { method, headers: alice });
      assert.equal(status, 405, method);
    }
    // The session is still there.
    assert.equal((await get('/', { ...alice, host })).status, 200);
  });

  it('is answered with headers that keep a browser in its bounds, as everything is', async (t) => {
    const { get, alice } = await startJournalStage(t);
    for (const path of ['/', '/nothing', '/sign-in', '/assets/style.css', '/assets/live.js']) {
      const { headers } = await get(path, alice);
      assert.equal(
        headers['content-security-policy'],
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      );
      assert.deepEqual(
        ['cache-control', 'x-content-type-options', 'referrer-policy', 'x-frame-options'].map(
          (name) => headers[name],
        ),
        ['no-store', 'nosniff', 'same-origin', 'DENY'],
      );
    }
  });

  it('is over TLS where dashboard.url is asked for, with a cookie for TLS alone', async (t) => {
    const { get, post } = await startJournalStage(t, {
      settings: { url: 'https://holdfast.example.com' },
    });
    const host = 'holdfast.example.com';
    const origin = 'https://holdfast.example.com';
    const { headers } = await post('/sign-in', { token: tokenOf('root') }, { host, origin });
    const [cookie = ''] = headers['set-cookie'] ?? [];

    assert.match(cookie, /^__Host-holdfast-session=.*; Secure$/u);
    assert.equal(headers['strict-transport-security'], 'max-age=31536000');
    assert.equal((await get('/', { host, cookie: cookie.replace(/;.*$/u, '') })).status, 200);
  });

  it('cannot be more than a person reads', async (t) => {
    const { get, alice } = await startJournalStage(t);
    const statuses = [];
    for (let count = 0; count < 41; count += 1) {
      statuses.push((await get('/nothing', alice)).status);
    }

    assert.deepEqual([statuses.at(-2), statuses.at(-1)], [404, 429]);
  });
});

describe('the live page', () => {
  it('has the records of the namespaces that its viewer may see, the newest first', async (t) => {
    const { get, alice, root } = await startJournalStage(t);

    assert.deepEqual(listDecisions((await get('/', root)).body), [
      '9',
      '8',
      '7',
      '6',
      '5',
      '4',
      '3',
      '2',
      '1',
    ]);
    assert.deepEqual(listDecisions((await get('/', alice)).body), ['9', '6', '3']);
  });

  it('filters, and says of a namespace that may not be seen that it may not', async (t) => {
    const { get, alice, root } = await startJournalStage(t);
    const list = async (query: string, headers = root) =>
      listDecisions((await get(`/?${query}`, headers)).body);

    assert.deepEqual(await list('decision=denied'), ['9', '6', '3']);
    assert.deepEqual(await list('namespace=billing'), ['7', '4', '1']);
    assert.deepEqual(await list('user=user-2'), ['9', '2']);
    assert.deepEqual(await list('policy=gitops_only_writes'), ['9', '6', '3']);
    assert.deepEqual(await list('code=allowed&namespace=billing'), ['7', '4', '1']);
    assert.deepEqual(await list('namespace=shop&user=user-2', alice), ['9']);
    const { status, body } = await get('/?namespace=billing', alice);
    assert.equal(status, 403);
    assert.match(body, /alice may not get decisions\.holdfast\.dev in the namespace billing/u);
  });

  it('leads to older records, page by page, without a gap', async (t) => {
    const { get, alice, root } = await startJournalStage(t, { segments: [60, 100, 7] });
    const read = async (headers: Readonly<Record<string, string>>): Promise<readonly string[]> => {
      const found: string[] = [];
      for (let path: string | undefined = '/'; path !== undefined;) {
        const { body } = await get(path, headers);
        found.push(...listDecisions(body));
        path = /rel="next" href="(?<path>[^"]*)"/u.exec(body)?.groups?.['path'];
      }
      return found;
    };
    const all = Array.from({ length: 167 }, (_, index) => String(167 - index));

    assert.deepEqual(await read(root), all);
    assert.deepEqual(
      await read(alice),
      all.filter((number) => Number(number) % 3 === 0),
    );
  });

  it('shows nothing while nobody can tell what may be seen', async (t) => {
    const { get, alice, outage } = await startJournalStage(t);
    outage.isOn = true;
    const { status, body } = await get('/', alice);

    assert.equal(status, 503);
    assert.match(body, /dashboard_access_unavailable/u);
    assert.deepEqual(listDecisions(body), []);
  });
});

describe('the page of a decision', () => {
  it('is there for who may see the record; else it is as if there were none', async (t) => {
    const { get, alice, root } = await startJournalStage(t);
    const id = (number: number) => sampleRecord(number).decisionId;
    const { status, body } = await get(`/decisions/${id(3)}`, alice);
    assert.equal(status, 200);
    assert.match(body, /holdfast grant request deployments\.apps\/shop\/app-3/u);
    assert.equal((await get(`/decisions/${id(4)}`, root)).status, 200);
    const hidden = await get(`/decisions/${id(4)}`, alice);
    const absent = await get(`/decisions/${id(999)}`, alice);

    assert.deepEqual([hidden.status, absent.status], [404, 404]);
    assert.equal(hidden.body.replaceAll(id(4), ''), absent.body.replaceAll(id(999), ''));
  });
});

describe('the journal', () => {
  it('is shown to who may see all records: its end, its head, and its sinks', async (t) => {
    const { get, alice, root, folder } = await startJournalStage(t, { sinkNames: ['siem', 'new'] });
    const { state } = StateDatabase.open(folder, 0);
    state.write({ space: 'delivery', changes: { 'cursor/siem': JSON.stringify({ sequence: 7 }) } });
    state.close();
    const { status, body } = await get('/journal', root);

    assert.equal(status, 200);
    for (const text of [
      '1 to 9, in 2 segments',
      'The newest 9 entries match',
      '2 entries behind',
      'has not begun',
    ]) {
      assert.ok(body.includes(text), `${text}\n---\n${body}`);
    }
    assert.equal((await get('/journal', alice)).status, 403);
  });

  it('that has not begun, or cannot be read, is said to be so', async (t) => {
    const { get, root } = await startJournalStage(t, { segments: [] });
    assert.match((await get('/journal', root)).body, /0 to 0, in 0 segments/u);
    assert.match((await get('/', root)).body, /No record that you may see matches/u);
  });
});

describe('the incidents', () => {
  it('are those of namespaces that the viewer may see, with objects of these alone', async (t) => {
    const { get, alice, root, folder } = await startJournalStage(t, { hasAlertTargets: true });
    const { state } = StateDatabase.open(folder, 0);
    const billing = sampleAttempt({ namespace: 'billing', object: 'secrets billing/b' });
    const incidents = [
      sampleIncident({
        objects: { 'apps/deployments/shop/checkout': 'open', 'apps/deployments/billing/b': 'open' },
      }),
      sampleIncident({ rule: 'other', group: 'o'.repeat(64), first: billing, last: billing }),
      sampleIncident({ rule: 'mixed', group: 'm'.repeat(64), last: billing }),
    ];
    state.write({
      space: 'incidents',
      changes: Object.fromEntries(
        incidents.map((incident) => [`incident/${incident.group}`, JSON.stringify(incident)]),
      ),
    });
    state.close();
    const all = (await get('/incidents', root)).body;
    const own = (await get('/incidents', alice)).body;

    assert.deepEqual(
      ['drift-attempt', 'other', 'mixed', 'billing'].map((text) =>
        [all, own].map((page) => page.includes(text)),
      ),
      [
        [true, true],
        [true, false],
        [true, false],
        [true, false],
      ],
    );
  });
});
