/**
 * Branches that a real Argo CD hydrates: its controller renders the dry commit, and its commit server commits and pushes what was
 * rendered. Both commits count, by the configuration that the page on commits shows.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { applicationObject, openApplication } from '../support/argocd/application.ts';
import type { TestApplication } from '../support/argocd/application.ts';
import { readSyncFindings } from '../support/argocd/read-sync-findings.ts';
import { settings } from '../support/argocd/sample-files.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { makeHydratorKey, makeSigningKeys } from '../support/commits/signing-keys.ts';
import type { SigningSettings } from '../support/commits/signing-keys.ts';
import { listYamlBlocks } from '../support/docs/claims.ts';

const KEYS = makeSigningKeys();
const HYDRATOR = makeHydratorKey(KEYS);
const PAGE = readFileSync(new URL('../../docs/commits.md', import.meta.url), 'utf8');
/** What git of the commit server is configured by. */
const GIT_CONFIG_FILE = join(KEYS.folder, 'hydrator.gitconfig');
const NAMESPACE = 'app-00';
const BRANCH = 'environments/production';
const REJECTED = ['commit_rejected by signed_commits'];
const UNAVAILABLE = ['commit_unavailable by signed_commits'];
const DEADLINE_MS = 120_000;

const statusSchema = z.looseObject({
  sourceHydrator: z
    .looseObject({
      lastSuccessfulOperation: z
        .looseObject({ drySHA: z.string().optional(), hydratedSHA: z.string().optional() })
        .optional(),
    })
    .optional(),
});

/** The rules of the page, for the repositories and the person of this test. */
function rulesOfPage(): readonly object[] {
  const block = listYamlBlocks(PAGE).find((text) => text.includes('name: hydrated')) ?? '';
  const rules = z.array(z.looseObject({ name: z.string() }));
  const { commits } = z
    .object({ commits: z.object({ rules }) })
    .parse(parse(block.replaceAll('anna@', 'grace@')));
  return commits.rules.map((rule) => ({ ...rule, repositories: ['file:///**/git/*'] }));
}

/** From now on, the commit server signs, by the file of the page. */
function letHydratorSign(): void {
  const text = /^```ini\n(?<text>.*?)^```$/msu.exec(PAGE)?.groups?.['text'] ?? '';
  writeFileSync(GIT_CONFIG_FILE, text.replace('/etc/hydrator/key', HYDRATOR.file));
}

/** From now on, it does not, as Argo CD does by itself. */
function letHydratorNotSign(): void {
  writeFileSync(GIT_CONFIG_FILE, '');
}

/** One application with a hydrator, and what it writes. */
class HydratedApplication {
  readonly application: TestApplication;
  readonly #gitops: ReturnType<ReturnType<typeof useGitOpsCluster>>;
  #count = 0;

  constructor(
    application: TestApplication,
    gitops: ReturnType<ReturnType<typeof useGitOpsCluster>>,
  ) {
    this.application = application;
    this.#gitops = gitops;
  }

  /** What the newest dry commit declares. */
  get greeting(): string {
    return `hello ${this.#count}`;
  }

