/** Commits as a serving process judges them: the real thread, git and ssh-keygen, applications in memory. */
import assert from 'node:assert/strict';
import { rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { addMs, systemClock } from '../../src/base/clock.ts';
import { HoldfastError } from '../../src/errors.ts';
import { kustomizationReference } from '../../src/kubernetes/object-reference.ts';
import type { CommitFact } from '../../src/source/commits/commit-fact.ts';
import type { JudgeCommits } from '../../src/source/find-source.ts';
import {
  applicationAt,
  judgeNow,
  openCommitStage,
  syncing,
} from '../support/commits/commit-stage.ts';
import { waitUntil } from '../support/wait-until.ts';

/** `verified`, or the code of the rejection, or another status. */
function verdictOf(fact: CommitFact | undefined): string {
  return fact?.status === 'rejected' ? fact.code : (fact?.status ?? 'no fact');
}

test('a commit of an accepted signer is verified, and says who wrote and signed it', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const id = await workshop.commit({ key });
  const { judgeCommits } = await binder.bind(configure());

  const [fact] = await judgeNow(judgeCommits, applicationAt(url, syncing(id)));

  assert.partialDeepStrictEqual(fact, {
    status: 'verified',
    repository: url,
    path: 'prod',
    rule: 'platform',
    content: { objectId: id, parents: [] },
    signers: [{ scheme: 'ssh', identity: 'ssh alice@example.com' }],
  });
  assert.equal(binder.problem(), undefined);
});

test('what no accepted signer signed is rejected by its code; the next good commit is verified', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const { path: stranger } = await workshop.makeKey('stranger', '-t', 'ed25519');
  const { judgeCommits } = await binder.bind(configure());
  const judge = async (id: string): Promise<string> =>
    verdictOf((await judgeNow(judgeCommits, applicationAt(url, syncing(id))))[0]);

  assert.equal(await judge(await workshop.commit({ key })), 'verified');
  assert.equal(await judge(await workshop.commit()), 'unsigned');
  assert.equal(await judge(await workshop.commit({ key: stranger })), 'unknown_key');
  const bytes = await workshop.readObject(await workshop.commit({ key }));
  const changed = Buffer.from(
    bytes.toString('latin1').replace(/\n\n[^]*$/u, '\n\nOther\n'),
    'latin1',
  );
  const forged = await workshop.storeObject(changed);
  await workshop.git('reset', '-q', '--soft', forged);
  assert.equal(await judge(forged), 'bad_signature');
  assert.equal(await judge('0123456789abcdef0123456789abcdef01234567'), 'revision_absent');
});

test('an operation that names no commit applies the tip of its branch, whatever was compared before', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const { judgeCommits } = await binder.bind(configure());
  const signed = await workshop.commit({ key });
  const compared = { sync: { revision: signed } };
  const running = (startedAt: string): object => ({
    ...compared,
    operationState: { phase: 'Running', startedAt, operation: { sync: {} } },
  });
  const judge = async (status: object, more = {}): Promise<string> =>
    verdictOf((await judgeNow(judgeCommits, applicationAt(url, status, more)))[0]);

  assert.equal(await judge(running('2026-01-05T12:00:00Z')), 'verified');
  await workshop.commit();
  assert.equal(await judge(running('2026-01-05T12:01:00Z')), 'unsigned');
  assert.equal(await judge(compared, { operation: { sync: {} } }), 'unsigned');
  // The same operation goes on with the commit that it began with.
  await workshop.commit({ key });
  assert.equal(await judge(running('2026-01-05T12:01:00Z')), 'unsigned');
  // Argo CD merges the state of an operation over that of the one before: what it does not name is of that one.
  const merged = {
    ...compared,
    operationState: {
      phase: 'Running',
      startedAt: '2026-01-05T12:02:00Z',
      operation: { sync: { revision: signed } },
      syncResult: { revision: signed },
    },
  };
  await workshop.commit();
  assert.equal(await judge(merged, { operation: { sync: {} } }), 'unsigned');
});

