/** Policies that warn and policies that patch, as kubectl shows them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cluster } from '../support/cluster/cluster.ts';
import type { KubectlResult } from '../support/cluster/kubectl.ts';
import { applyAsArgoCd, trackingAnnotation } from '../support/cluster/shop.ts';
import { startShopCluster, type ShopCluster } from '../support/cluster/shop-cluster.ts';

/** The end of a warning of ours: what was found, and in which decision. */
const WARNING = / \((?<finding>\w+ by \w+), decision [0-9A-HJKMNP-TV-Z]{26}\)$/u;

describe('with a policy in mode warn', () => {
  let cluster: Cluster;
  let holdfast: ShopCluster['holdfast'];
  before(async () => {
    ({ cluster, holdfast } = await startShopCluster({
      audit: { journal: { folder: 'journal' } },
      policies: {
        gitops_only_writes: { namespaces: { shop: 'warn' } },
        latest_tag_warning: {
          mode: 'enforce',
          overrides: [{ namespaceSelector: { matchLabels: { stage: 'dev' } }, mode: 'off' }],
        },
        pod_seccomp_default: { mode: 'enforce' },
      },
    }));
  });
  after(async () => {
    await cluster?.stop();
  });

  /** The findings that kubectl shows; a line of somebody else as it is. */
  function warningsOf({ stderr }: KubectlResult): readonly string[] {
    const lines = stderr.split('\n').filter((line) => line.startsWith('Warning: '));
    return lines.map((line) => WARNING.exec(line)?.groups?.['finding'] ?? line);
  }

  it('the change passes, and kubectl shows what would have been refused', async () => {
    const result = await cluster.kubectl('alice', [
      'label',
      'deployment/checkout',
      'team=blue',
      '-n',
      'shop',
    ]);
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(warningsOf(result), ['managed_object_changed by gitops_only_writes']);
    const { body } = await cluster.request(
      'root',
      '/apis/apps/v1/namespaces/shop/deployments/checkout',
    );
    assert.equal(body.metadata?.labels?.['team'], 'blue');
  });

  it('the journal has the denial that she would have read, and the report says what would break', async () => {
    const label = ['label', 'deployment/checkout', 'team=red', '--overwrite', '-n', 'shop'];
    const { stderr } = await cluster.kubectl('alice', label);
    const decision = /decision (?<id>[0-9A-Z]{26})/u.exec(stderr)?.groups?.['id'] ?? '';

    const found: unknown = JSON.parse(
      await holdfast.run([
        'audit',
        'query',
        '--decision=warned',
        `--id=${decision}`,
        '--output=json',
        'journal',
      ]),
    );
    const verified = await holdfast.run(['audit', 'verify', 'journal']);

    assert.partialDeepStrictEqual(found, [
      {
        record: {
          allowed: true,
          code: 'allowed',
          message: '',
          wouldDeny: { code: 'managed_object_changed' },
          policies: [{ policy: 'gitops_only_writes', status: 'warned', wouldDeny: true }],
        },
      },
    ]);
    assert.match(
      JSON.stringify(found),
      new RegExp(
        String.raw`changed by gitops_only_writes, cluster [\w-]+, decision ${decision}\)`,
        'u',
      ),
    );
    await assert.rejects(holdfast.run(['report', 'journal']), (error: unknown) => {
      assert.equal(Reflect.get(Object(error), 'code'), 1);
      const printed = String(Reflect.get(Object(error), 'stdout'));
      assert.match(
        printed,
        /^If you enforced today, \d+ writes? by \d+ users? would have been refused/u,
      );
      assert.match(
        printed,
        / alice +argocd checkout +UPDATE deployments\.apps +metadata\.labels\.team +managed_object_changed +gitops_only_writes\n/u,
      );
      return true;
    });
    assert.match(verified, /journal: ok/u);
  });

  it('a finding of a warn rule is shown, and the pod is made', async () => {
    const result = await cluster.kubectl('alice', [
      'run',
      'box',
      '--image=registry.local/box',
      '-n',
      'shop',
    ]);
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(warningsOf(result), ['image_tag_latest by latest_tag_warning']);
  });

  it('a patch policy changes a Pod, and no Git-managed object', async () => {
    const pod = await cluster.request('root', '/api/v1/namespaces/shop/pods/box');
    assert.deepEqual(pod.body.spec?.['securityContext'], {
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const { body } = await cluster.request(
      'root',
      '/apis/apps/v1/namespaces/shop/deployments/checkout',
    );
    assert.doesNotMatch(JSON.stringify(body.spec), /seccomp/u);
  });

  it('a Pod that names its own profile is left alone', async () => {
    const spec = {
      securityContext: { seccompProfile: { type: 'Unconfined' } },
      containers: [{ name: 'app', image: 'registry.local/box:1' }],
    };
    const input = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'own', namespace: 'shop' },
      spec,
    };
    await cluster.mustKubectl('alice', ['create', '-f', '-'], { input });
    const { body } = await cluster.request('root', '/api/v1/namespaces/shop/pods/own');
    assert.deepEqual(body.spec?.['securityContext'], spec.securityContext);
  });

  describe('that is off by a label', () => {
    const labels = { stage: 'dev' };
    const run = (name: string, namespace: string): Promise<KubectlResult> =>
      cluster.kubectl('alice', ['run', name, '--image=registry.local/box', '-n', namespace]);

    for (const subresource of ['', '/status', '/finalize']) {
      it(`nobody labels a namespace by hand with it: namespaces${subresource}`, async () => {
        const path = `/api/v1/namespaces/shop${subresource}`;
        const { body: stored } = await cluster.request('alice', '/api/v1/namespaces/shop');
        const metadata = { ...stored.metadata, labels: { ...stored.metadata?.labels, ...labels } };

        // The API server serves no PATCH of a finalization.
        const answer = await cluster.request('alice', path, {
          method: 'PUT',
          body: { ...stored, metadata },
        });

        assert.equal(answer.code, 403);
        assert.match(
          answer.body.message ?? '',
          /The label "stage" of namespaces shop decides .*\(namespace_label_changed by namespace_labels, /su,
        );
        const read = await cluster.request('alice', '/api/v1/namespaces/shop');
        assert.equal(read.body.metadata?.labels?.['stage'], undefined);
      });
    }

    it('nobody makes a namespace with it by hand, and anybody one without', async () => {
      const made = (name: string, own: object) =>
        cluster.kubectl('alice', ['create', '-f', '-'], {
          input: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: own } },
        });

      assert.match((await made('mine', labels)).stderr, /namespace_label_changed/u);
      assert.equal((await made('mine', { team: 'a' })).code, 0);
      assert.deepEqual(warningsOf(await run('box', 'mine')), [
        'image_tag_latest by latest_tag_warning',
      ]);
    });

    it('Argo CD makes one, where the policy is off at once', async () => {
      const annotations = trackingAnnotation('checkout', '/Namespace:shop/dev');
      await applyAsArgoCd(cluster, [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev', labels, annotations } },
      ]);

      const result = await run('box', 'dev');

      assert.equal(result.code, 0, result.stderr);
      assert.deepEqual(warningsOf(result), []);
      assert.match(
        (await cluster.kubectl('alice', ['label', 'namespace', 'dev', 'stage-'])).stderr,
        /namespace_label_changed by namespace_labels/u,
      );
    });
  });
});
