import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseApplicationSources } from '../../../src/source/parse-application-sources.ts';

const ONE = '1'.repeat(40);
const TWO = '2'.repeat(40);
const THREE = '3'.repeat(40);
const REPOSITORY = 'https://git.example.com/acme/shop';
const SOURCE = { repoURL: REPOSITORY, path: 'prod', targetRevision: 'main' };

function sourcesOf(object: unknown): unknown {
  const parsed = parseApplicationSources(object);
  return parsed.ok ? parsed.value.sources : parsed.reason;
}

function commit(hints: readonly object[], more: object = {}): object {
  return {
    kind: 'commit',
    repository: REPOSITORY,
    tracked: 'main',
    path: 'prod',
    role: 'source',
    hints,
    ...more,
  };
}

test('a running operation comes before the last one, and that before the comparison', () => {
  const status = {
    sync: { revision: THREE },
    operationState: {
      phase: 'Running',
      operation: { sync: { revision: ONE } },
      syncResult: { revision: TWO },
    },
  };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, status }), [
    commit([
      { claimedObjectId: ONE, claimedBy: 'running-operation' },
      { claimedObjectId: TWO, claimedBy: 'running-operation' },
      { claimedObjectId: THREE, claimedBy: 'comparison' },
    ]),
  ]);
});

test('a finished operation counts by its result, and a requested one before it', () => {
  const status = {
    operationState: {
      phase: 'Succeeded',
      operation: { sync: { revision: THREE } },
      syncResult: { revision: TWO },
    },
  };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, status }), [
    commit([{ claimedObjectId: TWO, claimedBy: 'last-operation' }]),
  ]);
  const operation = { sync: { revision: ONE } };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, operation, status }), [
    commit([
      { claimedObjectId: ONE, claimedBy: 'running-operation' },
      { claimedObjectId: TWO, claimedBy: 'last-operation' },
    ]),
  ]);
});

test('a terminating operation is still a running one', () => {
  const status = {
    operationState: { phase: 'Terminating', operation: { sync: { revision: ONE } } },
  };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, status }), [
    commit([{ claimedObjectId: ONE, claimedBy: 'running-operation' }]),
  ]);
});

test('an operation without a revision claims none', () => {
  const operation = { sync: { revision: null, revisions: [] } };
  const tip = [commit([], { tipOf: 'main' })];
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, operation }), tip);
  const status = { operationState: { phase: 'Running', operation } };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, status }), tip);
});

test('an operation that names a branch claims no commit', () => {
  const operation = { sync: { revision: 'release' } };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, operation }), [
    commit([], { tipOf: 'release' }),
  ]);
});

test('the tip counts before what was compared, and before a result that may be of the operation before', () => {
  const operation = { sync: { revision: '' } };
  const compared = { sync: { revision: ONE } };
  const begun = { ...compared, operationState: { phase: 'Running', operation } };
  const comparison = { claimedObjectId: ONE, claimedBy: 'comparison' };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, status: begun }), [
    commit([comparison], { tipOf: 'main' }),
  ]);
  const applying = { ...begun.operationState, syncResult: { revision: TWO } };
  const status = { ...begun, operationState: applying };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, status }), [
    commit([{ claimedObjectId: TWO, claimedBy: 'running-operation' }, comparison], {
      tipOf: 'main',
    }),
  ]);
  const ended = { ...status, operationState: { ...applying, phase: 'Succeeded' } };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, status: ended }), [
    commit([{ claimedObjectId: TWO, claimedBy: 'last-operation' }, comparison]),
  ]);
});

test('the request counts before its copy in the status, which keeps fields of the operation before', () => {
  const old = { sync: { revision: ONE, source: { ...SOURCE, path: 'old' } } };
  const state = { phase: 'Running', operation: old, syncResult: { revision: ONE } };
  const object = {
    spec: { source: SOURCE },
    operation: { sync: {} },
    status: { operationState: state },
  };
  assert.deepEqual(sourcesOf(object), [
    commit([{ claimedObjectId: ONE, claimedBy: 'running-operation' }], { tipOf: 'main' }),
  ]);
});

test('an operation is known by its start and its attempt', () => {
  const operationId = (operationState: object): unknown => {
    const parsed = parseApplicationSources({
      spec: { source: SOURCE },
      status: { operationState },
    });
    return parsed.ok ? parsed.value.operationId : parsed.reason;
  };
  const startedAt = '2026-01-05T12:00:00Z';
  assert.equal(operationId({ phase: 'Running', startedAt }), `${startedAt} 0`);
  assert.equal(operationId({ phase: 'Running', startedAt, retryCount: 2 }), `${startedAt} 2`);
  assert.equal(operationId({ phase: 'Succeeded', startedAt }), undefined);
});

