import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { planClusterConstraints } from '../../../../../src/authoring/gatekeeper/cluster/read-cluster-constraints.ts';
import { systemClock } from '../../../../../src/base/clock.ts';
import { HoldfastError, type ErrorCode } from '../../../../../src/errors.ts';
import { startFakeApiServer, type FakeApiServer } from '../../../../support/fake-api-server.ts';
import { connectToFake } from '../../../../support/fake-client.ts';
import {
  answerGatekeeper,
  answerList,
  GATEKEEPER_PATHS,
  sampleConstraint,
} from '../../../../support/gatekeeper/cluster-samples.ts';

async function start(t: TestContext): Promise<FakeApiServer> {
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  answerGatekeeper(server);
  return server;
}

async function plan(server: FakeApiServer) {
  const client = await connectToFake(server);
  try {
    return await planClusterConstraints({ client, clock: systemClock });
  } finally {
    client.close();
  }
}

function hasCode(code: ErrorCode, message: RegExp) {
  return (fault: unknown) => {
    assert.ok(fault instanceof HoldfastError);
    assert.equal(fault.code, code);
    assert.match(fault.message, message);
    return true;
  };
}

describe('planClusterConstraints()', () => {
  it('plans the constraints of the cluster with what Config says, and names objects by kind and name', async (t) => {
    const server = await start(t);
    const config = {
      metadata: { namespace: 'gatekeeper-system', name: 'config' },
      spec: { match: [{ excludedNamespaces: ['kube-*'], processes: ['*'] }] },
    };
    answerList(server, 'configs', [config, { ...config, spec: 1 }]);

    const { constraints, problems } = await plan(server);

    assert.deepEqual(
      constraints.map(({ file, mode, constraint }) => [
        file,
        mode,
        constraint.match.excludedNamespaces,
      ]),
      [['MustBeOwned/owned', 'enforce', ['kube-*']]],
    );
    assert.deepEqual(problems, [
      { file: 'Config/gatekeeper-system/config', text: 'the Config cannot be understood' },
    ]);
    assert.ok(!server.requests.some((path) => path.includes('services?')));
  });

  it('reads what is there in an order of its own', async (t) => {
    const server = await start(t);
    answerList(server, 'constraints', [
      sampleConstraint({ name: 'b' }),
      sampleConstraint({ name: 'a' }),
    ]);

    const { constraints } = await plan(server);

    assert.deepEqual(
      constraints.map(({ constraint }) => constraint.name),
      ['a', 'b'],
    );
  });

  it('refuses a cluster without constraints', async (t) => {
    const server = await start(t);
    answerList(server, 'constraints', []);

    await assert.rejects(
      plan(server),
      hasCode('policy_source_invalid', /no constraint .* in the cluster of https:/u),
    );
  });

  it('plans nothing where one kind cannot be listed', async (t) => {
    const server = await start(t);
    server.answer(GATEKEEPER_PATHS.constraints, { status: 403, body: { message: 'no' } });

    await assert.rejects(plan(server), hasCode('lookup_forbidden', /answered 403/u));
  });

  it('plans nothing where the cluster does not say what it serves', async (t) => {
    const server = await start(t);
    server.answer('/apis', { status: 500, body: {} });

    await assert.rejects(plan(server), hasCode('lookup_failed', /answered 500/u));
  });

  it('leaves out a kind that has gone since', async (t) => {
    const server = await start(t);
    server.answer(GATEKEEPER_PATHS.configs, { status: 404, body: {} });

    assert.equal((await plan(server)).constraints.length, 1);
  });
});
