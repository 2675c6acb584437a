/** Healing under its own account, over a fake API server. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addMs, systemClock } from '../../../src/base/clock.ts';
import { bindHealing } from '../../../src/compose/bind-healing.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { FAKE_TOKEN, startFakeApiServer } from '../../support/fake-api-server.ts';
import { connectToFake } from '../../support/fake-client.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

const REQUESTS = '/api/v1/namespaces/guard/configmaps/holdfast-heal-requests';

describe('bindHealing', () => {
  it('writes with the token of its own account, and binds nothing where nothing is healed', async (t) => {
    const server = await startFakeApiServer();
    const client = await connectToFake(server);
    t.after(async () => {
      client.close();
      await server.stop();
    });
    const bind = (drift: object) =>
      bindHealing(
        configurationSchema.parse({
          kubernetes: { kubeconfigFile: server.kubeconfigFile },
          breakGlass: { namespace: 'guard' },
          audit: { journal: {} },
          drift,
        }),
        {
          client,
          clock: systemClock,
          logger: recordTelemetry().logger,
          state: new MemoryJournal().state,
          findApplication: () => undefined,
          record: () => Promise.resolve('H1'),
        },
      );
    assert.equal(await bind({}), undefined);
    const paths: string[] = [];
    server.answerWrites(({ path }) => {
      paths.push(path);
      // The strict server knows one token.
      return { body: { status: { token: FAKE_TOKEN } } };
    });
    const bound = await bind({ heal: { applications: ['*'] } });
    const written = await bound?.ports.writer.write('/api/v1/namespaces/shop/configmaps/a', {
      method: 'PATCH',
      body: {},
      contentType: 'application/merge-patch+json',
      deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000),
    });
    assert.deepEqual(await bound?.ports.readRequests(), new Set());
    const data = { D1: new Date().toISOString() };
    server.answer(REQUESTS, { body: { data } });
    assert.deepEqual(await bound?.ports.readRequests(), new Set(['D1']));
    await bound?.close();
    assert.equal(written?.status, 'written');
    assert.deepEqual(paths, [
      '/api/v1/namespaces/guard/serviceaccounts/holdfast-healer/token',
      '/api/v1/namespaces/shop/configmaps/a',
    ]);
  });
});