test('a repository that no rule names is not judged; a source without a commit says why', async (t) => {
  const { binder, configure, url, workshop, key } = await openCommitStage(t);
  const id = await workshop.commit({ key });
  const { rules } = configure().commits;
  const elsewhere = rules.map((rule) => ({
    ...rule,
    repositories: ['https://git.example.com/**'],
  }));
  const { judgeCommits } = await binder.bind(configure({ rules: elsewhere }));

  const facts = [
    ...(await judgeNow(judgeCommits, applicationAt(url, syncing(id)))),
    ...(await judgeNow(
      judgeCommits,
      applicationAt(
        url,
        {},
        { spec: { source: { repoURL: 'https://charts.example.com', chart: 'shop' } } },
      ),
    )),
    ...(await judgeNow(judgeCommits, applicationAt('ext::sh -c id', syncing(id)))),
  ];

  assert.deepEqual(facts.map(verdictOf), ['unjudged', 'unjudged', 'repository_refused']);
  assert.deepEqual(
    facts.map((fact) => (fact.status === 'unjudged' ? fact.reason : '')).slice(0, 2),
    [
      `No rule of commits.rules names ${url} with the path "prod"`,
      'Its source is a chart of a Helm repository, which has no commit',
    ],
  );
});

test('a server that is away: what has a verdict counts on, the rest is unavailable in time, and it recovers by itself', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const known = await workshop.commit({ key });
  const { judgeCommits } = await binder.bind(configure({ waitMs: 5000 }));
  const judge = async (id: string): Promise<string> =>
    verdictOf((await judgeNow(judgeCommits, applicationAt(url, syncing(id))))[0]);
  assert.equal(await judge(known), 'verified');
  const next = await workshop.commit({ key });
  await rename(workshop.repository, `${workshop.repository}.away`);

  assert.equal(await judge(known), 'verified');
  assert.equal(await judge(next), 'unavailable');
  await rename(`${workshop.repository}.away`, workshop.repository);
  await waitUntil(async () => (await judge(next)) === 'verified');
});

test('a request waits no longer than it may, and the commit is judged for the next one', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const id = await workshop.commit({ key });
  const { judgeCommits } = await binder.bind(configure({ waitMs: 0 }));

  const [fact] = await judgeNow(judgeCommits, applicationAt(url, syncing(id)));
  assert.deepEqual(fact, {
    status: 'unavailable',
    repository: url,
    path: 'prod',
    rule: 'platform',
    reason: 'The commit is still being fetched and verified',
    mode: 'deny',
  });
  await waitUntil(
    async () =>
      verdictOf((await judgeNow(judgeCommits, applicationAt(url, syncing(id))))[0]) === 'verified',
  );
});

test('verdicts survive a restart, even where the server is away by then; a damaged file is begun anew', async (t) => {
  const { openBinder, configure, workshop, url, key, telemetry } = await openCommitStage(t);
  const id = await workshop.commit({ key });
  const configuration = configure({ waitMs: 3000 });
  const judgeWith = async (): Promise<string> => {
    const binder = openBinder();
    const { judgeCommits } = await binder.bind(configuration);
    const [fact] = await judgeNow(judgeCommits, applicationAt(url, syncing(id)));
    await binder.close();
    return verdictOf(fact);
  };

  assert.equal(await judgeWith(), 'verified');
  const file = join(workshop.folder, 'verdicts', 'verdicts.json');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await rename(workshop.repository, `${workshop.repository}.away`);
  assert.equal(await judgeWith(), 'verified');
  await writeFile(file, '{"version":1');
  assert.equal(await judgeWith(), 'unavailable');
  assert.ok(
    telemetry.entries.some(
      ({ message }) => message === 'The verdicts of commits cannot be read and are begun anew',
    ),
  );
});

