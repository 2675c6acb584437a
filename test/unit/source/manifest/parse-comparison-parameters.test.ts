import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseComparisonParameters } from '../../../../src/source/manifest/parse-comparison-parameters.ts';

const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop' },
  spec: { destination: { namespace: 'shop' }, source: { path: 'deploy' } },
};
const READ = {
  name: 'shop',
  namespace: 'argocd',
  project: 'default',
  destination: 'shop',
  sources: [{ path: 'deploy' }],
  sourceTypes: [],
  bringsManifests: false,
  ignoreDifferences: [],
  createdNamespace: undefined,
};

function withSpec(spec: object) {
  return parseComparisonParameters({ ...APPLICATION, spec: { ...APPLICATION.spec, ...spec } });
}

test('parseComparisonParameters() reads an Application', () => {
  assert.deepEqual(parseComparisonParameters(APPLICATION), { ok: true, parameters: READ });
});

test('parseComparisonParameters() takes all of several sources, and none for none', () => {
  const sources = [{ path: 'a' }, { path: 'b' }];
  const several = withSpec({ source: null, sources });
  assert.deepEqual(several, { ok: true, parameters: { ...READ, sources } });
  const none = parseComparisonParameters({ ...APPLICATION, spec: {} });
  assert.deepEqual(none, { ok: true, parameters: { ...READ, destination: '', sources: [] } });
});

test('parseComparisonParameters() takes the sources of the running operation, as a rollback has them', () => {
  const sync = { source: { path: 'old' } };
  const sourcesOf = (others: object) => {
    const read = parseComparisonParameters({ ...APPLICATION, ...others });
    return read.ok ? read.parameters.sources : read.reason;
  };
  const stateOf = (phase: string) => ({ operationState: { phase, operation: { sync } } });
  assert.deepEqual(sourcesOf({ status: stateOf('Running') }), [{ path: 'old' }]);
  assert.deepEqual(sourcesOf({ status: stateOf('Succeeded') }), [{ path: 'deploy' }]);
  assert.deepEqual(sourcesOf({ operation: { sync } }), [{ path: 'old' }]);
});

test('parseComparisonParameters() knows an operation that brings manifests itself', () => {
  const sync = { manifests: ['{}'] };
  const operationState = { phase: 'Running', operation: { sync } };
  for (const others of [{ operation: { sync } }, { status: { operationState } }]) {
    const read = parseComparisonParameters({ ...APPLICATION, ...others });
    assert.equal(read.ok && read.parameters.bringsManifests, true);
  }
});

test('parseComparisonParameters() takes what the hydrator writes, and the types that Argo CD names', () => {
  const hydrated = withSpec({
    source: null,
    sourceHydrator: {
      drySource: { repoURL: 'https://git.example/shop', path: 'dry' },
      syncSource: { targetBranch: 'env/prod', path: 'prod' },
    },
  });
  assert.deepEqual(hydrated.ok && hydrated.parameters.sources, [
    { repoURL: 'https://git.example/shop', targetBranch: 'env/prod', path: 'prod' },
  ]);
  const unread = withSpec({ source: null, sourceHydrator: { syncSource: { path: 'prod' } } });
  assert.deepEqual(unread.ok && unread.parameters.sources, [{ repoURL: undefined, path: 'prod' }]);
  const typesOf = (status: object) => {
    const read = parseComparisonParameters({ ...APPLICATION, status });
    return read.ok && read.parameters.sourceTypes;
  };
  assert.deepEqual(typesOf({ sourceType: 'Helm' }), ['Helm']);
  assert.deepEqual(typesOf({ sourceTypes: ['Helm', 'Directory'] }), ['Helm', 'Directory']);
});

test('parseComparisonParameters() reads ignoreDifferences and the namespace that Argo CD makes', () => {
  const row = { group: 'apps', kind: 'Deployment', name: '', namespace: '', jsonPointers: ['/a'] };
  const read = withSpec({
    ignoreDifferences: [{ group: 'apps', kind: 'Deployment', jsonPointers: ['/a'] }],
    syncPolicy: {
      syncOptions: ['CreateNamespace=true'],
      managedNamespaceMetadata: { labels: { a: 'x' } },
    },
  });
  const metadata = { name: 'shop', labels: { a: 'x' }, annotations: {} };
  const createdNamespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
  assert.deepEqual(read, {
    ok: true,
    parameters: { ...READ, ignoreDifferences: [row], createdNamespace },
  });
  const bare = withSpec({ syncPolicy: { syncOptions: ['CreateNamespace=true'] } });
  assert.deepEqual(bare.ok && bare.parameters.createdNamespace?.['metadata'], {
    ...metadata,
    labels: {},
  });
});

test('parseComparisonParameters() names what is wrong', () => {
  assert.deepEqual(parseComparisonParameters({ ...APPLICATION, kind: 'AppProject' }), {
    ok: false,
    reason: 'it is no Application of Argo CD: look at "kind"',
  });
  assert.equal(parseComparisonParameters(undefined).ok, false);
});
