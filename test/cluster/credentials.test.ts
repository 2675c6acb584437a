/**
 * The credentials of a real control plane: they are learned, renewed and replaced as its components do it, and what somebody
 * else has made in their names is not believed.
 */
import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { issueTestCertificate, requestTestCertificate } from '../support/certificates.ts';
import type { ApiAnswer } from '../support/cluster/api-client.ts';
import { describeDecision, readDecisions } from '../support/cluster/decisions.ts';
import { readDenial } from '../support/cluster/denial.ts';
import { runHoldfast } from '../support/cluster/holdfast.ts';
import { ARGOCD } from '../support/cluster/service-account-user.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import type { ShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd, shopObjects, trackingAnnotation } from '../support/cluster/shop.ts';
import { issueClientCertificate, NODE_NAME } from '../support/cluster/users.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const MANAGER = 'system:kube-controller-manager';
const NODE = `system:node:${NODE_NAME}`;
const REPLICA_SETS = 'system:serviceaccount:kube-system:replicaset-controller';
const CODE = 'control_plane_credential_unknown by control_plane_credentials';
const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const NODE_SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet';
const SECRET = '/api/v1/namespaces/shop/secrets/checkout';
const PODS = '/api/v1/namespaces/shop/pods?labelSelector=app%3Dcheckout';
const AS_NODE = { 'impersonate-user': NODE, 'impersonate-group': ['system:nodes'] };

const rowSchema = z.object({
  username: z.string(),
  kind: z.string(),
  fingerprint: z.string(),
  standing: z.enum(['known', 'unknown']),
  learnedBy: z.string().optional(),
});
type Row = z.infer<typeof rowSchema>;

