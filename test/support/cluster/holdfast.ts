/** The real Holdfast, as its users run it: certificates, configuration, a child process, a registration. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startChild } from './child-process.ts';
import type { RunningChild } from './child-process.ts';
import type { Cluster } from './cluster.ts';
import { findFreePorts } from './free-ports.ts';
import { bundleFolder } from '../policy-bundles.ts';
import { addServiceAccountUser, ARGOCD, FLUX } from './service-account-user.ts';
import { waitFor } from './wait-for.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PROGRAM = join(ROOT, 'src', 'main.ts');
const DEPLOYMENT = join(ROOT, 'deploy', 'base');
const NAMESPACE = 'holdfast-system';
const POD = 'holdfast-0';
const READER_MANIFESTS = [
  'namespace.yaml',
  'service-account.yaml',
  'cluster-role.yaml',
  'credentials-role.yaml',
  'break-glass-grant.yaml',
  'freeze.yaml',
  'lease-role.yaml',
  'registration-reader-role.yaml',
];
const READY_DEADLINE_MS = 5 * 60_000;

export interface HoldfastOptions {
  /** What Node runs. @default the sources */
  readonly entry?: string | undefined;
  /** The cluster's name, as denials print it. @default 'test' */
  readonly clusterName?: string | undefined;
  /** `policies.settings` of the configuration file. */
  readonly policies?: Readonly<Record<string, unknown>> | undefined;
  /** The section `audit` of the configuration file. */
  readonly audit?: Readonly<Record<string, unknown>> | undefined;
  /** The section `commits` of the configuration file. */
  readonly commits?: Readonly<Record<string, unknown>> | undefined;
  /** The section `images` of the configuration file. */
  readonly images?: Readonly<Record<string, unknown>> | undefined;
  /** The section `mirrors` of the configuration file. */
  readonly mirrors?: Readonly<Record<string, unknown>> | undefined;
  /** The section `promotions` of the configuration file. */
  readonly promotions?: readonly object[] | undefined;
  /** The section `alerts` of the configuration file. */
  readonly alerts?: Readonly<Record<string, unknown>> | undefined;
  /** The section `breakGlass` of the configuration file. */
  readonly breakGlass?: Readonly<Record<string, unknown>> | undefined;
  /** The workload that each writer's pod must belong to. Without it any pod of the account will do. */
  readonly workloads?: Readonly<Partial<Record<'argocd' | 'flux', object>>> | undefined;
  /** `identity.credentials` of the configuration file. */
  readonly credentials?: Readonly<Record<string, unknown>> | undefined;
  /** `identity.writers` of the configuration file. @default Argo CD and Flux of this cluster */
  readonly writers?: readonly object[] | undefined;
  /** More of the section `kubernetes` of the configuration file. */
  readonly kubernetes?: Readonly<Record<string, unknown>> | undefined;
  /** `identity.operators` of the configuration file. */
  readonly operators?: readonly object[] | undefined;
  /** `ownership.orphans` of the configuration file. */
  readonly orphans?: Readonly<Record<string, unknown>> | undefined;
  /** Sections of a file that was written elsewhere, in the place of what the options above would say. */
  readonly sections?: Readonly<Record<string, object>> | undefined;
  /** The section `registration` of the configuration file. With `manage`, Holdfast registers itself, and nobody waits for it. */
  readonly registration?: Readonly<Record<string, unknown>> | undefined;
  /** More words for `holdfast manifests`. */
  readonly manifestsArguments?: readonly string[] | undefined;
}

export interface RegisteredHoldfast {
  readonly url: string;
  /** Of metrics and health. */
  readonly operationsUrl: string;
  readonly folder: string;
  readonly logFile: string;
  readonly pid: () => number;
  /** Ends the process; the registration stays. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Starts it again, on the same port. */
  readonly start: () => Promise<void>;
  /** Runs `holdfast` with these words, and returns what it prints. */
  readonly run: (argv: readonly string[]) => Promise<string>;
}

/** Starts Holdfast, registers it, and returns once the API server asks it. Needs the writers' namespaces. */
export async function registerHoldfast(
  cluster: Cluster,
  options: HoldfastOptions = {},
): Promise<RegisteredHoldfast> {
  const folder = join(cluster.folder, 'holdfast');
  await mkdir(folder);
  const run = (argv: readonly string[]): Promise<string> => runHoldfast(folder, argv);
  await run(['certs', '--out', 'certs', '--ip', '127.0.0.1']);
  const [port = 0, metricsPort = 0] = await findFreePorts(2);
  await addReader(cluster);
  const bundle = await bundleFolder();
  const configuration = describeConfiguration(cluster, { ...options, port, metricsPort, bundle });
  // JSON is YAML.
  await writeFile(join(folder, 'holdfast.yaml'), JSON.stringify(configuration, undefined, 2));
  const url = `https://127.0.0.1:${port}`;
  const logFile = join(folder, 'holdfast.log');
  const { entry = PROGRAM } = options;
  let child = await serve(cluster, { folder, entry });
  if (options.registration?.['manage'] !== true) await register(cluster, { run, url, options });
  return {
    url,
    operationsUrl: `http://127.0.0.1:${metricsPort}`,
    folder,
    logFile,
    pid: () => child.pid,
    stop: (signal) => child.stop(signal),
    start: async () => {
      child = await serve(cluster, { folder, entry });
    },
    run,
  };
}

