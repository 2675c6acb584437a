import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pluralOf } from '../../../src/kubernetes/client/format-api-path.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { findTemplate } from '../../../src/ownership/find-template.ts';

const AWAY = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;
const podOf = (image: string) => ({ containers: [{ name: 'app', image }] });
const template = (image: string) => ({ spec: podOf(image) });

function made(kind: string, owner: string, more: KubernetesObject): KubernetesObject {
  const [apiVersion = '', ownerKind = ''] = owner.split(' ');
  const reference = { apiVersion, kind: ownerKind, name: 'web', uid: 'o', controller: true };
  return { kind, ...more, metadata: { ownerReferences: [reference], ...more.metadata } };
}

type Stored = Readonly<Record<string, KubernetesObject | 'away'>>;

function find(object: KubernetesObject, fresh: Stored, recent: Stored = fresh) {
  const lookup =
    (stored: Stored) =>
    ({ resource, name }: { resource: string; name: string }): Promise<ObjectLookup> => {
      const answer = stored[`${resource}/${name}`];
      if (answer === 'away') return Promise.resolve(AWAY);
      return Promise.resolve(
        answer === undefined ? { status: 'absent' } : { status: 'found', object: answer },
      );
    };
  return findTemplate(object, {
    namespace: 'shop',
    pluralOf,
    lookupObject: lookup(recent),
    lookupFresh: lookup(fresh),
  });
}

const known = (...differences: string[]) => ({
  status: 'known',
  value: { isOwned: true, differences, additions: [] },
});
const absent = { status: 'known', value: { isOwned: false, differences: [], additions: [] } };
const IMAGE = 'containers[app].image';
const ownerOf = (kind: string, spec: object) => ({ kind, spec, metadata: { uid: 'o' } });

describe('findTemplate', () => {
  it('holds each kind of child against the template of its owner', async () => {
    const data = { spec: { template: template('a') } };
    const nested = { jobTemplate: { spec: { template: template('a') } } };
    const cases: readonly (readonly [KubernetesObject, string, KubernetesObject])[] = [
      [
        made('Pod', 'apps/v1 ReplicaSet', { spec: podOf('a') }),
        'replicasets/web',
        ownerOf('ReplicaSet', { template: template('a') }),
      ],
      [
        made('ReplicaSet', 'apps/v1 Deployment', { spec: { template: template('a') } }),
        'deployments/web',
        ownerOf('Deployment', { template: template('a') }),
      ],
      [
        made('Job', 'batch/v1 CronJob', { spec: { template: template('a') } }),
        'cronjobs/web',
        ownerOf('CronJob', nested),
      ],
      [
        made('ControllerRevision', 'apps/v1 DaemonSet', { data }),
        'daemonsets/web',
        ownerOf('DaemonSet', { template: template('a') }),
      ],
    ];
    for (const [child, path, owner] of cases) {
      assert.deepEqual(await find(child, { [path]: owner }), known(), path);
      const text = JSON.stringify(owner).replaceAll('"image":"a"', '"image":"b"');
      const other: KubernetesObject = JSON.parse(text);
      assert.deepEqual(await find(child, { [path]: other }), known(IMAGE), path);
    }
  });

  it('reads the owner again before it says that a child differs', async () => {
    const child = made('Pod', 'apps/v1 ReplicaSet', { spec: podOf('new') });
    const owner = (image: string) => ({
      'replicasets/web': ownerOf('ReplicaSet', { template: template(image) }),
    });
    assert.deepEqual(await find(child, owner('new'), owner('old')), known());
    assert.deepEqual(await find(child, owner('new'), {}), known());
    assert.deepEqual(await find(child, { 'replicasets/web': 'away' }, owner('old')), {
      status: 'unavailable',
      reason: 'it is away',
    });
  });

  it('takes an owner of another uid for absent', async () => {
    const child = made('Pod', 'apps/v1 ReplicaSet', { spec: podOf('a') });
    const other = { ...ownerOf('ReplicaSet', { template: template('a') }), metadata: { uid: 'x' } };
    assert.deepEqual(await find(child, { 'replicasets/web': other }), absent);
    assert.deepEqual(await find(child, {}), absent);
  });

  it('knows pods of an earlier revision of their own StatefulSet', async () => {
    const labels = { 'controller-revision-hash': 'web-1' };
    const pod = made('Pod', 'apps/v1 StatefulSet', { spec: podOf('old'), metadata: { labels } });
    const owner = ownerOf('StatefulSet', { template: template('new'), volumeClaimTemplates: [] });
    const data = { spec: { template: template('old') } };
    const revision = made('ControllerRevision', 'apps/v1 StatefulSet', { data });
    const foreign = { ...revision, metadata: { ownerReferences: [] } };
    const set = { 'statefulsets/web': owner };
    const at = (object: KubernetesObject | 'away') => ({
      ...set,
      'controllerrevisions/web-1': object,
    });
    assert.deepEqual(await find(pod, at(revision)), known());
    assert.deepEqual(await find(pod, at(foreign)), known(IMAGE));
    assert.deepEqual(await find(pod, set), known(IMAGE));
    assert.deepEqual(await find(pod, at('away')), { status: 'unavailable', reason: 'it is away' });
  });

  it('says null where no controller is named, and nothing against owners without a template', async () => {
    assert.deepEqual(await find({ kind: 'Pod', spec: podOf('a') }, {}), {
      status: 'known',
      value: null,
    });
    const child = made('Pod', 'example.com/v1 Widget', { spec: podOf('a') });
    assert.deepEqual(await find(child, { 'widgets/web': ownerOf('Widget', {}) }), known());
  });

  it('lets a StatefulSet mount its claims', async () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } }];
    const pod = made('Pod', 'apps/v1 StatefulSet', { spec: { ...podOf('a'), volumes } });
    const volumeClaimTemplates = [{ metadata: { name: 'data' } }];
    const owner = ownerOf('StatefulSet', { template: template('a'), volumeClaimTemplates });
    assert.deepEqual(await find(pod, { 'statefulsets/web': owner }), known());
  });
});
