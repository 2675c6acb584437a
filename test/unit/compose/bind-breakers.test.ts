import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { bindBreakers } from '../../../src/compose/bind-breakers.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const FREEZES = '/apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/freezes';
const breaker = {
  name: 'errors',
  query: 'errors',
  openAbove: 0.01,
  closeBelow: 0.005,
  openSamples: 1,
  halfOpenSamples: 1,
  closeSamples: 1,
};

/** A Prometheus that measures what the test says. */
async function measureErrors(t: TestContext) {
  let value = 0;
  const server = createServer((_request, response) => {
    const data = { resultType: 'scalar', result: [1, String(value)] };
    response.end(JSON.stringify({ status: 'success', data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    measure: (next: number) => {
      value = next;
    },
  };
}

function dependencies() {
  const { logger, metrics } = recordTelemetry();
  const records: AuditRecord[] = [];
  return {
    records,
    options: { logger, metrics, environment: {} },
    parts: {
      replica: 'holdfast-0',
      reporter: {
        recorder: {
          record: (record: AuditRecord) => {
            records.push(record);
            return {};
          },
        },
        logger,
        clock: systemClock,
        nextId: () => 'D',
        replica: 'holdfast-0',
        inForce: () => ({ cluster: 'prod', policyRevision: 'p', configurationHash: 'c' }),
      },
    },
  };
}

describe('bindBreakers()', () => {
  it('starts nothing where there is none for this cluster, or no cluster', async () => {
    const { parts, options } = dependencies();
    const bind = (file: object, clusterState?: object) => {
      const loaded = { configuration: configurationSchema.parse(file) };
      return bindBreakers({ ...options, loaded, clusterState }, parts);
    };
    const prometheus = { url: 'https://prometheus.example.com' };
    const elsewhere = { prometheus, breakers: [{ ...breaker, clusters: ['other'] }] };
    assert.equal(await bind({}), undefined);
    assert.equal(await bind({ cluster: { name: 'prod' }, freeze: elsewhere }), undefined);
    assert.equal(await bind({ freeze: { prometheus, breakers: [breaker] } }, {}), undefined);
  });

  it('halts and lets pass by an object, and records both', async (t) => {
    const { url, measure } = await measureErrors(t);
    const server = await startFakeApiServer();
    const writes: string[] = [];
    server.answerWrites(({ method, path, body }) => {
      const { spec } = body as { spec: { ended?: boolean } };
      writes.push(`${method} ${path} ${spec.ended === true ? 'ended' : 'begun'}`);
      return method === 'POST' || spec.ended === true ? { body: {} } : { status: 404 };
    });
    const { parts, options, records } = dependencies();
    const configuration = configurationSchema.parse({
      kubernetes: { kubeconfigFile: server.kubeconfigFile },
      freeze: { prometheus: { url, sampleMs: 1000 }, breakers: [breaker] },
    });
    const running = await bindBreakers({ ...options, loaded: { configuration } }, parts);
    t.after(() => server.stop());
    try {
      measure(0.5);
      await waitUntil(() => records.length === 1);
      measure(0);
      await waitUntil(() => records.length === 2);
    } finally {
      await running?.close();
    }

    assert.deepEqual(
      records.map(({ code, message, object }) => [code, message, object.name]),
      [
        [
          'breaker_opened',
          'The circuit breaker "errors" halts deployments: the query gives 0.5; it opens above 0.01 and closes at 0.005 or below.',
          'breaker-errors',
        ],
        [
          'breaker_closed',
          'The circuit breaker "errors" has closed: the query gives 0; it opens above 0.01 and closes at 0.005 or below.',
          'breaker-errors',
        ],
      ],
    );
    assert.deepEqual(writes, [
      `PATCH ${FREEZES}/breaker-errors begun`,
      `POST ${FREEZES} begun`,
      `PATCH ${FREEZES}/breaker-errors ended`,
    ]);
  });
});