async function register(
  cluster: Cluster,
  {
    run,
    url,
    options,
  }: Pick<RegisteredHoldfast, 'run' | 'url'> & { readonly options: HoldfastOptions },
): Promise<void> {
  const target = ['--url', url, '--ca-file', 'certs/ca.crt', '--namespace', NAMESPACE];
  const registration = await run([
    'manifests',
    '--config',
    'holdfast.yaml',
    ...target,
    ...(options.manifestsArguments ?? []),
  ]);
  await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], { input: registration });
  await waitUntilAsked(cluster);
}

async function serve(
  cluster: Cluster,
  { folder, entry }: { readonly folder: string; readonly entry: string },
): Promise<RunningChild> {
  const logFile = join(folder, 'holdfast.log');
  const before = await readFile(logFile, 'utf8').catch(() => '');
  const child = await startChild(process.execPath, {
    argv: [entry, 'serve', '--config', 'holdfast.yaml'],
    cwd: folder,
    logFile,
  });
  cluster.adopt(child);
  await waitFor(
    'Holdfast prints that it is ready',
    async () => (await readFile(logFile, 'utf8')).slice(before.length).includes('ready https://'),
    { deadlineMs: READY_DEADLINE_MS, assertPossible: child.assertRunning },
  );
  return child;
}

/** Runs `holdfast` in a folder, as its user in a shell does, and returns what it prints. */
export async function runHoldfast(
  folder: string,
  argv: readonly string[],
  entry = PROGRAM,
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [entry, ...argv], {
    cwd: folder,
  });
  return stdout;
}

/** Holdfast reads the cluster with the rights that its deployment gives it, and no others. */
async function addReader(cluster: Cluster): Promise<void> {
  for (const file of READER_MANIFESTS) {
    const argv = ['apply', '--server-side', '-n', NAMESPACE, '-f', join(DEPLOYMENT, file)];
    await cluster.mustKubectl('root', argv);
  }
  // It runs beside the cluster, with the token of a pod as its Deployment makes it: only that may keep the credentials.
  await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], {
    input: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: POD, namespace: NAMESPACE },
      spec: {
        serviceAccountName: 'holdfast',
        terminationGracePeriodSeconds: 0,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'holdfast',
            image: 'registry.local/holdfast:1',
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      },
    },
  });
  await addServiceAccountUser(cluster, {
    name: 'holdfast',
    namespace: NAMESPACE,
    serviceAccount: 'holdfast',
    pod: POD,
  });
}

function describeConfiguration(
  cluster: Cluster,
  options: HoldfastOptions & {
    readonly port: number;
    readonly metricsPort: number;
    readonly bundle: string;
  },
): object {
  const writer = (
    tool: 'argocd' | 'flux',
    { namespace, serviceAccount }: typeof ARGOCD,
  ): object => ({
    name: tool,
    username: `system:serviceaccount:${namespace}:${serviceAccount}`,
    tool,
    proof: 'pod-bound',
    workload: options.workloads?.[tool],
  });
  return {
    cluster: { name: options.clusterName ?? 'test' },
    server: {
      port: options.port,
      tls: { certificateFile: 'certs/tls.crt', keyFile: 'certs/tls.key' },
      metrics: { port: options.metricsPort },
    },
    policies: { bundle: options.bundle, settings: options.policies ?? {} },
    identity: {
      writers: options.writers ?? [writer('argocd', ARGOCD), writer('flux', FLUX)],
      operators: options.operators ?? [],
      credentials: options.credentials ?? {},
    },
    ownership: { orphans: options.orphans ?? {} },
    commits: { folder: 'commits', ...options.commits },
    images: { folder: 'images', ...options.images },
    mirrors: { folder: 'mirrors', ...options.mirrors },
    promotions: options.promotions ?? [],
    audit: options.audit ?? {},
    alerts: options.alerts ?? {},
    breakGlass: options.breakGlass ?? {},
    registration: options.registration ?? {},
    ...options.sections,
    kubernetes: {
      ...options.kubernetes,
      ...options.sections?.['kubernetes'],
      kubeconfigFile: cluster.kubeconfigOf('holdfast'),
    },
  };
}

/** The API server notices a new registration a moment later. Dry runs leave nothing behind. */
export async function waitUntilAsked(cluster: Cluster): Promise<void> {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'probe:/ConfigMap:default/probe' };
  const input = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'probe', namespace: 'default', annotations },
  };
  await waitFor('the API server asks Holdfast', async () => {
    const { stderr } = await cluster.kubectl('root', ['create', '--dry-run=server', '-f', '-'], {
      input,
    });
    return /decision 0/u.test(stderr);
  });
}
