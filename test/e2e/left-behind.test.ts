/** What an application left behind finds its way out, and what is restored its way in: by those who are configured, and nobody else. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { applicationObject, applicationPath } from '../support/argocd/application.ts';
import type { TestApplication } from '../support/argocd/application.ts';
import { settings } from '../support/argocd/sample-files.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { deleteApplication } from '../support/attack/leave-behind.ts';
import { changeBehindTheirBacks } from '../support/cluster/bypass.ts';
import { readDenial } from '../support/cluster/denial.ts';
import type { KubectlResult } from '../support/cluster/kubectl.ts';
import { addServiceAccountUser } from '../support/cluster/service-account-user.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const VELERO = 'system:serviceaccount:velero:velero';
const GONE_FOR_MS = 2000;
const DELETED = 'managed_object_deleted by gitops_only_writes';
const FORGED = 'managed_mark_forged by gitops_only_writes';

describe('what an application left behind', () => {
  const gitops = useGitOpsCluster({
    applications: 7,
    orphans: { editors: ['bob'], afterMs: GONE_FOR_MS },
    operators: [
      {
        name: 'velero',
        username: VELERO,
        rules: [{ verbs: ['CREATE'], groups: [''], resources: ['configmaps'] }],
      },
    ],
  });

  before(async () => {
    // What RBAC lets an editor of orphans do is another question.
    const argv = [
      'create',
      'clusterrolebinding',
      'bob',
      '--clusterrole=cluster-admin',
      '--user=bob',
    ];
    await gitops().cluster.mustKubectl('root', argv);
  });

  const kubectl = (user: string, namespace: string, argv: readonly string[]) =>
    gitops().cluster.kubectl(user, ['-n', namespace, ...argv]);

  const leaveBehind = async (): Promise<TestApplication> => {
    const application = await gitops().claimApplication();
    await deleteApplication(gitops().cluster, application.name);
    return application;
  };

  /** Tries until the application has been gone for long enough; every refusal before that is the one of a managed object. */
  const succeed = (what: string, attempt: () => Promise<KubectlResult>): Promise<KubectlResult> =>
    waitFor(what, async () => {
      const result = await attempt();
      if (result.code === 0) return result;
      assert.ok(readDenial(result), result.stderr);
      return undefined;
    });

  const statusOf = async (path: string): Promise<number> =>
    (await gitops().cluster.request('root', path)).code;

  it('is deleted by an editor of orphans, once the application has been gone for a while', async () => {
    const { namespace } = await leaveBehind();
    const deletion = ['delete', 'configmap/settings', '--wait=false'];

    const others = await kubectl('alice', namespace, deletion);
    await succeed('the editor deletes the ConfigMap', () => kubectl('bob', namespace, deletion));
    const later = await kubectl('alice', namespace, ['delete', 'service/web', '--wait=false']);

    assert.ok(readDenial(others)?.findings.includes(DELETED));
    assert.ok(readDenial(later)?.findings.includes(DELETED));
    assert.match(later.stderr, /Its application is gone\..*ownership\.orphans\.editors/su);
    assert.equal(await statusOf(`/api/v1/namespaces/${namespace}/configmaps/settings`), 404);
  });

  it('is released by the command that the denial names, and is anybody’s then', async () => {
    const { namespace } = await leaveBehind();
    const refused = await waitFor('the denial names the command', async () => {
      const { stderr } = await kubectl('alice', namespace, ['delete', 'configmap/settings']);
      return /release it: kubectl (.+? argocd\.argoproj\.io\/tracking-id-)/u.exec(stderr)?.[1];
    });

    await succeed('the editor releases the ConfigMap', () =>
      gitops().cluster.kubectl('bob', refused.split(' ')),
    );
    const changed = await kubectl('alice', namespace, ['label', 'configmap/settings', 'team=mine']);

    assert.equal(changed.code, 0, changed.stderr);
  });

  it('is taken over by another application, by Git', async () => {
    const { cluster } = gitops();
    const left = await leaveBehind();
    const adopting = await gitops().claimApplication();
    const path = `/api/v1/namespaces/${left.namespace}/configmaps/settings`;
    const metadata = { name: 'settings', namespace: left.namespace };
    await adopting.commit({ 'adopted.json': { ...settings({ adopted: 'yes' }), metadata } });

    await waitFor('the other application has taken the ConfigMap over', async () => {
      await adopting.refresh();
      const { body } = await cluster.request('root', path);
      const mark = body.metadata?.annotations?.['argocd.argoproj.io/tracking-id'];
      return body.data?.['adopted'] === 'yes' && mark?.startsWith(`${adopting.name}:`);
    });
    const refused = await kubectl('bob', left.namespace, ['delete', 'configmap/settings']);
    assert.ok(readDenial(refused)?.findings.includes(DELETED), refused.stderr);
  });

  it('goes with its namespace, which an editor of orphans deletes', async () => {
    const { namespace } = await leaveBehind();
    const deletion = ['delete', `namespace/${namespace}`, '--wait=false'];

    const others = await kubectl('alice', namespace, deletion);
    await succeed('the editor deletes the namespace', () => kubectl('bob', namespace, deletion));

    assert.deepEqual(readDenial(others)?.findings, [
      'namespace_holds_managed_objects by deletion_by_proxy',
    ]);
    await waitFor('the namespace is gone', async () => {
      return (await statusOf(`/api/v1/namespaces/${namespace}`)) === 404;
    });
  });

  it('is nobody’s to make: an editor of orphans ends no application and makes none', async () => {
    const { cluster } = gitops();
    const { name, repository } = await gitops().claimApplication();
    const STEERED = 'gitops_control_plane_changed by gitops_control_plane';
    const attempts = [
      cluster.kubectl('alice', ['-n', 'argocd', 'delete', `application/${name}`, '--wait=false']),
      cluster.kubectl('alice', ['-n', 'argocd', 'create', '-f', '-'], {
        input: applicationObject({ name: 'short-lived', repositoryUrl: repository.url }),
      }),
    ];
    for (const attempt of await Promise.all(attempts)) {
      assert.ok(readDenial(attempt)?.findings.includes(STEERED), attempt.stderr);
    }
    assert.equal(await statusOf(applicationPath(name)), 200);
    const refused = await kubectl('bob', name, ['delete', 'configmap/settings', '--wait=false']);
    assert.ok(readDenial(refused)?.findings.includes(DELETED), refused.stderr);
  });

  it('comes back from a backup where its application lists it', async () => {
    const { cluster, argocd } = gitops();
    const { namespace } = await gitops().claimApplication();
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    await cluster.mustKubectl('root', ['apply', '-f', '-'], { input: restorer() });
    const account = { namespace: 'velero', serviceAccount: 'velero' };
    await addServiceAccountUser(cluster, { name: 'velero', ...account });
    await addServiceAccountUser(cluster, { name: 'other', ...account, serviceAccount: 'other' });
    const stored = (await cluster.request('root', `${path}/settings`)).body;
    const { annotations } = stored.metadata ?? {};
    const restore = (user: string, name: string) => {
      const tracked = { 'argocd.argoproj.io/tracking-id': trackingId(namespace, name) };
      const input = {
        ...settings(),
        metadata: { name, namespace, annotations: { ...annotations, ...tracked } },
      };
      return cluster.kubectl(user, ['create', '-f', '-'], { input });
    };
    // It stands still until the end: otherwise it would bring the object back first.
    const controller = { pause: argocd.controller.pause, resume: () => undefined };
    await changeBehindTheirBacks({ cluster, controller }, `${path}/settings`, 'deleted');

    try {
      const unlisted = await restore('velero', 'forged');
      const unconfigured = await restore('other', 'settings');
      const restored = await restore('velero', 'settings');

      assert.ok(readDenial(unlisted)?.findings.includes(FORGED), unlisted.stderr);
      assert.match(unlisted.stderr, /does not list it as its own/u);
      assert.ok(readDenial(unconfigured)?.findings.includes(FORGED), unconfigured.stderr);
      assert.match(
        unconfigured.stderr,
        /identity\.operators .*rules: \[\{verbs: \[CREATE\], groups: \[""\], resources: \["configmaps"\]\}\]/su,
      );
      assert.equal(restored.code, 0, restored.stderr);
    } finally {
      argocd.controller.resume();
    }
  });
});

function trackingId(namespace: string, name: string): string {
  return `${namespace}:/ConfigMap:${namespace}/${name}`;
}

/** A backup's accounts, with the rights that they have by themselves. */
function restorer(): readonly object[] {
  const names = ['velero', 'other'];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'velero' } },
    ...names.map((name) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: 'velero' },
    })),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'velero' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
      subjects: names.map((name) => ({ kind: 'ServiceAccount', name, namespace: 'velero' })),
    },
  ];
}
