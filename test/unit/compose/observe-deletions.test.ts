import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/admission/decide.ts';
import type { AdmissionObserver } from '../../../src/admission/ports.ts';
import { monotonicMs } from '../../../src/base/clock.ts';
import { observeDeletions } from '../../../src/compose/observe-deletions.ts';
import { DeletionCounts } from '../../../src/ownership/deletions/deletion-counts.ts';
import { sampleContext, sampleObject, sampleRequest } from '../../support/admission-samples.ts';

const object = sampleObject({ tool: 'argocd', app: 'shop', appNamespace: 'argocd' });
const deletion = sampleRequest({ operation: 'DELETE' });
const creation = sampleRequest({ operation: 'CREATE' });

function observe() {
  const seen: string[] = [];
  const below: AdmissionObserver = {
    decided: (_route, { operation }) => {
      seen.push(operation);
    },
    rejected: () => undefined,
    faulted: () => undefined,
  };
  const counts = new DeletionCounts({ monotonicMs: () => monotonicMs(0) });
  const ask = (name: string): number =>
    counts.ask({
      application: 'Application argocd/shop',
      object: `configmaps shop/${name}`,
      listedCount: 0,
      isDryRun: name === 'next',
    }).deletedCount;
  return { seen, counts, ask, observer: observeDeletions(below, counts) };
}

function decision(allowed: boolean, facts = { object }) {
  return { ...decide([], sampleContext({ facts })), allowed };
}

describe('observeDeletions()', () => {
  for (const [what, request, allowed, isForgotten] of [
    ['a refused deletion', deletion, false, true],
    ['a deletion', deletion, true, false],
    ['an object that is made again', creation, true, true],
    ['one that is refused', creation, false, false],
    ['a dry run', { ...deletion, dryRun: true }, false, false],
    ['another object', { ...deletion, name: 'other' }, false, false],
    ['a change', { ...deletion, operation: 'UPDATE' as const }, false, false],
  ] as const) {
    it(`${isForgotten ? 'takes back' : 'leaves'} what was counted after ${what}`, () => {
      const { seen, ask, observer } = observe();
      ask('settings');
      observer.decided('validate', request, decision(allowed));
      assert.equal(ask('next'), isForgotten ? 1 : 2);
      assert.deepEqual(seen, [request.operation]);
    });
  }

  it('leaves all where nobody knows whose the object is, and where nothing is counted', () => {
    const { ask, observer } = observe();
    observer.decided('validate', deletion, decision(false));
    ask('settings');
    observer.decided('validate', deletion, { ...decision(false), facts: {} });
    observer.decided('validate', deletion, decision(false, { object: sampleObject() }));
    assert.equal(ask('next'), 2);
  });
});
