/** What the dashboard thread does, outside of a thread: over a real journal, on a fake API server. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SharedSequence } from '../../../src/audit/journal/shared-sequence.ts';
import type { ListeningDashboard } from '../../../src/compose/dashboard-messages.ts';
import { beginDashboard } from '../../../src/compose/dashboard-thread.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { journalOptions, openTestJournal } from '../../support/journal-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

async function stage(t: TestContext, settings: object = {}) {
  const folder = join(await makeTemporaryFolder(t), 'journal');
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  await openTestJournal(t, journalOptions(folder));
  const configuration = configurationSchema.parse({
    kubernetes: { kubeconfigFile: server.kubeconfigFile },
    audit: { journal: { folder } },
    dashboard: { port: 0, ...settings },
  });
  const telemetry = recordTelemetry();
  const sent: ListeningDashboard[] = [];
  const begin = () =>
    beginDashboard(
      {
        configuration,
        folder,
        newest: new SharedSequence().memory,
        environment: {},
        replica: 'holdfast-0',
      },
      { ...telemetry, send: (listening) => sent.push(listening) },
    );
  return { begin, sent, telemetry };
}

describe('beginDashboard()', () => {
  it('listens, says where, and counts who looks', async (t) => {
    const on = await stage(t, { url: 'https://{replica}.holdfast.example.com' });
    const work = await on.begin();
    t.after(() => work.stop());
    const [url] = on.sent.map((listening) => listening.url);
    assert.match(String(url), /^http:\/\/127\.0\.0\.1:\d+$/u);
    const page = await fetch(String(url), { redirect: 'manual' });
    assert.deepEqual([page.status, page.headers.get('location')], [303, '/sign-in?wayOn=%2F']);
    work.beforeReport?.();
    assert.deepEqual(await on.telemetry.exposed('holdfast_dashboard_sessions '), [
      'holdfast_dashboard_sessions 0',
    ]);
    assert.equal(work.problem(), undefined);
  });

  it('answers nobody any more once it has stopped', async (t) => {
    const on = await stage(t);
    const work = await on.begin();
    await work.stop();
    await assert.rejects(fetch(String(on.sent[0]?.url)));
  });

  it('rejects where the address is taken', async (t) => {
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    t.after(() => other.close());
    const { port } = other.address() as AddressInfo;
    const on = await stage(t, { port });
    await assert.rejects(on.begin(), { code: 'dashboard_address_unavailable' });
    assert.deepEqual(on.sent, []);
  });
});
