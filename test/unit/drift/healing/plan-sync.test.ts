import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planSync } from '../../../../src/drift/healing/plan-sync.ts';
import { CONFIG_MAP } from '../../../support/drift-samples.ts';

const SOURCE = { repoURL: 'https://git.example.com/shop', targetRevision: 'main', path: 'deploy' };
const NAMED = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'checkout' };
const HISTORY = [
  { revision: 'old', source: SOURCE },
  { revision: 'last', source: SOURCE },
];

function application(overrides: {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
  readonly operation?: object;
}): object {
  const { metadata, spec, status, operation } = overrides;
  return {
    metadata: { resourceVersion: '7', ...metadata },
    spec: { source: SOURCE, ...spec },
    status: { history: HISTORY, sync: { revision: 'next' }, ...status },
    ...(operation && { operation }),
  };
}

function plan(overrides: Parameters<typeof application>[0], isFirst = false) {
  const object = { ...CONFIG_MAP };
  return planSync({
    application: application(overrides),
    objects: [object],
    decisionId: 'D1',
    isFirst,
  });
}

function syncOf(planned: ReturnType<typeof planSync>): unknown {
  assert.equal(planned.status, 'ask');
  return planned.status === 'ask' && Reflect.get(Reflect.get(planned.patch, 'operation'), 'sync');
}

describe('planSync', () => {
  it('asks for the named objects of the revision that was deployed last, not of the newest commit', () => {
    assert.deepEqual(plan({}), {
      status: 'ask',
      by: 'sync',
      patch: {
        metadata: { resourceVersion: '7' },
        operation: {
          initiatedBy: { username: 'holdfast' },
          info: [{ name: 'Reason', value: 'Drift that Holdfast has found: D1' }],
          sync: { revision: 'last', resources: [NAMED], syncStrategy: { hook: {} } },
        },
      },
    });
  });

  it('asks with the options of the Application, without which it would be another sync', () => {
    const syncOptions = ['ServerSideApply=true'];
    assert.deepEqual(syncOf(plan({ spec: { syncPolicy: { syncOptions } } })), {
      revision: 'last',
      resources: [NAMED],
      syncOptions,
      syncStrategy: { hook: {} },
    });
  });

  it('names cluster-scoped objects without a namespace', () => {
    const { namespace: _, ...clusterScoped } = CONFIG_MAP;
    const planned = planSync({
      application: application({}),
      objects: [clusterScoped],
      decisionId: 'D1',
      isFirst: false,
    });
    assert.deepEqual(Reflect.get(Object(syncOf(planned)), 'resources'), [
      { ...NAMED, namespace: '' },
    ]);
  });

  it('asks first for a refresh where Argo CD heals by itself, and for a sync afterwards', () => {
    const automated = { selfHeal: true };
    const refresh = {
      status: 'ask',
      by: 'refresh',
      patch: {
        metadata: {
          resourceVersion: '7',
          annotations: { 'argocd.argoproj.io/refresh': 'normal' },
        },
      },
    };
    assert.deepEqual(plan({ spec: { syncPolicy: { automated } } }, true), refresh);
    const bys = [
      plan({ spec: { syncPolicy: { automated } } }, false),
      plan({ spec: { syncPolicy: { automated: { ...automated, enabled: false } } } }, true),
      plan({ spec: { syncPolicy: { automated: {} } } }, true),
      plan({}, true),
    ].map((planned) => planned.status === 'ask' && planned.by);
    assert.deepEqual(bys, ['sync', 'sync', 'sync', 'sync']);
  });

  it('waits for an operation that runs or is asked for, and for a deletion', () => {
    const running = { status: 'held', reason: 'an operation of its Application runs' };
    assert.deepEqual(plan({ operation: { sync: {} } }), running);
    const operationState = { phase: 'Running' };
    assert.deepEqual(plan({ status: { operationState } }), running);
    assert.equal(plan({ status: { operationState: { phase: 'Succeeded' } } }).status, 'ask');
    const deletionTimestamp = '2026-01-05T08:00:00Z';
    assert.deepEqual(plan({ metadata: { deletionTimestamp } }), {
      status: 'held',
      reason: 'its Application is being deleted',
    });
  });

  it('refuses to deploy another source than was deployed last', () => {
    const reason = 'its Application has another source than it deployed from last';
    for (const source of [
      { ...SOURCE, repoURL: 'https://git.example.com/evil' },
      { ...SOURCE, targetRevision: 'next' },
      { ...SOURCE, chart: 'web' },
      null,
    ]) {
      assert.deepEqual(plan({ spec: { source } }), { status: 'refused', reason });
    }
    assert.deepEqual(plan({ status: { history: [{ revision: 'last' }] } }), {
      status: 'refused',
      reason,
    });
    const { targetRevision: _, ...untracked } = SOURCE;
    const history = [{ revision: 'last', source: { ...untracked, targetRevision: 'HEAD' } }];
    assert.equal(plan({ spec: { source: untracked }, status: { history } }).status, 'ask');
  });

  it('refuses what was never synced, does not say what it deployed, or is hydrated', () => {
    const reasons = [
      plan({ status: { history: [] } }),
      planSync({
        application: { metadata: { resourceVersion: '1' }, spec: {} },
        objects: [],
        decisionId: '',
        isFirst: false,
      }),
      plan({ status: { history: [{ source: SOURCE }] } }),
      plan({ spec: { sourceHydrator: {} } }),
      planSync({ application: {}, objects: [], decisionId: '', isFirst: false }),
    ].map((planned) => planned.status === 'refused' && planned.reason);
    assert.deepEqual(reasons, [
      'its Application was never synced',
      'its Application was never synced',
      'its Application does not say which revision it deployed last',
      'its Application is hydrated: sync it in Argo CD',
      'its Application cannot be read',
    ]);
  });

  it('asks for each of several sources', () => {
    const sources = [SOURCE, { ...SOURCE, repoURL: 'https://git.example.com/values' }];
    const revisions = ['a', 'b'];
    const several = (last: object) => plan({ spec: { sources }, status: { history: [last] } });
    assert.deepEqual(syncOf(several({ sources, revisions })), {
      revisions,
      resources: [NAMED],
      syncStrategy: { hook: {} },
    });
    const reasons = [
      several({ sources: sources.slice(1), revisions: ['b'] }),
      several({ sources: sources.toReversed(), revisions }),
      several({ revisions }),
      several({ sources, revisions: ['a'] }),
      several({ sources }),
    ].map((planned) => planned.status === 'refused' && planned.reason);
    const other = 'its Application has another source than it deployed from last';
    const unknown = 'its Application does not say which revision it deployed last';
    assert.deepEqual(reasons, [other, other, other, unknown, unknown]);
  });
});
