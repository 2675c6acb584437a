/** Nodes join, renew their certificates and are replaced; the control plane restarts and changes its leader: nobody is refused. */
import { describe, it } from 'node:test';
import { z } from 'zod';
import { requestTestCertificate } from '../../support/certificates.ts';
import { assertNobodyRefused, useInnocentCluster } from '../../support/cluster/innocents.ts';
import { NODE_NAME } from '../../support/cluster/users.ts';
import { waitFor } from '../../support/cluster/wait-for.ts';

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet';
const SERVING_SIGNER = 'kubernetes.io/kubelet-serving';
const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const JOINING = 'worker-2';
const BOOTSTRAP = [
  '--as=system:bootstrap:abcdef',
  '--as-group=system:bootstrappers',
  '--as-group=system:bootstrappers:kubeadm:default-node-token',
  '--as-group=system:authenticated',
];
const AS_JOINING = asNode(JOINING);
const nodeSchema = z.looseObject({ status: z.looseObject({}).default({}) });

function asNode(name: string): readonly string[] {
  return [`--as=system:node:${name}`, '--as-group=system:nodes', '--as-group=system:authenticated'];
}

describe('nobody in the right is refused: nodes and the control plane come and go', () => {
  const world = useInnocentCluster();

  async function requestCertificate(
    name: string,
    node: string,
    { identity, signer }: { readonly identity: readonly string[]; readonly signer: string },
  ): Promise<void> {
    const { cluster } = world();
    const isServing = signer === SERVING_SIGNER;
    const { request } = requestTestCertificate({
      commonName: `system:node:${node}`,
      organization: 'system:nodes',
      ...(isServing && { dnsName: node }),
    });
    await cluster.mustKubectl('root', [...identity, 'create', '-f', '-'], {
      input: {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name },
        spec: {
          signerName: signer,
          request: Buffer.from(request).toString('base64'),
          usages: ['digital signature', isServing ? 'server auth' : 'client auth'],
        },
      },
    });
  }

  /**
   * A node may not send the taints that its object has, and controllers add some while it joins: like a kubelet, it tries again.
   * kubectl patch would read the subresource, which no node may.
   */
  async function reportStatus(name: string): Promise<true> {
    const { cluster } = world();
    const stored = await cluster.mustKubectl('root', ['get', 'node', name, '-o', 'json']);
    const node = nodeSchema.parse(JSON.parse(stored));
    const status = { ...node.status, addresses: [{ type: 'Hostname', address: name }] };
    await cluster.mustKubectl(
      'root',
      [...asNode(name), 'replace', '--raw', `/api/v1/nodes/${name}/status`, '-f', '-'],
      { input: { ...node, status } },
    );
    return true;
  }

  async function waitApproved(name: string): Promise<void> {
    await waitFor('the request is approved', async () => {
      const { status } = await world().get(`${CSRS}/${name}`);
      return JSON.stringify(status ?? {}).includes('Approved');
    });
  }

  it('a node asks for its first certificate with a bootstrap token, and a controller approves it', async () => {
    const { kubectl } = world();
    const role = 'system:certificates.k8s.io:certificatesigningrequests';
    for (const [name, part, group] of [
      ['join', 'nodeclient', 'system:bootstrappers'],
      ['renew', 'selfnodeclient', 'system:nodes'],
    ] as const) {
      const rights = [`--clusterrole=${role}:${part}`, `--group=${group}`];
      await kubectl('create', 'clusterrolebinding', name, ...rights);
    }
    await kubectl(
      'create',
      'clusterrolebinding',
      'bootstrap',
      '--clusterrole=system:node-bootstrapper',
      '--group=system:bootstrappers',
    );
    await requestCertificate('join', JOINING, { identity: BOOTSTRAP, signer: CLIENT_SIGNER });
    await waitApproved('join');
  });

  it('the node registers, reports, and keeps a lease', async () => {
    const { cluster } = world();
    const input = [
      { apiVersion: 'v1', kind: 'Node', metadata: { name: JOINING } },
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: JOINING, namespace: 'kube-node-lease' },
        spec: { holderIdentity: JOINING, leaseDurationSeconds: 40 },
      },
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'CSINode',
        metadata: { name: JOINING },
        spec: { drivers: [] },
      },
    ];
    await cluster.mustKubectl('root', [...AS_JOINING, 'create', '-f', '-'], { input });
    await waitFor('the node reports its status', () => reportStatus(JOINING));
  });

  it('a node renews its client certificate', async () => {
    await requestCertificate('renew', NODE_NAME, {
      identity: asNode(NODE_NAME),
      signer: CLIENT_SIGNER,
    });
    await waitApproved('renew');
  });

  it('a node asks for a serving certificate, and a person approves it', async () => {
    const { kubectl } = world();
    const identity = asNode(NODE_NAME);
    await requestCertificate('serving', NODE_NAME, { identity, signer: SERVING_SIGNER });
    await kubectl('certificate', 'approve', 'serving');
    await waitApproved('serving');
  });

  it('a node that is gone is taken out of the cluster', async () => {
    const { cluster, kubectl } = world();
    await kubectl('delete', 'node', JOINING);
    await waitFor('its lease is collected or left alone', async () => {
      return (await cluster.request('root', `/api/v1/nodes/${JOINING}`)).code === 404;
    });
  });

  it('another replica of the controller manager becomes the leader', async () => {
    const { cluster } = world();
    const lease = (holderIdentity: string, leaseTransitions: number): object => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'kube-controller-manager-of-tests', namespace: 'kube-system' },
      spec: { holderIdentity, leaseTransitions, leaseDurationSeconds: 15 },
    });
    for (const [transitions, holder] of ['one', 'two'].entries()) {
      await cluster.mustKubectl(
        'root',
        [
          '--as=system:kube-controller-manager',
          '--as-group=system:masters',
          'apply',
          '--server-side',
          '--force-conflicts',
          '-f',
          '-',
        ],
        { input: lease(holder, transitions) },
      );
    }
  });

  it('and no decision of all of these was a refusal', async () => {
    await assertNobodyRefused(world());
  });
});
