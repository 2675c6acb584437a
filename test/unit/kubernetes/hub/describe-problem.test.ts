import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeProblem,
  type HubCondition,
} from '../../../../src/kubernetes/hub/describe-problem.ts';

const well: HubCondition = {
  server: 'https://hub:6443',
  kubeconfigProblem: undefined,
  identityProblem: undefined,
  state: 'synced',
  isServing: true,
  ageMs: 1000,
  keptForMs: 299_000,
};

const KEPT = 'what was read last counts for another 205 s';
const EXPIRED =
  'nothing that was read counts any more, and writers of Argo CD are refused until it answers';

const PROBLEMS: readonly (readonly [what: string, Partial<HubCondition>, string | undefined])[] = [
  ['nothing where all is well', {}, undefined],
  [
    'for how long the hub was silent, and for how long that is good',
    { isServing: false, ageMs: 94_100, keptForMs: 204_900 },
    `https://hub:6443: not heard of for 95 s; ${KEPT}`,
  ],
  [
    'that nothing counts any more',
    { isServing: false, ageMs: 400_000, keptForMs: -100_000 },
    `https://hub:6443: not heard of for 400 s; ${EXPIRED}`,
  ],
  [
    'that nothing was ever read',
    { state: 'listing', ageMs: 3000, keptForMs: -Infinity },
    'https://hub:6443: its Applications are not listed yet, for 3 s; writers are asked for one by one',
  ],
  [
    'which permission is missing',
    { state: 'forbidden', keptForMs: -Infinity },
    `https://hub:6443: the account may not follow its Applications: grant get, list and watch on applications.argoproj.io; ${EXPIRED}`,
  ],
  [
    'that it is no hub',
    { state: 'absent', keptForMs: -Infinity },
    `https://hub:6443: it serves no Applications: is it the cluster of Argo CD? ${EXPIRED}`,
  ],
  [
    'that there are too many',
    { state: 'overflowed' },
    'https://hub:6443: more Applications than there is room for: raise kubernetes.hub.entriesMax; nothing is kept for an outage',
  ],
  [
    'what is wrong with the kubeconfig',
    { kubeconfigProblem: 'The kubeconfig cannot be used', keptForMs: 204_900 },
    `The kubeconfig cannot be used; ${KEPT}`,
  ],
  [
    'that it does not know which cluster this is',
    { identityProblem: 'the cluster Secret "c" has not been read' },
    'https://hub:6443: the cluster Secret "c" has not been read',
  ],
];

for (const [what, condition, expected] of PROBLEMS) {
  test(`describeProblem() says ${what}`, () => {
    assert.equal(describeProblem({ ...well, ...condition }), expected);
  });
}
