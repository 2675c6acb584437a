import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findImages, type FoundImage } from '../../../src/image/find-images.ts';

const POD_SPEC = {
  initContainers: [{ name: 'init', image: 'a.example.com/init:1' }],
  containers: [
    { name: 'main', image: 'a.example.com/main:1' },
    { name: 'side', image: 'nginx' },
  ],
  ephemeralContainers: [{ name: 'debug', image: 'a.example.com/debug:1' }],
  volumes: [
    { name: 'data', emptyDir: {} },
    { name: 'model', image: { reference: 'a.example.com/model:1', pullPolicy: 'Always' } },
  ],
};

const PODS = { group: '', resource: 'pods' };

/** Every built-in workload, with its PodSpec where the API has it. */
const WORKLOADS = [
  [PODS, (spec: unknown) => ({ spec }), 'spec'],
  [
    { group: '', resource: 'podtemplates' },
    (spec: unknown) => ({ template: { spec } }),
    'template.spec',
  ],
  ...[
    ['', 'replicationcontrollers'],
    ['apps', 'deployments'],
    ['apps', 'replicasets'],
    ['apps', 'statefulsets'],
    ['apps', 'daemonsets'],
    ['batch', 'jobs'],
  ].map(
    ([group = '', resource = '']) =>
      [
        { group, resource },
        (spec: unknown) => ({ spec: { template: { spec } } }),
        'spec.template.spec',
      ] as const,
  ),
  [
    { group: 'batch', resource: 'cronjobs' },
    (spec: unknown) => ({ spec: { jobTemplate: { spec: { template: { spec } } } } }),
    'spec.jobTemplate.spec.template.spec',
  ],
] as const;

const ROLLOUTS = {
  group: 'argoproj.io',
  resource: 'rollouts',
  podSpecs: [['spec', 'template', 'spec']],
  images: [],
};
const TASKS = {
  group: 'tekton.dev',
  resource: 'tasks',
  podSpecs: [],
  images: [['spec', 'steps', '*', 'image']],
};

function shortOf({ path, kind, name, ...image }: FoundImage): readonly unknown[] {
  return [path, kind, name, image.status, image.text];
}

