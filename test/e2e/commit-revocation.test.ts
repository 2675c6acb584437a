/**
 * What a real Argo CD deploys when trust, promotions and Git servers change: production waits for staging, a Git server is away and
 * comes back, and a key that is revoked after all that reaches PagerDuty.
 */
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { drawRoutingKey, startFakePagerduty } from '../support/alerts/fake-pagerduty.ts';
import {
  applicationObject,
  applicationPath,
  openApplication,
  SOURCE_PATH,
  type TestApplication,
} from '../support/argocd/application.ts';
import { startGitOpsCluster } from '../support/argocd/gitops-cluster.ts';
import { createGitServer, type GitRepository } from '../support/argocd/git-server.ts';
import { readSyncFindings } from '../support/argocd/read-sync-findings.ts';
import { settings } from '../support/argocd/sample-files.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { makeSigningKeys } from '../support/commits/signing-keys.ts';
import { startGitHttpServer } from '../support/git/https-git-server.ts';

const KEYS = makeSigningKeys();
const SIGNERS = [{ scheme: 'ssh', principal: 'grace@example.com' }];
/** Where the applications of the tests put their objects; each has names of its own. */
const NAMESPACE = 'shared';
const REVOKED = join(KEYS.folder, 'revoked_keys');
const PROMOTED = ['commit_not_promoted by promotion_order'];
/** Git of Holdfast, which inherits no variable; that of Argo CD gets another name below. */
const GIT_OF_HOLDFAST = /^git\/2/u;

/** `argocd app sync --retry-limit 5`. */
const RETRY = { limit: 5, backoff: { duration: '2s', factor: 2, maxDuration: '10s' } };

/** A ConfigMap with one text. */
function note(name: string, text: string): object {
  return { ...settings({ text }), metadata: { name } };
}

