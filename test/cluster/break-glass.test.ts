/** Break-glass on a real API server, from the approver's command to the use that is one too many. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'node:test';
import type { Cluster } from '../support/cluster/cluster.ts';
import type { KubectlResult } from '../support/cluster/kubectl.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { generateSigningKeyText, readSigningKey } from '../../src/base/json-web-signature.ts';

const STATUS = '{"status":{"observedGeneration":7}}';
const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

interface Grant {
  readonly name: string;
  readonly file: string;
}

interface GrantOptions {
  readonly subject?: string;
  readonly cluster?: string;
  readonly resource?: string;
  readonly uses?: string;
  readonly approvers?: readonly string[];
}

describe('a break-glass grant', () => {
  let cluster: Cluster;
  let configuration: string;
  let approversFolder: string;

  before(async () => {
    // Keys lie outside of the cluster: where the approvers are.
    approversFolder = await mkdtemp(join(tmpdir(), 'holdfast-approvers-'));
    const approvers = await Promise.all(['anna', 'ben'].map((name) => makeKey(name)));
    const shop = await startShopCluster({
      breakGlass: { approvers, approvalsRequired: 2, limits: { listCacheMs: 0 } },
    });
    ({ cluster } = shop);
    configuration = join(shop.holdfast.folder, 'holdfast.yaml');
  });
  after(async () => {
    await cluster?.stop();
    await rm(approversFolder, { recursive: true, force: true });
  });

  async function makeKey(name: string): Promise<object> {
    const text = generateSigningKeyText();
    await writeFile(join(approversFolder, `${name}.jwk`), text, { mode: 0o600 });
    const read = await readSigningKey(text);
    assert.ok(read.ok);
    return { name, key: JSON.stringify(read.key.publicJwk) };
  }

  async function holdfast(...argv: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...argv], {
      cwd: approversFolder,
    });
    return stdout;
  }

  async function grant(options: GrantOptions = {}): Promise<Grant> {
    const [first = 'anna', ...others] = options.approvers ?? ['anna', 'ben'];
    let manifest = await holdfast(
      'grant',
      'create',
      '--key',
      `${first}.jwk`,
      '--namespace',
      'shop',
      '--subject',
      options.subject ?? 'alice',
      '--cluster',
      options.cluster ?? 'test',
      '--resource',
      options.resource ?? 'deployments.apps',
      '--object',
      'checkout',
      '--uses',
      options.uses ?? '5',
      '--reason',
      'the checkout is down',
    );
    const file = join(approversFolder, 'grant.yaml');
    for (const name of others) {
      await writeFile(file, manifest);
      manifest = await holdfast('grant', 'approve', file, '--key', `${name}.jwk`);
    }
    await writeFile(file, manifest);
    return { name: /name: (\S+)/u.exec(manifest)?.[1] ?? '', file };
  }

  async function removeGrants(): Promise<void> {
    const words = ['delete', 'breakglassgrants', '--all', '-n', 'holdfast-system'];
    await cluster.mustKubectl('alice', words);
  }

  /** Presents a grant, lets a person use it, and takes it away again. */
  async function present(options: GrantOptions = {}): Promise<Grant> {
    await removeGrants();
    const made = await grant(options);
    await cluster.mustKubectl('alice', ['create', '-f', made.file]);
    return made;
  }

  function label(
    value: string,
    user = 'alice',
    ...more: readonly string[]
  ): Promise<KubectlResult> {
    const change = ['label', '--overwrite', 'deployment/checkout', `team=${value}`, '-n', 'shop'];
    return cluster.kubectl(user, [...change, ...more]);
  }

  it('is asked for by the command that the denial prints', async () => {
    const { code, stderr } = await label('red');
    const [, words = ''] = /: holdfast (grant request .*)$/mu.exec(stderr) ?? [];

    assert.equal(code, 1);
    assert.equal(
      await holdfast(...words.split(' ')),
      'holdfast grant create --key YOUR_KEY --subject alice --cluster test --namespace shop ' +
        '--resource deployments.apps --object checkout --verb UPDATE --reason WHY\n',
    );
  });

  const writes: readonly (readonly [string, readonly string[], string])[] = [
    ['a scale', ['scale', 'deployment/checkout', '--replicas=4'], 'deployments.apps/scale'],
    [
      'a patch of the status',
      ['patch', 'deployment/checkout', '--subresource=status', '--type=merge', '-p', STATUS],
      'deployments.apps/status',
    ],
    ['a change', ['set', 'env', 'deployment/checkout', 'MODE=safe'], 'deployments.apps'],
    ['a deletion', ['delete', 'deployment/checkout', '--dry-run=server'], 'deployments.apps'],
  ];
  for (const [what, words, resource] of writes) {
    it(`is made by what the denial prints, typed as it stands, and the write passes: ${what}`, async () => {
      await removeGrants();
      const write = [...words, '-n', 'shop'];
      const { code, stderr } = await cluster.kubectl('alice', write);
      const [, asked = ''] = /: holdfast (grant request .*)$/mu.exec(stderr) ?? [];
      assert.equal(code, 1);

      const answer = (await holdfast(...asked.split(' '))).trim().replace('YOUR_KEY', 'anna.jwk');
      const file = join(approversFolder, 'typed.yaml');
      await writeFile(file, await holdfast(...answer.split(' ').slice(1)));
      await writeFile(file, await holdfast('grant', 'approve', file, '--key', 'ben.jwk'));
      await cluster.mustKubectl('alice', ['create', '-f', file]);

      assert.ok(answer.includes(` --resource ${resource} `), answer);
      const again = await cluster.kubectl('alice', write);
      assert.equal(again.code, 0, again.stderr);
    });
  }

  it('shows its person, its end and its uses to kubectl', async () => {
    const { name } = await present({ uses: '7' });

    const shown = await cluster.mustKubectl('alice', [
      'get',
      'breakglassgrants',
      name,
      '-n',
      'holdfast-system',
    ]);

    const [header = '', row = ''] = shown.split('\n');
    assert.match(header, /^NAME +SUBJECT +EXPIRES +USES +REVOKED +AGE$/u);
    assert.match(row, /^\S+ +alice +\d{4}-\d\d-\d\dT[\d:.]+Z +7 +/u);
  });

  it('does not count where its object shows something else than was signed', async () => {
    const { name } = await present({ uses: '7' });
    const patch = ['patch', 'breakglassgrants', name, '-n', 'holdfast-system', '--type=merge'];
    await cluster.mustKubectl('alice', [...patch, '-p', '{"spec":{"uses":1}}']);

    const { code, stderr } = await label('mauve');

    assert.equal(code, 1);
    assert.match(stderr, /shows other values than were signed \(grant_malformed\)/u);
  });

  it('lets its person pass as often as it says, says so each time, and then no more', async () => {
    const { name } = await present({ uses: '2' });

    const first = await label('green');
    const second = await label('blue');
    const third = await label('black');

    assert.equal(first.code, 0, first.stderr);
    assert.match(
      first.stderr,
      /^Warning: allowed by break-glass grant [0-9A-Z]{26}: 1 use left until/mu,
    );
    assert.match(second.stderr, /: 0 uses left until/u);
    assert.equal(third.code, 1);
    assert.match(third.stderr, /does not help: all of its 2 uses are taken \(grant_used_up\)/u);
    const list = await holdfast(
      'grant',
      'list',
      '--config',
      configuration,
      '--kubeconfig',
      cluster.kubeconfigOf('root'),
    );
    assert.match(list, new RegExp(`^${name}  alice  2/2 used  used up$`, 'mu'));
    assert.equal(
      list.match(/deployments\.apps shop\/checkout {2}decision [0-9A-Z]{26}/gu)?.length,
      2,
    );
  });

  it('takes no use for a dry run', async () => {
    await present({ uses: '1' });

    const tried = await label('white', 'alice', '--dry-run=server');
    const done = await label('white');

    assert.deepEqual([tried.code, done.code], [0, 0], `${tried.stderr}${done.stderr}`);
  });

  it('is not given again its uses by deleting and presenting it again', async () => {
    const made = await present({ uses: '1' });
    assert.equal((await label('pink')).code, 0);

    await cluster.mustKubectl('alice', ['delete', '-f', made.file]);
    await cluster.mustKubectl('alice', ['create', '-f', made.file]);
    const again = await label('grey');

    assert.match(again.stderr, /\(grant_used_up\)/u);
  });

  const useless: readonly (readonly [string, GrantOptions, string])[] = [
    [
      'too few have approved',
      { approvers: ['anna'] },
      'it has 1 of 2 approvals (grant_approvals_missing)',
    ],
    ['is for another cluster', { cluster: 'prod-us-1' }, '(grant_wrong_cluster)'],
    ['is for another resource', { resource: 'statefulsets.apps' }, '(grant_out_of_scope)'],
  ];
  for (const [what, options, reason] of useless) {
    it(`does not help where it ${what}`, async () => {
      await present(options);

      const { code, stderr } = await label('lilac');

      assert.equal(code, 1);
      assert.ok(stderr.includes(reason), stderr);
    });
  }

  it('does not help somebody else, and says nothing of it to them', async () => {
    await present();

    const { code, stderr } = await label('olive', 'bob');

    assert.equal(code, 1);
    assert.doesNotMatch(stderr, /Grant/u);
  });

  it('does not open what steers GitOps, unless it names it', async () => {
    await present({ resource: '*' });

    const { code, stderr } = await cluster.kubectl('alice', [
      'patch',
      'application',
      'checkout',
      '-n',
      'argocd',
      '--type=merge',
      '-p',
      '{"spec":{"project":"mine"}}',
    ]);

    assert.equal(code, 1);
    assert.match(stderr, /grant_out_of_scope/u);
  });

  it('ends when it is revoked', async () => {
    const { name } = await present();
    assert.equal((await label('teal')).code, 0);

    await holdfast(
      'grant',
      'revoke',
      name,
      '--config',
      configuration,
      '--kubeconfig',
      cluster.kubeconfigOf('alice'),
    );

    await waitFor('the revocation is known', async () =>
      (await label(`teal-${Date.now()}`)).stderr.includes('(grant_revoked)'),
    );
  });

  it('cannot be saved from its revocation by five hundred others before it', async () => {
    const { file, name } = await grant();
    await cluster.mustKubectl('alice', ['create', '-f', file]);
    const patch = ['patch', 'breakglassgrants', name, '-n', 'holdfast-system', '--type=merge'];
    await cluster.mustKubectl('alice', [...patch, '-p', '{"spec":{"revoked":true}}']);
    const [, approvals = ''] =
      /approvals:\s*((?:- \S+\s*)+)/u.exec(await readFile(file, 'utf8')) ?? [];
    const token = approvals
      .split(/\s*- /u)
      .filter((approval) => approval !== '')
      .join(' ')
      .trim();
    const junk = Array.from({ length: 500 }, (_, index) => ({
      apiVersion: 'holdfast.dev/v1alpha1',
      kind: 'BreakGlassGrant',
      metadata: { name: `0-junk-${String(index)}`, namespace: 'holdfast-system' },
      spec: { approvals: ['a.b.c'] },
    }));
    const list = join(approversFolder, 'junk.json');
    await writeFile(list, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: junk }));
    await cluster.mustKubectl('alice', ['create', '-f', list]);

    const { code, stderr } = await cluster.kubectl('alice', [
      'annotate',
      'deployment/checkout',
      `holdfast.dev/break-glass-grant=${token}`,
      '-n',
      'shop',
    ]);

    assert.equal(code, 1);
    assert.match(stderr, /\(grant_revoked\)/u);
  });

  it('can be shown by everyone, and only counts with the configured approvers', async () => {
    const { file } = await grant();

    const shown = await holdfast('grant', 'show', file, '--config', configuration);

    assert.match(shown, /^who       alice$/mu);
    assert.match(shown, /^approved  by anna, ben$/mu);
    assert.equal((await readFile(file, 'utf8')).includes('kind: BreakGlassGrant'), true);
  });
});
