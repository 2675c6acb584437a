import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { POLICY_GROUPS } from '../../../../../src/authoring/gatekeeper/cluster/followed-kinds.ts';
import { startConstraintController } from '../../../../../src/authoring/gatekeeper/cluster/start-controller.ts';
import { ensureOpa } from '../../../../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../../../../src/base/cache-folder.ts';
import { systemClock } from '../../../../../src/base/clock.ts';
import { createTelemetry } from '../../../../../src/compose/telemetry.ts';
import { HoldfastError } from '../../../../../src/errors.ts';
import { makeBundleKey } from '../../../../support/bundle-keys.ts';
import { startFakeApiServer } from '../../../../support/fake-api-server.ts';
import { connectToFake } from '../../../../support/fake-client.ts';
import { answerGatekeeper } from '../../../../support/gatekeeper/cluster-samples.ts';
import { keepConfigMap } from '../../../../support/gatekeeper/config-map-store.ts';
import { guardedConfiguration } from '../../../../support/gatekeeper/guarded-configuration.ts';
import { policyText } from '../../../../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../../../../support/temporary-folder.ts';
import { waitUntil } from '../../../../support/wait-until.ts';

const SELECTORS = [{ name: 'gatekeeper', groups: POLICY_GROUPS }];
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/holdfast-system/leases';

describe('startConstraintController()', () => {
  it('publishes the constraints that the cluster has, once it leads', async (t) => {
    const server = await startFakeApiServer();
    answerGatekeeper(server);
    const leases: unknown[] = [];
    const store = keepConfigMap(server, ({ path, body }) => {
      if (path.startsWith(LEASES)) {
        leases.push(body);
        server.answer(`${LEASES}/holdfast-gatekeeper`, { body });
      }
      return { body };
    });
    const client = await connectToFake(server);
    const controller = await startConstraintController({
      configuration: guardedConfiguration(SELECTORS, ['system:serviceaccount:a:b']),
      client,
      namespace: 'holdfast-system',
      replica: 'holdfast-gatekeeper-0',
      key: await makeBundleKey(),
      scope: undefined,
      sourceFolder: await makeTemporaryFolder(t, { 'sample/sample.rego': policyText() }),
      findOpa: () => ensureOpa({ cacheFolder: cacheFolder(process.env) }),
      clock: systemClock,
      ...createTelemetry({ log: { level: 'error' } }),
    });

    await waitUntil(() => store.writes() === 1);
    await controller.close();
    client.close();
    await server.stop();

    assert.match(JSON.stringify(leases.at(0)), /"holderIdentity":"holdfast-gatekeeper-0"/u);
    assert.match(
      JSON.stringify(leases.at(-1)),
      /"holderIdentity":(?:""|null)|^(?!.*holderIdentity)/u,
    );
  });

  it('does not start where others than Git may write constraints', async (t) => {
    const server = await startFakeApiServer();
    const client = await connectToFake(server);
    const key = await makeBundleKey();
    const sourceFolder = await makeTemporaryFolder(t, { 'sample/sample.rego': policyText() });
    try {
      await assert.rejects(
        startConstraintController({
          configuration: guardedConfiguration([], undefined),
          client,
          namespace: 'holdfast-system',
          replica: 'a',
          key,
          scope: undefined,
          sourceFolder,
          findOpa: () => Promise.reject(new Error('it is not asked for')),
          clock: systemClock,
          ...createTelemetry({ log: { level: 'error' } }),
        }),
        (fault) => fault instanceof HoldfastError && fault.code === 'constraints_unguarded',
      );
    } finally {
      client.close();
      await server.stop();
    }
  });
});
