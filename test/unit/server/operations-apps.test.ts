import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { createTelemetry } from '../../../src/compose/telemetry.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { startOperations } from '../../../src/server/operations-apps.ts';
import { findFreePorts } from '../../support/cluster/free-ports.ts';

const HOST = '127.0.0.1';
const LIMITS = { headerTimeoutMs: 10_000, requestTimeoutMs: 10_000 };

function dependencies() {
  return {
    ...createTelemetry({ log: { level: 'error' } }),
    clock: systemClock,
    readinessChecks: [{ name: 'constraints', problem: () => 'broken', advisory: true }],
  };
}

async function get(url: string | undefined, path: string) {
  const response = await fetch(`${String(url)}${path}`);
  return { status: response.status, text: await response.text() };
}

describe('startOperations()', () => {
  it('answers for health and metrics on one port, and ends with its connections', async () => {
    const operations = await startOperations(
      { metrics: { host: HOST, port: 0 }, limits: LIMITS },
      dependencies(),
    );

    assert.equal(operations.healthUrl, operations.metricsUrl);
    assert.deepEqual(await get(operations.healthUrl, '/livez'), { status: 200, text: 'ok\n' });
    assert.deepEqual(await get(operations.healthUrl, '/readyz'), {
      status: 200,
      text: '[!]constraints needs somebody: broken\n[+]shutdown ok\nreadyz check passed\n',
    });
    assert.equal((await get(operations.metricsUrl, '/metrics')).status, 200);
    await operations.close();
    await assert.rejects(fetch(`${String(operations.healthUrl)}/livez`));
  });

  it('answers for health on a port of its own', async () => {
    const operations = await startOperations(
      { metrics: { host: HOST, port: 0 }, health: { host: HOST, port: 0 }, limits: LIMITS },
      dependencies(),
    );

    assert.equal((await get(operations.healthUrl, '/livez')).status, 200);
    assert.equal((await get(operations.metricsUrl, '/livez')).status, 404);
    assert.equal((await get(operations.healthUrl, '/metrics')).status, 404);
    await operations.close();
  });

  it('closes what it has opened where a port is taken', async () => {
    const taken = await startOperations(
      { metrics: { host: HOST, port: 0 }, limits: LIMITS },
      dependencies(),
    );
    const [free = 0] = await findFreePorts(1);
    const port = Number(new URL(String(taken.metricsUrl)).port);

    await assert.rejects(
      startOperations(
        { metrics: { host: HOST, port: free }, health: { host: HOST, port }, limits: LIMITS },
        dependencies(),
      ),
      (fault) => fault instanceof HoldfastError && fault.code === 'server_address_unavailable',
    );

    await assert.rejects(fetch(`http://${HOST}:${free}/livez`));
    await taken.close();
  });
});
