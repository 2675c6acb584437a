/** Break-glass on a real API server, from the approver's command to the use that is one too many. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ApiAnswer } from '../support/cluster/api-client.ts';
import { createApprovers } from '../support/cluster/break-glass-stage.ts';
import type {
  Approvers,
  GrantOptions,
  PresentedGrant,
} from '../support/cluster/break-glass-stage.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import type { KubectlResult } from '../support/cluster/kubectl.ts';
import { startOtherWebhook } from '../support/cluster/other-webhook.ts';
import type { OtherWebhook } from '../support/cluster/other-webhook.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd, shopObjects } from '../support/cluster/shop.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

/** The least: a test waits for it. */
const RETURN_AFTER_MS = 1000;
const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/checkout';
const STATUS = '{"status":{"observedGeneration":7}}';

describe('a break-glass grant', () => {
  let cluster: Cluster;
  let configuration: string;
  let approvers: Approvers;

  before(async () => {
    approvers = await createApprovers(['anna', 'ben']);
    const shop = await startShopCluster({
      breakGlass: {
        approvers: approvers.settings,
        approvalsRequired: 2,
        limits: { listCacheMs: 0, returnAfterMs: RETURN_AFTER_MS },
      },
    });
    ({ cluster } = shop);
    configuration = join(shop.holdfast.folder, 'holdfast.yaml');
  });
  after(async () => {
    await cluster?.stop();
    await approvers?.remove();
  });

  function holdfast(...argv: readonly string[]): Promise<string> {
    return approvers.holdfast(...argv);
  }

  function present(options?: GrantOptions): Promise<PresentedGrant> {
    return approvers.present(cluster, options);
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
      await approvers.removeGrants(cluster);
      const write = [...words, '-n', 'shop'];
      const { code, stderr } = await cluster.kubectl('alice', write);
      const [, asked = ''] = /: holdfast (grant request .*)$/mu.exec(stderr) ?? [];
      assert.equal(code, 1);

      const answer = (await holdfast(...asked.split(' '))).trim().replace('YOUR_KEY', 'anna.jwk');
      const file = join(approvers.folder, 'typed.yaml');
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
    const { file, name } = await approvers.grant();
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
    const list = join(approvers.folder, 'junk.json');
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
    const { file } = await approvers.grant();

    const shown = await holdfast('grant', 'show', file, '--config', configuration);

    assert.match(shown, /^who       alice$/mu);
    assert.match(shown, /^approved  by anna, ben$/mu);
    assert.equal((await readFile(file, 'utf8')).includes('kind: BreakGlassGrant'), true);
  });

  describe('whose write is not made', () => {
    let other: OtherWebhook;
    before(async () => {
      other = await startOtherWebhook(cluster, {
        apiGroups: ['apps', ''],
        resources: ['deployments', 'configmaps'],
      });
    });

    function listUses(): Promise<string> {
      const kubeconfig = cluster.kubeconfigOf('root');
      return holdfast('grant', 'list', '--config', configuration, '--kubeconfig', kubeconfig);
    }

    /** What Argo CD writes meanwhile: `image` tells one write from the next. */
    function writeAsArgoCd(image: string): Promise<void> {
      const objects = shopObjects({ image: `registry.local/checkout:${image}` });
      return applyAsArgoCd(cluster, objects.slice(2));
    }

    /** Replaces the version that was read, which has gone when the API server comes to write it. */
    async function replaceOutdated(value: string): Promise<ApiAnswer> {
      const { body } = await cluster.request('alice', DEPLOYMENT);
      const labels = { ...body.metadata?.labels, team: value };
      other.answerWith(async (reviewIndex) => {
        if (reviewIndex === 0) await writeAsArgoCd(value);
        return true;
      });
      const changed = { ...body, metadata: { ...body.metadata, labels } };
      return cluster.request('alice', DEPLOYMENT, { method: 'PUT', body: changed });
    }

    it('has its uses back when somebody else refuses its writes', async () => {
      const { name } = await present({ uses: '2' });
      other.answerWith(() => false);
      const refused = [await label('a1'), await label('a2')];
      other.answerWith(undefined);

      assert.deepEqual(
        refused.map(({ stderr }) => /denied the request: not today/u.test(stderr)),
        [true, true],
      );
      await waitFor('a use is given back', async () => (await label('a3')).code === 0);
      assert.equal((await label('a4')).code, 0);
      assert.match((await label('a5')).stderr, /\(grant_used_up\)/u);
      const uses = await listUses();
      assert.match(uses, new RegExp(`^${name}  alice  2/2 used  used up$`, 'mu'));
      assert.equal(uses.match(/ {2}not made, given back$/gmu)?.length, 2);
    });

    it('has its uses back at once when others were faster', async () => {
      const { name } = await present({ uses: '2' });

      const conflicts = [await replaceOutdated('b1'), await replaceOutdated('b2')];
      const made = [await label('b3'), await label('b4')];

      assert.deepEqual(
        conflicts.map(({ code }) => code),
        [409, 409],
      );
      assert.deepEqual(
        made.map(({ code }) => code),
        [0, 0],
        made.map(({ stderr }) => stderr).join('\n'),
      );
      assert.match((await label('b5')).stderr, /\(grant_used_up\)/u);
      assert.match(await listUses(), new RegExp(`^${name}  alice  2/2 used  used up$`, 'mu'));
    });

    it('takes one use for a patch that the API server tries again', async () => {
      await present({ uses: '1' });
      other.answerWith(async (reviewIndex) => {
        if (reviewIndex === 0) await writeAsArgoCd('c1');
        return true;
      });

      const patched = await label('c1');

      assert.equal(patched.code, 0, patched.stderr);
      assert.match((await label('c2')).stderr, /\(grant_used_up\)/u);
    });

    it('has its use back of a deletion that somebody else refuses, and of no other', async () => {
      await present({ uses: '1', resource: 'configmaps', verb: 'DELETE' });
      const remove = ['delete', 'configmap/checkout', '-n', 'shop'];
      other.answerWith(() => false);
      const refused = await cluster.kubectl('alice', remove);
      other.answerWith(undefined);

      assert.match(refused.stderr, /denied the request: not today/u);
      await waitFor('the use is given back', async () => {
        return (await cluster.kubectl('alice', remove)).code === 0;
      });
      await applyAsArgoCd(cluster, shopObjects().slice(0, 1));
      const again = await cluster.kubectl('alice', remove);
      assert.match(again.stderr, /\(grant_used_up\)/u);
    });
  });
});
