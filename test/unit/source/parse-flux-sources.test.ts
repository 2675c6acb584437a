import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  parseFluxApplier,
  parseFluxSource,
  type FluxApplier,
} from '../../../src/source/parse-flux-sources.ts';

const ONE = '1'.repeat(40);
const TWO = '2'.repeat(40);
const DIGEST = 'd'.repeat(64);
const URL = 'https://git.example.com/acme/fleet';
const metadata = { name: 'shop', namespace: 'apps' };

const FOLLOWER: FluxApplier = {
  source: { kind: 'GitRepository', namespace: 'flux-system', name: 'fleet' },
  path: './prod',
  hints: [{ claimedObjectId: TWO, claimedBy: 'last-apply' }],
};

function applierOf(object: object): unknown {
  const parsed = parseFluxApplier({ metadata, ...object });
  return parsed.ok ? parsed.value : parsed.reason;
}

function sourceOf(object: object, follower = FOLLOWER): unknown {
  const parsed = parseFluxSource({ metadata, ...object }, follower);
  return parsed.ok ? parsed.value : parsed.reason;
}

test('a Kustomization names its source, and what was tried and applied from it', () => {
  const object = {
    kind: 'Kustomization',
    spec: {
      path: './prod',
      sourceRef: { kind: 'GitRepository', name: 'fleet', namespace: 'flux-system' },
    },
    status: {
      lastAttemptedRevision: `main@sha1:${ONE}`,
      lastAppliedRevision: `main@sha1:${TWO}`,
    },
  };
  assert.deepEqual(applierOf(object), {
    ...FOLLOWER,
    hints: [{ claimedObjectId: ONE, claimedBy: 'last-attempt' }, ...FOLLOWER.hints],
  });
});

test('a revision that was tried and applied is one claim, which says both', () => {
  const object = {
    kind: 'Kustomization',
    spec: { sourceRef: { kind: 'GitRepository', name: 'fleet' } },
    status: {
      lastAttemptedRevision: `main@sha1:${ONE}`,
      lastAppliedRevision: `main@sha1:${ONE}`,
    },
  };
  assert.partialDeepStrictEqual(applierOf(object), {
    hints: [{ claimedObjectId: ONE, claimedBy: 'last-attempt', isApplied: true }],
  });
});

test('a Kustomization of an OCI artifact carries the commit that its maker names', () => {
  const object = {
    kind: 'Kustomization',
    spec: { sourceRef: { kind: 'OCIRepository', name: 'fleet' } },
    status: { lastAppliedOriginRevision: `main@sha1:${ONE}` },
  };
  assert.deepEqual(applierOf(object), {
    source: { kind: 'OCIRepository', namespace: 'apps', name: 'fleet' },
    path: '',
    hints: [],
    origin: { claimedObjectId: ONE, claimedBy: 'origin' },
  });
});

test('a HelmRelease names its source by a chart or by a reference', () => {
  const sourceRef = { kind: 'GitRepository', name: 'fleet' };
  const source = { kind: 'GitRepository', namespace: 'apps', name: 'fleet' };
  const chart = { spec: { chart: './charts/shop', sourceRef } };
  assert.deepEqual(applierOf({ kind: 'HelmRelease', spec: { chart } }), {
    source,
    path: './charts/shop',
    hints: [],
  });
  const chartRef = { kind: 'HelmChart', name: 'shop' };
  assert.deepEqual(applierOf({ kind: 'HelmRelease', spec: { chartRef } }), {
    source: { kind: 'HelmChart', namespace: 'apps', name: 'shop' },
    path: '',
    hints: [],
  });
});

test('an object without a source, or with one of an unknown kind, is a reason', () => {
  assert.match(String(applierOf({ kind: 'HelmRelease', spec: {} })), /names no source/u);
  const sourceRef = { kind: 'Attic', name: 'a' };
  assert.match(
    String(applierOf({ kind: 'Kustomization', spec: { sourceRef } })),
    /unknown kind "Attic"/u,
  );
  assert.match(String(applierOf({ kind: 'Deployment', spec: {} })), /malformed in "kind"/u);
});

test('a GitRepository gives its current artifact first, then what was applied', () => {
  const object = {
    kind: 'GitRepository',
    spec: { url: URL, ref: { branch: 'main' }, secretRef: { name: 'fleet-key' } },
    status: { artifact: { revision: `main@sha1:${ONE}` } },
  };
  assert.deepEqual(sourceOf(object), {
    kind: 'source',
    source: {
      kind: 'commit',
      repository: URL,
      tracked: 'main',
      path: './prod',
      role: 'source',
      hints: [{ claimedObjectId: ONE, claimedBy: 'artifact' }, ...FOLLOWER.hints],
    },
    secretName: 'fleet-key',
  });
});

