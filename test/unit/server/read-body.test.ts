import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reviewOf, UID } from '../../support/mangled-reviews.ts';
import { exchange, formatRequest, USUAL_HEADERS } from '../../support/raw-exchange.ts';
import { startTestServer } from '../../support/test-server.ts';

const WAYS = [
  ['a usual review', (body: string) => [`Content-Length: ${Buffer.byteLength(body)}`]],
  [
    'a review with another header',
    (body: string) => [`Content-Length: ${Buffer.byteLength(body)}`, 'Connection: keep-alive'],
  ],
] as const;

for (const [way, headersOf] of WAYS) {
  test(`${way} that is too large is denied by its uid, which the beginning has`, async (context) => {
    const server = await startTestServer();
    context.after(server.stop);
    const body = reviewOf({ object: { text: '<'.repeat(70_000) } });
    const headers = [...USUAL_HEADERS, ...headersOf(body)];
    const answer = await exchange(formatRequest({ headers, body }), server);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(answer, new RegExp(`"uid":"${UID}","allowed":false`));
    assert.match(
      answer,
      /limits\.bodyBytesMax \(review_too_large\)","reason":"RequestEntityTooLarge"/,
    );
    assert.deepEqual(await server.exposed('holdfast_http_rejected_total'), [
      'holdfast_http_rejected_total{code="review_too_large"} 1',
    ]);
  });

  test(`${way} that does not fit beside others is denied by its uid`, async (context) => {
    const server = await startTestServer({ limits: { heldBodyBytesMax: 20_000 } });
    context.after(server.stop);
    const body = reviewOf({ object: { text: 'a'.repeat(40_000) } });
    const headers = [...USUAL_HEADERS, ...headersOf(body)];
    const answer = await exchange(formatRequest({ headers, body }), server);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(answer, new RegExp(`"uid":"${UID}","allowed":false`));
    assert.match(answer, /limits\.heldBodyBytesMax \(review_bodies_exceeded\)"/);
    const [held] = await server.exposed('holdfast_http_body_bytes ');
    assert.equal(held, 'holdfast_http_body_bytes 0');
  });
}

test('what has no uid in its beginning is answered 413', async (context) => {
  const server = await startTestServer();
  context.after(server.stop);
  const answer = await exchange(formatRequest({ body: 'x'.repeat(70_000) }), server);
  assert.match(answer, /^HTTP\/1\.1 413 /);
});
