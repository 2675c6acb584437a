/** Histories of single letters: a commit contains those before it in one of the lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  acceptHistory,
  checkHistory,
  rememberVerified,
  type HistoryGuardOptions,
} from '../../../src/compose/guard-history.ts';
import { VerifiedHistory } from '../../../src/source/commits/verified-history.ts';
import { NO_CREDENTIAL } from '../../../src/source/mirror/credential.ts';
import type { LineageReading } from '../../../src/source/mirror/read-lineage.ts';
import { repositoryOf } from '../../support/git/test-mirrors.ts';

const NAME = { rule: 'platform', repository: 'shop', ref: 'refs/heads/main' };
const UNAVAILABLE = { status: 'unavailable', reason: 'It is away', retryAfterMs: 10 } as const;

function open(lines: readonly string[]) {
  const history = new VerifiedHistory();
  let failure: LineageReading | undefined;
  const options: HistoryGuardOptions = {
    history,
    readLineage: async ({ objectId, tracked }, [descendant = '']) => {
      assert.deepEqual(tracked, ['refs/heads/main']);
      if (failure !== undefined) return failure;
      const isFound = lines.some((line) => {
        const [at, end] = [line.indexOf(objectId), line.indexOf(descendant)];
        return at !== -1 && end !== -1 && at <= end;
      });
      return isFound ? { status: 'found', objectId: descendant } : { status: 'absent' };
    },
  };
  const at = (objectId: string) => ({
    name: NAME,
    tip: { name: 'refs/heads/main', objectId },
    remote: {
      repository: repositoryOf('https://git.example.com/shop'),
      credential: NO_CREDENTIAL,
    },
  });
  return {
    tips: () => history.tips(NAME),
    check: (tip: string) => checkHistory(at(tip), options),
    accept: (tip: string) => acceptHistory(at(tip), options),
    remember: (objectId: string, tip = objectId) => rememberVerified(objectId, at(tip), options),
    fail: (reading: LineageReading | undefined) => {
      failure = reading;
    },
  };
}

test('a ref has to contain what was verified, and nothing else', async () => {
  const { check, remember } = open(['abc', 'axy']);
  assert.deepEqual(await check('c'), { status: 'kept' });
  await remember('b', 'c');
  assert.deepEqual(await check('c'), { status: 'kept' });
  assert.deepEqual(await check('b'), { status: 'kept' });
  assert.deepEqual(await check('y'), { status: 'lost', objectId: 'b' });
  assert.deepEqual(await check('a'), { status: 'lost', objectId: 'b' });
});

test('an older commit that is deployed again does not take the place of the newer one', async () => {
  const { check, remember, tips } = open(['abcd']);
  for (const commit of ['b', 'c', 'a', 'b']) await remember(commit, 'd');
  assert.deepEqual(tips(), ['c']);
  assert.deepEqual(await check('b'), { status: 'lost', objectId: 'c' });
});

test('commits beside each other are both kept, until one contains them', async () => {
  const { check, remember, tips } = open(['abm', 'acm']);
  await remember('b', 'm');
  await remember('c', 'm');
  assert.deepEqual(tips(), ['b', 'c']);
  assert.deepEqual(await check('c'), { status: 'lost', objectId: 'b' });
  await remember('m');
  assert.deepEqual(tips(), ['m']);
});

test('where nobody can tell, that is said, and nothing is forgotten', async () => {
  const { check, remember, accept, fail, tips } = open(['abc']);
  await remember('b');
  fail(UNAVAILABLE);
  assert.deepEqual(await check('c'), UNAVAILABLE);
  await remember('c');
  await accept('a');
  assert.deepEqual(tips(), ['b', 'c']);
  fail({ status: 'rejected', code: 'revision_absent', reason: 'It has none' });
  assert.deepEqual(await check('a'), {
    status: 'unavailable',
    reason: 'It has none',
    retryAfterMs: 5000,
  });
});

test('a rewritten history that is accepted is the one that counts from then on', async () => {
  const { check, accept, remember, tips } = open(['abc', 'axy']);
  await remember('c');
  await accept('y');
  assert.deepEqual(tips(), []);
  await remember('y');
  assert.deepEqual(await check('c'), { status: 'lost', objectId: 'y' });
});

test('a repository that was made anew with another hash algorithm has lost everything', async () => {
  const { check, remember } = open(['abc']);
  await remember('c');
  assert.deepEqual(await check('cc'), { status: 'lost', objectId: 'c' });
});
