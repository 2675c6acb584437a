/**
 * The table of docs/operations/outage.md, sent to a real API server with a webhook that nobody serves, in each profile; and
 * what `holdfast manifests --diff` says of the change from one to the other.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCluster } from '../support/cluster/cluster.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { admin, CORE, RBAC, WRITER } from '../support/registration/attempt.ts';
import type { Attempt } from '../support/registration/attempt.ts';
import { ASKED } from '../support/registration/asked-attempts.ts';
import { EXEMPT } from '../support/registration/exempt-attempts.ts';
import { impersonator, readUids } from '../support/registration/impersonate.ts';
import { seed } from '../support/registration/seed.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DOCUMENT = readFileSync(join(ROOT, 'docs', 'operations', 'outage.md'), 'utf8');
/** Port 9 (discard) refuses connections on loopback. */
const TARGET = ['--url', 'https://127.0.0.1:9', '--namespace', 'holdfast-system'];

const CREATION_IN_DEFAULT: Attempt = {
  what: 'an administrator makes a ConfigMap in default',
  as: admin,
  method: 'POST',
  path: `${CORE}/namespaces/default/configmaps`,
  body: { metadata: { name: 'tried' } },
};
const RIGHTS: Attempt = {
  what: 'an administrator makes a role',
  as: admin,
  method: 'POST',
  path: `${RBAC}/clusterroles`,
  body: { metadata: { name: 'team' }, rules: [] },
};

