/** A real Argo CD syncs signed commits, and says in its own words why it does not sync others. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { readSyncFindings } from '../support/argocd/read-sync-findings.ts';
import { settings } from '../support/argocd/sample-files.ts';
import {
  applicationObject,
  applicationPath,
  openApplication,
} from '../support/argocd/application.ts';
import type { TestApplication } from '../support/argocd/application.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { changeBehindTheirBacks } from '../support/cluster/bypass.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { makeSigningKeys, type SigningSettings } from '../support/commits/signing-keys.ts';

const KEYS = makeSigningKeys();
const REJECTED = ['commit_rejected by signed_commits'];
/** A repository that no rule names. */
const ELSEWHERE = 'elsewhere';

function gitWithInput(folder: string, argv: readonly string[], input: string): string {
  return execFileSync('git', ['-C', folder, ...argv], { input, encoding: 'utf8' }).trimEnd();
}

describe('Argo CD behind Holdfast with signed commits', () => {
  const gitops = useGitOpsCluster({
    applications: 4,
    folders: KEYS.accepted,
    commits: {
      ...KEYS.commits,
      requireCommit: true,
      rules: [
        {
          name: 'platform',
          repositories: ['file:///**/git/app-*', 'file:///**/git/template'],
          signers: [
            { scheme: 'ssh', principal: 'grace@example.com' },
            { scheme: 'openpgp', keyring: 'people' },
          ],
        },
      ],
    },
    mirrors: { fileFolders: [tmpdir()] },
  });
  let application: TestApplication;
  let count = 0;

  before(async () => {
    application = await gitops().claimApplication();
  });
  after(() => {
    KEYS.close();
  });

  const signWith = async (signing: SigningSettings): Promise<void> => {
    for (const [key, value] of Object.entries(signing)) {
      await application.repository.git('config', key, value);
    }
  };
  const content = () => {
    count += 1;
    return { 'settings.json': settings({ greeting: `hello ${count}` }) };
  };
  const greeting = async (of = application): Promise<string | undefined> => {
    const path = `/api/v1/namespaces/${of.namespace}/configmaps/settings`;
    return (await gitops().cluster.request('root', path)).body.data?.['greeting'];
  };
  /** What Argo CD says once it has given up on a commit. */
  const waitRefused = async (revision: string): Promise<string> => {
    const { message = '' } = await waitFor(
      `Argo CD gives up on ${revision}`,
      async () => {
        const status = await application.status();
        const isDone = status.phase === 'Failed' && status.operationRevision === revision;
        return isDone ? status : undefined;
      },
      { deadlineMs: 120_000, assertPossible: gitops().argocd.assertRunning },
    ).catch(async (cause: unknown) => {
      const text = JSON.stringify(await application.status());
      throw new Error(`It did not give up: ${text}`, { cause });
    });
    return message;
  };
  const assertRefused = (message: string, code: string, findings = REJECTED): void => {
    assert.deepEqual(readSyncFindings(message), findings, message);
    assert.ok(message.includes(`(${code})`), message);
  };
  const syncNext = async (): Promise<void> => {
    await signWith(KEYS.accepted);
    await application.sync(content());
    assert.equal(await greeting(), `hello ${count}`);
  };

  it('syncs signed commits, from the first one on', async () => {
    await syncNext();
    await syncNext();
  });

  for (const { what, signing, code } of [
    { what: 'an unsigned commit', signing: KEYS.none, code: 'unsigned' },
    { what: 'the commit of a stranger', signing: KEYS.stranger, code: 'unknown_key' },
    {
      what: 'a commit signed with a key that has expired',
      signing: KEYS.expired,
      code: 'key_expired',
    },
  ]) {
    it(`refuses ${what}, and goes on with the next good one`, async () => {
      const known = await greeting();
      await signWith(signing);
      const revision = await application.commit(content());

      assertRefused(await waitRefused(revision), code);
      assert.equal(await greeting(), known);
      await syncNext();
    });
  }

  it('refuses a commit whose signature is of another one', async () => {
    const { git } = application.repository;
    await signWith(KEYS.accepted);
    const signed = await application.repository.commit(
      { 'deploy/settings.json': settings({ greeting: 'of the signed one' }) },
      'Signed',
    );
    const bytes = await git('cat-file', 'commit', signed);
    const forged = gitWithInput(
      application.repository.folder,
      ['hash-object', '-t', 'commit', '-w', '--stdin'],
      `${bytes.replace(/\n\n[^]*$/u, '\n\nAnother message')}\n`,
    );
    await git('reset', '--quiet', '--soft', forged);
    await application.refresh();

    assertRefused(await waitRefused(forged), 'bad_signature');
    await syncNext();
  });

  it('refuses a branch whose history was rewritten, until it contains its earlier tip again', async () => {
    const { git, head } = application.repository;
    const earlier = await head();
    await git('reset', '--quiet', '--hard', `${earlier}~1`);
    const rewritten = await application.commit(content());

    assertRefused(await waitRefused(rewritten), 'history_rewritten');
    await git('merge', '--quiet', '--no-edit', '--strategy', 'ours', earlier);
    await syncNext();
  });

  it('judges the tip of the branch where an operation names no commit, and not what was compared before', async () => {
    const { controller } = gitops().argocd;
    await signWith(KEYS.none);
    controller.pause();
    const files = { 'deploy/settings.json': settings({ greeting: 'of the tip' }) };
    const revision = await application.repository.commit(files, 'Unsigned');
    await changeBehindTheirBacks(behind(), applicationPath(application.name), {
      operation: { sync: {} },
    });

    assertRefused(await waitRefused(revision), 'unsigned');
    await syncNext();
  });

  it('lets an application go on whose own parent has a commit that is refused', async () => {
    const { git, argocd } = gitops();
    const files = { 'deploy/child.json': { ...settings(), metadata: { name: 'child' } } };
    const repository = await git.create('app-child', files, KEYS.accepted);
    const parent = await gitops().claimApplication();
    const object = applicationObject({
      name: 'app-child',
      repositoryUrl: repository.url,
      namespace: parent.namespace,
    });
    await parent.sync({ 'child.json': object });
    const child = openApplication(gitops().cluster, repository, argocd.assertRunning);
    await child.waitSynced();

    await parent.repository.git('config', 'commit.gpgSign', 'false');
    const refused = await parent.commit({ 'settings.json': settings({ greeting: 'unsigned' }) });
    await waitFor('Argo CD gives up on the parent', async () => {
      const status = await parent.status();
      return status.phase === 'Failed' && status.operationRevision === refused;
    });
    await child.sync({ 'child.json': { ...settings(), metadata: { name: 'child-2' } } });
  });

  it('refuses a repository that no rule names', async () => {
    const elsewhere = await gitops().git.copy(application.repository, ELSEWHERE);
    const victim = await gitops().claimApplication();
    await elsewhere.commit(
      { 'deploy/settings.json': settings({ greeting: 'foreign' }) },
      'Foreign',
    );
    await changeBehindTheirBacks(behind(), applicationPath(victim.name), {
      spec: { source: { repoURL: elsewhere.url } },
    });

    const { message = '' } = await waitFor('Argo CD gives up', async () => {
      const status = await victim.status();
      return status.phase === 'Failed' ? status : undefined;
    });
    assert.deepEqual(readSyncFindings(message), ['commit_required by signed_commits'], message);
    assert.notEqual(await greeting(victim), 'foreign');
  });

  it('does not believe a status that names a commit which the repository does not have', async () => {
    const { cluster, argocd } = gitops();
    const victim = await gitops().claimApplication();
    const { controller } = argocd;
    const revision = '0123456789abcdef0123456789abcdef01234567';
    const operationState = {
      phase: 'Running',
      startedAt: new Date().toISOString(),
      operation: { sync: { revision } },
      syncResult: { revision },
    };
    const standing = { pause: controller.pause, resume: () => undefined };
    try {
      await changeBehindTheirBacks(
        { cluster, controller: standing },
        applicationPath(victim.name),
        {
          status: { operationState },
        },
      );
      const path = `/api/v1/namespaces/${victim.namespace}/configmaps/settings`;
      const answer = await cluster.request('argocd', path, {
        method: 'PATCH',
        body: { data: { greeting: 'forged' } },
      });
      assertRefused(answer.body.message ?? '', 'revision_absent');
    } finally {
      controller.resume();
    }
  });

  const behind = () => ({ cluster: gitops().cluster, controller: gitops().argocd.controller });
});