test('the sources of an operation replace those of the specification', () => {
  const elsewhere = { ...SOURCE, path: 'old' };
  const running = {
    operationState: { phase: 'Running', operation: { sync: { revision: ONE, source: elsewhere } } },
  };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, status: running }), [
    commit([{ claimedObjectId: ONE, claimedBy: 'running-operation' }], { path: 'old' }),
  ]);
  const operation = { sync: { revisions: [ONE], sources: [elsewhere] } };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, operation }), [
    commit([{ claimedObjectId: ONE, claimedBy: 'running-operation' }], { path: 'old' }),
  ]);
});

for (const { what, status, claimedBy } of [
  { what: 'that failed', status: { phase: 'Failed' }, claimedBy: 'unfinished-operation' },
  { what: 'that went wrong', status: { phase: 'Error' }, claimedBy: 'unfinished-operation' },
  { what: 'without a phase', status: {}, claimedBy: 'unfinished-operation' },
  {
    what: 'that was a dry run',
    status: { phase: 'Succeeded', operation: { sync: { dryRun: true } } },
    claimedBy: 'unfinished-operation',
  },
  {
    what: 'of some objects',
    status: { phase: 'Succeeded', operation: { sync: { resources: [{ kind: 'Pod' }] } } },
    claimedBy: 'unfinished-operation',
  },
  {
    what: 'that is not in the history',
    status: { phase: 'Succeeded' },
    history: [{ revision: ONE }, { revision: TWO }],
    claimedBy: 'unfinished-operation',
  },
  {
    what: 'of the history, whatever the status keeps of the request before',
    status: { phase: 'Succeeded', operation: { sync: { dryRun: true } } },
    history: [{ revision: TWO }, { revision: ONE }],
    claimedBy: 'last-operation',
  },
  {
    what: 'of no history',
    status: { phase: 'Succeeded', operation: { sync: { dryRun: false, resources: [] } } },
    history: [],
    claimedBy: 'last-operation',
  },
].map(({ history, status: state, ...each }) => ({
  ...each,
  status: { history, operationState: { ...state, syncResult: { revision: ONE } } },
}))) {
  test(`an operation ${what} is the ${claimedBy}`, () => {
    assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, status }), [
      commit([{ claimedObjectId: ONE, claimedBy }]),
    ]);
  });
}

test('an operation that says nothing of what it applied claims nothing', () => {
  const status = { history: [{ revision: ONE }], operationState: { phase: 'Succeeded' } };
  assert.deepEqual(sourcesOf({ spec: { source: SOURCE }, status }), [commit([])]);
});

test('several sources have a revision each, by their place', () => {
  const values = { repoURL: REPOSITORY, targetRevision: 'main', ref: 'values', path: 'prod' };
  const chart = { repoURL: 'https://charts.example.com', chart: 'redis', targetRevision: '1.2.3' };
  const oci = { repoURL: 'oci://registry.example.com/shop', path: '.', targetRevision: 'v1' };
  const status = {
    operationState: { phase: 'Succeeded', syncResult: { revisions: ['1.2.3', ONE, 'v1'] } },
  };
  assert.deepEqual(sourcesOf({ spec: { sources: [chart, values, oci] }, status }), [
    { kind: 'no-commit', repository: 'https://charts.example.com', reason: 'helm-repository' },
    commit([{ claimedObjectId: ONE, claimedBy: 'last-operation' }]),
    { kind: 'no-commit', repository: 'oci://registry.example.com/shop', reason: 'oci' },
  ]);
});

test('a source without a target follows HEAD, and an application without a source has none', () => {
  assert.deepEqual(sourcesOf({ spec: { source: { repoURL: REPOSITORY } } }), [
    commit([], { tracked: 'HEAD', path: '' }),
  ]);
  assert.deepEqual(sourcesOf({ spec: {} }), []);
});