  /** What the cluster has. */
  async applied(): Promise<string | undefined> {
    const path = `/api/v1/namespaces/${NAMESPACE}/configmaps/${this.application.name}`;
    return (await this.#gitops.cluster.request('root', path)).body.data?.['greeting'];
  }

  /** A dry commit with this signature, once Argo CD has hydrated it. */
  async commit(
    signing: SigningSettings,
  ): Promise<{ readonly dry: string; readonly hydrated: string }> {
    const { repository, name, hydrate } = this.application;
    this.#count += 1;
    for (const [key, value] of Object.entries(signing)) await repository.git('config', key, value);
    const files = { 'apps/shop/settings.json': declared(name, this.greeting) };
    const dry = await repository.commit(files, 'Change');
    await hydrate();
    return { dry, hydrated: await this.#waitHydrated(dry) };
  }

  async #waitHydrated(dry: string): Promise<string> {
    const { application } = this;
    return await waitFor(
      `Argo CD has hydrated ${dry}`,
      async () => {
        const { sourceHydrator } = statusSchema.parse((await application.read()).status ?? {});
        const done = sourceHydrator?.lastSuccessfulOperation;
        return done?.drySHA === dry ? done.hydratedSHA : undefined;
      },
      { deadlineMs: DEADLINE_MS, assertPossible: this.#gitops.argocd.assertRunning },
    ).catch(async (cause: unknown) => {
      const text = JSON.stringify((await application.read()).status);
      throw new Error(`It was not hydrated: ${text}`, { cause });
    });
  }

  /** What Argo CD says once it has given up on a hydrated commit. */
  async waitRefused(revision: string): Promise<string> {
    const { application } = this;
    const { message = '' } = await waitFor(
      `Argo CD gives up on ${revision}`,
      async () => {
        const status = await application.status();
        const isDone = status.phase === 'Failed' && status.operationRevision === revision;
        return isDone ? status : undefined;
      },
      { deadlineMs: DEADLINE_MS, assertPossible: this.#gitops.argocd.assertRunning },
    ).catch(async (cause: unknown) => {
      const text = JSON.stringify(await application.status());
      throw new Error(`It did not give up: ${text}`, { cause });
    });
    return message;
  }

  /** The next pair of commits with these signatures is applied. */
  async syncNext(): Promise<void> {
    const { hydrated } = await this.commit(KEYS.accepted);
    await this.application.waitSynced(hydrated);
    assert.equal(await this.applied(), this.greeting);
  }
}

function declared(name: string, greeting: string): object {
  return { ...settings({ greeting }), metadata: { name } };
}

function assertRefused(message: string, commit: string, code: string): void {
  assert.deepEqual(readSyncFindings(message), REJECTED, message);
  assert.ok(message.includes(`commit ${commit.slice(0, 12)} `), message);
  assert.ok(message.includes(`(${code})`), message);
}

describe('Argo CD with the hydrator behind Holdfast with signed commits', () => {
  letHydratorSign();
  const gitops = useGitOpsCluster({
    folders: KEYS.accepted,
    hydrator: { gitConfigFile: GIT_CONFIG_FILE },
    commits: { ...KEYS.commits, rules: rulesOfPage() },
    mirrors: { fileFolders: [tmpdir()] },
  });
  /** Its branch is below a path with a rule for the commit server. */
  let judged: HydratedApplication;
  /** Its branch is below a path without one. */
  let unjudged: HydratedApplication;

  before(async () => {
    const { git, cluster, argocd, claimApplication } = gitops();
    const paths = { judged: 'environments/production', unjudged: 'rendered' };
    const objects: object[] = [];
    const opened: HydratedApplication[] = [];
    for (const [name, path] of Object.entries(paths)) {
      const files = { 'apps/shop/settings.json': declared(name, 'hello') };
      const repository = await git.create(name, files, KEYS.accepted);
      const drySource = { repoURL: repository.url, targetRevision: 'main', path: 'apps/shop' };
      const sourceHydrator = { drySource, syncSource: { targetBranch: BRANCH, path } };
      const spec = { source: undefined, sourceHydrator };
      const place = { name, repositoryUrl: repository.url, namespace: NAMESPACE };
      objects.push(applicationObject({ ...place, spec }));
      const application = openApplication(cluster, repository, argocd.assertRunning);
      opened.push(new HydratedApplication(application, gitops()));
    }
    await (await claimApplication()).sync({ 'children.json': objects });
    const [first, second] = opened;
    assert.ok(first && second);
    [judged, unjudged] = [first, second];
  });
  after(() => {
    KEYS.close();
  });

  it('syncs a hydrated commit that the commit server has signed, of a dry commit that a person has signed', async () => {
    await judged.syncNext();
    await judged.syncNext();
    const signers = `gpg.ssh.allowedSignersFile=${KEYS.commits.allowedSignersFile}`;
    const { git } = judged.application.repository;
    const shown = await git('-c', signers, 'log', '-1', '--format=%an, %GS', BRANCH);
    assert.equal(shown, `Argo CD, ${HYDRATOR.principal}`);
  });

  it('refuses what was hydrated from an unsigned dry commit, and goes on with the next good pair', async () => {
    const known = await judged.applied();
    const { dry, hydrated } = await judged.commit(KEYS.none);

    assertRefused(await judged.waitRefused(hydrated), dry, 'unsigned');
    assert.equal(await judged.applied(), known);
    await judged.syncNext();
  });

  it('refuses a hydrated commit that nobody has signed, and goes on with the next good pair', async () => {
    const known = await judged.applied();
    letHydratorNotSign();
    const { hydrated } = await judged.commit(KEYS.accepted);

    assertRefused(await judged.waitRefused(hydrated), hydrated, 'unsigned');
    assert.equal(await judged.applied(), known);
    letHydratorSign();
    await judged.syncNext();
  });

  it('refuses what a person has pushed to the hydrated branch, who may sign the dry one', async () => {
    const known = await judged.applied();
    const { git, folder } = judged.application.repository;
    await git('worktree', 'add', '--quiet', '../pushed', BRANCH);
    const file = join(folder, '../pushed/environments/production/manifest.yaml');
    writeFileSync(file, JSON.stringify(declared('judged', 'pushed')));
    await git('-C', '../pushed', 'commit', '--quiet', '--all', '--message', 'By hand');
    const pushed = await git('rev-parse', BRANCH);
    await git('worktree', 'remove', '../pushed');
    await judged.application.refresh();

    const message = await judged.waitRefused(pushed);
    // Besides, nothing says which dry commit it was rendered from.
    assert.deepEqual(readSyncFindings(message), [...REJECTED, ...UNAVAILABLE], message);
    assert.ok(message.includes('(signer_not_accepted)'), message);
    assert.equal(await judged.applied(), known);
    await judged.syncNext();
  });

  it('judges the dry commit alone where no rule names the path of the hydrated branch', async () => {
    letHydratorNotSign();
    await unjudged.syncNext();
    const { dry, hydrated } = await unjudged.commit(KEYS.none);

    assertRefused(await unjudged.waitRefused(hydrated), dry, 'unsigned');
    await unjudged.syncNext();
  });
});
