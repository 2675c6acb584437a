import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startServer } from '../../../src/server/server.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { answerSize, startTestServer, TEST_LIMITS } from '../../support/test-server.ts';

const problem = { text: undefined as string | undefined };
const plain = await startTestServer({
  withMetricsPort: true,
  readinessChecks: [{ name: 'policies', problem: () => problem.text }],
});
after(plain.stop);

test('the server answers many reviews on one connection', async () => {
  const client = plain.client();
  const answers = [];
  for (const body of ['{}', '{"a":1}']) answers.push(await client.post('/validate', body));
  answers.push(await client.post('/mutate', '[]'));
  assert.deepEqual(
    answers.map(({ httpStatus, body }) => [httpStatus, body]),
    [
      [200, '{"route":"validate","bytes":2}'],
      [200, '{"route":"validate","bytes":7}'],
      [200, '{"route":"mutate","bytes":2}'],
    ],
  );
  assert.equal(new Set(answers.map(({ localPort }) => localPort)).size, 1);
});

test('the server says neither who it is nor that its answers may be kept', async () => {
  const { headers } = await plain.client().post('/validate', '{}');
  assert.deepEqual(
    [headers['content-type'], headers['cache-control'], headers['x-content-type-options']],
    ['application/json; charset=utf-8', 'no-store', 'nosniff'],
  );
  assert.equal(headers['server'] ?? headers['x-powered-by'], undefined);
});

test('the server leaves an empty body to the request path', async () => {
  const { body } = await plain.client().send('/validate', { method: 'POST' });
  assert.equal(body, '{"route":"validate","bytes":0}');
});

interface Refusal {
  readonly name: string;
  readonly path: string;
  readonly method: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly expected: readonly [httpStatus: number, code: string];
}

const REFUSALS: readonly Refusal[] = [
  {
    name: 'a body of another content type',
    path: '/validate',
    method: 'POST',
    contentType: 'text/plain',
    body: 'secret',
    expected: [415, 'review_content_type_unsupported'],
  },
  {
    name: 'a body without content type',
    path: '/mutate',
    method: 'POST',
    body: 'secret',
    expected: [415, 'review_content_type_unsupported'],
  },
  {
    name: 'a body beyond the limit',
    path: '/validate',
    method: 'POST',
    contentType: 'application/json',
    body: 'x'.repeat(64 * 1024 + 1),
    expected: [413, 'review_too_large'],
  },
  { name: 'an unknown path', path: '/secret', method: 'GET', expected: [404, 'route_unknown'] },
  {
    name: 'a GET of a review path',
    path: '/validate',
    method: 'GET',
    expected: [405, 'method_not_allowed'],
  },
  {
    name: 'a path that is no text',
    path: '/%zz',
    method: 'GET',
    expected: [400, 'request_unreadable'],
  },
];

for (const { name, path, method, contentType, body, expected } of REFUSALS) {
  test(`the server refuses ${name} with ${expected.join(' ')}`, async () => {
    const headers = contentType === undefined ? {} : { 'content-type': contentType };
    const request = { method, headers, ...(body !== undefined && { body }) };
    const answer = await plain.client().send(path, request);
    const [httpStatus, code] = expected;
    assert.equal(answer.httpStatus, httpStatus);
    assert.match(answer.body, new RegExp(`"kind":"Status".*\\(${code}\\).*"code":${httpStatus}`));
    assert.doesNotMatch(answer.body, /secret|xxx/);
    const counted = await plain.exposed(`holdfast_http_rejected_total{code="${code}"}`);
    assert.equal(counted.length, 1);
  });
}

test('a body beyond the limit is refused although its length was not declared', async () => {
  const answer = await plain.client().send('/validate', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    body: 'x'.repeat(64 * 1024 + 1),
  });
  assert.equal(answer.httpStatus, 413);
});

test('a refused method names the allowed one', async () => {
  const { headers } = await plain.client().send('/mutate');
  assert.equal(headers.allow, 'POST');
});

test('a fault of the request path is answered 500 and logged with its cause, not told', async (context) => {
  const faulty = await startTestServer({
    admit: () => Promise.reject(new Error('inner secret')),
  });
  context.after(faulty.stop);
  const { httpStatus, body } = await faulty.client().post('/validate', '{}');
  assert.equal(httpStatus, 500);
  assert.match(body, /\(internal_error\)/);
  assert.doesNotMatch(body, /inner secret/);
  assert.deepEqual(
    faulty.entries.map(({ level, message }) => [level, message]),
    [['error', 'A request handler failed']],
  );
});

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

test('the port for metrics takes no reviews', async () => {
  const answer = await fetch(`${plain.server.metricsUrl}/validate`, { method: 'POST', body: '{}' });
  assert.equal(answer.status, 404);
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

test('the deadline follows the time-out that the API server names', async (context) => {
  const server = await startTestServer({
    admit: async (_route, _body, deadlineAtMs) => ({
      httpStatus: 200,
      body: String(Math.round((deadlineAtMs - systemClock.nowMs()) / 100)),
    }),
  });
  context.after(server.stop);
  const client = server.client();
  assert.equal((await client.post('/validate?timeout=2s', '{}')).body, '18');
  assert.equal((await client.post('/validate', '{}')).body, '40');
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
