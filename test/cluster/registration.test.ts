/**
 * The registration on a real API server, with a webhook that is down and failure policy Fail: what still works is
 * exempt, what is refused would have been asked. It also proves that every expression compiles.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { planGuard } from '../../src/registration/plan-guard.ts';
import { planRegistration } from '../../src/registration/plan-registration.ts';
import type { Manifest } from '../../src/registration/plan-registration.ts';
import { RECOVERY_USERNAMES } from '../../src/registration/recovery-identities.ts';
import { PLATFORM_IDENTITIES } from '../../src/identity/platform-identities.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { admin, CORE, WRITER } from '../support/registration/attempt.ts';
import type { Attempt, Caller } from '../support/registration/attempt.ts';
import { ASKED } from '../support/registration/asked-attempts.ts';
import { EXEMPT } from '../support/registration/exempt-attempts.ts';
import { impersonator, readUids } from '../support/registration/impersonate.ts';
import { seed } from '../support/registration/seed.ts';

const OPERATOR = 'system:serviceaccount:kyverno:kyverno';

describe('the registration on a real API server, while the webhook is down', () => {
  let cluster: Cluster;
  let send: (attempt: Attempt) => Promise<{ code: number; message: string }>;

  before(async () => {
    cluster = await startCluster();
    await seed(cluster);
    send = await impersonator(cluster, await readUids(cluster));
    const items: readonly Manifest[] = registration();
    await cluster.mustKubectl('alice', ['apply', '--server-side', '-f', '-'], { input: items });
    await waitFor('the API server calls the webhook', async () =>
      isAsked(await send(firstOf(ASKED))),
    );
  });
  after(async () => {
    await cluster.stop();
  });

  for (const attempt of EXEMPT) {
    it(`works: ${attempt.what}`, async () => {
      const { code, message } = await send(attempt);
      assert.equal(code >= 200 && code < 300, true, `${String(code)} ${message}`);
    });
  }

  for (const attempt of ASKED) {
    it(`is refused: ${attempt.what}`, async () => {
      assert.equal(isAsked(await send(attempt)), true, JSON.stringify(await send(attempt)));
    });
  }

  it('sends exec into a GitOps controller, and nowhere else, to the webhook', async () => {
    const exec = (namespace: string, pod: string): Attempt => ({
      what: 'exec',
      as: admin,
      method: 'POST',
      path: `${CORE}/namespaces/${namespace}/pods/${pod}/exec?command=sh&container=app`,
    });
    assert.match((await send(exec('argocd', 'redis'))).message, /connect\.holdfast\.dev/u);
    assert.doesNotMatch((await send(exec('shop', 'managed'))).message, /holdfast\.dev/u);
  });

  it('keeps people from mutating webhooks and from webhook configurations that Git declares', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1';
    const annotations = { 'argocd.argoproj.io/tracking-id': 'a:admissionregistration.k8s.io/X:/a' };
    const asInstaller = ['--as=installer', '--as-group=system:masters'];
    await cluster.mustKubectl('root', [...asInstaller, 'create', '-f', '-'], {
      input: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'declared', annotations },
      },
    });
    const making = (as: Caller): Attempt => ({
      what: '',
      as,
      method: 'POST',
      path: `${path}/mutatingwebhookconfigurations`,
      body: { metadata: { name: 'mine' } },
    });
    const changing = (as: Caller): Attempt => ({
      what: '',
      as,
      method: 'PATCH',
      path: `${path}/validatingwebhookconfigurations/declared`,
      body: { metadata: { labels: { a: 'b' } } },
    });
    for (const attempt of [making, changing]) {
      const refused = await waitFor('the guard is in force', async () => {
        const answer = await send(attempt(admin));
        return answer.code === 403 && answer;
      });
      assert.match(refused.message, /'webhooks\.holdfast\.dev'/u);
      // An account without a token is whoever impersonates it.
      const pretended = await send(attempt({ user: OPERATOR }));
      assert.match(pretended.message, /'webhooks\.holdfast\.dev'/u);
      const { code, message } = await send(attempt({ user: 'installer', uid: 'u' }));
      assert.ok(code === 200 || code === 201, `${String(code)} ${message}`);
    }
    // An operator makes its own, and leaves alone what Git declares.
    const own = { metadata: { name: 'operators' } };
    const made = await send({ ...making({ user: OPERATOR, uid: 'u' }), body: own });
    assert.equal(made.code, 201, made.message);
    const left = await send(changing({ user: OPERATOR, uid: 'u' }));
    assert.equal(left.code, 403);
    assert.match(left.message, /'declared-webhooks\.holdfast\.dev'/u);
    // Else it is the first that the deletion of a whole collection meets.
    const declared = ['validatingwebhookconfiguration', 'declared'];
    await cluster.mustKubectl('root', [...asInstaller, 'delete', ...declared]);
  });

  it('lets only named accounts touch the registration, one by one or all at once', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    const installer: Caller = { user: 'installer' };
    for (const target of [`${path}/holdfast`, path]) {
      const refused = await waitFor('the guard is in force', async () => {
        const answer = await send({ what: '', as: admin, method: 'DELETE', path: target });
        return answer.message.includes('guard') && answer;
      });
      assert.match(refused.message, /is changed only by those whom its guard names/u);
    }
    const impersonated = await send({
      what: '',
      as: { user: WRITER },
      method: 'DELETE',
      path: `${path}/holdfast`,
    });
    assert.equal(impersonated.code, 403, impersonated.message);
    const allowed = await send({
      what: '',
      as: installer,
      method: 'DELETE',
      path: `${path}/holdfast`,
    });
    assert.equal(allowed.code, 200, allowed.message);
  });
});

function isAsked({ code, message }: { code: number; message: string }): boolean {
  return code === 500 && message.includes('failed calling webhook "drift.holdfast.dev"');
}

function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  assert.ok(first !== undefined);
  return first;
}

function registration(): readonly Manifest[] {
  return [
    ...planRegistration({
      // Port 9 (discard) refuses connections on loopback.
      target: { kind: 'url', baseUrl: 'https://127.0.0.1:9' },
      ownNamespace: 'holdfast-system',
      platformUsernames: [...PLATFORM_IDENTITIES.keys()],
      recoveryUsernames: RECOVERY_USERNAMES,
      writerUsernames: [WRITER],
      gitopsNamespaces: ['argocd', 'flux-system'],
      gitopsOnlyNamespaces: ['prod'],
      exemptNamespaces: ['sandbox'],
      instanceLabelKey: 'app.kubernetes.io/instance',
    }),
    ...planGuard({
      allowedUsernames: ['installer', WRITER],
      exemptGroups: ['break-glass'],
      ownNamespace: 'holdfast-system',
    }),
  ];
}