/** Which requests each row of the document stands for. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  'a node renews its lease': ['a node renews its lease'],
  'a node registers, and reports its status': ['a node registers', 'a node reports its status'],
  'a kubelet gets its certificate, and tokens for ordinary accounts': [
    'a kubelet asks for its client certificate',
    'a kubelet gets a token for an ordinary account',
  ],
  'a kubelet writes the status of a pod that Git manages, and removes it': [
    'a kubelet writes the status of a managed pod',
    'a kubelet removes a managed pod',
  ],
  'the scheduler binds a pod that Git manages': ['the scheduler binds a managed pod'],
  'a controller makes a pod of a ReplicaSet, scales a ReplicaSet of a Deployment, writes status': [
    'the replicaset controller makes a pod',
    'the deployment controller scales a child that carries a copied mark',
    'the deployment controller writes status and its revision',
  ],
  'the slices and endpoints of a Service are written': [
    'the slices of a Service are written',
    'endpoints with the copied labels of a Flux service are updated',
  ],
  'the garbage collector deletes children, and objects that Git does not declare': [
    'the garbage collector deletes a child',
    'the garbage collector deletes an unmarked object',
  ],
  'a new namespace gets its account and the root CA': [
    'the default account is made',
    'the root CA is published',
  ],
  'a network agent writes an object that Git does not declare': [
    'a network agent writes an unmarked object',
  ],
  'anyone writes an event, or asks what they may do (`kubectl auth can-i`)': [
    'anyone writes an event',
    'anyone asks for an access review',
  ],
  'an administrator repairs the namespace of Holdfast': [
    'an administrator repairs our own namespace',
  ],
  'an administrator makes a ConfigMap in the namespace `default`': [CREATION_IN_DEFAULT.what],
  'an administrator changes, scales or deletes what Git manages': [
    'an administrator changes a managed object',
    'an administrator scales',
  ],
  'an administrator evicts a pod (`kubectl drain`), deletes one, or adds a debug container': [
    'an administrator evicts a pod',
    'an administrator deletes a pod',
    'an administrator adds an ephemeral container',
  ],
  'an administrator deletes a namespace': ['an administrator deletes the namespace'],
  'the GitOps controller syncs': ['a writer writes'],
  'the autoscaler scales what Git manages': ['the autoscaler scales'],
  'a controller changes or deletes what Git marks': [
    'the garbage collector deletes a managed object',
    'the garbage collector takes the mark off',
  ],
  'anyone changes rights, or asks for a certificate of any name': [
    RIGHTS.what,
    'a certificate with any name is asked for',
  ],
};

interface Row {
  readonly what: string;
  readonly production: string;
  readonly trial: string;
}

function readRows(): readonly Row[] {
  const [, table = ''] = DOCUMENT.split('<!-- run by test/cluster/outage-table.test.ts -->\n');
  return [...table.matchAll(/^\| (?<what>.+?) \| (?<production>\w+) \| (?<trial>\w+) \|$/gmu)]
    .map(({ groups }) => ({
      what: groups?.['what'] ?? '',
      production: groups?.['production'] ?? '',
      trial: groups?.['trial'] ?? '',
    }))
    .filter(({ production }) => production !== 'production');
}

function attemptsOf(row: Row): readonly Attempt[] {
  return (ROWS[row.what] ?? []).map((what) => {
    const all = [...EXEMPT, ...ASKED, CREATION_IN_DEFAULT, RIGHTS];
    const found = all.find((attempt) => attempt.what === what);
    assert.ok(found !== undefined, `no request is called "${what}"`);
    return found;
  });
}

describe('the table of what works while Holdfast is away', () => {
  let cluster: Cluster;
  let send: (attempt: Attempt) => Promise<{ code: number; message: string }>;
  const manifests = (...argv: readonly string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const words = ['manifests', '--config', 'trial.yaml', ...TARGET, ...argv];
      const program = join(ROOT, 'src', 'main.ts');
      const child = execFile(
        process.execPath,
        [program, ...words],
        { cwd: cluster.folder },
        (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  const diff = (...argv: readonly string[]) =>
    manifests('--diff', '--kubeconfig', cluster.kubeconfigOf('root'), ...argv);

  /** Registers, and waits until the API server acts on it: `expected` becomes the answer of `probe`. */
  async function register(
    argv: readonly string[],
    probe: Attempt,
    expected: 'asked' | 'works',
  ): Promise<void> {
    const { code, stdout, stderr } = await manifests(...argv);
    assert.equal(code, 0, stderr);
    await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], { input: stdout });
    await waitFor(`${probe.what}: ${expected}`, async () => (await outcome(probe)) === expected);
  }

  async function outcome(attempt: Attempt): Promise<string> {
    const { code, message } = await send(attempt);
    if (code >= 200 && code < 300) return 'works';
    return code === 500 && message.includes('failed calling webhook "drift.holdfast.dev"')
      ? 'asked'
      : `${String(code)} ${message}`;
  }

  function requestOf(what: string): Attempt {
    const found = ASKED.find((attempt) => attempt.what === what);
    assert.ok(found !== undefined, what);
    return found;
  }

  before(async () => {
    cluster = await startCluster();
    await seed(cluster);
    send = await impersonator(cluster, await readUids(cluster));
    const writers = [{ name: 'argocd', username: WRITER, tool: 'argocd' }];
    const ownership = { argocd: { trackingMethod: 'annotation' } };
    const configuration = { cluster: { name: 'test' }, identity: { writers }, ownership };
    await writeFile(join(cluster.folder, 'trial.yaml'), JSON.stringify(configuration));
  });
  after(async () => {
    await cluster?.stop();
  });

  it('names the rows that are tested, and no others', () => {
    assert.deepEqual(
      readRows().map(({ what }) => what),
      Object.keys(ROWS),
    );
  });

  it('is told by --diff before anything is registered, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await diff('--profile', 'production');
    assert.equal(code, 1, stderr);
    assert.match(
      stdout,
      /^--- \/dev\/null\n\+\+\+ applied\/ValidatingWebhookConfiguration\/holdfast$/mu,
    );
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/holdfast';
    assert.equal((await cluster.request('root', path)).code, 404);
  });

  it('holds in production, row by row', async () => {
    const probe = requestOf('an administrator makes an unmarked object');
    await register(['--profile', 'production'], probe, 'asked');
    assert.equal((await diff('--profile', 'production')).code, 0);
    for (const row of readRows()) {
      const wanted = row.production === 'works' ? 'works' : 'asked';
      for (const attempt of attemptsOf(row)) {
        assert.equal(await outcome(attempt), wanted, `${row.what}: ${attempt.what}`);
      }
    }
  });

  it('holds in a trial, row by row, and kubectl makes a ConfigMap in default', async () => {
    const told = await diff('--profile', 'trial');
    assert.equal(told.code, 1, told.stderr);
    assert.match(told.stdout, /^-\s+failurePolicy: Fail\n\+\s+failurePolicy: Ignore$/mu);
    const probe = requestOf('an administrator changes a managed object');
    await register(['--profile', 'trial'], probe, 'works');
    for (const row of readRows()) {
      assert.equal(row.trial, 'works', row.what);
      for (const attempt of attemptsOf(row)) {
        assert.equal(await outcome(attempt), 'works', `${row.what}: ${attempt.what}`);
      }
    }
    await cluster.mustKubectl('alice', ['create', 'configmap', 'of-a-trial', '-n', 'default']);
  });

  // Failing closed, a webhook that nobody serves shows what it is asked about.
  it('asks in a trial of what Git declares about that, and about what takes it along', async () => {
    const closed = ['--profile', 'trial', '--failure-policy-drift', 'Fail'];
    await register(closed, requestOf('an administrator changes a managed object'), 'asked');
    for (const what of [
      'an administrator scales',
      'an administrator evicts a pod',
      'an administrator deletes the namespace',
      'a writer writes',
    ]) {
      assert.equal(await outcome(requestOf(what)), 'asked', what);
    }
    for (const attempt of [CREATION_IN_DEFAULT, RIGHTS]) {
      assert.equal(await outcome(attempt), 'works', attempt.what);
    }
  });

  it('asks in a trial of namespaces about every object in them, and about nothing else', async () => {
    const pilot = ['--profile', 'trial', '--pilot-namespace', 'shop'];
    const probe = requestOf('an administrator makes an unmarked object');
    await register([...pilot, '--failure-policy-drift', 'Fail'], probe, 'asked');
    assert.equal(await outcome(requestOf('an administrator deletes the namespace')), 'asked');
    const elsewhere = requestOf("argocd-cm is changed under a controller's name");
    for (const attempt of [CREATION_IN_DEFAULT, RIGHTS, elsewhere]) {
      assert.equal(await outcome(attempt), 'works', attempt.what);
    }
  });
});
