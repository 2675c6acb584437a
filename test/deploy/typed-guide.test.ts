/**
 * The commands of docs/operations/install.md and uninstall.md, typed into a shell beside a real API server. Nothing serves
 * the webhook there, so that this is an installation whose Holdfast is away all the time.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { prepareHelm } from '../support/assets/helm.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { NAMESPACE } from '../support/deploy/render-chart.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const OPERATIONS = join(ROOT, 'docs', 'operations');
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/holdfast';
/** What a machine without Docker and without nodes cannot do. */
const UNTYPED = /^(?:docker |kubectl -n holdfast-system rollout )/u;

/** The first block of shell below a heading. */
async function readBlock(document: string, heading: string): Promise<string> {
  const text = await readFile(join(OPERATIONS, document), 'utf8');
  const [, block = ''] =
    new RegExp(`^#+ ${heading}\n[\\s\\S]*?^\`\`\`sh\n([\\s\\S]*?)^\`\`\`$`, 'mu').exec(text) ?? [];
  assert.notEqual(block, '', `${document}: ${heading}`);
  return block
    .split('\n')
    .filter((line) => !UNTYPED.test(line))
    .join('\n');
}

describe('the guide, typed', () => {
  let cluster: Cluster;
  let folder = '';
  before(async () => {
    cluster = await startCluster();
    folder = join(cluster.folder, 'typed');
    const bin = join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    await symlink(join(ROOT, 'deploy'), join(folder, 'deploy'));
    await symlink(await prepareHelm(), join(bin, 'helm'));
    await symlink(cluster.kubectlProgram, join(bin, 'kubectl'));
    const holdfast = `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/src/main.ts" "$@"\n`;
    await writeFile(join(bin, 'holdfast'), holdfast);
    await chmod(join(bin, 'holdfast'), 0o755);
    const install = await readFile(join(OPERATIONS, 'install.md'), 'utf8');
    const [, values = ''] = /^```yaml\n(?<text>[\s\S]*?)^```$/mu.exec(install) ?? [];
    await writeFile(join(folder, 'my-values.yaml'), values);
  });
  after(async () => {
    await cluster?.stop();
  });

  /** Types lines into a shell as alice, a cluster-admin. The shell stops at the first that fails. */
  const type = (lines: string) =>
    new Promise<{ code: number | null; output: string }>((resolve) => {
      const child = spawn('sh', ['-e', '-c', lines], {
        cwd: folder,
        env: {
          PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
          HOME: folder,
          KUBECONFIG: cluster.kubeconfigOf('alice'),
        },
      });
      const output: string[] = [];
      child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
      child.on('close', (code) => resolve({ code, output: output.join('') }));
    });
  const mustType = async (lines: string): Promise<string> => {
    const { code, output } = await type(lines);
    assert.equal(code, 0, output);
    return output;
  };
  const failurePolicy = async (): Promise<string | undefined> => {
    const { body } = await cluster.request('root', WEBHOOKS);
    return /"failurePolicy":"(?<policy>\w+)"/u.exec(JSON.stringify(body))?.groups?.['policy'];
  };
  const tryDefault = (name: string) =>
    cluster.kubectl('alice', ['create', 'configmap', name, '--namespace', 'default']);

  it('installs a trial, in which everything works while nobody answers', async () => {
    const printed = await mustType(await readBlock('install.md', 'By Helm'));
    assert.match(printed, /While Holdfast is away, every write passes unjudged/u);
    assert.equal(await failurePolicy(), 'Ignore');
    assert.equal((await tryDefault('in-a-trial')).code, 0);
  });

  it('goes on to production, with the guard that names who types', async () => {
    await mustType(await readBlock('install.md', 'From the trial to production'));
    await mustType(await readBlock('install.md', 'Guard the registration'));
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
    assert.match(JSON.stringify(guard.body.spec), /request\.userInfo\.username == 'alice'/u);
  });

  it('says by --diff that nothing is to be done, with the exit code of diff', async () => {
    const kubeconfig = `--kubeconfig ${cluster.kubeconfigOf('alice')}`;
    const block = (await readBlock('install.md', 'Register')).replace(
      /--kubeconfig \S+/u,
      kubeconfig,
    );
    const { code, output } = await type(block);
    assert.equal(code, 0, output);
    const changed = await type(block.replace('--diff', '--diff --profile trial'));
    assert.equal(changed.code, 1, changed.output);
    assert.match(changed.output, /^\+\s+failurePolicy: Ignore$/mu);
  });

  it('is removed by the three commands, though nobody answers, and everything works again', async () => {
    const tooEarly = await cluster.kubectl('alice', ['delete', 'clusterrole', 'holdfast']);
    assert.match(tooEarly.stderr, /failed calling webhook "drift\.holdfast\.dev"/u);
    await mustType(await readBlock('uninstall.md', 'Uninstall'));
    assert.equal((await cluster.request('root', WEBHOOKS)).code, 404);
    await waitFor(
      'writes pass again',
      async () => (await tryDefault(`after-${Date.now()}`)).code === 0,
    );
    const { code } = await cluster.kubectl('root', ['get', 'clusterrole', 'holdfast']);
    assert.equal(code, 1);
  });
});