test('a key file that changes counts at once; a bad one changes nothing, and is told', async (t) => {
  const { binder, configure, workshop, url, key, telemetry } = await openCommitStage(t);
  const id = await workshop.commit({ key });
  const { judgeCommits } = await binder.bind(configure());
  const judge = async (): Promise<string> =>
    verdictOf((await judgeNow(judgeCommits, applicationAt(url, syncing(id))))[0]);
  assert.equal(await judge(), 'verified');
  const good = await workshop.read('allowed_signers');

  await workshop.write('allowed_signers', 'alice@example.com ssh-ed25519 broken\n');
  await waitUntil(() => binder.problem() !== undefined);
  assert.match(
    binder.problem() ?? '',
    /^the changed key files are not in force, those before are: .*allowed_signers.*\(trust_file_invalid\)$/u,
  );
  assert.equal(await judge(), 'verified');
  const { text } = await workshop.makeKey('other', '-t', 'ed25519');
  await workshop.write('allowed_signers', `alice@example.com ${text}\n`);
  await waitUntil(async () => (await judge()) === 'unknown_key');
  await waitUntil(() => binder.problem() === undefined);
  await workshop.write('allowed_signers', good);
  await waitUntil(async () => (await judge()) === 'verified');
  const reloads = ['failed', 'loaded'].map(
    (outcome, index) => `holdfast_commit_trust_reloads_total{outcome="${outcome}"} ${index + 1}`,
  );
  await waitUntil(async () => {
    const lines = await telemetry.exposed('holdfast_commit_trust_reloads_total{');
    return isDeepStrictEqual(lines.toSorted(), reloads);
  });
});

test('a thread that cannot start is tried again, and other policies are served meanwhile; a reload that cannot start is refused', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const id = await workshop.commit({ key });
  const allowed = await workshop.read('allowed_signers');
  await workshop.write('allowed_signers', 'no line of a key\n');
  const { judgeCommits } = await binder.bind(configure());
  const judge = async (): Promise<string> =>
    verdictOf((await judgeNow(judgeCommits, applicationAt(url, syncing(id))))[0]);

  assert.equal(await judge(), 'unavailable');
  assert.match(binder.problem() ?? '', /^the commit thread ended: .*trust_file_invalid/u);
  await workshop.write('allowed_signers', allowed);
  await waitUntil(async () => (await judge()) === 'verified');
  assert.equal(binder.problem(), undefined);

  await assert.rejects(
    binder.bind(configure({ allowedSignersFile: join(workshop.folder, 'none') })),
    (fault) => fault instanceof HoldfastError && fault.code === 'trust_file_invalid',
  );
  assert.equal(await judge(), 'verified');
});

test('without git nothing is verified, and that is told; nothing else stops', async (t) => {
  const { openBinder, configure, workshop, url, key } = await openCommitStage(t);
  const id = await workshop.commit({ key });
  const binder = openBinder({ environment: { PATH: workshop.folder } });
  const { judgeCommits } = await binder.bind(configure());

  const [fact] = await judgeNow(judgeCommits, applicationAt(url, syncing(id)));

  assert.equal(verdictOf(fact), 'unavailable');
  assert.match(binder.problem() ?? '', /^the commit thread ended: .*\(git_unavailable\)/u);
});

test('a configuration that judges no commits has no thread, and one that stops to judge ends it', async (t) => {
  const { binder, configure, workshop, url, key, telemetry } = await openCommitStage(t);
  const id = await workshop.commit({ key });
  assert.deepEqual(await binder.bind(configure({ rules: [] })), {});
  assert.deepEqual(await telemetry.exposed('holdfast_commit_thread_running '), [
    'holdfast_commit_thread_running 0',
  ]);

  const bound = await binder.bind(configure());
  assert.equal(await binder.bind(configure()), bound, 'an equal configuration changes nothing');
  const [fact] = await judgeNow(bound.judgeCommits, applicationAt(url, syncing(id)));
  assert.equal(verdictOf(fact), 'verified');
  assert.deepEqual(await binder.bind(configure({ rules: [] })), {});
  assert.equal(binder.problem(), undefined);
});

test('what is no repository that can be read is refused by its code', async (t) => {
  const { binder, configure } = await openCommitStage(t);
  const rules = [
    { name: 'any', repositories: ['**'], signers: [{ scheme: 'ssh', principal: '*@example.com' }] },
  ];
  const { judgeCommits } = await binder.bind(configure({ rules }));
  const origin = applicationAt('ext::sh -c whoami', syncing('a'.repeat(40)));

  assert.deepEqual((await judgeNow(judgeCommits, origin)).map(verdictOf), ['repository_refused']);
});

