/** Signatures of images on a real API server, with registries of this process that fail in every way. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { ApiObject } from '../support/cluster/api-client.ts';
import { readDecisions } from '../support/cluster/decisions.ts';
import { readDenial } from '../support/cluster/denial.ts';
import type { KubectlResult } from '../support/cluster/kubectl.ts';
import { trackingAnnotation } from '../support/cluster/shop.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { countWebhook } from '../support/cluster/webhook-metrics.ts';
import { OCI_MANIFEST } from '../support/images/fake-registry.ts';
import {
  pushImageTo,
  startImageCluster,
  type RegistryFault,
  type UnavailableMode,
} from '../support/images/image-cluster.ts';

const REJECTED = ['image_rejected by image_signatures'];
const UNAVAILABLE = ['image_unavailable by image_signatures'];
const NOT_PINNED = ['image_not_pinned by image_signatures'];
const WARNED = /^Warning: .*\(image_unavailable by image_signatures, decision \w+\)$/mu;

type Fields = Readonly<Record<string, unknown>>;

function podOf(name: string, image: string, { spec = {}, metadata = {} }: PodParts = {}) {
  const containers = [{ name: 'app', image }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', ...metadata },
    spec: { terminationGracePeriodSeconds: 0, containers, ...spec },
  };
}

interface PodParts {
  readonly spec?: Fields;
  readonly metadata?: Fields;
}

function workloadOf(
  name: string,
  image: string,
  { apiVersion = 'apps/v1', kind = 'Deployment' } = {},
) {
  const labels = { app: name };
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'app', image }] },
      },
    },
  };
}

/** Of containers, init containers, ephemeral containers and image volumes. */
function imagesOf({ spec = {} }: ApiObject): readonly string[] {
  return [...JSON.stringify(spec).matchAll(/"(?:image|reference)":"([^"]+)"/gu)].map(
    ([, image = '']) => image,
  );
}