test('what a Kustomization attempts comes before the artifact, which may be newer already', () => {
  const attempt = { claimedObjectId: '3'.repeat(40), claimedBy: 'last-attempt' } as const;
  const object = {
    kind: 'GitRepository',
    spec: { url: URL },
    status: { artifact: { revision: `main@sha1:${ONE}` } },
  };
  const state = sourceOf(object, { ...FOLLOWER, hints: [attempt, ...FOLLOWER.hints] });
  assert.partialDeepStrictEqual(state, {
    source: {
      hints: [attempt, { claimedObjectId: ONE, claimedBy: 'artifact' }, ...FOLLOWER.hints],
    },
  });
});

test('an object of Flux says that it is being deleted', () => {
  const object = {
    kind: 'Kustomization',
    metadata: { ...metadata, deletionTimestamp: '2026-01-05T12:00:00Z' },
    spec: { sourceRef: { kind: 'GitRepository', name: 'fleet' } },
  };
  assert.partialDeepStrictEqual(applierOf(object), { isDeleting: true });
});

test('a GitRepository follows its name, range, tag, branch or commit, in the order of Flux', () => {
  const tracked = (ref: object | undefined): unknown => {
    const parsed = parseFluxSource(
      { kind: 'GitRepository', metadata, spec: { url: URL, ref } },
      FOLLOWER,
    );
    const { value } = parsed.ok ? parsed : {};
    return value?.kind === 'source' && value.source.kind === 'commit' ? value.source.tracked : '';
  };
  assert.deepEqual(
    [
      { name: 'refs/pull/1/head', semver: '1.x' },
      { semver: '1.x', tag: 'v1' },
      { tag: 'v1', branch: 'main' },
      { branch: 'main', commit: ONE },
      { commit: ONE },
      {},
      undefined,
    ].map(tracked),
    ['refs/pull/1/head', '1.x', 'v1', 'main', ONE, 'master', 'master'],
  );
});

test('sources without a commit say so, and an OCI artifact says what its maker claims', () => {
  const noCommit = (reason: string, repository = ''): object => ({
    kind: 'source',
    source: { kind: 'no-commit', repository, reason },
    secretName: undefined,
  });
  assert.deepEqual(
    sourceOf({ kind: 'Bucket', spec: { endpoint: 's3.example.com' } }),
    noCommit('bucket', 's3.example.com'),
  );
  assert.deepEqual(
    sourceOf({ kind: 'HelmRepository', spec: { url: 'https://charts.example.com' } }),
    noCommit('helm-repository', 'https://charts.example.com'),
  );
  assert.deepEqual(sourceOf({ kind: 'ExternalArtifact', spec: {} }), noCommit('composed'));
  const oci = (origin: object | undefined): object => ({
    kind: 'source',
    source: {
      kind: 'no-commit',
      repository: 'oci://registry.example.com/fleet',
      reason: 'oci',
      origin,
    },
    secretName: undefined,
  });
  const object = {
    kind: 'OCIRepository',
    spec: { url: 'oci://registry.example.com/fleet' },
    status: {
      artifact: {
        revision: `latest@sha256:${DIGEST}`,
        metadata: { 'org.opencontainers.image.revision': `main@sha1:${ONE}` },
      },
    },
  };
  assert.deepEqual(sourceOf(object), oci({ claimedObjectId: ONE, claimedBy: 'origin' }));
  const origin = { claimedObjectId: TWO, claimedBy: 'origin' } as const;
  assert.deepEqual(sourceOf(object, { ...FOLLOWER, origin }), oci(origin));
  assert.deepEqual(sourceOf({ ...object, status: {} }), oci(undefined));
});

test('a HelmChart leads to its own source, with the revision that it was packed from', () => {
  const object = {
    kind: 'HelmChart',
    spec: { chart: './charts/shop', sourceRef: { kind: 'GitRepository', name: 'fleet' } },
    status: { observedSourceArtifactRevision: `main@sha1:${ONE}` },
  };
  const applier = {
    source: { kind: 'GitRepository', namespace: 'apps', name: 'fleet' },
    path: './charts/shop',
    hints: [{ claimedObjectId: ONE, claimedBy: 'artifact' }],
  };
  assert.deepEqual(sourceOf(object), { kind: 'next', applier });
  const { chart: _, ...spec } = object.spec;
  assert.deepEqual(sourceOf({ kind: 'HelmChart', spec }), {
    kind: 'next',
    applier: { ...applier, path: './prod', hints: [] },
  });
  for (const sourceRef of [
    undefined,
    { kind: 'Attic', name: 'a' },
    { kind: 'HelmChart', name: 'a' },
  ]) {
    assert.match(String(sourceOf({ kind: 'HelmChart', spec: { sourceRef } })), /names no source/u);
  }
});

test('a malformed source is a reason that names the field', () => {
  assert.match(String(sourceOf({ kind: 'GitRepository', spec: { url: 7 } })), /"spec\.url"/u);
});

test('the parsers of Flux are total', () => {
  fc.assert(
    fc.property(fc.anything(), (anything) => {
      assert.equal(typeof parseFluxApplier(anything).ok, 'boolean');
      assert.equal(typeof parseFluxSource(anything, FOLLOWER).ok, 'boolean');
    }),
  );
});