test('a Kustomization is judged by the repository of its source, and what stands between is told', async (t) => {
  const stage = await openCommitStage(t);
  const { binder, configure, workshop, url, key, objects, unanswered } = stage;
  const id = await workshop.commit({ key });
  const { judgeCommits } = await binder.bind(configure());
  const judge = (): ReturnType<JudgeCommits> => {
    assert.ok(judgeCommits);
    const deadlineAtMs = addMs(systemClock.monotonicMs(), 30_000);
    return judgeCommits({ reference: kustomizationReference('apps', 'shop') }, deadlineAtMs);
  };
  const place = (kind: string, spec: object, more: { metadata?: object; status?: object } = {}) => {
    objects.set(`${kind} apps/shop`, {
      apiVersion: 'v1',
      kind,
      spec,
      ...more,
      metadata: { name: 'shop', namespace: 'apps', ...more.metadata },
    });
  };

  assert.deepEqual(await judge(), { status: 'absent' });
  unanswered.add('Kustomization apps/shop');
  const noAnswer = { status: 'unavailable', code: 'lookup_failed', reason: 'No answer' } as const;
  assert.deepEqual(await judge(), noAnswer);
  unanswered.clear();
  place('Kustomization', {});
  assert.partialDeepStrictEqual(await judge(), { status: 'unavailable', code: 'fact_unavailable' });
  const spec = { path: 'prod', sourceRef: { kind: 'GitRepository', name: 'shop' } };
  place('Kustomization', spec);
  assert.deepEqual(await judge(), { status: 'absent' });
  place(
    'GitRepository',
    { url, ref: { branch: 'main' } },
    { status: { artifact: { revision: `main@sha1:${id}` } } },
  );
  const judged = await judge();
  assert.equal(judged.status, 'known');
  assert.deepEqual(judged.status === 'known' && judged.value.commits.map(verdictOf), ['verified']);
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  place('Kustomization', spec, { metadata: { deletionTimestamp } });
  assert.deepEqual(await judge(), {
    status: 'known',
    value: { commits: [], isDeleting: true },
  });
});

test('a rule for every commit since the last verified one finds the unsigned one below a signed one', async (t) => {
  const { openBinder, configure, workshop, url, key } = await openCommitStage(t);
  const { rules } = configure().commits;
  const since = rules.map((rule) => ({ ...rule, range: 'since-verified' }));
  const judgeWith = async (id: string): Promise<CommitFact | undefined> => {
    const binder = openBinder();
    const { judgeCommits } = await binder.bind(configure({ rules: since }));
    const [fact] = await judgeNow(judgeCommits, applicationAt(url, syncing(id)));
    await binder.close();
    return fact;
  };

  await workshop.commit({ message: 'Before anybody signed' });
  assert.equal(verdictOf(await judgeWith(await workshop.commit({ key }))), 'verified');
  const unsigned = await workshop.commit();
  const head = await workshop.commit({ key });
  const fact = await judgeWith(head);
  assert.partialDeepStrictEqual(fact, { status: 'rejected', code: 'unsigned', objectId: unsigned });
});

test('two signers are found among the newest commits where nothing was verified before', async (t) => {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const { path: second, text } = await workshop.makeKey('second', '-t', 'ed25519');
  const first = (await workshop.read('allowed_signers')).toString();
  await workshop.write('allowed_signers', `${first}bob@example.com ${text}\n`);
  const rules = configure().commits.rules.map((rule) => ({
    ...rule,
    range: 'since-verified',
    signersMin: 2,
    signers: [
      { scheme: 'ssh', principal: 'alice@example.com' },
      { scheme: 'ssh', principal: 'bob@example.com' },
    ],
  }));
  const { judgeCommits } = await binder.bind(configure({ rules }));
  const judge = async (id: string): Promise<string> =>
    verdictOf((await judgeNow(judgeCommits, applicationAt(url, syncing(id))))[0]);

  await workshop.commit({ message: 'Before anybody signed' });
  const reviewed = await workshop.commit({ key });
  assert.equal(await judge(await workshop.commit({ key: second })), 'verified');
  assert.notEqual(reviewed, '');
  assert.equal(await judge(await workshop.commit({ key })), 'too_few_signers');
  assert.equal(await judge(await workshop.commit({ key: second })), 'verified');
});
