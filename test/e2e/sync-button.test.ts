/** What people do in Argo CD's user interface, through its own server and a real Holdfast: they sync, and change nothing. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import { applicationPath } from '../support/argocd/application.ts';
import type { TestApplication } from '../support/argocd/application.ts';
import { settings } from '../support/argocd/sample-files.ts';
import { openServerClient } from '../support/argocd/server-client.ts';
import type { ServerAnswer, ServerClient } from '../support/argocd/server-client.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { changeBehindTheirBacks } from '../support/cluster/bypass.ts';
import { readDenial } from '../support/cluster/denial.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

/** Nobody schedules it, so that the operation that waits for it goes on until it is ended. */
function waitingHook(): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'waiting', annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
    spec: {
      schedulerName: 'nobody',
      restartPolicy: 'Never',
      containers: [{ name: 'waiting', image: 'registry.local/hook:1.0.0' }],
    },
  };
}

function findingsOf({ message }: ServerAnswer): readonly string[] {
  return readDenial({ stderr: message })?.findings ?? [];
}

const OVERRIDDEN = ['sync_override_refused by gitops_control_plane'];

describe('the Sync button', () => {
  const gitops = useGitOpsCluster({ applications: 1, server: true });
  let application: TestApplication;
  let server: ServerClient;
  let first: string;

  before(async () => {
    const { argocd, server: installed, cluster } = gitops();
    application = await gitops().claimApplication();
    first = await application.repository.head();
    server = await openServerClient(argocd.serverUrl ?? '', installed?.password ?? '');
    // Nothing syncs by itself from here on. Empty members are what people write, and Argo CD's server leaves out.
    await changeBehindTheirBacks(
      { cluster, controller: argocd.controller },
      applicationPath(application.name),
      {
        spec: {
          source: { directory: { recurse: false } },
          syncPolicy: { automated: null, syncOptions: ['RespectIgnoreDifferences=true'] },
        },
      },
    );
  });

  const sync = (body: object = {}) =>
    server.send('POST', `applications/${application.name}/sync`, body);

  const refresh = async (): Promise<void> => {
    const answer = await server.send('GET', `applications/${application.name}?refresh=normal`);
    assert.equal(answer.code, 200);
  };

  const commit = async (greeting: string): Promise<string> => {
    const revision = await application.repository.commit(
      { 'deploy/settings.json': settings({ greeting }) },
      'Greet',
    );
    await refresh();
    await waitFor('Argo CD has compared the commit', async () => {
      return (await application.status()).revision === revision;
    });
    return revision;
  };

  it('applies what the Application declares, and the record says who clicked', async () => {
    const revision = await commit('good morning');

    const answer = await sync();

    assert.deepEqual(answer, { code: 200, message: '' });
    await application.waitSynced(revision);
    const log = await readFile(gitops().holdfastLog, 'utf8');
    const records = log.split('\n').filter((line) => line.includes('"initiatedBy":'));
    assert.ok(records.some((line) => line.includes('argocd-server')));
    assert.ok(
      records.every(
        (line) => line.includes('"username":"admin"') || line.includes('"automated":true'),
      ),
    );
  });

  it('applies chosen objects, and tries without applying', async () => {
    await commit('good evening');
    const chosen = { kind: 'ConfigMap', name: 'settings', namespace: application.namespace };

    assert.deepEqual(await sync({ dryRun: true }), { code: 200, message: '' });
    await waitFor('the dry run has ended', async () => {
      return (await application.status()).phase === 'Succeeded';
    });
    assert.deepEqual(await sync({ resources: [chosen] }), { code: 200, message: '' });
    await waitFor('the objects are applied', async () => {
      return (await application.status()).sync === 'Synced';
    });
  });

  const REFUSED: readonly (readonly [string, object, readonly string[]])[] = [
    [
      'manifests that are in no repository',
      { manifests: [JSON.stringify(settings({ greeting: 'laundered' }))] },
      ['inline_manifests_injected by gitops_control_plane'],
    ],
    ['another commit', { revision: '' }, OVERRIDDEN],
    ['deleting what Git does not declare', { prune: true }, OVERRIDDEN],
    ['an option', { syncOptions: { items: ['Replace=true'] } }, OVERRIDDEN],
    ['no options', { syncOptions: { items: [] } }, OVERRIDDEN],
    ['leaving out hooks', { strategy: { apply: {} } }, OVERRIDDEN],
    ['deleting what cannot be patched', { strategy: { hook: { force: true } } }, OVERRIDDEN],
    ['other retries', { retryStrategy: { limit: 9 } }, OVERRIDDEN],
  ];
  for (const [what, body, findings] of REFUSED) {
    it(`does not ask for ${what}`, async () => {
      const asked = 'revision' in body ? { revision: first } : body;

      const answer = await sync(asked);

      assert.deepEqual(findingsOf(answer), findings, answer.message);
    });
  }

  it('does not roll back', async () => {
    const { status } = await application.read();
    const history = status?.['history'];
    assert.ok(Array.isArray(history));
    const id: unknown = Reflect.get(Object(history[0]), 'id');

    const answer = await server.send('POST', `applications/${application.name}/rollback`, { id });

    assert.deepEqual(findingsOf(answer), OVERRIDDEN, answer.message);
  });

  it('does not edit the Application', async () => {
    const answer = await server.send('PATCH', `applications/${application.name}`, {
      patch: JSON.stringify({ spec: { source: { targetRevision: 'main', path: '.' } } }),
      patchType: 'merge',
    });

    assert.deepEqual(findingsOf(answer), ['gitops_control_plane_changed by gitops_control_plane']);
  });

  it('ends an operation that does not end', async () => {
    await application.commit({ 'hook.json': waitingHook(), 'settings.json': settings() });
    const revision = await application.repository.head();
    await waitFor('Argo CD has compared the commit', async () => {
      return (await application.status()).revision === revision;
    });
    assert.deepEqual(await sync(), { code: 200, message: '' });
    await waitFor('the operation waits for its hook', async () => {
      const { phase, message } = await application.status();
      return phase === 'Running' && message?.includes('waiting for completion of hook');
    });

    const end = () => server.send('DELETE', `applications/${application.name}/operation`);

    assert.deepEqual(await end(), { code: 200, message: '' });
    await waitFor('the operation has ended', async () => {
      const { phase } = await application.status();
      // The controller may write the state that it had read before over what was asked: then people ask again.
      if (phase === 'Running') assert.deepEqual(findingsOf(await end()), []);
      return phase === 'Failed';
    });
  });
});
