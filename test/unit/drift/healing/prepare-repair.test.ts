import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { prepareRepair } from '../../../../src/drift/healing/prepare-repair.ts';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import type { KubernetesObject } from '../../../../src/kubernetes/object.ts';
import {
  applicationReference,
  kustomizationReference,
} from '../../../../src/kubernetes/object-reference.ts';
import { CONFIG_MAP, configMap, sampleFinding } from '../../../support/drift-samples.ts';

const DEPLOYMENT = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};
const AUTOSCALERS = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
const TARGETED = {
  items: [
    {
      metadata: { name: 'hpa' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' } },
    },
  ],
};
const SCALED: KubernetesObject = { spec: { replicas: 2 } };
const AWAY: ApiReading = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' };

function read(body: unknown): ApiReading {
  return { status: 'read', body };
}

async function prepare({
  object = DEPLOYMENT,
  what = 'changed',
  intended = SCALED,
  readings = {},
  flux = false,
}: {
  readonly object?: typeof DEPLOYMENT;
  readonly what?: 'changed' | 'deleted';
  readonly intended?: KubernetesObject;
  readonly readings?: Readonly<Record<string, ApiReading>>;
  readonly flux?: boolean;
} = {}) {
  const asked: string[] = [];
  const prepared = await prepareRepair(
    {
      open: {
        finding: sampleFinding({ object, what }),
        decisionId: 'D1',
        reverted: false,
        passed: [],
      },
      intended,
      application: flux
        ? kustomizationReference('flux-system', 'apps')
        : applicationReference('argocd', 'checkout'),
    },
    {
      settings: { additions: false },
      findHold: () => Promise.resolve({ status: 'free' }),
      client: {
        read: (path) => {
          asked.push(path);
          return Promise.resolve(readings[path] ?? { status: 'absent' });
        },
      },
    },
    monotonicMs(1000),
  );
  return { asked, prepared };
}

const READY = { status: 'ready', repairable: { repair: { needsWriter: true, additions: [] } } };

describe('prepareRepair', () => {
  it('refuses to sync what an autoscaler decides', async () => {
    const { prepared } = await prepare({ readings: { [AUTOSCALERS]: read(TARGETED) } });
    assert.deepEqual(prepared, {
      status: 'refused',
      reason:
        'the autoscaler "hpa" decides how many replicas run, and a sync may take that back: let Git declare no spec.replicas',
    });
  });

  it('waits where nobody can tell whether there is one', async () => {
    for (const reading of [AWAY, read({})]) {
      const { prepared } = await prepare({ readings: { [AUTOSCALERS]: reading } });
      const reason = 'whether an autoscaler targets it cannot be read';
      assert.deepEqual(prepared, { status: 'held', reason });
    }
  });

  it('goes on where none targets it, or the API server serves none', async () => {
    const none = await prepare({ readings: { [AUTOSCALERS]: read({ items: [] }) } });
    const absent = await prepare();
    assert.deepEqual([none.prepared, absent.prepared], [READY, READY]);
    assert.deepEqual(none.asked, [AUTOSCALERS]);
  });

  it('asks for none where Git declares no replicas, the object is gone, or Flux applies it', async () => {
    const copy = { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{}}' };
    const undeclared = { ...SCALED, metadata: { annotations: copy } };
    for (const options of [
      { intended: undeclared },
      { intended: {} },
      { what: 'deleted' as const },
      { flux: true },
      { object: { ...DEPLOYMENT, namespace: '..' } },
    ]) {
      const { asked, prepared } = await prepare(options);
      assert.deepEqual([asked, prepared], [[], READY]);
    }
  });

  const added = {
    semantic: true,
    paths: [{ path: 'data.debug', segments: ['data', 'debug'], kind: 'added', gitOwned: false }],
    protectedKeys: [],
    truncated: false,
  } as const;

  it('holds an addition whose object cannot be read, and refuses one that is not there', async () => {
    const path = '/api/v1/namespaces/shop/configmaps/checkout';
    const outcomes = [];
    for (const [object, reading] of [
      [CONFIG_MAP, AWAY],
      [CONFIG_MAP, read('text')],
      [CONFIG_MAP, read(configMap())],
      [{ ...CONFIG_MAP, name: '..' }, AWAY],
    ] as const) {
      const prepared = await prepareRepair(
        {
          open: {
            finding: sampleFinding({ object, change: added }),
            decisionId: 'D1',
            reverted: false,
            passed: [],
          },
          intended: configMap(),
          application: applicationReference('argocd', 'checkout'),
        },
        {
          settings: { additions: true },
          findHold: () => Promise.resolve({ status: 'free' }),
          client: {
            read: (asked) => Promise.resolve(asked === path ? reading : { status: 'absent' }),
          },
        },
        monotonicMs(1000),
      );
      outcomes.push(prepared);
    }
    const held = { status: 'held', reason: 'the object cannot be read' };
    const reason = 'data.debug cannot be told from what Git declares';
    assert.deepEqual(outcomes, [held, held, { status: 'refused', reason }, held]);
  });
});
