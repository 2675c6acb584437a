import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  judgeManifest,
  type ComparedSource,
} from '../../../../src/source/manifest/judge-manifest.ts';
import { headerOf } from '../../../../src/source/manifest/manifest-header.ts';
import { indexManifests, indexSerialized } from '../../../../src/source/manifest/source-index.ts';
import type { Fields } from '../../../../src/source/manifest/type-schema.ts';

const CONTEXT = { ignoreDifferences: [], mutated: [], alsoDeclared: [] };

function configMap(name: string, data: object = {}): Fields {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data };
}

function source(manifests: readonly Fields[], doubt?: string): ComparedSource {
  const listed = manifests.map((manifest) => ({ manifest }));
  return { status: 'indexed', index: indexManifests(listed, { namespace: 'shop', doubt }) };
}

const PLUGIN: ComparedSource = { status: 'not-comparable', reason: 'a plugin' };

function judge(object: Fields, sources: readonly ComparedSource[]) {
  const { status, reason, source: place } = judgeManifest({ object }, sources, CONTEXT);
  return [status, reason, place];
}

describe('judgeManifest()', () => {
  const a = configMap('a', { x: '1' });
  const changed = configMap('a', { x: '2' });
  const absent = ['absent', 'the commit declares no such object', undefined];

  it('compares with the source that declares the object, of several', () => {
    const sources = [source([configMap('b')]), source([a])];
    assert.deepEqual(judge(a, sources), ['equal', undefined, 1]);
    assert.deepEqual(judge(changed, sources), ['differs', undefined, 1]);
    assert.deepEqual(judge(configMap('c'), sources), absent);
  });

  it('says absent only if every source says so', () => {
    assert.deepEqual(judge(configMap('c'), [source([a]), PLUGIN]), [
      'not-comparable',
      'a plugin',
      undefined,
    ]);
    assert.deepEqual(judge(configMap('c'), [PLUGIN]), ['not-comparable', 'a plugin', undefined]);
    assert.deepEqual(judge(configMap('c'), []), absent);
  });

  it('holds a difference against nobody where another source may declare the object too', () => {
    assert.deepEqual(judge(a, [source([a]), PLUGIN]), ['equal', undefined, 0]);
    assert.deepEqual(judge(changed, [source([a]), PLUGIN]), ['not-comparable', 'a plugin', 0]);
  });

  it('cannot tell what stands twice', () => {
    const twice = ['not-comparable', 'the commit declares the object twice', undefined];
    assert.deepEqual(judge(a, [source([a]), source([a])]), twice);
    assert.deepEqual(judge(a, [source([a, a])]), twice);
  });

  it('refuses nothing where the rendering is in doubt, and proves what is equal', () => {
    const doubtful = [source([a], 'depends on the cluster')];
    const reason = 'the source depends on the cluster';
    assert.deepEqual(judge(a, doubtful), ['equal', undefined, 0]);
    assert.deepEqual(judge(changed, doubtful), ['not-comparable', reason, 0]);
    assert.deepEqual(judge(configMap('c'), doubtful), ['not-comparable', reason, undefined]);
  });

  it('does not say absent where a manifest is another one each time, as its name may be', () => {
    const listed = [{ manifest: a, unstable: 'is another one each time' }];
    const index = indexManifests(listed, { namespace: 'shop' });
    const sources = [{ status: 'indexed', index }] as const;
    const [status, reason] = judge(configMap('c'), sources);
    assert.deepEqual([status, reason], ['not-comparable', 'a manifest is another one each time']);
    assert.deepEqual(judge(changed, sources), [
      'not-comparable',
      'the manifest is another one each time',
      0,
    ]);
  });

  it('knows what the tool makes by itself', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    const context = { ...CONTEXT, alsoDeclared: [namespace] };
    const judged = judgeManifest({ object: namespace }, [source([])], context);
    assert.equal(judged.status, 'equal');
  });

  it('ignores what the application ignores', () => {
    const row = {
      group: '',
      kind: 'ConfigMap',
      name: '',
      namespace: '',
      jsonPointers: ['/data/x'],
    };
    const context = { ...CONTEXT, ignoreDifferences: [row] };
    assert.equal(judgeManifest({ object: changed }, [source([a])], context).status, 'equal');
  });
});

describe('indexSerialized()', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gates.example.com' },
    spec: {
      group: 'example.com',
      names: { kind: 'Gate', plural: 'gates' },
      scope: 'Cluster',
      versions: [
        {
          name: 'v1',
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: { type: 'object', properties: { open: { type: 'boolean', default: false } } },
              },
            },
          },
        },
      ],
    },
  };
  const scaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  };
  const gate = { apiVersion: 'example.com/v1', kind: 'Gate', metadata: { name: 'g' }, spec: {} };
  const serialized = [definition, scaler, gate].map((manifest) => ({
    header: headerOf(manifest),
    json: JSON.stringify(manifest),
  }));
  const index = indexSerialized(serialized, { namespace: 'shop' });

  it('finds manifests by their headers, and parses the rest when it is needed', () => {
    assert.deepEqual(index.find(gate), { status: 'found', manifest: gate, doubt: undefined });
    assert.equal(index.find(configMap('a')).status, 'absent');
  });

  it('knows scopes, defaults and autoscalers of the commit', () => {
    const object = { ...gate, spec: { open: false } };
    const judged = judgeManifest({ object }, [{ status: 'indexed', index }], CONTEXT);
    assert.equal(judged.status, 'equal');
    const web = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
    };
    assert.equal(index.isScaled(web), true);
  });
});
