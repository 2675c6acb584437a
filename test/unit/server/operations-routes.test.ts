import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { formatReadiness, LIVE } from '../../../src/server/operations-routes.ts';
import { startTestServer } from '../../support/test-server.ts';

const problem = { text: undefined as string | undefined };
const plain = await startTestServer({
  withMetricsPort: true,
  readinessChecks: [{ name: 'policies', problem: () => problem.text }],
});
after(plain.stop);

const apart = await startTestServer({ withMetricsPort: true, withHealthPort: true });
after(apart.stop);

async function statusOf(url: string): Promise<number> {
  return (await fetch(url)).status;
}

test('health and metrics are answered on their ports and not on that of the webhook', async () => {
  const client = plain.client();
  const { metricsUrl, healthUrl } = plain.server;
  assert.equal(healthUrl, metricsUrl);
  for (const [path, expected] of [
    ['/livez', 'ok\n'],
    ['/readyz', '[+]policies ok\n[+]shutdown ok\nreadyz check passed\n'],
  ] as const) {
    assert.equal((await client.send(path)).httpStatus, 404);
    assert.equal(await (await fetch(`${metricsUrl}${path}`)).text(), expected);
  }
  assert.equal((await client.send('/metrics')).httpStatus, 404);
  const metrics = await (await fetch(`${metricsUrl}/metrics`)).text();
  assert.match(metrics, /^holdfast_http_requests_in_flight 0$/m);
  assert.match(metrics, /^holdfast_event_loop_lag_seconds \d/m);
  assert.match(
    metrics,
    /^holdfast_certificate_expiry_timestamp_seconds\{certificate="served"\} 1?\d{9}$/m,
  );
});

test('health with a port of its own is on no other', async () => {
  const { metricsUrl, healthUrl } = apart.server;
  assert.deepEqual(
    [
      await statusOf(`${healthUrl}/livez`),
      await statusOf(`${healthUrl}/readyz`),
      await statusOf(`${healthUrl}/metrics`),
      await statusOf(`${metricsUrl}/metrics`),
      await statusOf(`${metricsUrl}/livez`),
    ],
    [200, 200, 404, 200, 404],
  );
});

test('readiness names what is missing', async (context) => {
  problem.text = 'none is loaded';
  context.after(() => {
    problem.text = undefined;
  });
  const answer = await fetch(`${plain.server.healthUrl}/readyz`);
  assert.deepEqual(
    [answer.status, await answer.text()],
    [503, '[-]policies failed: none is loaded\n[+]shutdown ok\nreadyz check failed\n'],
  );
});

test('formatReadiness() is ready where every check is met', () => {
  assert.deepEqual(formatReadiness([{ name: 'policies', problem: () => undefined }]), {
    httpStatus: 200,
    text: '[+]policies ok\nreadyz check passed\n',
  });
});

test('formatReadiness() names the failing check and its reason', () => {
  const checks = [
    { name: 'policies', problem: () => undefined },
    { name: 'caches', problem: () => 'not synced' },
  ];
  assert.deepEqual(formatReadiness(checks), {
    httpStatus: 503,
    text: '[+]policies ok\n[-]caches failed: not synced\nreadyz check failed\n',
  });
});

test('formatReadiness() tells what is advisory, and stays ready', () => {
  const sinks = { name: 'sinks', problem: () => 'one was told to stop', advisory: true };

  assert.deepEqual(formatReadiness([sinks]), {
    httpStatus: 200,
    text: '[!]sinks needs somebody: one was told to stop\nreadyz check passed\n',
  });
  assert.equal(formatReadiness([{ ...sinks, problem: () => undefined }]).httpStatus, 200);
});

test('LIVE is what a living process answers', () => {
  assert.deepEqual(LIVE, { httpStatus: 200, text: 'ok\n' });
});
