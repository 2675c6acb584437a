/** Replicas of the real Holdfast that make their own certificates, behind one address, as the pods of a Service are. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { parseCertificates } from '../../../src/certificates/parse-certificates.ts';
import { setValues } from '../deploy/chart-matrix.ts';
import { readObjects, renderChart } from '../deploy/render-chart.ts';
import { bundleFolder } from '../policy-bundles.ts';
import { startChild } from './child-process.ts';
import type { RunningChild } from './child-process.ts';
import type { Cluster } from './cluster.ts';
import { findFreePorts } from './free-ports.ts';
import { runHoldfast } from './holdfast.ts';
import { addServiceAccountUser, ARGOCD } from './service-account-user.ts';
import { waitFor } from './wait-for.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'src', 'main.ts');
const NAMESPACE = 'holdfast-system';
const RIGHTS = ['cluster-role', 'credentials-role', 'lease-role', 'certificates-role'];
const REGISTRATION = ['registration-role', 'registration-reader-role'];
const TEMPLATES = new Set([
  ...RIGHTS,
  ...REGISTRATION,
  'service-account',
  'namespace',
  'break-glass-grant',
]);
const DEADLINE_MS = 5 * 60_000;

export interface ManagedReplica {
  readonly name: string;
  readonly metricsUrl: string;
  readonly logFile: string;
  readonly folder: string;
  /** SHA-256 of the certificate in its files. */
  readonly fingerprint: () => Promise<string>;
  /** Starts the process, and resolves when it serves. */
  readonly start: () => Promise<void>;
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

export interface ManagedHoldfast {
  readonly replicas: readonly ManagedReplica[];
  /** Applies the registration as a person does, without an authority. */
  readonly register: () => Promise<void>;
  /** The fingerprints of the registered authorities, of each webhook. */
  readonly bundles: () => Promise<readonly (readonly string[])[]>;
}

/**
 * Installs the chart's rights and prepares the replicas; none of them runs yet. Needs Argo CD's namespace. They get
 * these settings of `certificates`, and with `registersItself`, they keep their registration, too.
 */
export async function prepareManagedHoldfast(
  cluster: Cluster,
  names: readonly string[],
  {
    registersItself = false,
    ...certificates
  }: Readonly<Record<string, unknown>> & { readonly registersItself?: boolean },
): Promise<ManagedHoldfast> {
  await installRights(cluster);
  const ports = await findFreePorts(names.length * 2);
  const address = await balance(
    cluster,
    names.map((_, index) => ports[index * 2] ?? 0),
  );
  const sections = {
    certificates: { manage: true, ipAddresses: ['127.0.0.1'], ...certificates },
    ...(registersItself && { registration: { manage: true, url: address } }),
  };
  const replicas: ManagedReplica[] = [];
  for (const [index, name] of names.entries()) {
    const [port = 0, metricsPort = 0] = ports.slice(index * 2);
    replicas.push(await prepareReplica(cluster, { name, port, metricsPort, sections }));
  }
  return {
    replicas,
    register: async () => {
      const [first] = replicas;
      const target = ['--url', address, '--namespace', NAMESPACE];
      const input = await runHoldfast(first?.folder ?? '', [
        'manifests',
        '--config',
        'holdfast.yaml',
        ...target,
      ]);
      await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], { input });
    },
    bundles: () => readBundles(cluster),
  };
}

async function installRights(cluster: Cluster): Promise<void> {
  const documents = await renderChart(
    setValues({ 'configuration.certificates.manage': true, 'namespace.create': true }),
  );
  const wanted = documents.filter(({ template }) => TEMPLATES.has(template.replace('.yaml', '')));
  const objects = readObjects(wanted).toSorted(
    (a, b) => Number(b.kind === 'Namespace') - Number(a.kind === 'Namespace'),
  );
  const apply = ['apply', '--server-side', '-f', '-'];
  for (const input of objects) await cluster.mustKubectl('root', apply, { input });
}

