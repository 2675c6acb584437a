import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NoVerdict } from '../../../../src/verdict/verdict-cache.ts';
import {
  DeployedCommits,
  formatApplication,
  type ApplicationName,
} from '../../../../src/source/commits/deployed-commits.ts';
import {
  DeployedVerifier,
  type LostTrust,
} from '../../../../src/source/commits/deployed-verifier.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const SHOP: ApplicationName = { kind: 'Application', namespace: 'argocd', name: 'shop' };
const CART: ApplicationName = { ...SHOP, name: 'cart' };
const REVOKED: LostTrust = { status: 'rejected', code: 'key_revoked', reason: 'It was revoked' };
const VERIFIED = { status: 'verified' } as const;
const AWAY: NoVerdict = { status: 'unavailable', reason: 'Away', retryAfterMs: 0 };

type Answer = typeof VERIFIED | LostTrust | NoVerdict;

function open() {
  const deployed = new DeployedCommits<string>();
  const answers = new Map<string, Answer | (() => Promise<Answer>)>();
  const asked: string[] = [];
  const lost: string[] = [];
  const outcomes: string[] = [];
  const waits: number[] = [];
  let asking = 0;
  let askingMax = 0;
  const verifier = new DeployedVerifier<string>({
    deployed,
    ask: async ({ repository, objectId, question }) => {
      asked.push(`${repository}@${objectId} ${question}`);
      asking += 1;
      askingMax = Math.max(askingMax, asking);
      await new Promise(setImmediate);
      asking -= 1;
      const answer = answers.get(objectId) ?? VERIFIED;
      return typeof answer === 'function' ? await answer() : answer;
    },
    onLost: ({ application, repository, objectId, lost: { code } }) =>
      lost.push(`${formatApplication(application)} ${repository}@${objectId} ${code}`),
    onChecked: (outcome) => outcomes.push(outcome),
    wait: async (delayMs) => {
      waits.push(delayMs);
      await new Promise(setImmediate);
    },
    random: () => 1,
  });
  const deploy = (application: ApplicationName, objectId: string, repository = 'r') => {
    deployed.note(application, [{ repository, objectId, question: 'q' }]);
  };
  return {
    verifier,
    deployed,
    deploy,
    answers,
    asked,
    lost,
    outcomes,
    waits,
    max: () => askingMax,
  };
}

test('what is deployed now is asked again, and what was deployed before is not', async () => {
  const { verifier, deploy, asked, lost, outcomes } = open();
  deploy(SHOP, '1');
  deploy(SHOP, '2');
  deploy(SHOP, '3', 's');
  deploy(CART, '2');
  await verifier.verify();

  assert.deepEqual(asked, ['r@2 q', 's@3 q', 'r@2 q']);
  assert.deepEqual([lost, outcomes], [[], ['holds', 'holds', 'holds']]);
});

test('a commit that no longer holds is reported once for each application, until it holds again', async () => {
  const { verifier, deploy, answers, lost } = open();
  deploy(SHOP, '1');
  deploy(CART, '1');
  answers.set('1', REVOKED);
  await verifier.verify();
  await verifier.verify();
  const both = [
    'Application argocd/shop r@1 key_revoked',
    'Application argocd/cart r@1 key_revoked',
  ];
  assert.deepEqual(lost, both);

  answers.set('1', VERIFIED);
  await verifier.verify();
  answers.set('1', REVOKED);
  await verifier.verify();
  assert.deepEqual(lost, [...both, ...both]);
});

test('a commit that was deployed, given up and deployed again is reported again', async () => {
  const { verifier, deploy, answers, lost } = open();
  answers.set('1', REVOKED);
  deploy(SHOP, '1');
  await verifier.verify();
  deploy(SHOP, '2');
  await verifier.verify();
  deploy(SHOP, '1');
  await verifier.verify();
  assert.equal(lost.length, 2);
});

test('while a server is away the others are told, and it is asked ever less often until it answers', async () => {
  const { verifier, deploy, answers, lost, outcomes, waits } = open();
  deploy(SHOP, '1');
  deploy(CART, '2');
  let attempts = 0;
  answers.set('1', async () => {
    attempts += 1;
    return attempts < 10 ? AWAY : REVOKED;
  });
  answers.set('2', REVOKED);
  await verifier.verify();

  assert.deepEqual(lost, [
    'Application argocd/cart r@2 key_revoked',
    'Application argocd/shop r@1 key_revoked',
  ]);
  assert.equal(outcomes.filter((outcome) => outcome === 'unavailable').length, 9);
  assert.deepEqual(
    waits,
    [5, 10, 20, 40, 80, 160, 320, 600, 600].map((seconds) => seconds * 1000),
  );
});

test('what is replaced while it is asked about is no loss', async () => {
  const { verifier, deploy, answers, lost, outcomes } = open();
  deploy(SHOP, '1');
  answers.set('1', async () => {
    deploy(SHOP, '2');
    return REVOKED;
  });
  await verifier.verify();
  assert.deepEqual([lost, outcomes], [[], []]);
});

test('a newer trust ends the round, whose answers count no more', async () => {
  const { verifier, deploy, answers, lost, asked } = open();
  const { promise, resolve } = Promise.withResolvers<Answer>();
  deploy(SHOP, '1');
  answers.set('1', () => promise);
  const first = verifier.verify();
  await waitUntil(() => asked.length === 1);
  answers.set('1', VERIFIED);
  await verifier.verify();
  resolve(REVOKED);
  await first;
  assert.deepEqual(lost, []);
});

test('nothing is asked after the end', async () => {
  const { verifier, deploy, answers, asked, waits } = open();
  deploy(SHOP, '1');
  answers.set('1', async () => {
    verifier.close();
    return AWAY;
  });
  await verifier.verify();
  assert.deepEqual([asked.length, waits], [1, []]);
});

test('a thousand applications are asked about a few at a time', async () => {
  const { verifier, deploy, max, outcomes } = open();
  for (let index = 0; index < 1000; index += 1) {
    deploy({ ...SHOP, name: `app-${index}` }, String(index));
  }
  await verifier.verify();
  assert.deepEqual([max(), outcomes.length], [4, 1000]);
});

test('a commit that is deployed in part is asked about beside the one before', async () => {
  const { verifier, deployed, deploy, answers, lost } = open();
  deploy(SHOP, '1');
  deployed.noteWritten(SHOP, [{ repository: 'r', objectId: '2', question: 'q' }]);
  answers.set('2', REVOKED);
  await verifier.verify();
  assert.deepEqual(lost, ['Application argocd/shop r@2 key_revoked']);
});
