import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseProvenance } from '../../../../src/signature/cosign/parse-provenance.ts';
import { COSIGN_LIMITS } from '../../../../src/signature/cosign/settings.ts';
import { parseRepositoryUrl } from '../../../../src/source/parse-repository-url.ts';

const V02 = 'https://slsa.dev/provenance/v0.2';
const V1 = 'https://slsa.dev/provenance/v1';
const SHOP = 'https://github.com/example/shop';
const SHA1 = '0123456789abcdef0123456789abcdef01234567';
const OTHER_SHA1 = SHA1.replace('0', 'f');
const SHA256 = `${SHA1}${'0'.repeat(24)}`;
const CHARS_MAX = COSIGN_LIMITS['signature.cosign.builderCharsMax'].default;

function normalize(url: string): string | undefined {
  const parsed = parseRepositoryUrl(url);
  return parsed.ok ? parsed.repository.normal : undefined;
}

function read(predicateType: string, predicate: unknown) {
  const provenance = parseProvenance({ predicateType, predicate }, normalize);
  assert.ok(provenance?.status === 'parsed');
  return provenance.value;
}

/** The sources of materials, as both versions have them. */
function sourcesOf(...resources: readonly object[]) {
  const old = read(V02, { materials: resources });
  const { sources, hasUnreadableSource } = read(V1, {
    buildDefinition: { resolvedDependencies: resources },
  });
  assert.deepEqual(old, { builder: undefined, sources, hasUnreadableSource });
  return { sources, hasUnreadableSource };
}

const NONE = { sources: [], hasUnreadableSource: false };
const ONE = {
  sources: [{ repository: SHOP, commits: [SHA1] }],
  hasUnreadableSource: false,
};

