/**
 * From a cluster with Argo CD to the end, as docs/operations types it, with the real Holdfast in the pods that the chart makes: look at
 * the cluster, install a trial, examine it, read what would have been refused, enforce in one namespace and then in all, rotate
 * certificates, upgrade and go back while writes go on, remove.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { formatYaml, parseYaml } from '../../src/base/parse-yaml.ts';
import { installArgoCd } from '../support/argocd/install.ts';
import { prepareArgoCdManifest } from '../support/assets/gitops.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import type { StartedCluster } from '../support/cluster/cluster.ts';
import type { KubectlResult } from '../support/cluster/kubectl.ts';
import { startNode } from '../support/cluster/node.ts';
import { addServiceAccountUser, ARGOCD } from '../support/cluster/service-account-user.ts';
import { applyAsArgoCd, shopApplication, shopObjects } from '../support/cluster/shop.ts';
import { startSteadyWrites } from '../support/cluster/steady-writes.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { isChartPod, startChartPods } from '../support/deploy/chart-pods.ts';
import type { ChartPods } from '../support/deploy/chart-pods.ts';
import { DIGEST, openShell, readBlock } from '../support/deploy/typed-shell.ts';
import type { TypedShell } from '../support/deploy/typed-shell.ts';
import { startServiceAddress } from '../support/load/service-address.ts';

const EDITORS = { parameters: { editors: ['alice'] } };
const settingsSchema = z.looseObject({
  configuration: z.looseObject({ policies: z.looseObject({}).default({}) }),
});
/** Of the image that the upgrade is to. */
const NEXT_DIGEST = `sha256:${'b'.repeat(64)}`;
let edits = 0;

/** Changes what Git declares by hand, each time to something else: a patch that changes nothing is none. */
function edit(cluster: StartedCluster): Promise<KubectlResult> {
  edits += 1;
  const patch = JSON.stringify({ data: { greeting: `edited ${edits}` } });
  return cluster.kubectl('alice', ['patch', 'configmap', 'checkout', '-n', 'shop', '-p', patch]);
}

interface Stage {
  readonly cluster: StartedCluster;
  readonly shell: TypedShell;
  readonly pods: ChartPods;
  readonly stop: () => Promise<void>;
}

async function startStage(): Promise<Stage> {
  const cluster = await startCluster();
  try {
    const address = await startServiceAddress();
    cluster.onStop(address.stop);
    await startNode(cluster, { leaves: isChartPod });
    await installArgoCd(cluster, await prepareArgoCdManifest({ cacheFolder: cacheFolder() }));
    await addServiceAccountUser(cluster, { name: 'argocd', ...ARGOCD });
    await cluster.mustKubectl('root', ['create', 'namespace', 'shop']);
    await applyAsArgoCd(cluster, [shopApplication()], { user: 'root' });
    await applyAsArgoCd(cluster, shopObjects());
    const pods = startChartPods(cluster, address);
    const manifests = `--url https://127.0.0.1:${address.port}`;
    const shell = await openShell(cluster, { manifests, certs: '--ip 127.0.0.1' });
    return { cluster, shell, pods, stop: cluster.stop };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/**
 * What a person writes into the values beside what `holdfast adopt` found: who installs, whose images are used; and what the
 * ServiceAccount plugin, which is off here, adds to a pod. Two replicas that drain briefly take less time than three.
 */
async function completeValues(file: string): Promise<void> {
  const parsed = parseYaml(await readFile(file, 'utf8'), { dialect: 'strict', aliasesMax: 0 });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const { configuration } = settingsSchema.parse(parsed.documents[0]?.value);
  const settings = {
    gitops_namespaces: EDITORS,
    gitops_definitions: EDITORS,
    gitops_accounts: EDITORS,
    gitops_control_plane: EDITORS,
    image_registries: { parameters: { allowed: ['registry.example.com/*'] } },
  };
  const values = {
    replicas: 2,
    configuration: {
      ...configuration,
      limits: { drainDelayMs: 2000 },
      policies: { ...configuration.policies, settings },
    },
    pod: {
      extraVolumes: [
        {
          name: 'token',
          projected: {
            sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }],
          },
        },
      ],
    },
  };
  await writeFile(file, formatYaml(values));
}