describe('signatures of images on a real API server', () => {
  const stage = useCluster(startImageCluster);
  afterEach(() => {
    stage().breakRegistry();
  });

  const create = (input: object, ...argv: readonly string[]): Promise<KubectlResult> =>
    stage().cluster.kubectl('alice', ['create', '-f', '-', ...argv], { input });
  const mustCreate = async (input: object): Promise<KubectlResult> => {
    const result = await create(input);
    assert.equal(result.code, 0, result.stderr);
    return result;
  };
  const assertRefused = (result: KubectlResult, findings: readonly string[], reason = ''): void => {
    assert.equal(result.code, 1, result.stderr);
    assert.deepEqual(readDenial(result)?.findings, findings, result.stderr);
    assert.ok(result.stderr.includes(reason), result.stderr);
  };
  const readPod = async (name: string, namespace = 'shop'): Promise<ApiObject> =>
    (await stage().cluster.request('root', `/api/v1/namespaces/${namespace}/pods/${name}`)).body;
  const push = (name: string) => pushImageTo(stage().registry, name, stage().keys);
  const pushUnsigned = (name: string) => pushImageTo(stage().registry, name);
  /** What such a Pod would name. */
  const tryImage = async (name: string, image: string): Promise<string> => {
    const path = '-o=jsonpath={.spec.containers[0].image}';
    return (await create(podOf(name, image), '--dry-run=server', path)).stdout;
  };
  const waitPinned = ({ image, pinned }: { readonly image: string; readonly pinned: string }) =>
    waitFor(`${image} is verified`, async () => (await tryImage('again', image)) === pinned);

  it('an unsigned Pod is refused with code and reason, and the record has its image', async () => {
    const { image } = pushUnsigned('shop/unsigned');
    assertRefused(await create(podOf('unsigned', image)), REJECTED, '(unsigned)');
    const decisions = await readDecisions(stage().holdfast.logFile);
    const refusal = decisions.find(({ object, allowed }) => object.name === 'unsigned' && !allowed);
    assert.deepEqual(refusal?.images, [
      {
        path: 'spec.containers[0].image',
        image,
        status: 'rejected',
        rule: 'shop',
        code: 'unsigned',
      },
    ]);
  });

  it('a signed Pod is admitted, and each of its places names what was verified', async () => {
    const [app, init, model] = ['shop/app', 'shop/init', 'shop/model'].map(push);
    assert.ok(app && init && model);
    const spec = {
      initContainers: [{ name: 'init', image: init.image }],
      volumes: [{ name: 'model', image: { reference: model.image } }],
    };
    await mustCreate(podOf('signed', app.image, { spec }));
    assert.deepEqual(
      imagesOf(await readPod('signed')).toSorted(),
      [app.pinned, init.pinned, model.pinned].toSorted(),
    );
    const decisions = await readDecisions(stage().holdfast.logFile);
    const records = decisions.filter(({ object }) => object.name === 'signed');
    const patched = records.find(({ images, route }) => images !== undefined && route === 'mutate');
    assert.deepEqual(
      new Set(patched?.images?.map(({ status, digest }) => `${status} ${digest}`)),
      new Set([app, init, model].map(({ descriptor }) => `verified ${descriptor.digest}`)),
    );
  });

  for (const [place, specOf] of [
    ['an init container', (image: string) => ({ initContainers: [{ name: 'other', image }] })],
    [
      'an image volume',
      (image: string) => ({ volumes: [{ name: 'other', image: { reference: image } }] }),
    ],
  ] as const) {
    it(`a Pod with an unsigned image in ${place} is refused`, async () => {
      const { image } = push('shop/beside');
      const spec = specOf(pushUnsigned('shop/unsigned').image);
      assertRefused(await create(podOf('beside', image, { spec })), REJECTED, '(unsigned)');
    });
  }

  it('a Deployment keeps its tag, and its Pods run what was verified though the tag was moved', async () => {
    const { cluster, registry } = stage();
    const { image, pinned, descriptor } = push('shop/moved');
    await mustCreate(workloadOf('moved', image));
    const other = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: {}, layers: [] };
    assert.notEqual(registry.putManifest('shop/moved', other, '1').digest, descriptor.digest);

    const scale = ['scale', 'deployment/moved', '--replicas=2', '-n', 'shop'];
    await cluster.mustKubectl('alice', scale);

    const pods = await waitFor('the Pods are there', async () => {
      const path = '/api/v1/namespaces/shop/pods?labelSelector=app%3Dmoved';
      const { items = [] } = (await cluster.request('root', path)).body;
      return items.length === 2 ? items : undefined;
    });
    assert.deepEqual(pods.flatMap(imagesOf), [pinned, pinned]);
    const owners = pods.map(({ metadata }) => metadata?.ownerReferences?.[0]?.['kind']);
    assert.deepEqual(owners, ['ReplicaSet', 'ReplicaSet']);
    const path = '/apis/apps/v1/namespaces/shop/deployments/moved';
    assert.deepEqual(imagesOf((await cluster.request('root', path)).body), [image]);
  });

  it('an owner that is written by hand brings in nothing that was not verified', async () => {
    const { image } = pushUnsigned('shop/orphan');
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'moved', uid: 'none' };
    const metadata = { ownerReferences: [{ ...owner, controller: true }] };
    assertRefused(await create(podOf('orphan', image, { metadata })), REJECTED, '(unsigned)');
  });

  it('an unsigned ephemeral container is refused, and a signed one is pinned', async () => {
    const { image, pinned } = push('shop/debugged');
    const debug = push('shop/debug');
    await mustCreate(podOf('debugged', image));
    const argv = (of: string) => ['debug', 'debugged', '-n', 'shop', `--image=${of}`];
    const { cluster } = stage();
    const unsigned = argv(pushUnsigned('shop/unsigned').image);
    assertRefused(await cluster.kubectl('alice', unsigned), REJECTED, '(unsigned)');
    await cluster.mustKubectl('alice', argv(debug.image));
    assert.deepEqual(
      imagesOf(await readPod('debugged')).toSorted(),
      [pinned, debug.pinned].toSorted(),
    );
  });

  it('a bare Pod that Git manages is never patched: it must name the digest', async () => {
    const { image, pinned } = push('shop/bare');
    const apply = ['apply', '--server-side', '--field-manager=argocd-controller', '-f', '-'];
    const metadata = { annotations: trackingAnnotation('checkout', '/Pod:shop/bare') };
    const applyPod = (named: string) =>
      stage().cluster.kubectl('argocd', apply, { input: podOf('bare', named, { metadata }) });
    assertRefused(await applyPod(image), NOT_PINNED, pinned);
    const { code, stderr } = await applyPod(pinned);
    assert.equal(code, 0, stderr);
    assert.deepEqual(imagesOf(await readPod('bare')), [pinned]);
  });

  it('a Rollout with an unsigned image is refused, and a signed one keeps its tag', async () => {
    const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' };
    const unsigned = workloadOf('rollout', pushUnsigned('shop/unsigned').image, rollout);
    assertRefused(await create(unsigned), REJECTED, '(unsigned)');
    const { image } = push('shop/rollout');
    await mustCreate(workloadOf('rollout', image, rollout));
    const path = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/rollout';
    assert.deepEqual(imagesOf((await stage().cluster.request('root', path)).body), [image]);
  });

  describe('without the registry', () => {
    const FAULTS: readonly (readonly [string, RegistryFault])[] = [
      ['down', 'down'],
      ['slow', 'hang'],
      ['rate-limited', { status: 429, headers: { 'retry-after': '1' } }],
    ];
    const MODES = ['deny', 'warn', 'allow'] as const;
    const assertDeclared = (mode: UnavailableMode, result: KubectlResult): void => {
      if (mode === 'deny') return assertRefused(result, UNAVAILABLE);
      assert.equal(result.code, 0, result.stderr);
      return mode === 'warn'
        ? assert.match(result.stderr, WARNED)
        : assert.doesNotMatch(result.stderr, /Warning/u);
    };

    // The modes at once: each of them waits as long as a request may.
    for (const [what, fault] of FAULTS) {
      it(`that is ${what}, each mode is as declared, in time, and its recovery counts at once`, async () => {
        const { cluster, breakRegistry } = stage();
        const before = await countWebhook(cluster, 'patch.holdfast.dev');
        const judge = async (mode: UnavailableMode) => {
          const pushed = push(`${mode}/${what}`);
          return { mode, pushed, result: await create(podOf(`${mode}-${what}`, pushed.image)) };
        };
        breakRegistry(fault);
        const judged = await Promise.all(MODES.map(judge));
        for (const { mode, result } of judged) assertDeclared(mode, result);
        breakRegistry();
        await Promise.all(judged.map(({ pushed }) => waitPinned(pushed)));
        const { failedOpen } = await countWebhook(cluster, 'patch.holdfast.dev');
        assert.equal(failedOpen, before.failedOpen);
      });
    }

    it('that lies, no mode admits anything', async () => {
      const pushed = push('allow/lied');
      const headers = { 'content-type': OCI_MANIFEST };
      const digest = { 'docker-content-digest': pushed.descriptor.digest };
      stage().breakRegistry({ status: 200, headers: { ...headers, ...digest }, body: '{}' });
      const result = await create(podOf('lied', pushed.image));
      assertRefused(result, REJECTED, '(image_registry_lied)');
      stage().breakRegistry();
      await waitPinned(pushed);
    });

    it('and after a restart, what was verified runs, and nothing else', async () => {
      const { holdfast, breakRegistry } = stage();
      const known = push('shop/known');
      const fresh = push('shop/fresh');
      await mustCreate(podOf('known-1', known.image));
      breakRegistry('down');
      await holdfast.stop();
      await holdfast.start();
      await mustCreate(podOf('known-2', known.image));
      assert.deepEqual(imagesOf(await readPod('known-2')), [known.pinned]);
      assertRefused(await create(podOf('fresh', fresh.image)), UNAVAILABLE);
      breakRegistry();
      await waitPinned(fresh);
    });

    it('allow-if-last-good admits what was verified before, pinned, and nothing else', async () => {
      const { breakRegistry, rotateSecondKey } = stage();
      const good = push('allow-if-last-good/good');
      const fresh = push('allow-if-last-good/fresh');
      await mustCreate(podOf('good-1', good.image));
      breakRegistry('down');
      await rotateSecondKey();
      const result = await waitFor('every verdict is asked for again', async () => {
        const tried = await create(podOf('good-2', good.image), '--dry-run=server');
        return WARNED.test(tried.stderr) || tried.code !== 0 ? tried : undefined;
      });
      assert.equal(result.code, 0, result.stderr);
      assert.match((await mustCreate(podOf('good-2', good.image))).stderr, WARNED);
      assert.deepEqual(imagesOf(await readPod('good-2')), [good.pinned]);
      assertRefused(await create(podOf('fresh', fresh.image)), UNAVAILABLE);
      breakRegistry();
      await waitPinned(good);
      await waitPinned(fresh);
    });
  });

  describe('of a private registry', () => {
    const pushPrivate = () => pushImageTo(stage().privateRegistry, 'vault', stage().keys);
    const spec = { imagePullSecrets: [{ name: 'regcred' }] };
    const openNamespace = async (
      namespace: string,
      { isReader }: { readonly isReader: boolean },
    ) => {
      const { cluster, privateRegistry, login } = stage();
      const kubectl = (...argv: readonly string[]) =>
        cluster.mustKubectl('root', [...argv, '-n', namespace]);
      await cluster.mustKubectl('root', ['create', 'namespace', namespace]);
      await kubectl(
        'create',
        'secret',
        'docker-registry',
        'regcred',
        `--docker-server=${privateRegistry.host}`,
        `--docker-username=${login.username}`,
        `--docker-password=${login.password}`,
      );
      if (!isReader) return;
      await kubectl('create', 'role', 'pull', '--verb=get', '--resource=secrets');
      const account = '--serviceaccount=holdfast-system:holdfast';
      await kubectl('create', 'rolebinding', 'pull', '--role=pull', account);
    };

    it('a Pod with the pull secret is admitted and pinned, and one of another namespace is refused', async () => {
      const { image, pinned } = pushPrivate();
      await openNamespace('bank', { isReader: true });
      assertRefused(await create(podOf('poor', image)), REJECTED, '(image_access_denied)');
      await mustCreate(podOf('rich', image, { spec, metadata: { namespace: 'bank' } }));
      assert.deepEqual(imagesOf(await readPod('rich', 'bank')), [pinned]);
      assertRefused(await create(podOf('poor', image)), REJECTED, '(image_access_denied)');
    });

    it('without the right to read it, nobody can tell, and the reason names the right', async () => {
      await openNamespace('closed', { isReader: false });
      const pod = podOf('closed', pushPrivate().image, { spec, metadata: { namespace: 'closed' } });
      assertRefused(await create(pod), UNAVAILABLE, '"get" on secrets in closed');
    });
  });
});