describe('findImages', () => {
  for (const [resource, wrap, at] of WORKLOADS) {
    it(`finds each place of ${resource.resource}`, () => {
      assert.deepEqual(findImages(resource, wrap(POD_SPEC)).map(shortOf), [
        [
          `${at}.initContainers[0].image`,
          'initContainer',
          'init',
          'parsed',
          'a.example.com/init:1',
        ],
        [`${at}.containers[0].image`, 'container', 'main', 'parsed', 'a.example.com/main:1'],
        [`${at}.containers[1].image`, 'container', 'side', 'parsed', 'nginx'],
        [
          `${at}.ephemeralContainers[0].image`,
          'ephemeralContainer',
          'debug',
          'parsed',
          'a.example.com/debug:1',
        ],
        [`${at}.volumes[1].image.reference`, 'volume', 'model', 'parsed', 'a.example.com/model:1'],
      ]);
    });
  }

  it('tells the one form of a reference beside its text', () => {
    assert.deepEqual(findImages(PODS, { spec: { containers: [{ image: 'nginx' }] } }), [
      {
        path: 'spec.containers[0].image',
        kind: 'container',
        status: 'parsed',
        text: 'nginx',
        reference: {
          registry: 'docker.io',
          repository: 'library/nginx',
          tag: 'latest',
          digest: undefined,
        },
      },
    ]);
  });

  it('finds nothing where there is nothing', () => {
    for (const object of [
      undefined,
      null,
      {},
      { spec: null },
      { spec: {} },
      { spec: { replicas: 1 } },
    ]) {
      assert.deepEqual(findImages({ group: 'apps', resource: 'deployments' }, object), []);
    }
    assert.deepEqual(findImages({ group: '', resource: 'services' }, { spec: POD_SPEC }), []);
    assert.deepEqual(
      findImages(PODS, { spec: { containers: [{ name: 'a' }, { image: '' }] } }),
      [],
    );
  });

  it('does not take another group for the built-in one', () => {
    assert.deepEqual(
      findImages({ group: 'example.com', resource: 'pods' }, { spec: POD_SPEC }),
      [],
    );
  });

  it('finds images of custom resources by their paths', () => {
    const rollout = { spec: { template: { spec: POD_SPEC } } };
    assert.equal(findImages(ROLLOUTS, rollout, [TASKS, ROLLOUTS]).length, 5);
    assert.deepEqual(findImages(ROLLOUTS, rollout, [TASKS]), []);
    const task = { spec: { steps: [{ image: 'a.example.com/step:1' }, { ref: {} }] } };
    assert.deepEqual(findImages(TASKS, task, [TASKS]).map(shortOf), [
      ['spec.steps[0].image', 'custom', undefined, 'parsed', 'a.example.com/step:1'],
    ]);
    const map = { ...TASKS, images: [['spec', 'images', '*']] };
    assert.deepEqual(
      findImages(TASKS, { spec: { images: { web: 'nginx' } } }, [map]).map(shortOf),
      [['spec.images.web', 'custom', undefined, 'parsed', 'nginx']],
    );
  });

  for (const [name, object, path] of [
    ['an object that is a list', [], ''],
    ['a spec that is text', { spec: 'a' }, 'spec'],
    ['containers that are a text', { spec: { containers: 'nginx' } }, 'spec.containers'],
    ['a container that is text', { spec: { containers: ['nginx'] } }, 'spec.containers[0]'],
    ['a container that is null', { spec: { containers: [null] } }, 'spec.containers[0]'],
    [
      'an image that is a list',
      { spec: { containers: [{ image: ['nginx'] }] } },
      'spec.containers[0].image',
    ],
    [
      'an image that is no reference',
      { spec: { containers: [{ image: 'a b' }] } },
      'spec.containers[0].image',
    ],
    [
      'a volume whose image is text',
      { spec: { volumes: [{ image: 'nginx' }] } },
      'spec.volumes[0].image',
    ],
  ] as const) {
    it(`cannot read ${name}`, () => {
      const [image, ...more] = findImages(PODS, object);
      assert.deepEqual([image?.status, image?.path, more], ['unreadable', path, []]);
    });
  }

  it('does not let an unreadable image hide one beside it', () => {
    const containers = [{ image: 7 }, { image: 'nginx' }];
    assert.deepEqual(
      findImages(PODS, { spec: { containers } }).map(({ status }) => status),
      ['unreadable', 'parsed'],
    );
  });

  it('reads so many, and tells that there are more', () => {
    const containers = Array.from({ length: 300 }, () => ({ image: 'nginx' }));
    const found = findImages(PODS, { spec: { containers } });
    assert.equal(found.length, 257);
    assert.deepEqual(found.at(-1), {
      path: 'spec.containers[256].image',
      kind: 'container',
      status: 'unreadable',
      reason: 'There are 300 images, of which 256 are read',
    });
  });

  it('finds every image of any PodSpec, whatever stands beside it', () => {
    const container = fc.record({
      name: fc.string(),
      image: fc.constantFrom('nginx', 'a b', 7, {}),
    });
    const list = fc.array(container, { maxLength: 5 });
    const spec = fc.record({
      initContainers: list,
      containers: list,
      ephemeralContainers: list,
      nodeName: fc.anything(),
    });
    fc.assert(
      fc.property(spec, (podSpec) => {
        const count =
          podSpec.initContainers.length +
          podSpec.containers.length +
          podSpec.ephemeralContainers.length;
        for (const [resource, wrap] of WORKLOADS) {
          assert.equal(findImages(resource, wrap(podSpec)).length, count);
        }
      }),
    );
  });

  it('never throws, whatever the object is', () => {
    fc.assert(
      fc.property(fc.anything(), fc.jsonValue(), (any, json) => {
        for (const [resource, wrap] of WORKLOADS) {
          findImages(resource, any);
          findImages(resource, wrap(json));
        }
        findImages(TASKS, json, [TASKS, ROLLOUTS]);
      }),
    );
  });
});
