/** Gatekeeper with the policies of the bench, on a real API server: another admission webhook with the same work. */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';
import { prepareGatekeeper } from '../support/assets/gatekeeper.ts';
import { startCluster, type Cluster } from '../support/cluster/cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { planGatekeeperPolicies, type GatekeeperPolicy } from './gatekeeper-templates.ts';
import type { HoldfastServerOptions } from './holdfast-server.ts';
import { findFreePort, startServer, type RunningServer } from './server-process.ts';

const NAMESPACE = 'gatekeeper-system';
const POD_STATUSES = `/apis/status.gatekeeper.sh/v1beta1/namespaces/${NAMESPACE}/constraintpodstatuses`;

const manifestSchema = z.looseObject({ kind: z.string() });
const enforcedSchema = z.looseObject({ status: z.looseObject({ enforced: z.literal(true) }) });

export interface GatekeeperServerOptions {
  /** Where its log and its certificate may be written. */
  readonly workFolder: string;
  readonly policyFolder: string;
  readonly descriptors: readonly PolicyDescriptor[];
  /** Gatekeeper reads the namespace of each review. */
  readonly namespaces: readonly string[];
  /** An AdmissionReview that it answers as soon as it serves. */
  readonly probeBody: string;
  readonly tls: HoldfastServerOptions['tls'];
  readonly progress: (line: string) => void;
}

/** Starts a cluster and Gatekeeper beside it, and resolves when it enforces every constraint. Stopping it stops both. */
export async function startGatekeeper(options: GatekeeperServerOptions): Promise<RunningServer> {
  const assets = await prepareGatekeeper({ cacheFolder: cacheFolder(), print: options.progress });
  const policies = await planGatekeeperPolicies(options.descriptors, options.policyFolder);
  const cluster = await startCluster();
  try {
    await applyKinds(cluster, assets.installManifest);
    await apply(cluster, [...new Set([NAMESPACE, ...options.namespaces])].map(describeNamespace));
    await apply(
      cluster,
      policies.map(({ template }) => template),
    );
    // Gatekeeper's statuses are owned by its pod, which does not exist here: the garbage collector would delete them for ever, and Gatekeeper
    // make them again, at the expense of all that is measured.
    await cluster.stopControllerManager();
    const server = await startProcess(cluster, assets.gatekeeper, options);
    const stop = async (): Promise<void> => {
      await server.stop();
      await cluster.stop();
    };
    try {
      await enforce(cluster, policies);
    } catch (fault) {
      await server.stop();
      throw fault;
    }
    return { ...server, stop };
  } catch (fault) {
    await cluster.stop();
    throw fault;
  }
}

/** Its kinds alone: its Deployment and its registration are for a cluster that runs pods. */
async function applyKinds(cluster: Cluster, installManifest: string): Promise<void> {
  const kinds: object[] = [];
  for (const document of parseAllDocuments(await readFile(installManifest, 'utf8'))) {
    const manifest = manifestSchema.safeParse(document.toJS()).data;
    if (manifest?.kind === 'CustomResourceDefinition') kinds.push(manifest);
  }
  await apply(cluster, kinds);
  const established = ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s'];
  await cluster.mustKubectl('root', established);
}

function describeNamespace(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** Server-side: the kinds of Gatekeeper are longer than an annotation may be. */
async function apply(cluster: Cluster, objects: readonly object[]): Promise<void> {
  const argv = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
  await cluster.mustKubectl('root', argv, { input: objects });
}

async function startProcess(
  cluster: Cluster,
  program: string,
  { workFolder, tls, probeBody }: GatekeeperServerOptions,
): Promise<RunningServer> {
  const certificates = join(workFolder, 'gatekeeper-certificates');
  await mkdir(certificates);
  await copyFile(tls.certificateFile, join(certificates, 'tls.crt'));
  await copyFile(tls.keyFile, join(certificates, 'tls.key'));
  const [port, healthPort, metricsPort] = [
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
  ];
  return startServer({
    command: program,
    // As its manifest starts it, without the webhook for mutations, which the bench does not ask; it makes the kinds of constraints itself,
    // as its process for audits does elsewhere.
    argv: [
      `--kubeconfig=${cluster.kubeconfigOf('root')}`,
      '--debug-use-fake-pod',
      '--host=127.0.0.1',
      `--port=${port}`,
      `--health-addr=127.0.0.1:${healthPort}`,
      `--prometheus-port=${metricsPort}`,
      `--cert-dir=${certificates}`,
      '--disable-cert-rotation',
      '--disable-opa-builtin={http.send}',
      '--operation=webhook',
      '--operation=generate',
      '--logtostderr',
      `--exempt-namespace=${NAMESPACE}`,
      '--shutdown-delay=0',
    ],
    environment: { POD_NAMESPACE: NAMESPACE, POD_NAME: 'gatekeeper-bench' },
    logFile: join(workFolder, 'gatekeeper.log'),
    probe: { origin: `https://127.0.0.1:${port}`, body: probeBody },
    path: '/v1/admit',
  });
}

/** Gatekeeper makes a kind of each template; only then its constraint can be applied. */
async function enforce(cluster: Cluster, policies: readonly GatekeeperPolicy[]): Promise<void> {
  const input = policies.map(({ constraint }) => constraint);
  await waitFor('the API server serves the kinds of the constraints', async () => {
    const argv = ['apply', '--server-side', '-f', '-'];
    return (await cluster.kubectl('root', argv, { input })).code === 0;
  });
  await waitFor('Gatekeeper enforces every constraint', async () => {
    const { body } = await cluster.request('root', POD_STATUSES);
    const enforced = (body.items ?? []).filter((item) => enforcedSchema.safeParse(item).success);
    return enforced.length === policies.length;
  });
}
