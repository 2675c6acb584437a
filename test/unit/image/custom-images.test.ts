import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customImagesSchema, readCustomImages } from '../../../src/image/custom-images.ts';
import { findImages } from '../../../src/image/find-images.ts';

const OWN = { group: 'example.com', resource: 'builds' };

function problemsOf(entry: object): readonly string[] {
  const parsed = customImagesSchema.safeParse([entry]);
  return (parsed.error?.issues ?? []).map(
    ({ path, message }) => `${path.slice(1).join('.')}: ${message}`,
  );
}

test('a resource with its paths is read, and its images are found', () => {
  const custom = readCustomImages(
    customImagesSchema.parse([
      { ...OWN, podSpecs: ['spec.pod'], images: ['spec.steps.*.image', 'spec.tools.*'] },
    ]),
  );
  assert.deepEqual(custom, [
    {
      ...OWN,
      podSpecs: [['spec', 'pod']],
      images: [
        ['spec', 'steps', '*', 'image'],
        ['spec', 'tools', '*'],
      ],
    },
  ]);
  const spec = {
    pod: { containers: [{ name: 'app', image: 'a:1' }] },
    steps: [{ image: 'b:1' }, {}],
    tools: { git: 'c:1' },
  };
  assert.deepEqual(
    findImages(OWN, { spec }, custom).map(({ path, text }) => `${path} ${text}`),
    ['spec.pod.containers[0].image a:1', 'spec.steps[0].image b:1', 'spec.tools.git c:1'],
  );
});

test('an entry without one kind of paths has none of them', () => {
  assert.deepEqual(readCustomImages([{ ...OWN, images: ['spec.image'] }]), [
    { ...OWN, podSpecs: [], images: [['spec', 'image']] },
  ]);
});

test('a preset gives all resources of its project', () => {
  const custom = readCustomImages(customImagesSchema.parse([{ preset: 'knative-serving' }]));
  assert.deepEqual(
    custom.map(({ group, resource, podSpecs }) => [group, resource, podSpecs]),
    [
      ['serving.knative.dev', 'services', [['spec', 'template', 'spec']]],
      ['serving.knative.dev', 'configurations', [['spec', 'template', 'spec']]],
      ['serving.knative.dev', 'revisions', [['spec']]],
    ],
  );
});

test('an entry that cannot be used is refused with what is expected', () => {
  const images = ['spec.image'];
  for (const [entry, problem] of [
    [{}, ': Expected group, resource, and podSpecs or images; or a preset'],
    [OWN, ': Expected group, resource, and podSpecs or images; or a preset'],
    [
      { resource: 'builds', images },
      ': Expected group, resource, and podSpecs or images; or a preset',
    ],
    [
      { preset: 'tekton', images },
      ': Expected a preset alone: write another entry for group, resource, podSpecs and images',
    ],
    [
      { ...OWN, group: 'example.com/v1', images },
      'group: Expected the group of a custom resource without its version, as in "argoproj.io"',
    ],
    [
      { ...OWN, resource: 'Rollout', images },
      'resource: Expected the plural in lower case without a subresource, as in "rollouts"',
    ],
    [
      { ...OWN, resource: 'rollouts/status', images },
      'resource: Expected the plural in lower case without a subresource, as in "rollouts"',
    ],
    [
      { ...OWN, images: ['spec[0]'] },
      'images.0: Expected a path of keys with dots between, found "spec[0]": write .* for the items of a list, as in spec.containers.*.image',
    ],
  ] as const) {
    assert.deepEqual(problemsOf(entry), [problem]);
  }
  assert.equal(problemsOf({ preset: 'argo' }).length, 1);
  assert.equal(problemsOf({ ...OWN, images: [] }).length, 1);
  assert.equal(problemsOf({ ...OWN, images, version: 'v1' }).length, 1);
});
