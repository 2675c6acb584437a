/** Policies about the names of images, on a real API server: every place of a Pod, and the workloads that make Pods. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cluster } from '../support/cluster/cluster.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';

const ALLOWED = 'registry.example.com/app:1';
const FOREIGN = 'other.example.com/app:1';
const REFUSED = /image_registry_not_allowed by image_registries/u;

type PodSpec = Readonly<Record<string, unknown>>;

function pod(name: string, spec: PodSpec) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec };
}

function deployment(name: string, image: string) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
    },
  };
}

const CONTAINERS = [{ name: 'app', image: ALLOWED }];

describe('with image_registries in mode enforce', () => {
  let cluster: Cluster;
  before(async () => {
    ({ cluster } = await startShopCluster({
      policies: {
        image_registries: {
          mode: 'enforce',
          parameters: { allowed: ['registry.example.com/*', 'registry.local/*'] },
        },
      },
    }));
  });
  after(async () => {
    await cluster?.stop();
  });

  async function create(input: object) {
    return await cluster.kubectl('alice', ['create', '-f', '-'], { input });
  }

  for (const [place, spec] of [
    ['a container', { containers: [{ name: 'app', image: FOREIGN }] }],
    [
      'an init container',
      { containers: CONTAINERS, initContainers: [{ name: 'i', image: FOREIGN }] },
    ],
    [
      'an image volume',
      { containers: CONTAINERS, volumes: [{ name: 'model', image: { reference: FOREIGN } }] },
    ],
  ] as const) {
    it(`a Pod with another registry in ${place} is refused`, async () => {
      const { code, stderr } = await create(pod('foreign', spec));
      assert.equal(code, 1);
      assert.match(stderr, REFUSED);
      assert.match(stderr, /the image other\.example\.com\/app:1 \(other\.example\.com\/app\)/u);
    });
  }

  it('a Deployment with another registry is refused', async () => {
    const { code, stderr } = await create(deployment('foreign', FOREIGN));
    assert.equal(code, 1);
    assert.match(stderr, REFUSED);
  });

  it('a Pod and a Deployment of the allowed registry are made', async () => {
    const volumes = [{ name: 'model', image: { reference: ALLOWED } }];
    for (const input of [
      pod('allowed', { containers: CONTAINERS, volumes }),
      deployment('allowed', ALLOWED),
    ]) {
      const { code, stderr } = await create(input);
      assert.equal(code, 0, stderr);
    }
  });

  it('an ephemeral container of another registry is refused, and one of the allowed is not', async () => {
    const debug = (image: string) => ['debug', 'allowed', '-n', 'shop', `--image=${image}`];
    const refused = await cluster.kubectl('alice', debug(FOREIGN));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, REFUSED);
    const made = await cluster.kubectl('alice', debug(ALLOWED));
    assert.equal(made.code, 0, made.stderr);
  });
});
