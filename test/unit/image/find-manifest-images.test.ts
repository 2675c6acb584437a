import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findManifestImages } from '../../../src/image/find-manifest-images.ts';

const podSpec = {
  containers: [{ image: 'a:1' }, { image: 'b:1' }, { image: 'a:1' }, { image: 7 }],
};
const template = { spec: podSpec };

describe('findManifestImages()', () => {
  for (const [apiVersion, kind, body] of [
    ['v1', 'Pod', { spec: podSpec }],
    ['v1', 'PodTemplate', { template }],
    ['v1', 'ReplicationController', { spec: { template } }],
    ['apps/v1', 'Deployment', { spec: { template } }],
    ['batch/v1', 'CronJob', { spec: { jobTemplate: { spec: { template } } } }],
  ] as const) {
    it(`finds each image of a ${kind} once, and none that cannot be read`, () => {
      assert.deepEqual(findManifestImages({ apiVersion, kind, ...body }), ['a:1', 'b:1']);
    });
  }

  for (const [what, manifest] of [
    ['another kind', { apiVersion: 'v1', kind: 'ConfigMap', spec: podSpec }],
    ['a kind of another group', { apiVersion: 'example.com/v1', kind: 'Pod', spec: podSpec }],
    ['no kind', { apiVersion: 'v1', spec: podSpec }],
    ['no version', { kind: 'Pod', spec: podSpec }],
    ['no object', [podSpec]],
  ] as const) {
    it(`finds nothing in ${what}`, () => {
      assert.deepEqual(findManifestImages(manifest), []);
    });
  }
});
