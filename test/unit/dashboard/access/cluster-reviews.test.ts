/** What the API server is asked, over a fake one. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import {
  createAccessReview,
  createTokenReview,
} from '../../../../src/dashboard/access/cluster-reviews.ts';
import { startFakeApiServer, type FakeWrite } from '../../../support/fake-api-server.ts';
import { connectToFake } from '../../../support/fake-client.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';

const ALICE = { username: 'alice', uid: 'u1', groups: ['dev'], extra: { scopes: ['read'] } };

async function stage(context: TestContext, status: number, body: object) {
  const server = await startFakeApiServer();
  const client = await connectToFake(server);
  context.after(async () => {
    client.close();
    await server.stop();
  });
  const asked: FakeWrite[] = [];
  server.answerWrites((write) => {
    asked.push(write);
    return { status, body };
  });
  const { metrics, exposed } = recordTelemetry();
  const dependencies = { client, clock: systemClock, metrics };
  const specs = (): readonly unknown[] =>
    asked.map(({ body: review }): unknown => Reflect.get(Object(review), 'spec'));
  return {
    reviewToken: createTokenReview(dependencies),
    reviewAccess: createAccessReview(dependencies),
    asked,
    specs,
    exposed,
  };
}

describe('createTokenReview()', () => {
  it('says whose token it is', async (context) => {
    const on = await stage(context, 201, { status: { authenticated: true, user: ALICE } });
    const verdict = await on.reviewToken('a-token');
    assert.equal(verdict.status, 'accepted');
    assert.deepEqual(
      on.asked.map(({ path }) => path),
      ['/apis/authentication.k8s.io/v1/tokenreviews'],
    );
    assert.deepEqual(on.specs(), [{ token: 'a-token' }]);
  });

  it('says who gives the right to ask where there is none, and nothing of another fault', async (context) => {
    const refused = await stage(context, 403, { kind: 'Status', message: 'a-token' });
    assert.deepEqual(await refused.reviewToken('a-token'), {
      status: 'unavailable',
      reason:
        'The account of Holdfast may not create tokenreviews: the chart grants it where it has configuration.dashboard',
    });
    const failed = await stage(context, 500, { kind: 'Status', message: 'a-token' });
    assert.deepEqual(await failed.reviewToken('a-token'), {
      status: 'unavailable',
      reason: 'The API server does not say whose token it is',
    });
  });
});

describe('createAccessReview()', () => {
  it('asks for one namespace or for all, in the name of the viewer', async (context) => {
    const on = await stage(context, 201, { status: { allowed: true } });
    assert.equal(await on.reviewAccess(ALICE, 'shop'), 'allowed');
    const { uid: _uid, ...withoutUid } = ALICE;
    assert.equal(await on.reviewAccess({ ...withoutUid, uid: undefined }, undefined), 'allowed');
    const { username: user, groups, extra, uid } = ALICE;
    const attributes = { group: 'holdfast.dev', resource: 'decisions', verb: 'get' };
    assert.deepEqual(on.specs(), [
      { user, uid, groups, extra, resourceAttributes: { ...attributes, namespace: 'shop' } },
      { user, groups, extra, resourceAttributes: attributes },
    ]);
  });

  it('counts what it was answered, and takes no answer for none', async (context) => {
    const on = await stage(context, 500, {});
    assert.equal(await on.reviewAccess(ALICE, 'shop'), 'unavailable');
    assert.deepEqual(await on.exposed('holdfast_dashboard_access_reviews_total'), [
      'holdfast_dashboard_access_reviews_total{result="unavailable"} 1',
    ]);
  });
});