async function prepareReplica(
  cluster: Cluster,
  {
    name,
    port,
    metricsPort,
    sections,
  }: {
    readonly name: string;
    readonly port: number;
    readonly metricsPort: number;
    /** Of the configuration, besides what all have. */
    readonly sections: Readonly<Record<string, unknown>>;
  },
): Promise<ManagedReplica> {
  const folder = join(cluster.folder, name);
  await mkdir(folder);
  await addPod(cluster, name);
  const tls = {
    certificateFile: join(folder, 'tls', 'tls.crt'),
    keyFile: join(folder, 'tls', 'tls.key'),
  };
  const configuration = {
    ...(await describeConfiguration()),
    server: { port, tls, metrics: { port: metricsPort } },
    ...sections,
    kubernetes: { kubeconfigFile: cluster.kubeconfigOf(name) },
  };
  await writeFile(join(folder, 'holdfast.yaml'), JSON.stringify(configuration, undefined, 2));
  const logFile = join(folder, 'holdfast.log');
  let child: RunningChild | undefined;
  return {
    name,
    folder,
    logFile,
    metricsUrl: `http://127.0.0.1:${metricsPort}`,
    fingerprint: async () => {
      const [leaf] = parseCertificates(await readFile(tls.certificateFile, 'utf8'));
      return leaf?.fingerprint256 ?? '';
    },
    start: async () => {
      const before = (await readFile(logFile, 'utf8').catch(() => '')).length;
      const started = await startChild(process.execPath, {
        argv: [PROGRAM, 'serve', '--config', 'holdfast.yaml'],
        cwd: folder,
        logFile,
        environment: { POD_NAME: name, POD_NAMESPACE: NAMESPACE },
      });
      child = started;
      cluster.adopt(started);
      await waitFor(
        `${name} serves`,
        async () => (await readFile(logFile, 'utf8')).slice(before).includes('ready https://'),
        { deadlineMs: DEADLINE_MS, assertPossible: started.assertRunning },
      );
    },
    stop: async (signal) => {
      await child?.stop(signal);
    },
  };
}

/** What all replicas have in common. */
async function describeConfiguration(): Promise<object> {
  const { namespace, serviceAccount } = ARGOCD;
  const username = `system:serviceaccount:${namespace}:${serviceAccount}`;
  return {
    cluster: { name: 'test' },
    policies: { bundle: await bundleFolder() },
    identity: { writers: [{ name: 'argocd', username, tool: 'argocd', proof: 'pod-bound' }] },
    limits: { drainDelayMs: 2000 },
  };
}

/** A pod as the StatefulSet makes it: its token alone may write the certificates. */
async function addPod(cluster: Cluster, name: string): Promise<void> {
  await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], {
    input: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: NAMESPACE },
      spec: {
        serviceAccountName: 'holdfast',
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'holdfast',
            image: 'registry.local/holdfast:1',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
  });
  const account = { namespace: NAMESPACE, serviceAccount: 'holdfast', pod: name };
  await addServiceAccountUser(cluster, { name, ...account });
}

/** One address for all replicas: each connection goes to the next one that takes it. */
async function balance(cluster: Cluster, ports: readonly number[]): Promise<string> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((near) => {
    const track = (socket: Socket): void => {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    };
    const attempt = (left: number): void => {
      const far = connect(ports[turn++ % ports.length] ?? 0, '127.0.0.1');
      far.once('error', () => {
        if (left === 0) near.destroy();
        else attempt(left - 1);
      });
      far.once('connect', () => {
        track(far);
        far.on('close', () => near.destroy());
        near.on('close', () => far.destroy());
        near.pipe(far);
        far.pipe(near);
      });
    };
    track(near);
    attempt(ports.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cluster.onStop(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function readBundles(cluster: Cluster): Promise<readonly (readonly string[])[]> {
  const bundles: string[][] = [];
  for (const resource of ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations']) {
    const path = `/apis/admissionregistration.k8s.io/v1/${resource}/holdfast`;
    const { body } = await cluster.request('root', path);
    const webhooks = (body as { webhooks?: { clientConfig: { caBundle?: string } }[] }).webhooks;
    for (const { clientConfig } of webhooks ?? []) {
      const pem = Buffer.from(clientConfig.caBundle ?? '', 'base64').toString('utf8');
      bundles.push(parseCertificates(pem).map(({ fingerprint256 }) => fingerprint256));
    }
  }
  return bundles;
}
