import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyProof } from '../../../../src/compose/adoption/classify-proof.ts';
import { podOf, seen, surveyOf, UNSEEN } from '../../../support/adoption-samples.ts';

const ACCOUNT = { namespace: 'argocd', name: 'argocd-application-controller' };
const kept = seen([
  { namespace: 'argocd', name: 'old-token', account: 'argocd-application-controller' },
  { namespace: 'shop', name: 'other', account: 'argocd-application-controller' },
]);

test('a pod that runs with a bound token is the evidence, and one is enough', () => {
  const pods = new Map([
    ['argocd', seen([podOf(), podOf({ name: 'b' }), podOf({ serviceAccount: 'x' })])],
  ]);

  assert.deepEqual(classifyProof(ACCOUNT, surveyOf({ pods })), {
    notes: ['Pod argocd/argocd-application-controller-0 has a token that is bound to it'],
    doubts: [],
  });
});

test('a Secret with a token of the account is a doubt', () => {
  const pods = new Map([['argocd', seen([podOf()])]]);

  const { doubts } = classifyProof(ACCOUNT, surveyOf({ pods, tokenSecrets: kept }));

  assert.deepEqual(doubts, [
    'Secret argocd/old-token keeps a token of it that never expires, which Holdfast refuses: delete it if nobody needs it',
  ]);
});

test('no pod that runs, and one without a bound token, are doubts', () => {
  const doubtsOf = (pod: object) =>
    classifyProof(ACCOUNT, surveyOf({ pods: new Map([['argocd', seen([podOf(pod)])]]) })).doubts;

  assert.match(doubtsOf({ isRunning: false }).join(), /No running pod uses/u);
  assert.match(doubtsOf({ hasBoundToken: false }).join(), /mounts no token that is bound to it/u);
});

test('pods that could not be read are told', () => {
  const notes = ['The pods of the namespace could not be read'];

  assert.deepEqual(classifyProof(ACCOUNT, surveyOf()), { notes, doubts: [] });
  assert.deepEqual(classifyProof(ACCOUNT, surveyOf({ pods: new Map([['argocd', UNSEEN]]) })), {
    notes,
    doubts: [],
  });
});
