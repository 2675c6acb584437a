/** A real Argo CD does its work through Holdfast, and nobody else does it in its name. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { settings, webDeployment, webService } from '../support/argocd/sample-files.ts';
import { applicationPath } from '../support/argocd/application.ts';
import type { TestApplication } from '../support/argocd/application.ts';
import { changeBehindTheirBacks } from '../support/cluster/bypass.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { readDenial } from '../support/cluster/denial.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

/** What Argo CD itself would not notice: it compares only what Git declares. */
const ADDITIONS = [
  {
    what: 'another key',
    path: (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps/settings`,
    body: { data: { debug: 'true' } },
  },
  {
    what: 'another label',
    path: (namespace: string) => `/api/v1/namespaces/${namespace}/services/web`,
    body: { metadata: { labels: { team: 'mine' } } },
  },
  {
    what: 'another annotation of the pods',
    path: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments/web`,
    body: { spec: { template: { metadata: { annotations: { restarted: 'now' } } } } },
  },
];

function launderingOperation(): object {
  return {
    sync: { manifests: [JSON.stringify({ ...settings(), metadata: { name: 'laundered' } })] },
  };
}

function hookJob(phase: 'PreSync' | 'PostSync'): object {
  const container = { name: 'hook', image: 'registry.local/hook:1.0.0', command: ['true'] };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      generateName: `${phase.toLowerCase()}-`,
      annotations: { 'argocd.argoproj.io/hook': phase },
    },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
  };
}

function findingsOf({ message }: { readonly message?: string | undefined }): readonly string[] {
  return readDenial({ stderr: message ?? '' })?.findings ?? [];
}

describe('Argo CD behind Holdfast', () => {
  const gitops = useGitOpsCluster({ applications: 2 });
  let application: TestApplication;

  before(async () => {
    application = await gitops().claimApplication();
  });

  const greeting = async (): Promise<string | undefined> => {
    const path = `/api/v1/namespaces/${application.namespace}/configmaps/settings`;
    return (await gitops().cluster.request('root', path)).body.data?.['greeting'];
  };

  const behind = () => ({ cluster: gitops().cluster, controller: gitops().argocd.controller });

  it('makes what stands in Git at the first sync', async () => {
    assert.equal(await greeting(), 'hello');
    await waitFor('the application is healthy', async () => {
      return (await application.status()).health === 'Healthy';
    });
  });

  it('applies the next commit', async () => {
    const revision = await application.sync({
      'settings.json': settings({ greeting: 'good morning' }),
      'web.json': [webService(), webDeployment({ image: 'registry.local/web:1.1.0', replicas: 2 })],
    });
    assert.equal(await greeting(), 'good morning');
    assert.equal((await application.status()).operationRevision, revision);
  });

  it('deletes what a commit takes away', async () => {
    await application.sync({ 'extra.json': { ...settings(), metadata: { name: 'extra' } } });
    const path = `/api/v1/namespaces/${application.namespace}/configmaps/extra`;
    assert.equal((await gitops().cluster.request('root', path)).code, 200);
    await application.sync({ 'extra.json': undefined });
    assert.equal((await gitops().cluster.request('root', path)).code, 404);
  });

  it('runs hooks that have no name before they run, and nobody else touches them', async () => {
    const { cluster } = gitops();
    const { namespace } = application;
    // Hooks alone are no difference, and Argo CD would not sync.
    await application.sync({
      'settings.json': settings({ greeting: 'good morning', hooks: 'run' }),
      'hooks.json': [hookJob('PreSync'), hookJob('PostSync')],
    });

    const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const { body } = await cluster.request('root', path);
    const jobs = (body.items ?? []).map(({ metadata, status }) => ({
      phase: metadata?.generateName,
      hasName: metadata?.name?.startsWith(metadata.generateName ?? '?'),
      succeeded: status?.['succeeded'],
    }));
    assert.deepEqual(
      jobs.toSorted((left, right) => String(left.phase).localeCompare(String(right.phase))),
      [
        { phase: 'postsync-', hasName: true, succeeded: 1 },
        { phase: 'presync-', hasName: true, succeeded: 1 },
      ],
    );
    const job = `job/${body.items?.[0]?.metadata?.name ?? ''}`;
    const touched = await cluster.kubectl('alice', ['-n', namespace, 'label', job, 'team=mine']);
    assert.deepEqual(readDenial(touched)?.findings, [
      'managed_object_changed by gitops_only_writes',
    ]);
    await application.sync({
      'settings.json': settings({ greeting: 'good morning' }),
      'hooks.json': undefined,
    });
  });

  it('heals what was changed where Holdfast could not see it', async () => {
    const path = `/api/v1/namespaces/${application.namespace}/configmaps/settings`;
    await changeBehindTheirBacks(behind(), path, { data: { greeting: 'hacked' } });
    await waitFor('Argo CD has healed the ConfigMap', async () => {
      return (await greeting()) === 'good morning';
    });
  });

  it('is not told by a person to apply what is in no repository', async () => {
    const answer = await gitops().cluster.request('alice', applicationPath(application.name), {
      method: 'PATCH',
      body: { operation: launderingOperation() },
    });
    assert.deepEqual(findingsOf(answer.body), [
      'inline_manifests_injected by gitops_control_plane',
    ]);
  });

  it('cannot apply what is in no repository although it was told to', async () => {
    const { cluster } = gitops();
    // Argo CD compares an application that was once told so with those manifests until somebody syncs it by hand.
    const victim = await gitops().claimApplication();
    await changeBehindTheirBacks(behind(), applicationPath(victim.name), {
      operation: launderingOperation(),
    });
    const { message } = await waitFor('Argo CD has given up', async () => {
      const status = await victim.status();
      return status.phase === 'Failed' ? status : undefined;
    });
    assert.deepEqual(findingsOf({ message }), ['source_unknown by gitops_source']);
    const path = `/api/v1/namespaces/${victim.namespace}/configmaps/laundered`;
    assert.equal((await cluster.request('root', path)).code, 404);
    // An ordinary sync is what brings it back to Git.
    const revision = await victim.repository.head();
    const operation = { sync: { revision, prune: true } };
    await changeBehindTheirBacks(behind(), applicationPath(victim.name), { operation });
    await victim.waitSynced(revision);
  });

  for (const { what, path, body } of ADDITIONS) {
    it(`leaves no room for ${what}`, async () => {
      const answer = await gitops().cluster.request('alice', path(application.namespace), {
        method: 'PATCH',
        body,
      });
      assert.equal(answer.code, 403);
      assert.deepEqual(findingsOf(answer.body), ['managed_object_changed by gitops_only_writes']);
    });
  }

  it('goes on after all that', async () => {
    await application.sync({ 'settings.json': settings({ greeting: 'good evening' }) });
    assert.equal(await greeting(), 'good evening');
  });
});