describe('parseProvenance()', () => {
  it('takes nothing with the digest of a file for a repository, though it is named as the source', () => {
    const predicate = { invocation: { configSource: { uri: SHOP, digest: { sha512: SHA256 } } } };
    assert.deepEqual(read(V02, predicate), { builder: undefined, ...NONE });
  });

  it('takes nothing that has no URL', () => {
    assert.deepEqual(sourcesOf({ digest: { sha1: SHA1 } }), NONE);
  });

  it('takes a source that is named without a digest, whatever its URL looks like', () => {
    const named = { sources: [{ repository: SHOP, commits: [] }], hasUnreadableSource: false };
    const predicate = { invocation: { configSource: { uri: SHOP } } };
    assert.deepEqual(read(V02, predicate), { builder: undefined, ...named });
  });

  it('reads what slsa-github-generator writes in version 0.2', () => {
    const uri = `git+${SHOP}@refs/heads/main`;
    const digest = { sha1: SHA1 };
    const builder = { id: 'https://github.com/slsa-framework/builder@refs/tags/v2' };
    const predicate = {
      builder,
      buildType: 'https://github.com/slsa-framework/slsa-github-generator/container@v1',
      invocation: { configSource: { uri, digest, entryPoint: '.github/workflows/release.yml' } },
      materials: [{ uri, digest }],
    };
    assert.deepEqual(read(V02, predicate), { builder: builder.id, ...ONE });
  });

  it('reads what workflows of GitHub write in version 1', () => {
    const builder = { id: `${SHOP}/.github/workflows/release.yml@refs/heads/main` };
    const predicate = {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: { ref: 'refs/heads/main', repository: SHOP, path: '.github/release.yml' },
        },
        resolvedDependencies: [{ uri: `git+${SHOP}@refs/heads/main`, digest: { gitCommit: SHA1 } }],
      },
      runDetails: { builder, metadata: { invocationId: `${SHOP}/actions/runs/1` } },
    };
    assert.deepEqual(read(V1, predicate), { builder: builder.id, ...ONE });
  });

  it('reads the source and the context that other builders name', () => {
    for (const externalParameters of [
      { source: { uri: `git+${SHOP}@refs/tags/v1`, digest: { sha1: SHA1 } } },
      {
        configSource: {
          uri: `${SHOP}.git#refs/heads/main`,
          digest: { sha1: SHA1 },
          path: 'Dockerfile',
        },
      },
    ]) {
      const { sources } = read(V1, { buildDefinition: { externalParameters } });
      assert.deepEqual(sources, ONE.sources);
    }
  });

  it('reads the commit that GitLab gives as "sha256", as its repository is named', () => {
    const predicate = {
      buildDefinition: {
        externalParameters: { source: SHOP, entryPoint: 'build' },
        resolvedDependencies: [
          { uri: SHOP, digest: { sha256: SHA1 } },
          { uri: 'https://example.com/archive.tar.gz', digest: { sha256: SHA256 } },
        ],
      },
    };
    assert.deepEqual(read(V1, predicate).sources, ONE.sources);
  });

  it('ignores parameters that have another meaning in their build type', () => {
    for (const externalParameters of [
      null,
      {},
      { workflow: 'build', source: 1, configSource: [] },
      { workflow: { path: 'x' }, source: { uri: 1 } },
      { source: { uri: 'https://example.com/archive.tar.gz', digest: { sha256: SHA256 } } },
    ]) {
      const provenance = read(V1, { buildDefinition: { externalParameters } });
      assert.deepEqual(provenance, { builder: undefined, ...NONE });
    }
  });

  for (const [uri, repository] of [
    [`git+${SHOP}`, SHOP],
    [`git+${SHOP}.git@${SHA1}`, SHOP],
    [`git+${SHOP}@refs/heads/a@b#folder`, SHOP],
    [`git+${SHOP}?ref=main`, SHOP],
    [`GIT+HTTPS://GitHub.com/example/shop`, SHOP],
    [SHOP, SHOP],
    [`${SHOP}.git#main:folder`, SHOP],
    ['git+https://user:secret@github.com/example/shop@v1', SHOP],
    ['git+ssh://git@github.com/example/shop@v1', 'ssh://github.com/example/shop'],
    ['ssh://git@github.com/example/shop', 'ssh://github.com/example/shop'],
    ['git@github.com:example/shop.git', 'ssh://github.com/example/shop'],
  ] as const) {
    it(`takes ${uri} for ${repository}`, () => {
      assert.deepEqual(sourcesOf({ uri, digest: { gitCommit: SHA1 } }), {
        sources: [{ repository, commits: [SHA1] }],
        hasUnreadableSource: false,
      });
    });
  }

  it('takes no images, packages and archives for sources', () => {
    assert.deepEqual(
      sourcesOf(
        { uri: 'pkg:docker/alpine@3.20?platform=linux%2Famd64', digest: { sha256: SHA256 } },
        { uri: 'oci://registry.example.com/base', digest: { sha256: SHA256 } },
        { uri: 'pkg:npm/left-pad@1.0.0', digest: { sha1: SHA1 } },
        { uri: 'https://example.com/archive.tar.gz', digest: { sha256: SHA256 } },
        { uri: 'https://example.com/page' },
        { digest: null },
        { uri: null },
        {},
      ),
      NONE,
    );
  });

  it('tells each repository once, with every commit that is named', () => {
    const shop = `git+${SHOP}`;
    assert.deepEqual(
      sourcesOf(
        { uri: shop },
        { uri: `${shop}.git@main`, digest: { sha1: SHA1.toUpperCase() } },
        { uri: shop, digest: { gitCommit: OTHER_SHA1, sha256: SHA256, gitTree: SHA1 } },
        { uri: 'git+https://github.com/example/lib', digest: { sha1: 'no id' } },
      ).sources,
      [
        { repository: SHOP, commits: [SHA1, OTHER_SHA1, SHA256] },
        { repository: 'https://github.com/example/lib', commits: [] },
      ],
    );
  });

  it('tells that a repository is named by what is no URL of one', () => {
    for (const resource of [
      { uri: 'git://example.com/shop' },
      { uri: 'git+https://github.com' },
      { uri: 'git+https://github.com/a b' },
      { digest: { gitCommit: SHA1 } },
    ]) {
      assert.deepEqual(sourcesOf(resource), { sources: [], hasUnreadableSource: true });
    }
  });

  it('reads a provenance that says nothing', () => {
    for (const predicate of [
      {},
      { builder: null, invocation: null, materials: null },
      { builder: { id: null }, invocation: { configSource: null } },
    ]) {
      assert.deepEqual(read(V02, predicate), { builder: undefined, ...NONE });
    }
    for (const runDetails of [undefined, null, {}, { builder: {} }]) {
      const predicate = { buildDefinition: {}, runDetails };
      assert.deepEqual(read(V1, predicate), { builder: undefined, ...NONE });
    }
  });

  it('refuses what is of another form, and names the place', () => {
    for (const [type, predicate, place] of [
      [V02, undefined, ''],
      [V02, 'text', ''],
      [V02, { builder: { id: '' } }, ' at "builder.id"'],
      [V02, { builder: { id: 'x'.repeat(CHARS_MAX + 1) } }, ' at "builder.id"'],
      [V02, { materials: {} }, ' at "materials"'],
      [V02, { materials: [{ uri: 1 }] }, ' at "materials.0.uri"'],
      [V1, {}, ' at "buildDefinition"'],
      [
        V1,
        { buildDefinition: { externalParameters: [] } },
        ' at "buildDefinition.externalParameters"',
      ],
      [
        V1,
        { buildDefinition: { resolvedDependencies: [{ digest: { sha1: 1 } }] } },
        ' at "buildDefinition.resolvedDependencies.0.digest.sha1"',
      ],
    ] as const) {
      assert.deepEqual(parseProvenance({ predicateType: type, predicate }, normalize), {
        status: 'rejected',
        code: 'malformed_attestation',
        reason: `The provenance is not as expected${place}`,
      });
    }
  });

  it('knows the two types as a whole', () => {
    for (const predicateType of [
      'https://slsa.dev/provenance/v0.1',
      'https://slsa.dev/provenance/v1.1',
      `${V1}/`,
      'https://cyclonedx.org/bom',
    ]) {
      assert.equal(parseProvenance({ predicateType, predicate: {} }, normalize), undefined);
    }
  });

  it('gives an answer to everything, and no repository twice', () => {
    const resource = fc.record(
      {
        uri: fc.oneof(fc.string(), fc.webUrl(), fc.constant(`git+${SHOP}@x`), fc.constant(null)),
        digest: fc.dictionary(
          fc.constantFrom('sha1', 'sha256', 'gitCommit', '__proto__'),
          fc.string(),
        ),
      },
      { requiredKeys: [] },
    );
    const shaped = fc.oneof(
      fc.record({ materials: fc.array(resource) }),
      fc.record({
        buildDefinition: fc.record({
          externalParameters: fc.dictionary(
            fc.constantFrom('workflow', 'source', 'configSource'),
            fc.oneof(resource, fc.jsonValue()),
          ),
          resolvedDependencies: fc.array(resource),
        }),
      }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(V02, V1),
        fc.oneof(shaped, fc.jsonValue(), fc.anything()),
        (predicateType, predicate) => {
          const provenance = parseProvenance({ predicateType, predicate }, normalize);
          assert.ok(provenance !== undefined);
          if (provenance.status === 'rejected') return;
          const names = provenance.value.sources.map(({ repository }) => repository);
          assert.equal(new Set(names).size, names.length);
          assert.deepEqual(names, names.map(normalize));
        },
      ),
    );
  });
});
