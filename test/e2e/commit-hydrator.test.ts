/**
 * Branches that a real Argo CD hydrates: its controller renders the dry commit, its commit server commits and pushes what was rendered,
 * and both commits count. The commit server signs by the configuration of git alone.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { applicationObject, openApplication } from '../support/argocd/application.ts';
import type { TestApplication } from '../support/argocd/application.ts';
import { readSyncFindings } from '../support/argocd/read-sync-findings.ts';
import { settings } from '../support/argocd/sample-files.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import {
  makeHydratorKey,
  makeSigningKeys,
  type SigningSettings,
} from '../support/commits/signing-keys.ts';

const KEYS = makeSigningKeys();
const HYDRATOR = makeHydratorKey(KEYS);
const GIT_CONFIG_FILE = join(KEYS.folder, 'hydrator.gitconfig');
const BRANCH = 'environments/production';
const DEADLINE_MS = 120_000;

function hydrateWith(signing: SigningSettings): void {
  const lines = Object.entries(signing).map(([key, value]) => {
    const [part = '', name = ''] = key.split('.');
    return `[${part}]\n\t${name} = "${value}"\n`;
  });
  writeFileSync(GIT_CONFIG_FILE, lines.join(''));
}

describe('Argo CD with the hydrator behind Holdfast with signed commits', () => {
  hydrateWith(HYDRATOR.signing);
  const gitops = useGitOpsCluster({
    applications: 1,
    folders: KEYS.accepted,
    hydrator: { gitConfigFile: GIT_CONFIG_FILE },
    commits: {
      ...KEYS.commits,
      requireCommit: true,
      rules: [
        {
          name: 'hydrated',
          repositories: ['file:///**/git/*'],
          paths: ['hydrated/**'],
          signers: [{ scheme: 'ssh', principal: HYDRATOR.principal }],
        },
        {
          name: 'people',
          repositories: ['file:///**/git/*'],
          signers: [{ scheme: 'ssh', principal: 'grace@example.com' }],
        },
      ],
    },
    mirrors: { fileFolders: [tmpdir()] },
  });
  let application: TestApplication;
  let count = 0;

  before(async () => {
    const { git, cluster, argocd } = gitops();
    const repository = await git.create(
      'hydrated',
      { 'deploy/settings.json': settings() },
      KEYS.accepted,
    );
    const parent = await gitops().claimApplication();
    const object = applicationObject({
      name: 'hydrated',
      repositoryUrl: repository.url,
      namespace: parent.namespace,
      spec: {
        source: undefined,
        sourceHydrator: {
          drySource: { repoURL: repository.url, targetRevision: 'main', path: 'deploy' },
          syncSource: { targetBranch: BRANCH, path: 'hydrated/shop' },
        },
      },
    });
    await parent.sync({ 'child.json': object });
    application = openApplication(cluster, repository, argocd.assertRunning);
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
    return { 'deploy/settings.json': settings({ greeting: `hello ${count}` }) };
  };
  const greeting = async (): Promise<string | undefined> => {
    const { body } = await gitops().cluster.request(
      'root',
      `/api/v1/namespaces/app-00/configmaps/settings`,
    );
    return body.data?.['greeting'];
  };
  /** The hydrated commit that Argo CD has made of a dry one, as its status says. */
  const waitHydrated = async (dry: string): Promise<string> =>
    await waitFor(
      `Argo CD has hydrated ${dry}`,
      async () => {
        const state = (await application.read()).status?.['sourceHydrator'];
        const done = pick(state, 'lastSuccessfulOperation');
        return pick(done, 'drySHA') === dry ? String(pick(done, 'hydratedSHA')) : undefined;
      },
      { deadlineMs: DEADLINE_MS, assertPossible: gitops().argocd.assertRunning },
    ).catch(async (cause: unknown) => {
      const text = JSON.stringify((await application.read()).status);
      throw new Error(`It was not hydrated: ${text}`, { cause });
    });
  const commitDry = async (): Promise<{ readonly dry: string; readonly hydrated: string }> => {
    const dry = await application.repository.commit(content(), 'Change');
    await application.hydrate();
    return { dry, hydrated: await waitHydrated(dry) };
  };
  const syncNext = async (): Promise<void> => {
    await signWith(KEYS.accepted);
    hydrateWith(HYDRATOR.signing);
    const { hydrated } = await commitDry();
    await application.waitSynced(hydrated);
    assert.equal(await greeting(), `hello ${count}`);
  };
  const waitRefused = async (revision: string): Promise<string> => {
    const { message = '' } = await waitFor(
      `Argo CD gives up on ${revision}`,
      async () => {
        const status = await application.status();
        const isDone = status.phase === 'Failed' && status.operationRevision === revision;
        return isDone ? status : undefined;
      },
      { deadlineMs: DEADLINE_MS, assertPossible: gitops().argocd.assertRunning },
    ).catch(async (cause: unknown) => {
      const text = JSON.stringify(await application.status());
      throw new Error(`It did not give up: ${text}`, { cause });
    });
    return message;
  };
  const assertRefused = (message: string, commit: string, code: string): void => {
    assert.deepEqual(readSyncFindings(message), ['commit_rejected by signed_commits'], message);
    assert.ok(message.includes(`commit ${commit.slice(0, 12)} `), message);
    assert.ok(message.includes(`(${code})`), message);
  };

  it('syncs a hydrated commit that the commit server has signed, of a dry commit that a person has signed', async () => {
    await syncNext();
    await syncNext();
    const { git } = application.repository;
    const [author, signature] = (await git('log', '-1', '--format=%an%n%GK', BRANCH)).split('\n');
    assert.equal(author, 'Argo CD');
    assert.equal(signature, HYDRATOR.fingerprint);
  });

  it('refuses what was hydrated from an unsigned dry commit, and goes on with the next good pair', async () => {
    const known = await greeting();
    await signWith(KEYS.none);
    const { dry, hydrated } = await commitDry();

    assertRefused(await waitRefused(hydrated), dry, 'unsigned');
    assert.equal(await greeting(), known);
    await syncNext();
  });

  it('refuses a hydrated commit that nobody has signed, and goes on with the next good pair', async () => {
    const known = await greeting();
    hydrateWith(KEYS.none);
    const { hydrated } = await commitDry();

    assertRefused(await waitRefused(hydrated), hydrated, 'unsigned');
    assert.equal(await greeting(), known);
    await syncNext();
  });

  it('refuses what somebody else has pushed to the hydrated branch, though a person who may sign the dry one has signed it', async () => {
    const known = await greeting();
    const { git } = application.repository;
    await git('worktree', 'add', '--quiet', '../pushed', BRANCH);
    const pushed = await commitInWorktree();
    await application.refresh();

    assertRefused(await waitRefused(pushed), pushed, 'signer_not_accepted');
    assert.equal(await greeting(), known);
    await git('worktree', 'remove', '--force', '../pushed');
    await syncNext();
  });

  /** On the hydrated branch, by hand. */
  async function commitInWorktree(): Promise<string> {
    const { folder, git } = application.repository;
    const file = join(folder, '../pushed/hydrated/shop/manifest.yaml');
    writeFileSync(file, JSON.stringify(settings({ greeting: 'pushed' })));
    const there = ['-C', '../pushed'] as const;
    await git(...there, 'add', '--all');
    await git(...there, 'commit', '--quiet', '--message', 'By hand');
    return await git('rev-parse', BRANCH);
  }
});

function pick(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