/** Does something while writes go on, of which none may fail or pass unjudged. */
async function withoutLoss(
  t: TestContext,
  cluster: StartedCluster,
  work: () => Promise<unknown>,
): Promise<void> {
  const writes = startSteadyWrites(cluster);
  t.after(() => writes.stop());
  await work();
  const { sent, late, unexpected } = await writes.stop();
  t.diagnostic(`${String(sent)} writes, ${String(late)} of them too late for the timeout`);
  assert.deepEqual([sent > late, unexpected], [true, []]);
}

/** Waits until every replica says that it serves the certificate of this file, as the document tells to. */
async function waitUntilServed({ shell, pods }: Stage, file: string): Promise<void> {
  const certificate = new X509Certificate(await readFile(join(shell.folder, file)));
  const seconds = String(certificate.validToDate.getTime() / 1000);
  await waitFor('every replica serves the new certificate', async () => {
    const texts = await Promise.all(
      pods.metricsUrls().map(async (url) => (await fetch(url)).text()),
    );
    const line =
      /^holdfast_certificate_expiry_timestamp_seconds\{certificate="served"\} (?<at>\S+)$/mu;
    return (
      texts.length > 1 &&
      texts.every((text) => Number(line.exec(text)?.groups?.['at']) === Number(seconds))
    );
  });
}

/** What cannot be looked at in time is unknown, and no fault: then again. */
async function examine({ shell }: Stage): Promise<void> {
  await waitFor('the examination finds no fault', async () => {
    const { code, output } = await shell.type('holdfast doctor --config holdfast.yaml');
    assert.match(output, /, 0 failed, /u);
    return code === 0;
  });
}

