/**
 * Images that the real cosign has signed, in the real registry of the distribution project, at the real API server: what runs is what
 * was verified, also when a tag is moved, when the registry is stopped, and when it wants a password.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ClosingStack } from '../support/closing-hooks.ts';
import type { ApiObject } from '../support/cluster/api-client.ts';
import { readDenial } from '../support/cluster/denial.ts';
import type { KubectlResult } from '../support/cluster/kubectl.ts';
import { startShopCluster, type ShopCluster } from '../support/cluster/shop-cluster.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { countWebhook } from '../support/cluster/webhook-metrics.ts';
import { Cosign, type CosignFormat } from '../support/images/cosign-program.ts';
import { startPrivateRegistry, type PrivateRegistry } from '../support/images/private-registry.ts';
import { RegistryServer } from '../support/images/registry-server.ts';

interface Stage extends ShopCluster {
  readonly registry: RegistryServer;
  readonly privateRegistry: PrivateRegistry;
  readonly cosign: Cosign;
}

const LOGIN = { username: 'ada', password: 'a password of this test' };
const REJECTED = ['image_rejected by image_signatures'];
const UNAVAILABLE = ['image_unavailable by image_signatures'];
/** The time-out of the webhooks that validate and that patch, one after the other, and kubectl. */
const ANSWER_MS_MAX = 15_000;

async function startStage(): Promise<Stage & { readonly stop: () => Promise<void> }> {
  const closing = new ClosingStack();
  try {
    const cosign = await Cosign.open(closing);
    await cosign.makeKey('release');
    await cosign.makeKey('stranger');
    const registry = await RegistryServer.start(closing);
    const dataFolder = join(registry.folder, 'data');
    const privateRegistry = await startPrivateRegistry(closing, { dataFolder, ...LOGIN });
    const hosts = [registry.host, privateRegistry.host];
    const rule = { authorities: ['release'] };
    const shop = await startShopCluster({
      images: {
        authorities: [{ name: 'release', keyFiles: [join(cosign.folder, 'release.pub')] }],
        rules: [
          { ...rule, name: 'warned', images: [`${registry.host}/warned/**`], unavailable: 'warn' },
          { ...rule, name: 'all', images: hosts.map((host) => `${host}/**`) },
        ],
        registries: {
          privateHosts: hosts,
          plainHttpHosts: [registry.host],
          caFile: privateRegistry.caFile,
          readPullSecrets: true,
        },
      },
      // Root gives Holdfast the right to read pull secrets, as who installs it does.
      policies: { gitops_definitions: { parameters: { editors: ['holdfast-test-harness'] } } },
    });
    closing.after(shop.cluster.stop);
    return { ...shop, registry, privateRegistry, cosign, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

function podOf(name: string, image: string, { namespace = 'shop', secret = '' } = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'app', image }],
      ...(secret !== '' && { imagePullSecrets: [{ name: secret }] }),
    },
  };
}

function assertRefused(result: KubectlResult, findings: readonly string[], reason: string): void {
  assert.equal(result.code, 1, result.stderr);
  assert.deepEqual(readDenial(result)?.findings, findings, result.stderr);
  assert.ok(result.stderr.includes(reason), result.stderr);
}

