import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFluxRendering } from '../../../../src/source/manifest/parse-flux-rendering.ts';

const METADATA = { name: 'shop', namespace: 'flux-system' };
const REPOSITORY = { spec: { url: 'https://git.example/shop' } };

function parse(spec: object, repository: object = {}) {
  return parseFluxRendering(
    { kind: 'Kustomization', metadata: METADATA, spec },
    { ...REPOSITORY, spec: { ...REPOSITORY.spec, ...repository } },
  );
}

test('parseFluxRendering() lets the files of the folder decide where nothing is changed', () => {
  const rendering = { ...METADATA, destination: 'default', source: {} };
  assert.deepEqual(parse({ path: './deploy', prune: true }), { ok: true, rendering });
  assert.deepEqual(parse({ patches: null, postBuild: {} }), { ok: true, rendering });
});

test('parseFluxRendering() gives changes as parameters of kustomize', () => {
  const patch = { patch: 'x', target: { kind: 'Deployment' } };
  const parsed = parse({
    targetNamespace: 'shop',
    namePrefix: 'a-',
    patches: [patch],
    images: [
      { name: 'web', newName: 'registry.example/web', newTag: '1' },
      { name: 'db', digest: 'sha256:00' },
    ],
  });
  assert.deepEqual(parsed.ok && parsed.rendering, {
    ...METADATA,
    destination: 'shop',
    source: {
      kustomize: {
        namePrefix: 'a-',
        nameSuffix: '',
        namespace: 'shop',
        patches: [patch],
        components: [],
        images: ['web=registry.example/web:1', 'db=@sha256:00'],
        ignoreMissingComponents: false,
      },
    },
  });
});

for (const [spec, repository, reason] of [
  [
    { postBuild: { substitute: { a: 'b' } } },
    {},
    'spec.postBuild of the Kustomization is not rendered',
  ],
  [
    { decryption: { provider: 'sops' } },
    {},
    'spec.decryption of the Kustomization is not rendered',
  ],
  [{}, { ignore: '/*' }, 'the GitRepository ignores files (spec.ignore)'],
  [{}, { include: [{}] }, 'the GitRepository is composed of several (spec.include)'],
  [{ patches: 'x' }, {}, 'the Kustomization of Flux is malformed'],
  [{}, { include: 'x' }, 'the GitRepository of Flux is malformed'],
] as const) {
  test(`parseFluxRendering() does not compare: ${reason}`, () => {
    assert.deepEqual(parse(spec, repository), { ok: false, reason });
  });
}

test('parseFluxRendering() does not compare a HelmRelease', () => {
  const release = { kind: 'HelmRelease', metadata: METADATA, spec: {} };
  assert.deepEqual(parseFluxRendering(release, REPOSITORY), {
    ok: false,
    reason: 'a HelmRelease of Flux is not rendered',
  });
});
