import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startServer } from '../../../src/server/server.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { answerSize, startTestServer, TEST_LIMITS } from '../../support/test-server.ts';

const plain = await startTestServer({ withMetricsPort: true });
after(plain.stop);

test('the port for metrics takes no reviews', async () => {
  const answer = await fetch(`${plain.server.metricsUrl}/validate`, { method: 'POST', body: '{}' });
  assert.equal(answer.status, 404);
});

test('an address that is taken is named, and nothing is left running', async () => {
  const port = Number(new URL(plain.server.url).port);
  const { certificateFile, keyFile } = plain;
  const starting = startServer(
    { host: '127.0.0.1', port, tls: { certificateFile, keyFile }, limits: TEST_LIMITS },
    { ...recordTelemetry(), admit: answerSize, readinessChecks: [], clock: systemClock },
  );
  await assert.rejects(starting, {
    name: 'HoldfastError',
    code: 'server_address_unavailable',
    message: `Cannot listen on 127.0.0.1:${port}: EADDRINUSE`,
  });
});

test('a server listens on IPv6 as well', async (context) => {
  const { certificateFile, keyFile } = plain;
  const server = await startServer(
    { host: '::1', port: 0, tls: { certificateFile, keyFile }, limits: TEST_LIMITS },
    { ...recordTelemetry(), admit: answerSize, readinessChecks: [], clock: systemClock },
  );
  context.after(() => server.drain());
  assert.match(server.url, /^https:\/\/\[::1\]:\d+$/);
  assert.equal(server.metricsUrl, undefined);
});
