import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestServer } from '../../support/test-server.ts';

const problem = { text: undefined as string | undefined };
const plain = await startTestServer({
  withMetricsPort: true,
  readinessChecks: [{ name: 'policies', problem: () => problem.text }],
});
after(plain.stop);

test('health and metrics are on the TLS port and on their own', async () => {
  const client = plain.client();
  const { metricsUrl } = plain.server;
  for (const [path, expected] of [
    ['/livez', 'ok\n'],
    ['/readyz', '[+]policies ok\n[+]shutdown ok\nreadyz check passed\n'],
  ] as const) {
    assert.equal((await client.send(path)).body, expected);
    assert.equal(await (await fetch(`${metricsUrl}${path}`)).text(), expected);
  }
  const metrics = await (await fetch(`${metricsUrl}/metrics`)).text();
  assert.match(metrics, /^holdfast_http_requests_in_flight 0$/m);
  assert.match(metrics, /^holdfast_event_loop_lag_seconds \d/m);
  assert.match(
    (await client.send('/metrics')).body,
    /^holdfast_certificate_expiry_timestamp_seconds 1?\d{9}$/m,
  );
});

test('readiness names what is missing', async (context) => {
  problem.text = 'none is loaded';
  context.after(() => {
    problem.text = undefined;
  });
  const { httpStatus, body } = await plain.client().send('/readyz');
  assert.deepEqual(
    [httpStatus, body],
    [503, '[-]policies failed: none is loaded\n[+]shutdown ok\nreadyz check failed\n'],
  );
});