describe('the journey', () => {
  const stage = useCluster(startStage);

  it('the cluster is looked at, and what is found is a configuration', async () => {
    const { shell } = stage();
    await shell.mustType(await readBlock('adopt.md', 'Look'));
    const found = await readFile(join(shell.folder, 'holdfast.yaml'), 'utf8');
    assert.match(found, /username: system:serviceaccount:argocd:argocd-application-controller/u);
    await shell.mustType(await readBlock('adopt.md', 'Look', { index: 1 }));
    await completeValues(join(shell.folder, 'my-values.yaml'));
  });

  it('a trial is installed, and refuses nothing', async () => {
    const { cluster, shell } = stage();
    await shell.mustType(await readBlock('install.md', 'By Helm'));
    const warned = await waitFor('the API server asks', async () => {
      const { stderr, code } = await edit(cluster);
      return stderr.includes('Warning') ? { stderr, code } : undefined;
    });
    assert.equal(warned.code, 0, warned.stderr);
    assert.match(warned.stderr, /managed_object_changed/u);
  });

  it('the examination finds no fault', async () => {
    await examine(stage());
  });

  it('the report says what would have been refused', async () => {
    const { shell, pods } = stage();
    const { code, output } = await shell.type(
      `holdfast report --since 7d ${pods.journalOf('holdfast-0')} ${pods.journalOf('holdfast-1')}`,
    );
    assert.equal(code, 1, output);
    assert.match(output, /alice[\s\S]*managed_object_changed/u);
  });

  it('one namespace is enforced, and the others are not', async () => {
    const { cluster, shell } = stage();
    await shell.mustType(await readBlock('adopt.md', 'Enforce'));
    await waitFor('the namespace is enforced', async () => {
      const { code, stderr } = await edit(cluster);
      return code === 1 && stderr.includes('managed_object_changed');
    });
    const argv = ['label', 'application/checkout', 'a=b', '-n', 'argocd'];
    const { code, stderr } = await cluster.kubectl('alice', argv);
    assert.equal(code, 0, stderr);
  });

  it('production follows, with a guard, and the examination finds no fault', async () => {
    const { cluster, shell } = stage();
    await shell.mustType(await readBlock('install.md', 'From the trial to production'));
    await shell.mustType(await readBlock('install.md', 'Guard the registration'));
    await waitFor('production judges', async () => {
      const { code, stderr } = await edit(cluster);
      return code === 1 && stderr.includes('managed_object_changed');
    });
    await examine(stage());
  });

  it('a certificate is renewed, then its authority replaced, and no write is lost', async (t) => {
    const { cluster, shell } = stage();
    const authority = 'A new authority by hand';
    await withoutLoss(t, cluster, async () => {
      await shell.mustType('rm tls/tls.crt tls/tls.key');
      await shell.mustType(await readBlock('certificates.md', 'By hand'));
      await waitUntilServed(stage(), 'tls/tls.crt');
      await shell.mustType(await readBlock('certificates.md', authority));
      await waitUntilServed(stage(), 'next/tls.crt');
      await shell.mustType(await readBlock('certificates.md', authority, { index: 1 }));
    });
    await examine(stage());
  });

  it('an upgrade by digest replaces each replica, and no write is lost', async (t) => {
    const { cluster, shell } = stage();
    await withoutLoss(t, cluster, async () => {
      await shell.mustType(await readBlock('upgrade.md', 'Upgrade', { digest: NEXT_DIGEST }));
    });
    assert.match(await imageOf(cluster), new RegExp(`${NEXT_DIGEST}$`, 'u'));
  });

  it('the way back replaces each again, and no write is lost', async (t) => {
    const { cluster, shell } = stage();
    await withoutLoss(t, cluster, async () => {
      await shell.mustType(await readBlock('upgrade.md', 'Back'));
    });
    assert.match(await imageOf(cluster), new RegExp(`${DIGEST}$`, 'u'));
  });

  it('an upgrade by tag is refused, and says why', async () => {
    const { code, output } = await stage().shell.type(
      'helm upgrade holdfast deploy/chart --namespace holdfast-system --reset-then-reuse-values --set image.digest= --set image.tag=0.2.0',
    );
    assert.equal(code, 1, output);
    assert.match(output, /digest/u);
  });

  it('the wrong order is refused, and changes nothing', async () => {
    const { cluster } = stage();
    for (const argv of [
      ['delete', 'namespace', 'holdfast-system'],
      ['delete', 'clusterrole', 'holdfast'],
      ['delete', 'statefulset', 'holdfast', '-n', 'holdfast-system'],
    ]) {
      const { code, stderr } = await cluster.kubectl('root', argv);
      assert.equal(code, 1, argv.join(' '));
      assert.match(stderr, /decision 0|installation\.holdfast\.dev/u, argv.join(' '));
    }
  });

  it('it is removed: the evidence stays, whole, and every write passes', async () => {
    const { cluster, shell, pods } = stage();
    await shell.mustType(await readBlock('uninstall.md', 'Uninstall'));
    await waitFor('the pods are gone', async () => {
      const { stdout } = await cluster.kubectl('root', [
        'get',
        'pods',
        '-n',
        'holdfast-system',
        '-o',
        'name',
      ]);
      return stdout === '';
    });
    assert.equal((await edit(cluster)).code, 0);
    const claims = ['get', 'persistentvolumeclaims', '-n', 'holdfast-system', '-o', 'name'];
    const kept = (await cluster.mustKubectl('root', claims)).trim().split('\n');
    assert.equal(kept.length, 2);
    for (const claim of kept.map((name) => name.replace(/^.*\//u, ''))) {
      const verified = await shell.mustType(`holdfast audit verify ${pods.journalOf(claim)}`);
      assert.match(verified, /: ok/u);
    }
  });
});

function imageOf(cluster: StartedCluster): Promise<string> {
  const path = '{.spec.template.spec.containers[0].image}';
  const argv = ['get', 'statefulset', 'holdfast', '-n', 'holdfast-system', '-o'];
  return cluster.mustKubectl('root', [...argv, `jsonpath=${path}`]);
}
