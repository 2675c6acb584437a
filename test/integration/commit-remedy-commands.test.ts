/** What denials of commits tell to do, done with the real git on a branch whose refused commit was seen already. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  applicationAt,
  judgeNow,
  openCommitStage,
  syncing,
} from '../support/commits/commit-stage.ts';

/** A branch with a signed commit and an unsigned one on top, which was refused. */
async function open(t: TestContext) {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const { git } = workshop;
  await workshop.commit({ key });
  await git('config', 'gpg.format', 'ssh');
  await git('config', 'user.signingKey', key);
  // Whoever types a command writes the message in an editor.
  await git('config', 'core.editor', 'echo Message >');
  const { judgeCommits } = await binder.bind(configure());
  const judge = async (): Promise<string | undefined> => {
    const id = await git('rev-parse', 'HEAD');
    const [fact] = await judgeNow(judgeCommits, applicationAt(url, syncing(id)));
    return fact?.status === 'rejected' ? fact.code : fact?.status;
  };
  assert.equal(await judge(), 'verified');
  await git('commit', '-q', '--allow-empty', '--no-gpg-sign', '-m', 'Unsigned');
  const unsigned = await git('rev-parse', 'HEAD');
  assert.equal(await judge(), 'unsigned');
  return { git, judge, unsigned };
}

test('a signed commit on top of an unsigned one is accepted', async (t) => {
  const { git, judge } = await open(t);
  await git('commit', '-q', '--allow-empty', '-S');
  assert.equal(await judge(), 'verified');
});

test('a refused commit that is signed again rewrites the history, until the earlier tip is merged', async (t) => {
  const { git, judge, unsigned } = await open(t);
  await git('commit', '-q', '--amend', '--no-edit', '--allow-empty', '-S');
  assert.equal(await judge(), 'history_rewritten');
  await git('merge', '-q', '--no-edit', '-S', unsigned);
  assert.equal(await judge(), 'verified');
});
