import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestServer } from '../../support/test-server.ts';

const plain = await startTestServer();
after(plain.stop);

test('the route of the proof refuses each review, whatever it says', async () => {
  const review = JSON.stringify({ request: { uid: 'u1', operation: 'CREATE' } });
  const { httpStatus, body } = await plain.client().post('/prove', review);
  assert.equal(httpStatus, 200);
  assert.deepEqual(JSON.parse(body), {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: 'u1',
      allowed: false,
      status: {
        status: 'Failure',
        code: 403,
        reason: 'Forbidden',
        message: 'Holdfast answers: it refuses what only asks whether it does (review_proof)',
      },
    },
  });
});

for (const body of [
  '',
  'no json',
  '[]',
  '{"request":1}',
  `{"request":{"uid":"${'u'.repeat(257)}"}}`,
]) {
  test(`the route of the proof allows nothing to a body that is no review: "${body.slice(0, 20)}"`, async () => {
    const answer = await plain.client().send('/prove', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    assert.equal(answer.httpStatus, 403);
    assert.match(answer.body, /review_proof/u);
  });
}

test('the route of the proof asks for the client certificate that reviews need', async (context) => {
  const server = await startTestServer({ commonNames: ['kube-apiserver'] });
  context.after(server.stop);
  assert.equal((await server.client().post('/prove', '{}')).httpStatus, 401);
});