describe('the credentials of a real control plane', () => {
  let shop: ShopCluster;
  before(async () => {
    const editors = ['holdfast-test-harness'];
    shop = await startShopCluster({
      credentials: { syncMs: 200 },
      policies: { gitops_namespaces: { parameters: { editors } } },
    });
  });
  after(async () => {
    await shop?.cluster.stop();
  });

  async function rowsOf(username: string): Promise<readonly Row[]> {
    const printed = await shop.holdfast.run(['credential', 'list', '-o', 'json']);
    const rows = z.array(rowSchema).parse(JSON.parse(printed));
    return rows.filter((row) => row.username === username);
  }

  async function unknownOf(username: string): Promise<readonly string[]> {
    const rows = (await rowsOf(username)).filter(({ standing }) => standing === 'unknown');
    return rows.map(({ fingerprint }) => fingerprint);
  }

  function waitForRow(username: string, wanted: Partial<Row>): Promise<unknown> {
    const what = `${username} has a credential that is ${Object.values(wanted).join(' ')}`;
    return waitFor(what, async () => (await rowsOf(username)).some((row) => matches(row, wanted)));
  }

  /** A token for the GitOps controller's pod, which runs on the node. */
  async function mintAs(user: string): Promise<ApiAnswer> {
    const { cluster } = shop;
    const { namespace, serviceAccount, pod: name } = ARGOCD;
    const pod = await cluster.request('root', `/api/v1/namespaces/${namespace}/pods/${name}`);
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
    const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name, uid: pod.body.metadata?.uid };
    return await cluster.request(user, path, {
      method: 'POST',
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { boundObjectRef },
      },
    });
  }

  /** Has a certificate signed for the node, in the name of a user or of whom the headers impersonate; returns the new user. */
  async function signAs(
    user: string,
    name: string,
    headers: Readonly<Record<string, string | readonly string[]>> = {},
  ): Promise<string> {
    const { cluster } = shop;
    const { request, key } = requestTestCertificate({
      commonName: NODE,
      organization: 'system:nodes',
    });
    const made = await cluster.request(user, CSRS, {
      method: 'POST',
      headers,
      body: signingRequest(name, request),
    });
    assert.equal(made.code, 201, made.body.message);
    await cluster.mustKubectl('alice', ['certificate', 'approve', name]);
    const cert = await waitFor('the certificate is signed', async () => {
      const { body } = await cluster.request('root', `${CSRS}/${name}`);
      const encoded = body.status?.['certificate'];
      return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString() : undefined;
    });
    await cluster.addCertificateUser(name, { cert, key });
    return name;
  }

  function refusalOf({ code, body }: ApiAnswer) {
    assert.equal(code, 403, body.message);
    const denial = readDenial({ stderr: body.message ?? '' });
    assert.ok(denial, body.message);
    return denial;
  }

  /** Pods of the application that run, after its writer asked for so many. */
  async function scaleTo(replicas: number): Promise<void> {
    await applyAsArgoCd(shop.cluster, shopObjects({ replicas }));
    await waitFor(`${String(replicas)} pods run`, async () => {
      const { body } = await shop.cluster.request('root', PODS);
      return (body.items ?? []).filter(isRunning).length === replicas;
    });
  }

  it('are learned, and no id is written anywhere', async () => {
    const { cluster, holdfast } = shop;
    const credential = cluster.credentials()['controller-manager'];
    assert.ok(credential !== undefined && 'certificate' in credential);
    const id = hash('sha256', new X509Certificate(credential.certificate.cert).raw, 'hex');

    await waitForRow(MANAGER, { kind: 'certificate', learnedBy: 'first' });
    await waitForRow(NODE, { kind: 'certificate', learnedBy: 'first' });
    await waitForRow(REPLICA_SETS, { kind: 'token', standing: 'known' });

    const secret = '/api/v1/namespaces/holdfast-system/secrets/holdfast-credentials';
    const stored = JSON.stringify((await cluster.request('root', secret)).body.data);
    const table = Buffer.from(/"credentials.json":"([^"]+)"/u.exec(stored)?.[1] ?? '', 'base64');
    assert.match(table.toString(), /system:kube-controller-manager/u);
    for (const text of [
      table.toString(),
      await holdfast.run(['credential', 'list']),
      await readFile(holdfast.logFile, 'utf8'),
    ]) {
      assert.equal(text.includes(id), false);
      assert.doesNotMatch(text, /X509SHA256=[0-9a-f]|JTI=[0-9a-f]/u);
    }
  });

  it('a node that renews its certificate goes on getting the tokens of its pods', async () => {
    assert.equal((await mintAs('kubelet')).code, 201);

    const renewed = await signAs('kubelet', 'renewed');

    const minted = await mintAs(renewed);
    assert.equal(minted.code, 201, minted.body.message);
    await waitForRow(NODE, { kind: 'certificate', learnedBy: 'signed' });
  });

  it('a real certificate that somebody had signed for a node is not the node’s own', async () => {
    const thief = await signAs('alice', 'stolen', AS_NODE);

    const denial = refusalOf(await mintAs(thief));

    assert.deepEqual(denial.findings.toSorted(), [
      'control_plane_credential_unknown by gitops_accounts',
      'writer_token_requested by gitops_accounts',
    ]);
  });

  it('a certificate that was made up in the name of the signer is not learned', async () => {
    const { cluster, holdfast } = shop;
    const signer = '/api/v1/namespaces/kube-system/serviceaccounts/certificate-controller';
    const { body } = await cluster.request('alice', signer);
    const { request } = requestTestCertificate({
      commonName: 'system:node:worker-9',
      organization: 'system:nodes',
    });
    const { cert } = issueTestCertificate({
      purpose: 'client',
      commonNames: ['system:node:worker-9'],
      organizations: ['system:nodes'],
    });
    const as = {
      'impersonate-user': 'system:node:worker-9',
      'impersonate-group': ['system:nodes'],
    };
    const made = await cluster.request('alice', CSRS, {
      method: 'POST',
      headers: as,
      body: signingRequest('made-up', request),
    });
    assert.equal(made.code, 201, made.body.message);

    const signed = await cluster.request('alice', `${CSRS}/made-up/status`, {
      method: 'PUT',
      headers: {
        'impersonate-user': 'system:serviceaccount:kube-system:certificate-controller',
        'impersonate-uid': body.metadata?.uid ?? '',
      },
      body: { ...made.body, status: { certificate: Buffer.from(cert).toString('base64') } },
    });

    assert.equal(signed.code, 200, signed.body.message);
    await holdfast.run(['credential', 'list']);
    assert.deepEqual(await rowsOf('system:node:worker-9'), []);
  });

  it('an upgraded controller manager works on, is refused what harms, and is accepted by the command that the refusal prints', async () => {
    const { cluster } = shop;
    const upgraded = issueClientCertificate(cluster.clientAuthority, {
      username: MANAGER,
      groups: [],
    });
    await cluster.restartControllerManager(upgraded);
    // Of what the controller manager's role lets it write, Git may declare Secrets.
    await applyAsArgoCd(cluster, [declaredSecret()]);
    const { body } = await cluster.request('root', SECRET);
    const harm = (): Promise<ApiAnswer> =>
      cluster.request('controller-manager', SECRET, {
        method: 'PUT',
        body: { ...body, data: { greeting: 'aGFja2Vk' } },
      });
    await waitForRow(MANAGER, { kind: 'certificate', standing: 'unknown' });
    await scaleTo(3);
    await waitForRow(REPLICA_SETS, { kind: 'token', standing: 'unknown' });

    const denial = refusalOf(await harm());
    assert.ok(denial.findings.includes(CODE), denial.findings.join());
    const command = /holdfast (credential accept .+)$/mu.exec(denial.lines.join('\n'))?.[1];
    assert.ok(command !== undefined, denial.lines.join('\n'));
    const folder = join(cluster.folder, 'editor');
    await mkdir(folder);
    const kubernetes = { kubeconfigFile: cluster.kubeconfigOf('root') };
    await writeFile(join(folder, 'holdfast.yaml'), JSON.stringify({ kubernetes }));
    const printed = await runHoldfast(folder, command.split(' '));
    assert.match(
      printed,
      /^accepted certificate [0-9a-f]{12} of system:kube-controller-manager$/mu,
    );

    // The tokens that it asked for while it was unknown are known with it.
    await waitForRow(REPLICA_SETS, { kind: 'token', learnedBy: 'requested' });
    await waitFor('the accepted credential counts', async () => {
      const { findings } = refusalOf(await harm());
      return !findings.includes(CODE);
    });
  });

  it('nobody is refused when the controller manager restarts, or another replica of it leads', async () => {
    const { cluster, holdfast } = shop;
    const unknown = await unknownOf(REPLICA_SETS);
    const decided = (await readDecisions(holdfast.logFile)).length;

    await cluster.restartControllerManager();
    await scaleTo(2);
    await scaleTo(4);

    assert.deepEqual(await unknownOf(REPLICA_SETS), unknown);
    const since = (await readDecisions(holdfast.logFile)).slice(decided);
    assert.deepEqual(since.filter(({ allowed }) => !allowed).map(describeDecision), []);
  });
});

function declaredSecret(): object {
  const annotations = trackingAnnotation('checkout', '/Secret:shop/checkout');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'checkout', namespace: 'shop', annotations },
    stringData: { greeting: 'hello' },
  };
}

function signingRequest(name: string, request: string): object {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      signerName: NODE_SIGNER,
      request: Buffer.from(request).toString('base64'),
      usages: ['digital signature', 'client auth'],
    },
  };
}

function matches(row: Row, wanted: Partial<Row>): boolean {
  return Object.entries(wanted).every(([key, value]) => Reflect.get(row, key) === value);
}

function isRunning({ status, metadata }: { status?: object; metadata?: object }): boolean {
  return (
    Reflect.get(status ?? {}, 'phase') === 'Running' &&
    Reflect.get(metadata ?? {}, 'deletionTimestamp') === undefined
  );
}
