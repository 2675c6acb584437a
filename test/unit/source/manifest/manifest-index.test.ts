import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManifestIndex } from '../../../../src/source/manifest/manifest-index.ts';
import type { Fields } from '../../../../src/source/manifest/type-schema.ts';

function object(kind: string, metadata: object, others: object = {}): Fields {
  return { apiVersion: 'v1', kind, metadata, ...others };
}

const WIDGETS = object(
  'CustomResourceDefinition',
  { name: 'widgets.x.example' },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    spec: {
      group: 'x.example',
      scope: 'Cluster',
      names: { kind: 'Widget' },
      versions: [{ name: 'v1', schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  },
);
const widget = { apiVersion: 'x.example/v1' };

function find(manifests: readonly Fields[], wanted: Fields) {
  const found = new ManifestIndex(manifests, { namespace: 'shop' }).find(wanted);
  return found.status === 'found' ? found.manifest : found.status;
}

describe('ManifestIndex', () => {
  it('finds by kind, namespace and name; what names no namespace is in the destination', () => {
    const bare = object('ConfigMap', { name: 'a' });
    const other = object('ConfigMap', { name: 'a', namespace: 'other' });
    assert.equal(find([bare, other], object('ConfigMap', { name: 'a', namespace: 'shop' })), bare);
    assert.equal(
      find([bare, other], object('ConfigMap', { name: 'a', namespace: 'other' })),
      other,
    );
    assert.equal(find([bare], object('ConfigMap', { name: 'b', namespace: 'shop' })), 'absent');
    assert.equal(find([bare], object('Secret', { name: 'a', namespace: 'shop' })), 'absent');
  });

  it('knows kinds without a namespace: of Kubernetes, of the commit, and those it is told', () => {
    const namespace = object('Namespace', { name: 'shop', namespace: 'ignored' });
    assert.equal(find([namespace], object('Namespace', { name: 'shop' })), namespace);
    const declared = object('Widget', { name: 'w' }, widget);
    assert.equal(find([declared, WIDGETS], object('Widget', { name: 'w' }, widget)), declared);
    const told = new ManifestIndex([declared], {
      namespace: 'shop',
      isClusterScoped: () => true,
    });
    assert.equal(told.find(object('Widget', { name: 'w' }, widget)).status, 'found');
    const placed = object('Widget', { name: 'w', namespace: 'shop' }, widget);
    assert.equal(told.find(placed).status, 'absent');
  });

  it('looks in both places where the scope of a kind is not known', () => {
    const declared = object('Gadget', { name: 'g' }, widget);
    assert.equal(find([declared], object('Gadget', { name: 'g' }, widget)), declared);
    const placed = object('Gadget', { name: 'g', namespace: 'shop' }, widget);
    assert.equal(find([declared], placed), declared);
  });

  it('finds any version of a kind, and says what stands twice', () => {
    const old = object('Deployment', { name: 'a' }, { apiVersion: 'apps/v1beta1' });
    const wanted = object(
      'Deployment',
      { name: 'a', namespace: 'shop' },
      { apiVersion: 'apps/v1' },
    );
    assert.equal(find([old], wanted), old);
    assert.equal(find([old, old], wanted), 'repeated');
  });

  it('finds a generated name by its beginning', () => {
    const hook = object('Job', { generateName: 'migrate-' }, { apiVersion: 'batch/v1' });
    const job = (name: string) =>
      object('Job', { name, namespace: 'shop' }, { apiVersion: 'batch/v1' });
    assert.equal(find([hook], job('migrate-1a2b3c-presync-17')), hook);
    assert.equal(find([hook], job('other')), 'absent');
  });

  it('knows what an autoscaler of the commit scales', () => {
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const scaler = object(
      'HorizontalPodAutoscaler',
      { name: 'web' },
      { apiVersion: 'autoscaling/v2', spec: { scaleTargetRef: target } },
    );
    const scaled = object(
      'ScaledObject',
      { name: 'worker' },
      { apiVersion: 'keda.sh/v1alpha1', spec: { scaleTargetRef: { name: 'worker' } } },
    );
    const index = new ManifestIndex([scaler, scaled], { namespace: 'shop' });
    const deployment = (name: string) =>
      object('Deployment', { name, namespace: 'shop' }, { apiVersion: 'apps/v1' });
    assert.ok(index.isScaled(deployment('web')));
    assert.ok(index.isScaled(deployment('worker')));
    assert.ok(!index.isScaled(deployment('other')));
  });

  it('has the types of kinds that the commit defines', () => {
    const index = new ManifestIndex([WIDGETS], { namespace: 'shop' });
    const wanted = object('Widget', { name: 'w' }, widget);
    assert.equal(index.customType(wanted)?.kind, 'struct');
    assert.equal(index.customType(wanted), index.customType(wanted));
    assert.equal(index.customType(object('Gadget', {}, widget)), undefined);
  });

  it('answers for objects of any form', () => {
    const index = new ManifestIndex([{}, { metadata: 'text' }], { namespace: 'shop' });
    assert.equal(index.find({ kind: 1 }).status, 'absent');
  });
});
