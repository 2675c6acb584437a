/** What a branch must not lose, as a serving process judges it: the real thread and git, applications in memory. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CommitFact } from '../../src/source/commits/commit-fact.ts';
import {
  applicationAt,
  judgeNow,
  openCommitStage,
  syncing,
} from '../support/commits/commit-stage.ts';

/** `verified`, or the code of the rejection, or another status. */
function verdictOf(fact: CommitFact | undefined): string {
  return fact?.status === 'rejected' ? fact.code : (fact?.status ?? 'no fact');
}

test('a commit that the branch does not contain is rejected, and so is a rewritten branch until it is mended', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const { judgeCommits } = await binder.bind(configure());
  const judge = async (id: string): Promise<string> =>
    verdictOf((await judgeNow(judgeCommits, applicationAt(url, syncing(id))))[0]);
  const first = await workshop.commit({ key, message: 'First' });
  const second = await workshop.commit({ key, message: 'Second' });
  assert.equal(await judge(second), 'verified');

  await workshop.git('checkout', '-q', '-b', 'aside');
  assert.equal(
    await judge(await workshop.commit({ key, message: 'Aside' })),
    'revision_unreachable',
  );
  await workshop.git('checkout', '-q', 'main');
  await workshop.git('reset', '-q', '--hard', first);
  assert.equal(await judge(first), 'history_rewritten');
  const other = await workshop.commit({ key, message: 'Instead of the second' });
  assert.equal(await judge(other), 'history_rewritten');
  await workshop.git('merge', '-q', '--no-edit', '-s', 'ours', second);
  const merge = await workshop.commit({ key, message: 'On top of both' });
  assert.equal(await judge(merge), 'verified');
});

for (const range of ['head', 'since-verified']) {
  test(`a commit that was seen and refused may be taken away where the range is ${range}`, async (t) => {
    const { binder, configure, workshop, url, key } = await openCommitStage(t);
    const [rule] = configure().commits.rules;
    const { judgeCommits } = await binder.bind(configure({ rules: [{ ...rule, range }] }));
    const judge = async (id: string): Promise<string> =>
      verdictOf((await judgeNow(judgeCommits, applicationAt(url, syncing(id))))[0]);
    const first = await workshop.commit({ key });
    assert.equal(await judge(first), 'verified');
    assert.equal(await judge(await workshop.commit()), 'unsigned');
    await workshop.git('reset', '-q', '--hard', first);

    assert.equal(await judge(first), 'verified');
    assert.equal(await judge(await workshop.commit({ key, message: 'Instead' })), 'verified');
  });
}

test('what was verified is remembered however the process ends, without its mirrors, and under another spelling of the branch', async (t) => {
  const { openBinder, configure, workshop, url, key } = await openCommitStage(t);
  const first = await workshop.commit({ key, message: 'First' });
  const second = await workshop.commit({ key, message: 'Second' });
  const judgeWith = async (
    process: ReturnType<typeof openBinder>,
    id: string,
    targetRevision = 'main',
  ): Promise<string> => {
    const { judgeCommits } = await process.bind(configure());
    const spec = { project: 'default', source: { repoURL: url, path: 'prod', targetRevision } };
    const origin = applicationAt(url, syncing(id), { spec });
    return verdictOf((await judgeNow(judgeCommits, origin))[0]);
  };
  const before = openBinder();
  assert.equal(await judgeWith(before, second), 'verified');
  // An older one that is deployed again is no way to have the newer one forgotten.
  assert.equal(await judgeWith(before, first), 'verified');
  // A process that is killed writes nothing any more: what is there now is all that there will be.
  const killed = await readFile(join(workshop.folder, 'verdicts', 'verdicts.json'));
  await before.close();
  await workshop.write('verdicts/verdicts.json', killed);
  await rm(join(workshop.folder, 'mirrors'), { recursive: true });
  await workshop.git('reset', '-q', '--hard', first);
  const other = await workshop.commit({ key, message: 'Instead of the second' });

  const after = openBinder();
  for (const spelling of ['main', 'refs/heads/main']) {
    assert.equal(await judgeWith(after, other, spelling), 'history_rewritten', spelling);
  }
});

test('a rule that accepts rewritten histories accepts this one for good', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const [rule] = configure().commits.rules;
  const judge = async (id: string, rewrittenHistory: string): Promise<string> => {
    const rules = [{ ...rule, rewrittenHistory }];
    const { judgeCommits } = await binder.bind(configure({ rules }));
    return verdictOf((await judgeNow(judgeCommits, applicationAt(url, syncing(id))))[0]);
  };
  const first = await workshop.commit({ key, message: 'First' });
  assert.equal(await judge(await workshop.commit({ key }), 'refuse'), 'verified');
  await workshop.git('reset', '-q', '--hard', first);
  const other = await workshop.commit({ key, message: 'Other' });

  assert.equal(await judge(other, 'refuse'), 'history_rewritten');
  assert.equal(await judge(other, 'accept'), 'verified');
  const next = await workshop.commit({ key, message: 'Next' });
  assert.equal(await judge(next, 'refuse'), 'verified');
});
