/**
 * The commands of docs/operations/install.md and uninstall.md, typed into a shell beside a real API server. Nothing serves
 * the webhook there, so that this is an installation whose Holdfast is away all the time.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCluster } from '../support/cluster/cluster.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { NAMESPACE } from '../support/deploy/render-chart.ts';
import { openShell, readBlock } from '../support/deploy/typed-shell.ts';
import type { TypedShell } from '../support/deploy/typed-shell.ts';

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/holdfast';
/** What a cluster without nodes cannot do. */
const untyped = /^kubectl -n holdfast-system rollout /u;

const block = (document: string, heading: string) => readBlock(document, heading, { untyped });

describe('the guide, typed', () => {
  let cluster: Cluster;
  let shell: TypedShell;
  before(async () => {
    cluster = await startCluster();
    shell = await openShell(cluster);
  });
  after(async () => {
    await cluster?.stop();
  });

  const failurePolicy = async (): Promise<string | undefined> => {
    const { body } = await cluster.request('root', WEBHOOKS);
    return /"failurePolicy":"(?<policy>\w+)"/u.exec(JSON.stringify(body))?.groups?.['policy'];
  };
  const tryDefault = (name: string) =>
    cluster.kubectl('alice', ['create', 'configmap', name, '--namespace', 'default']);

  it('installs a trial, in which everything works while nobody answers', async () => {
    const printed = await shell.mustType(await block('install.md', 'By Helm'));
    assert.match(printed, /While Holdfast is away, every write passes unjudged/u);
    assert.equal(await failurePolicy(), 'Ignore');
    assert.equal((await tryDefault('in-a-trial')).code, 0);
  });

  it('goes on to production, with the guard that names who types', async () => {
    await shell.mustType(await block('install.md', 'From the trial to production'));
    await shell.mustType(await block('install.md', 'Guard the registration'));
    assert.equal(await failurePolicy(), 'Fail');
    await waitFor('each journal has a claim', async () => {
      const path = `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`;
      return (await cluster.request('root', path)).body.items?.length === 3;
    });
    await waitFor('production refuses while nobody answers', async () => {
      const { stderr } = await tryDefault(`in-production-${Date.now()}`);
      return stderr.includes('failed calling webhook "drift.holdfast.dev"');
    });
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
    const guard = await cluster.request('root', `${path}/registration.holdfast.dev`);
    assert.match(JSON.stringify(guard.body.spec), /"people"[^}]*'alice'/u);
  });

  it('says by --diff that nothing is to be done, with the exit code of diff', async () => {
    const kubeconfig = `--kubeconfig ${cluster.kubeconfigOf('alice')}`;
    const typed = (await block('install.md', 'Register')).replace(/--kubeconfig \S+/u, kubeconfig);
    const { code, output } = await shell.type(typed);
    assert.equal(code, 0, output);
    const changed = await shell.type(typed.replace('--diff', '--diff --profile trial'));
    assert.equal(changed.code, 1, changed.output);
    assert.match(changed.output, /^\+\s+failurePolicy: Ignore$/mu);
  });

  it('is removed by the three commands, though nobody answers, and everything works again', async () => {
    const tooEarly = await cluster.kubectl('alice', ['delete', 'clusterrole', 'holdfast']);
    assert.match(tooEarly.stderr, /failed calling webhook "drift\.holdfast\.dev"/u);
    await shell.mustType(await block('uninstall.md', 'Uninstall'));
    assert.equal((await cluster.request('root', WEBHOOKS)).code, 404);
    await waitFor(
      'writes pass again',
      async () => (await tryDefault(`after-${Date.now()}`)).code === 0,
    );
    const { code } = await cluster.kubectl('root', ['get', 'clusterrole', 'holdfast']);
    assert.equal(code, 1);
  });
});
