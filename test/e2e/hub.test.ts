/** A real Argo CD deploys to a spoke that it does not run in, and what it is not doing nobody does in its name. */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { startHubAndSpoke } from '../support/argocd/hub-and-spoke.ts';
import { applicationPath } from '../support/argocd/application.ts';
import { readSyncFindings } from '../support/argocd/read-sync-findings.ts';
import { settings } from '../support/argocd/sample-files.ts';
import { readDenial } from '../support/cluster/denial.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { makeSigningKeys } from '../support/commits/signing-keys.ts';

const KEYS = makeSigningKeys();
/** No sync, and no commit that it could apply. */
const NO_APPLICATION = ['source_not_syncing by gitops_source', 'commit_required by signed_commits'];

describe("A spoke behind Argo CD's hub", () => {
  const both = useCluster(() =>
    startHubAndSpoke({
      signing: KEYS.accepted,
      commits: {
        ...KEYS.commits,
        requireCommit: true,
        rules: [
          {
            name: 'platform',
            repositories: ['file:///**/git/*'],
            signers: [{ scheme: 'ssh', principal: 'grace@example.com' }],
          },
        ],
      },
      mirrors: { fileFolders: [tmpdir()] },
    }),
  );
  after(() => {
    KEYS.close();
  });

  const settingsPath = (): string =>
    `/api/v1/namespaces/${both().application.namespace}/configmaps/settings`;
  const greeting = async (): Promise<string | undefined> =>
    (await both().cluster.request('root', settingsPath())).body.data?.['greeting'];
  /** What is refused of a change to the ConfigMap, and what a person reads. */
  const edit = async (user: string, value: string) => {
    const { cluster } = both();
    const body = { data: { greeting: value } };
    const answer = await cluster.request(user, settingsPath(), { method: 'PATCH', body });
    return { code: answer.code, ...denialOf(answer.body.message) };
  };
  /** A new ConfigMap with the mark of an application, dry where nothing is to be stored. */
  const create = async (user: string, app: string) => {
    const { cluster, application } = both();
    const name = `forged-${app}`;
    const mark = `${app}:/ConfigMap:${application.namespace}/${name}`;
    const path = `/api/v1/namespaces/${application.namespace}/configmaps`;
    const annotations = { 'argocd.argoproj.io/tracking-id': mark };
    const answer = await cluster.request(user, path, {
      method: 'POST',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations } },
    });
    return { code: answer.code, ...denialOf(answer.body.message) };
  };
  const isIdle = (): Promise<unknown> =>
    waitFor('Argo CD syncs nothing', async () => {
      const { operation, status } = await both().application.read();
      const state = JSON.stringify(status?.['operationState'] ?? {});
      return operation === undefined && !state.includes('"phase":"Running"');
    });

  it('lets the hub sync what stands in Git', async () => {
    assert.equal(await greeting(), 'hello');
    await both().application.sync({ 'settings.json': settings({ greeting: 'good morning' }) });
    assert.equal(await greeting(), 'good morning');
    assert.match(await both().readiness('hub'), /ok/u);
  });

  it('refuses a change by hand, and says where the object is in Git', async () => {
    const { code, findings, text } = await edit('alice', 'hacked');
    assert.equal(code, 403);
    assert.deepEqual(findings, ['managed_object_changed by gitops_only_writes']);
    assert.match(text, /under deploy in file:\S+\/git\/shop/u);
    assert.equal(await greeting(), 'good morning');
  });

  it('refuses a write by the token of the hub while nothing is synced', async () => {
    await isIdle();
    const { code, findings, text } = await edit('argocd-manager', 'hacked');
    assert.equal(code, 403);
    assert.deepEqual(findings, ['source_not_syncing by gitops_source']);
    assert.match(text, /"shop", which is not syncing now/u);
  });

  it('takes no right from an Application for another cluster, although it is syncing', async () => {
    const { code, findings, text } = await create('argocd-manager', both().elsewhere);
    assert.equal(code, 403);
    assert.deepEqual(findings, NO_APPLICATION);
    assert.match(text, /"bank", which deploys to another cluster/u);
  });

  it('takes no right from an Application that does not exist', async () => {
    const { findings, text } = await create('argocd-manager', 'nobody');
    assert.deepEqual(findings, NO_APPLICATION);
    assert.match(text, /"nobody", which does not exist/u);
  });

  it('refuses another token of the same account, whatever is synced', async () => {
    const { code, findings } = await edit('other-token', 'hacked');
    assert.equal(code, 403);
    assert.deepEqual(findings, ['writer_unproven by gitops_only_writes']);
  });

  it('gives nobody a token of that account any more', async () => {
    const argv = ['create', 'token', 'argocd-manager', '-n', 'kube-system'];
    const asked = await both().cluster.kubectl('alice', argv);
    assert.deepEqual(readDenial(asked)?.findings, ['writer_token_requested by gitops_accounts']);
  });

  it('refuses a commit that nobody has signed, by the Application of the hub', async () => {
    const { application, argocd } = both();
    const sign = async (keys: Readonly<Record<string, string>>): Promise<void> => {
      for (const [key, value] of Object.entries(keys)) {
        await application.repository.git('config', key, value);
      }
    };
    await sign(KEYS.none);
    const revision = await application.commit({
      'settings.json': settings({ greeting: 'unsigned' }),
    });
    const { message = '' } = await waitFor(
      'Argo CD gives up',
      async () => {
        const status = await application.status();
        return status.phase === 'Failed' && status.operationRevision === revision && status;
      },
      { assertPossible: argocd.assertRunning },
    );
    assert.deepEqual(readSyncFindings(message), ['commit_rejected by signed_commits']);
    assert.match(message, /\(unsigned\)/u);
    await sign(KEYS.accepted);
    await application.sync({ 'settings.json': settings({ greeting: 'good day' }) });
    assert.equal(await greeting(), 'good day');
  });

  it('holds on while the hub is away, also when it is started anew, and comes back by itself', async () => {
    const { hub, cluster, holdfast, application } = both();
    await isIdle();
    await hub.restartApiServer(async () => {
      assert.deepEqual((await edit('alice', 'hacked')).findings, [
        'managed_object_changed by gitops_only_writes',
      ]);
      const idle = await edit('argocd-manager', 'hacked');
      // Unavailable, and not forbidden: whoever asks again may succeed.
      assert.equal(idle.code, 503);
      assert.match(idle.text, /Argo CD's hub does not answer/u);
      const free = ['create', 'configmap', 'free', '-n', application.namespace];
      await cluster.mustKubectl('alice', free);
      await waitFor('the readiness says so', async () =>
        /not heard of for \d+ s; what was read last counts for/u.test(
          await both().readiness('hub'),
        ),
      );
      // Whoever starts it anew meanwhile has no more, and no less than the marks.
      await holdfast.stop();
      await holdfast.start();
      assert.match(await both().readiness('hub'), /are not listed yet/u);
      assert.deepEqual((await edit('alice', 'hacked')).findings, [
        'managed_object_changed by gitops_only_writes',
      ]);
      assert.equal((await edit('argocd-manager', 'hacked')).code, 503);
    });
    await waitFor('the hub answers again', async () =>
      (await both().readiness('hub')).includes('ok'),
    );
    await application.sync({ 'settings.json': settings({ greeting: 'good evening' }) });
    assert.equal(await greeting(), 'good evening');
  });

  it('lets a sync go on that ran when the hub was there', async () => {
    const { hub, argocd, application } = both();
    // As it is while the controller works; here it stands still.
    await isIdle();
    argocd.controller.pause();
    try {
      const body = { operation: { sync: { revision: await application.repository.head() } } };
      const path = applicationPath(application.name);
      const asked = await hub.request('root', path, { method: 'PATCH', body });
      assert.equal(asked.code, 200);
      const kept = (await both().metrics('holdfast_hub_lookups_total')).join('\n');
      assert.match(kept, /outcome="here"/u);
      // So that what is followed has it.
      await waitFor(
        'a write is let through',
        async () => (await edit('argocd-manager', 'good evening')).code === 200,
      );
      await hub.restartApiServer(async () => {
        const { code, text } = await edit('argocd-manager', 'good evening');
        assert.equal(code, 200, text);
        const lines = (await both().metrics('holdfast_hub_lookups_total')).join('\n');
        assert.match(lines, /outcome="kept"/u);
      });
      const end = [{ op: 'remove', path: '/operation' }];
      const place = ['application.argoproj.io', application.name, '-n', 'argocd'];
      const patch = ['--type=json', '-p', JSON.stringify(end)];
      const ended = await hub.kubectl('root', ['patch', ...place, ...patch]);
      assert.equal(ended.code, 0, ended.stderr);
    } finally {
      argocd.controller.resume();
    }
    await waitFor(
      'an idle write is refused again',
      async () => (await edit('argocd-manager', 'good evening')).code !== 200,
    );
  });

  it('goes on after all that', async () => {
    await both().application.sync({ 'settings.json': settings({ greeting: 'good night' }) });
    assert.equal(await greeting(), 'good night');
  });
});

function denialOf(message = ''): { readonly findings: readonly string[]; readonly text: string } {
  const denial = readDenial({ stderr: message });
  return { findings: denial?.findings ?? [], text: message };
}