test('a hydrated branch is judged together with the commit that it was rendered from', () => {
  const sourceHydrator = {
    drySource: { repoURL: REPOSITORY, path: 'chart', targetRevision: 'main' },
    syncSource: { targetBranch: 'env/prod', path: 'prod' },
  };
  const hydrated = commit([{ claimedObjectId: ONE, claimedBy: 'last-operation' }], {
    tracked: 'env/prod',
    role: 'hydrated',
  });
  const result = { operationState: { phase: 'Succeeded', syncResult: { revision: ONE } } };
  const operation = { hydratedSHA: ONE, drySHA: TWO };
  const dry = { claimedObjectId: TWO, claimedBy: 'hydrator' } as const;
  for (const state of [{ lastSuccessfulOperation: operation }, { currentOperation: operation }]) {
    const status = { ...result, sourceHydrator: state };
    assert.deepEqual(sourcesOf({ spec: { sourceHydrator }, status }), [
      hydrated,
      commit([dry], {
        path: 'chart',
        role: 'dry',
        hydrations: [{ hydratedObjectId: ONE, dry }],
      }),
    ]);
  }
  const other = { ...result, sourceHydrator: { currentOperation: { hydratedSHA: THREE } } };
  assert.deepEqual(sourcesOf({ spec: { sourceHydrator }, status: other }), [
    hydrated,
    commit([], { path: 'chart', role: 'dry' }),
  ]);
});

test('a hydrator may push to another repository, and its fields may be absent', () => {
  const elsewhere = 'https://git.example.com/acme/rendered';
  const sourceHydrator = { drySource: {}, syncSource: { repoURL: elsewhere } };
  assert.deepEqual(sourcesOf({ spec: { sourceHydrator } }), [
    commit([], { repository: elsewhere, tracked: 'HEAD', path: '', role: 'hydrated' }),
    commit([], { repository: '', tracked: 'HEAD', path: '', role: 'dry' }),
  ]);
});

test('the tip of a hydrated application is that of the rendered branch', () => {
  const sourceHydrator = {
    drySource: { repoURL: REPOSITORY, path: 'chart', targetRevision: 'main' },
    syncSource: { targetBranch: 'env/prod', path: 'prod' },
  };
  const lastSuccessfulOperation = { hydratedSHA: ONE, drySHA: TWO };
  const hydrations = [
    { hydratedObjectId: ONE, dry: { claimedObjectId: TWO, claimedBy: 'hydrator' } },
  ];
  const status = { sourceHydrator: { lastSuccessfulOperation } };
  assert.deepEqual(sourcesOf({ spec: { sourceHydrator }, operation: { sync: {} }, status }), [
    commit([], { tracked: 'env/prod', role: 'hydrated', tipOf: 'env/prod' }),
    commit([], { path: 'chart', role: 'dry', hydrations }),
  ]);
});

test('who wrote the Application is told: an application of applications, or an ApplicationSet', () => {
  const read = (metadata: object): unknown => {
    const parsed = parseApplicationSources({ metadata, spec: { project: 'shop' } });
    return parsed.ok ? [parsed.value.project, parsed.value.parents] : parsed.reason;
  };
  const mark = (text: unknown): object => ({
    annotations: { 'argocd.argoproj.io/tracking-id': text },
  });
  assert.deepEqual(read(mark('root:argoproj.io/Application:argocd/shop')), [
    'shop',
    [{ kind: 'Application', name: 'root' }],
  ]);
  assert.deepEqual(read(mark('team_root:argoproj.io/Application:argocd/shop')), [
    'shop',
    [{ kind: 'Application', name: 'root', namespace: 'team' }],
  ]);
  for (const other of ['none', 7, undefined]) assert.deepEqual(read(mark(other)), ['shop', []]);
  const owner = { kind: 'ApplicationSet', name: 'all' };
  const parents = [{ kind: 'ApplicationSet', name: 'all', namespace: 'argocd' }];
  assert.deepEqual(
    read({ namespace: 'argocd', ownerReferences: [owner, { kind: 'Other', name: 'x' }] }),
    ['shop', parents],
  );
  assert.deepEqual(read({ ownerReferences: [{ kind: 'ApplicationSet' }] }), [
    'shop',
    [{ kind: 'ApplicationSet', name: '', namespace: undefined }],
  ]);
});

test('a malformed Application is a reason that names the field', () => {
  const parsed = parseApplicationSources({ spec: { source: { repoURL: 7 } } });

  assert.equal(parsed.ok, false);
  assert.match(parsed.reason, /"spec\.source\.repoURL"/u);
});

test('parseApplicationSources() is total', () => {
  fc.assert(
    fc.property(fc.anything(), (anything) => {
      assert.equal(typeof parseApplicationSources(anything).ok, 'boolean');
      assert.equal(typeof parseApplicationSources({ spec: anything }).ok, 'boolean');
      assert.equal(typeof parseApplicationSources({ spec: {}, status: anything }).ok, 'boolean');
    }),
  );
});
