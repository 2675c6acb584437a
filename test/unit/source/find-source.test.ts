import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObjectReference } from '../../../src/kubernetes/object-reference.ts';
import { createSourceFinder, type LookedUp } from '../../../src/source/find-source.ts';
import { sampleObject } from '../../support/admission-samples.ts';

const managed = sampleObject({ tool: 'argocd', app: 'checkout' });

function finder(answer: LookedUp, asked: [ObjectReference, number][] = []) {
  return createSourceFinder({
    argocdNamespace: 'argocd',
    lookUpObject: (reference, deadlineAtMs) => {
      asked.push([reference, deadlineAtMs]);
      return Promise.resolve(answer);
    },
  });
}

describe('createSourceFinder()', () => {
  it('looks the application up in the namespace of Argo CD', async () => {
    const asked: [ObjectReference, number][] = [];

    await finder({ status: 'absent' }, asked)(managed, 5000);

    assert.deepEqual(asked, [
      [
        {
          group: 'argoproj.io',
          version: 'v1alpha1',
          resource: 'applications',
          kind: 'Application',
          namespace: 'argocd',
          name: 'checkout',
        },
        5000,
      ],
    ]);
  });

  it('looks an application of another namespace up there', async () => {
    const asked: [ObjectReference, number][] = [];

    await finder({ status: 'absent' }, asked)({ ...managed, appNamespace: 'team-a' }, 5000);

    assert.equal(asked[0]?.[0].namespace, 'team-a');
  });

  it('knows no source for what Argo CD does not manage, and does not ask', async () => {
    const asked: [ObjectReference, number][] = [];
    const find = finder({ status: 'absent' }, asked);

    assert.deepEqual(await find(sampleObject({ tool: 'flux', app: 'a' }), 1), {
      status: 'known',
      value: null,
    });
    assert.deepEqual(await find(sampleObject({ tool: 'argocd' }), 1), {
      status: 'known',
      value: null,
    });
    assert.deepEqual(asked, []);
  });

  it('knows no source where the application is gone', async () => {
    assert.deepEqual(await finder({ status: 'absent' })(managed, 1), {
      status: 'known',
      value: null,
    });
  });

  it('passes on that the lookup was unavailable', async () => {
    const unavailable = {
      status: 'unavailable',
      code: 'lookup_timed_out',
      reason: 'slow',
    } as const;

    assert.deepEqual(await finder(unavailable)(managed, 1), unavailable);
  });

  it('returns the source of the application', async () => {
    const object = {
      spec: { source: { repoURL: 'git://src', path: 'shop', targetRevision: 'main' } },
    };

    assert.deepEqual(await finder({ status: 'found', object })(managed, 1), {
      status: 'known',
      value: { repository: 'git://src', revision: 'main', path: 'shop', inlineManifests: false },
    });
  });

  it('is unavailable where the application is malformed', async () => {
    const found = await finder({ status: 'found', object: {} })(managed, 1);

    assert.equal(found.status, 'unavailable');
  });
});
