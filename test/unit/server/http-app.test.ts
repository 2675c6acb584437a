import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestServer } from '../../support/test-server.ts';

const plain = await startTestServer();
after(plain.stop);

test('the server says neither who it is nor that its answers may be kept', async () => {
  const { headers } = await plain.client().post('/validate', '{}');
  assert.deepEqual(
    [headers['content-type'], headers['cache-control'], headers['x-content-type-options']],
    ['application/json; charset=utf-8', 'no-store', 'nosniff'],
  );
  assert.equal(headers['server'] ?? headers['x-powered-by'], undefined);
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

for (const encoding of ['content-length', 'transfer-encoding'] as const) {
  test(`a body far beyond the limit is read to its end, so that its sender hears why (${encoding})`, async () => {
    const client = plain.client();
    const body = 'x'.repeat(8 * 1024 * 1024);
    const length = encoding === 'content-length' ? String(body.length) : 'chunked';
    const headers = { 'content-type': 'application/json', [encoding]: length };

    const refused = await client.send('/validate', { method: 'POST', headers, body });
    const next = await client.post('/validate', '{}');

    assert.equal(refused.httpStatus, 413);
    assert.equal(next.localPort, refused.localPort);
  });
}

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
