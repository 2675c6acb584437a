/** The dashboard thread over a real journal, on a fake API server. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { startDashboard } from '../../../src/compose/bind-dashboard.ts';
import type { DashboardSupervisor } from '../../../src/compose/dashboard-supervisor.ts';
import { beginDashboard } from '../../../src/compose/dashboard-thread.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { startFakeApiServer, type FakeWrite } from '../../support/fake-api-server.ts';
import { journalOptions, openTestJournal, sampleRecord } from '../../support/journal-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const TOKEN = 'a-token';
const USER = { username: 'alice', uid: 'u1', groups: ['dev'], extra: { scopes: ['read'] } };

/** Alice may see the namespace shop. */
function answerReview({ path, body }: FakeWrite) {
  const spec: unknown = Reflect.get(Object(body), 'spec');
  if (path.endsWith('/tokenreviews')) {
    const isHers = Reflect.get(Object(spec), 'token') === TOKEN;
    return {
      status: 201,
      body: { status: { authenticated: isHers, ...(isHers && { user: USER }) } },
    };
  }
  const asked: unknown = Reflect.get(Object(spec), 'resourceAttributes');
  const allowed = Reflect.get(Object(asked), 'namespace') === 'shop';
  return { status: 201, body: { status: { allowed } } };
}

async function stage(t: TestContext, settings: object = {}) {
  const folder = join(await makeTemporaryFolder(t), 'journal');
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const reviews: FakeWrite[] = [];
  server.answerWrites((write) => {
    reviews.push(write);
    return answerReview(write);
  });
  const { journal } = await openTestJournal(t, journalOptions(folder));
  const configuration = configurationSchema.parse({
    kubernetes: { kubeconfigFile: server.kubeconfigFile },
    audit: { journal: { folder } },
    dashboard: { port: 0, ...settings },
  });
  const telemetry = recordTelemetry();
  const dashboard = startDashboard(
    { loaded: { configuration }, environment: {}, replica: 'holdfast-0', ...telemetry },
    { journal },
  );
  t.after(() => dashboard?.close());
  assert.ok(dashboard);
  return { dashboard, journal, reviews, telemetry, server, configuration, folder };
}

async function signIn(url: string, token: string): Promise<Response> {
  return await fetch(`${url}/sign-in`, {
    method: 'POST',
    headers: { origin: url },
    body: new URLSearchParams({ token }),
    redirect: 'manual',
  });
}

async function urlOf(dashboard: DashboardSupervisor): Promise<string> {
  await waitUntil(() => dashboard.url !== undefined);
  return String(dashboard.url);
}

describe('DashboardSupervisor', () => {
  it('serves pages from a thread, for whom the API server says', async (t) => {
    const { dashboard, journal, reviews, telemetry } = await stage(t);
    const url = await urlOf(dashboard);
    assert.equal(dashboard.problem(), undefined);
    assert.equal((await signIn(url, 'another-token')).status, 401);
    const cookie = (await signIn(url, TOKEN)).headers.get('set-cookie')?.replace(/;.*$/u, '') ?? '';
    await journal.append(sampleRecord(1));
    const { object } = sampleRecord(2);
    await journal.append(sampleRecord(2, { object: { ...object, namespace: 'billing' } }));
    const stream = await fetch(`${url}/live/events?after=1`, { headers: { cookie } });
    const body = stream.body?.getReader();
    t.after(() => body?.cancel());
    const page = await (await fetch(url, { headers: { cookie } })).text();

    assert.ok(page.includes(sampleRecord(1).decisionId), page);
    assert.ok(!page.includes(sampleRecord(2).decisionId), page);
    let received = '';
    await journal.append(sampleRecord(3));
    while (!received.includes(sampleRecord(3).decisionId)) {
      received += new TextDecoder().decode((await body?.read())?.value);
    }
    assert.ok(!received.includes(sampleRecord(2).decisionId), received);
    const specs = reviews.map(({ body: review }): unknown => Reflect.get(Object(review), 'spec'));
    const attributes = { group: 'holdfast.dev', resource: 'decisions', verb: 'get' };
    assert.deepEqual(specs[1], { token: TOKEN });
    for (const resourceAttributes of [
      attributes,
      { ...attributes, namespace: 'shop' },
      { ...attributes, namespace: 'billing' },
    ]) {
      const { username: user, ...more } = USER;
      const isAsked = specs.some((spec) =>
        isDeepStrictEqual(spec, { user, ...more, resourceAttributes }),
      );
      assert.ok(isAsked, JSON.stringify(specs));
    }
    await waitUntil(
      async () =>
        (await telemetry.exposed('holdfast_dashboard_streams'))[0] ===
        'holdfast_dashboard_streams 1',
    );
  });

  it('lets nobody in where it may not ask, and says who gives that right', async (t) => {
    const { dashboard, server } = await stage(t);
    const url = await urlOf(dashboard);
    server.answerWrites(() => ({ status: 403, body: { kind: 'Status', message: TOKEN } }));
    const refused = await signIn(url, TOKEN);
    const page = await refused.text();
    assert.equal(refused.status, 503);
    assert.match(page, /may not create tokenreviews/u);
    assert.ok(!page.includes(TOKEN));
    server.answerWrites(() => ({ status: 500, body: {} }));

    assert.match(await (await signIn(url, TOKEN)).text(), /does not say whose token it is/u);
  });

  it('is tried again where its port is taken, and stops nothing meanwhile', async (t) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const bound = other.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const { dashboard, journal } = await stage(t, { port });
    await waitUntil(() => dashboard.problem() !== undefined);
    assert.match(String(dashboard.problem()), /cannot listen on 127\.0\.0\.1:\d+: EADDRINUSE/u);
    assert.equal(dashboard.url, undefined);
    await journal.append(sampleRecord(1));
    await new Promise((resolve) => other.close(resolve));

    assert.equal(await urlOf(dashboard), `http://127.0.0.1:${port}`);
  });

  it('is not there where nobody asks for it, nothing is journaled, or the cluster is a snapshot', () => {
    const telemetry = recordTelemetry();
    const options = { environment: {}, replica: 'holdfast-0', ...telemetry };
    const journal = { lastSequence: () => 0, onAppended: () => () => undefined };
    const asked = configurationSchema.parse({ audit: { journal: {} }, dashboard: {} });
    const unasked = configurationSchema.parse({ audit: { journal: {} } });
    const start = (
      configuration: typeof asked,
      more: object = {},
      evidence: object = { journal },
    ) => startDashboard({ ...options, loaded: { configuration }, ...more }, evidence);

    assert.deepEqual(
      [start(unasked), start(asked, { clusterState: {} }), start(asked, {}, {})],
      [undefined, undefined, undefined],
    );
  });

  it('does not begin without a cluster', async (t) => {
    const { configuration, folder } = await stage(t);
    const { kubeconfigFile: _, ...kubernetes } = configuration.kubernetes;
    const start = {
      folder,
      environment: {},
      replica: 'holdfast-0',
      newest: new SharedArrayBuffer(8),
    };

    await assert.rejects(
      beginDashboard(
        { ...start, configuration: { ...configuration, kubernetes } },
        { ...recordTelemetry(), send: () => undefined },
      ),
      { code: 'lookup_not_configured' },
    );
  });
});