describe('Argo CD behind Holdfast, while what is trusted and what is reached change', () => {
  const routingKey = drawRoutingKey();
  const ends: (() => Promise<void>)[] = [];
  const held: ServerResponse[] = [];
  let pager: Awaited<ReturnType<typeof startFakePagerduty>>;
  let isAway = false;
  let remote: ReturnType<typeof createGitServer>;

  const gitops = useCluster(async () => {
    process.env['GIT_HTTP_USER_AGENT'] = 'argocd-repo-server';
    await writeFile(REVOKED, '');
    pager = await startFakePagerduty();
    pager.service.routingKeys.add(routingKey);
    const routingKeyFile = join(KEYS.folder, 'routing-key');
    await writeFile(routingKeyFile, routingKey);
    const folder = await mkdtemp(join(tmpdir(), 'hf-remote-'));
    const { port } = await startGitHttpServer(
      { after: (end) => ends.push(end) },
      {
        folder,
        // Slow rather than refused: the worst that a server can do to a request that waits for it.
        intercept: ({ headers }, response) => {
          const isHeld = isAway && GIT_OF_HOLDFAST.test(headers['user-agent'] ?? '');
          if (isHeld) held.push(response);
          return isHeld;
        },
      },
    );
    ends.push(() => rm(folder, { recursive: true, force: true }));
    remote = createGitServer(`http://127.0.0.1:${port}`, folder);
    return await startGitOpsCluster({
      applications: 1,
      folders: KEYS.accepted,
      audit: { journal: { folder: 'journal' } },
      alerts: {
        targets: [
          {
            type: 'pagerduty',
            name: 'pager',
            routingKey: { file: routingKeyFile },
            endpoint: pager.server.url,
          },
        ],
      },
      promotions: [
        {
          name: 'staging-first',
          from: 'argocd/shop-staging',
          to: 'argocd/shop-production',
        },
      ],
      commits: {
        ...KEYS.commits,
        revokedKeysFile: REVOKED,
        requireCommit: true,
        rules: [
          { name: 'platform', repositories: ['file:///**'], signers: SIGNERS },
          {
            name: 'lenient',
            repositories: ['http://127.0.0.1:*/lenient'],
            signers: SIGNERS,
            unavailable: 'warn',
          },
          { name: 'remote', repositories: ['http://127.0.0.1:*/strict'], signers: SIGNERS },
        ],
      },
      mirrors: {
        fileFolders: [tmpdir()],
        httpHosts: ['127.0.0.1'],
        privateHosts: ['127.0.0.1'],
      },
    });
  });

  let parent: TestApplication;
  let shop: GitRepository;
  let left: GitRepository;
  let right: GitRepository;
  const applications = new Map<string, TestApplication>();

  before(async () => {
    const { git } = gitops();
    const create = (name: string, on = git): Promise<GitRepository> =>
      on.create(name, { [`${SOURCE_PATH}/note.json`]: note(name, 'first') }, KEYS.accepted);
    shop = await create('shop');
    await shop.git('branch', 'staging');
    left = await create('left');
    right = await create('right');
    const manual = await create('manual');
    const strict = await create('strict', remote);
    const lenient = await create('lenient', remote);
    parent = await gitops().claimApplication();
    const children: Record<string, object> = {};
    const place = (name: string, repository: GitRepository, more: object = {}): void => {
      const { namespace = NAMESPACE, ...spec } = { ...more };
      children[`${name}.json`] = applicationObject({
        name,
        repositoryUrl: repository.url,
        namespace: typeof namespace === 'string' ? namespace : NAMESPACE,
        spec,
      });
      const { cluster, argocd } = gitops();
      applications.set(
        name,
        openApplication(cluster, { ...repository, name }, argocd.assertRunning),
      );
    };
    const sourceOf = ({ url }: GitRepository, targetRevision = 'main'): object => {
      return { repoURL: url, path: SOURCE_PATH, targetRevision };
    };
    place('shop-staging', shop, { source: sourceOf(shop, 'staging'), namespace: 'staging' });
    place('shop-production', shop, { namespace: 'production', syncPolicy: undefined });
    place('joint', left, { source: undefined, sources: [sourceOf(left), sourceOf(right)] });
    place('manual', manual, { syncPolicy: undefined });
    place('strict', strict);
    place('lenient', lenient);
    const namespaces = [NAMESPACE, 'staging', 'production'].map((name) => {
      return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    });
    await parent.sync({ 'namespaces.json': namespaces, ...children });
  });
  after(async () => {
    for (const response of held) response.destroy();
    for (const end of ends) await end();
    await pager.server.stop();
    KEYS.close();
  });

  const open = (name: string): TestApplication => {
    const found = applications.get(name);
    if (found === undefined) throw new Error(`There is no application ${name}`);
    return found;
  };
  const textOf = async (name: string, namespace = NAMESPACE): Promise<string | undefined> => {
    const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
    return (await gitops().cluster.request('root', path)).body.data?.['text'];
  };
  const waitText = async (name: string, text: string, namespace = NAMESPACE): Promise<void> => {
    await waitFor(`${name} says "${text}"`, async () => (await textOf(name, namespace)) === text, {
      deadlineMs: 120_000,
      assertPossible: gitops().argocd.assertRunning,
    });
  };
  const commit = (repository: GitRepository, text: string, name = repository.name) =>
    repository.commit({ [`${SOURCE_PATH}/note.json`]: note(name, text) }, text);
  /** What `argocd app sync` and the controller itself write. */
  const syncTo = async (name: string, sync: object, more: object = {}): Promise<void> => {
    // At its end an operation is removed, and with it one that was asked for meanwhile.
    await waitFor(
      `no operation of ${name} runs`,
      async () => (await open(name).status()).phase !== 'Running',
    );
    const path = applicationPath(name);
    const body = { operation: { sync, ...more } };
    const answer = await gitops().cluster.request('argocd', path, { method: 'PATCH', body });
    assert.equal(answer.code, 200, answer.body.message);
  };
  /** What Argo CD says once it has given up; `says` tells the operation from the one before. */
  const waitRefused = async (name: string, says: string): Promise<string> => {
    const { message = '' } = await waitFor(
      `Argo CD gives up on ${name}`,
      async () => {
        const status = await open(name).status();
        return status.phase === 'Failed' && status.message?.includes(says) ? status : undefined;
      },
      { deadlineMs: 120_000, assertPossible: gitops().argocd.assertRunning },
    ).catch(async (cause: unknown) => {
      throw new Error(`It did not: ${JSON.stringify(await open(name).read())}`, { cause });
    });
    return message;
  };

  it('lets production have a commit only after staging has it, and says so in the message of the sync', async () => {
    await open('shop-staging').waitSynced();
    const first = await shop.head();
    await syncTo('shop-production', { revision: first });
    await waitText('shop', 'first', 'production');

    const second = await commit(shop, 'second');
    await syncTo('shop-production', { revision: second });
    const message = await waitRefused('shop-production', second.slice(0, 12));
    assert.deepEqual(readSyncFindings(message), PROMOTED, message);
    assert.match(message, /not verified in Application argocd\/shop-staging before/u);
    assert.equal(await textOf('shop', 'production'), 'first');

    await shop.git('branch', '--force', 'staging', second);
    await open('shop-staging').refresh();
    await waitText('shop', 'second', 'staging');
    await syncTo('shop-production', { revision: second });
    await waitText('shop', 'second', 'production');
  });

  it('goes back to an older signed commit of the same branch', async () => {
    const { repository } = open('manual');
    const first = await repository.head();
    await syncTo('manual', { revision: first });
    await waitText('manual', 'first');
    const second = await commit(repository, 'second', 'manual');
    await syncTo('manual', { revision: second });
    await waitText('manual', 'second');

    await syncTo('manual', { revision: first });
    await waitText('manual', 'first');
  });

  it('wants a signature on each source of an application', async () => {
    await waitText('left', 'first');
    await waitText('right', 'first');
    await right.git('config', 'commit.gpgSign', 'false');
    const unsigned = await commit(right, 'unsigned');
    await open('joint').refresh();
    const message = await waitRefused('joint', unsigned.slice(0, 12));
    assert.ok(message.includes('(unsigned)'), message);
    assert.equal(await textOf('right'), 'first');

    await right.git('config', 'commit.gpgSign', 'true');
    await commit(right, 'signed');
    await open('joint').refresh();
    await waitText('right', 'signed');
  });

  it('answers in time while the Git server does not, as each rule declares, and goes on when it is back', async () => {
    await waitText('strict', 'first');
    await waitText('lenient', 'first');
    isAway = true;
    await commit(open('strict').repository, 'later', 'strict');
    await commit(open('lenient').repository, 'later', 'lenient');
    await open('strict').refresh();
    await open('lenient').refresh();

    // The message is ours: the API server did not give up on us.
    const message = await waitRefused('strict', 'commit_unavailable');
    assert.deepEqual(readSyncFindings(message), ['commit_unavailable by signed_commits'], message);
    assert.equal(await textOf('strict'), 'first');
    await waitText('lenient', 'later');
    assert.ok(held.length > 0, 'the server was asked');

    isAway = false;
    for (const response of held.splice(0)) response.destroy();
    // Argo CD has given up on the commit: somebody has to sync it again, as the remedy says.
    const revision = await open('strict').repository.head();
    await syncTo('strict', { revision }, { retry: RETRY });
    await waitText('strict', 'later');
  });

  it('opens one incident for each application whose commit is signed by a key that was revoked since', async () => {
    await copyFile(join(KEYS.folder, 'accepted.pub'), REVOKED);
    const names = [parent.name, ...applications.keys()].toSorted();
    const opened = (): readonly string[] =>
      pager.service.alerts.flatMap(({ summary }) => {
        const found = /Application argocd\/(?<name>\S+) has deployed .*\(key_revoked\)/u.exec(
          summary,
        );
        return found?.groups?.['name'] ?? [];
      });
    await waitFor('PagerDuty has an incident for each', () =>
      Promise.resolve(opened().length >= names.length),
    ).catch((cause: unknown) => {
      throw new Error(JSON.stringify(pager.service.log, undefined, 1), { cause });
    });
    assert.deepEqual(opened().toSorted(), names);
  });
});