describe('images of a real registry, signed by the real cosign', () => {
  const stage = useCluster(startStage);
  const create = (input: object, ...argv: readonly string[]): Promise<KubectlResult> =>
    stage().cluster.kubectl('alice', ['create', '-f', '-', ...argv], { input });
  const push = async (name: string, signer?: string, format: CosignFormat = 'bundle') => {
    const { registry, cosign } = stage();
    const digest = await registry.push(name, name, '1');
    const image = `${registry.host}/${name}:1`;
    if (signer !== undefined) {
      await cosign.sign(`${registry.host}/${name}@${digest}`, signer, format);
    }
    return { name, digest, image, pinned: `${image}@${digest}` };
  };
  /** The image of the Pod as it is stored. */
  const admit = async (pod: ReturnType<typeof podOf>): Promise<string> => {
    const { code, stderr } = await create(pod);
    assert.equal(code, 0, stderr);
    const { namespace, name } = pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    return imageOf((await stage().cluster.request('root', path)).body);
  };

  it('an unsigned Pod is refused, and so is one that a stranger has signed', async () => {
    const unsigned = await push('shop/unsigned');
    assertRefused(await create(podOf('unsigned', unsigned.image)), REJECTED, '(unsigned)');
    const strange = await push('shop/strange', 'stranger');
    assertRefused(await create(podOf('strange', strange.image)), REJECTED, '(bad_signature)');
  });

  for (const format of ['bundle', 'legacy'] as const) {
    it(`a signed Pod is admitted and pinned to its digest: ${format}`, async () => {
      const { image, pinned } = await push(`shop/${format}`, 'release', format);
      assert.equal(await admit(podOf(`signed-${format}`, image)), pinned);
    });
  }

  it('a tag that is moved after signing brings nothing in', async () => {
    const { registry } = stage();
    // Verified before it was moved: Pods run what was verified.
    const known = await push('shop/moved', 'release');
    assert.equal(await admit(podOf('moved-before', known.image)), known.pinned);
    assert.notEqual(await registry.push(known.name, 'another content', '1'), known.digest);
    assert.equal(await admit(podOf('moved-after', known.image)), known.pinned);
    // Moved before anybody has asked: the signature is of another digest.
    const fresh = await push('shop/fresh', 'release');
    await registry.push(fresh.name, 'another content', '1');
    assertRefused(await create(podOf('fresh', fresh.image)), REJECTED, '(unsigned)');
    assert.equal(await admit(podOf('fresh-pinned', fresh.pinned)), fresh.pinned);
  });

  it('while the registry is stopped, the declared mode answers in time, and it recovers', async () => {
    const { cluster, registry } = stage();
    const known = await push('shop/known', 'release');
    const denied = await push('shop/denied', 'release');
    const warned = await push('warned/app', 'release');
    await admit(podOf('known-1', known.image));
    const before = await countWebhook(cluster, 'patch.holdfast.dev');
    await registry.process.stop();
    try {
      const startedAt = performance.now();
      assertRefused(
        await create(podOf('denied', denied.image)),
        UNAVAILABLE,
        'The connection was refused',
      );
      assert.ok(performance.now() - startedAt < ANSWER_MS_MAX);
      const result = await create(podOf('warned', warned.image));
      assert.equal(result.code, 0, result.stderr);
      assert.match(result.stderr, /^Warning: .*\(image_unavailable by image_signatures, /mu);
      // What has a verdict needs no registry.
      assert.equal(await admit(podOf('known-2', known.image)), known.pinned);
    } finally {
      await registry.process.start();
    }
    const { failedOpen } = await countWebhook(cluster, 'patch.holdfast.dev');
    assert.equal(failedOpen, before.failedOpen);
    const path = '-o=jsonpath={.spec.containers[0].image}';
    for (const { image, pinned } of [denied, warned]) {
      await waitFor(`${image} is verified`, async () => {
        const tried = await create(podOf('again', image), '--dry-run=server', path);
        return tried.stdout === pinned;
      });
    }
  });

  it('a private registry is read with the pull secret of the Pod, and without it the Pod is refused', async () => {
    const { cluster, privateRegistry } = stage();
    const { name, digest } = await push('vault/app', 'release');
    const image = `${privateRegistry.host}/${name}:1`;
    const namespace = 'bank';
    const kubectl = async (...argv: readonly string[]): Promise<void> => {
      await cluster.mustKubectl('root', [...argv, '-n', namespace]);
    };
    await cluster.mustKubectl('root', ['create', 'namespace', namespace]);
    // The commands of docs/images.md.
    const right = ['--verb=get', '--resource=secrets,serviceaccounts'];
    await kubectl('create', 'role', 'holdfast-pull-secrets', ...right);
    const account = '--serviceaccount=holdfast-system:holdfast';
    const binding = ['--role=holdfast-pull-secrets', account];
    await kubectl('create', 'rolebinding', 'holdfast-pull-secrets', ...binding);
    const server = `--docker-server=${privateRegistry.host}`;
    const login = [`--docker-username=${LOGIN.username}`, `--docker-password=${LOGIN.password}`];
    await kubectl('create', 'secret', 'docker-registry', 'regcred', server, ...login);
    await kubectl(
      'create',
      'secret',
      'docker-registry',
      'wrong',
      server,
      login[0] ?? '',
      '--docker-password=x',
    );

    for (const secret of ['', 'wrong']) {
      const pod = podOf(`poor${secret}`, image, { namespace, secret });
      assertRefused(await create(pod), REJECTED, '(image_access_denied)');
    }
    // Their refusals are none for the Pod that may pull.
    assert.equal(
      await admit(podOf('rich', image, { namespace, secret: 'regcred' })),
      `${image}@${digest}`,
    );
  });
});

function imageOf({ spec }: ApiObject): string {
  return /"image":"([^"]+)"/u.exec(JSON.stringify(spec ?? {}))?.[1] ?? '';
}
