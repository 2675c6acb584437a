/** The guards on a real API server without any webhook: what they refuse, what a cluster must do in spite of them, and the way out. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { planGuard } from '../../src/registration/plan-guard.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { commandsIn } from '../support/read-findings.ts';
import { listStepsOf } from '../support/docs/typed-commands.ts';
import { admin, CORE, WRITER } from '../support/registration/attempt.ts';
import type { Attempt } from '../support/registration/attempt.ts';
import {
  DECLARED_PASSED,
  DECLARED_REFUSED,
  DECLARED_REFUSED_TO_PEOPLE,
  DECLARED_WEBHOOKS,
} from '../support/registration/declared-webhook-attempts.ts';
import { guardedObjects, PASSED, REFUSED } from '../support/registration/guard-attempts.ts';
import { impersonator } from '../support/registration/impersonate.ts';

const DOCUMENT = readFileSync(
  join(import.meta.dirname, '..', '..', 'docs', 'operations', 'guards.md'),
  'utf8',
);
const OWN = 'holdfast-system';
const GUARD = 'installation.holdfast.dev';

describe('the guards, while no webhook is registered', () => {
  const world = useCluster(async () => {
    const cluster = await startCluster();
    return { cluster, stop: cluster.stop };
  });
  let send: (attempt: Attempt) => Promise<{ code: number; message: string }>;

  before(async () => {
    const { cluster } = world();
    const namespaces = [OWN, 'shop'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    }));
    await cluster.mustKubectl('root', ['create', '-f', '-'], { input: namespaces });
    const { body } = await cluster.request('root', `${CORE}/namespaces/${OWN}`);
    await cluster.mustKubectl('root', ['create', '-f', '-'], {
      input: [...guardedObjects(body.metadata?.uid ?? ''), ...DECLARED_WEBHOOKS],
    });
    send = await impersonator(cluster, new Map());
    await applyGuards(['installer']);
    const [probe] = REFUSED;
    assert.ok(probe !== undefined);
    await waitFor('the guard is in force', async () => isRefused(await send(probe)));
  });

  async function applyGuards(people: readonly string[]): Promise<void> {
    const allowedUsernames = [...people, WRITER, `system:serviceaccount:${OWN}:holdfast`];
    const guards = planGuard({
      allowedUsernames,
      exemptGroups: ['break-glass'],
      ownNamespace: OWN,
    });
    await world().cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], {
      input: guards,
    });
  }

  it('are policies whose expressions the API server finds no fault with', async () => {
    const { cluster } = world();
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
    await waitFor('the controller has checked the types', async () => {
      const { items = [] } = (await cluster.request('root', path)).body;
      return items.length > 0 && items.every(({ status }) => status?.['observedGeneration'] === 1);
    });
    const { items = [] } = (await cluster.request('root', path)).body;
    for (const { metadata, status } of items) {
      assert.equal(JSON.stringify(status?.['typeChecking'] ?? {}), '{}', metadata?.name);
    }
  });

  for (const attempt of REFUSED) {
    it(`refuse: ${attempt.what}`, async () => {
      const answer = await send(attempt);
      assert.equal(isRefused(answer), true, JSON.stringify(answer));
    });
  }

  for (const [guard, attempts] of [
    ['declared-webhooks.holdfast.dev', DECLARED_REFUSED],
    ['webhooks.holdfast.dev', DECLARED_REFUSED_TO_PEOPLE],
  ] as const) {
    for (const attempt of attempts) {
      it(`refuse: ${attempt.what}`, async () => {
        const answer = await send(attempt);
        assert.equal(isRefused(answer, guard), true, JSON.stringify(answer));
      });
    }
  }

  for (const attempt of [...PASSED, ...DECLARED_PASSED]) {
    it(`let pass: ${attempt.what}`, async () => {
      const { code, message } = await send(attempt);
      assert.ok(code >= 200 && code < 300, `${String(code)} ${message}`);
    });
  }

  it('tell whom they refuse how to see whom they let through, by a command that works as it is printed', async () => {
    const [attempt] = REFUSED;
    assert.ok(attempt !== undefined);
    const { message } = await send(attempt);
    const shown = commandsIn(message).find((command) => command.startsWith('kubectl '));
    const [, ...argv] = (shown ?? '').replaceAll("'", '').split(' ');
    const printed = await world().cluster.mustKubectl('alice', argv);
    assert.match(printed, /"people"[\s\S]*'installer'|'installer'[\s\S]*"people"/u);
  });

  it('can be taken away by a cluster-admin whom they do not name, as the guide types it', async () => {
    const { cluster } = world();
    const [step, ...others] = listStepsOf(DOCUMENT, 'test/cluster/guards.test.ts');
    assert.ok(step !== undefined && others.length === 0);
    const [program, ...argv] = step.command.replaceAll('\\\n', ' ').trim().split(/\s+/u);
    assert.equal(program, 'kubectl');
    await cluster.mustKubectl('alice', argv);
    const attempt: Attempt = {
      what: '',
      as: admin,
      method: 'PATCH',
      path: `${CORE}/namespaces/${OWN}/secrets/holdfast-tls`,
      body: { data: { 'tls.crt': '' } },
    };
    await waitFor('the guard is out of force', async () => (await send(attempt)).code === 200);
    await applyGuards(['installer']);
    await waitFor('the guard is in force again', async () => isRefused(await send(attempt)));
  });

  it('do not keep a namespace whose deletion was allowed from going with all that it holds', async () => {
    const { cluster } = world();
    const asInstaller = ['--as=installer', '--as-group=system:masters'];
    await cluster.mustKubectl('root', [
      ...asInstaller,
      'delete',
      'namespace',
      OWN,
      '--wait=true',
      '--timeout=5m',
    ]);
    assert.equal((await cluster.request('root', `${CORE}/namespaces/${OWN}`)).code, 404);
  });
});

function isRefused({ code, message }: { code: number; message: string }, guard = GUARD): boolean {
  return code === 403 && message.includes(`ValidatingAdmissionPolicy '${guard}'`);
}
