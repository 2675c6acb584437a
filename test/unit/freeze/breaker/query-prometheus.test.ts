import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { queryPrometheus } from '../../../../src/freeze/breaker/query-prometheus.ts';
import { prometheusSchema } from '../../../../src/freeze/breaker/settings.ts';

const ANSWER = '{"status":"success","data":{"resultType":"scalar","result":[1,"0.5"]}}';

/** A server that answers so; `asked` is what it was asked last. */
async function serve(t: TestContext, answer: (response: ServerResponse) => void) {
  const asked: { url?: string | undefined; body?: string; headers?: IncomingMessage['headers'] } =
    {};
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      Object.assign(asked, { url: request.url, body, headers: request.headers });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, asked };
}

function settings(overrides: Readonly<Record<string, unknown>>) {
  return prometheusSchema.parse({ timeoutMs: 5000, ...overrides });
}

describe('queryPrometheus()', () => {
  it('asks for the number by POST, below the path of its address, with a token', async (t) => {
    const { url, asked } = await serve(t, (response) => response.end(ANSWER));
    const prometheus = settings({ url: `${url}/tenant`, token: { env: 'TOKEN' } });

    const sample = await queryPrometheus(prometheus, 'a / b', { environment: { TOKEN: 'abc' } });

    assert.deepEqual(sample, { status: 'read', value: 0.5 });
    assert.equal(asked.url, '/tenant/api/v1/query');
    assert.equal(asked.body, 'query=a+%2F+b&timeout=5000ms');
    assert.equal(asked.headers?.authorization, 'Bearer abc');
  });

  it('says what Prometheus says of a query that is wrong', async (t) => {
    const { url } = await serve(t, (response) => {
      response.writeHead(400).end('{"status":"error","error":"parse error"}');
    });
    assert.deepEqual(
      await queryPrometheus(settings({ url: `${url}/` }), '(', { environment: {} }),
      {
        status: 'lost',
        reason: 'parse error',
      },
    );
  });

  it('is lost on a redirect, too long an answer, none in time, and nobody there', async (t) => {
    const away = await serve(t, (response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1' }).end();
    });
    const long = await serve(t, (response) => response.end('x'.repeat(300 * 1024)));
    const slow = await serve(t, () => undefined);
    for (const [url, timeoutMs] of [
      [away.url, 5000],
      [long.url, 5000],
      [slow.url, 100],
      ['http://127.0.0.1:1', 5000],
    ] as const) {
      const sample = await queryPrometheus(settings({ url, timeoutMs }), '1', { environment: {} });
      assert.equal(sample.status, 'lost', url);
    }
  });

  it('is lost where a secret or a file cannot be read, and asks nobody', async (t) => {
    const { url, asked } = await serve(t, (response) => response.end(ANSWER));
    const missing = { caFile: '/nowhere/ca.crt' };
    for (const more of [{ token: { env: 'NONE' } }, { tls: missing }]) {
      const sample = await queryPrometheus(settings({ url, ...more }), '1', { environment: {} });
      assert.equal(sample.status, 'lost');
    }
    assert.deepEqual(asked, {});
  });
});

describe('the address of Prometheus', () => {
  for (const [url, isAccepted] of [
    ['https://prometheus.example.com/tenant', true],
    ['http://127.0.0.1:9090', true],
    ['http://localhost:9090', true],
    ['http://prometheus.monitoring.svc:9090', true],
    ['http://prometheus.monitoring.svc.cluster.local:9090', true],
    ['http://prometheus.example.com', false],
    ['http://evil.example.com/a.svc', false],
    ['http://prometheus.svc', false],
    ['https://user:password@prometheus.example.com', false],
    ['https://prometheus.example.com/?a=b', false],
    ['ftp://prometheus.example.com', false],
    ['prometheus', false],
  ] as const) {
    it(`${isAccepted ? 'may' : 'may not'} be ${url}`, () => {
      assert.equal(prometheusSchema.safeParse({ url }).success, isAccepted);
    });
  }
});
