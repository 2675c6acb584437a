/**
 * The kubelet of the chart's pods: it runs the real Holdfast for each pod that the StatefulSet makes, with the configuration, the
 * certificate and the claim that the pod names, tells the API server whether it is ready, and ends it with the pod.
 *
 * What only a node has is replaced: ports, the folders of volumes, and the token of the account. A Service leads nowhere in a cluster
 * without kube-proxy, so that `address` stands for it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../../src/base/is-record.ts';
import { formatYaml, parseYaml } from '../../../src/base/parse-yaml.ts';
import type { ApiObject } from '../cluster/api-client.ts';
import { startChild } from '../cluster/child-process.ts';
import type { RunningChild } from '../cluster/child-process.ts';
import type { Cluster } from '../cluster/cluster-handle.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { bindingOf, repeat, runningStatus } from '../cluster/node.ts';
import type { ServiceAddress } from '../load/service-address.ts';
import { bundleFolder } from '../policy-bundles.ts';
import { NAMESPACE } from './render-chart.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'src', 'main.ts');
const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const TICK_MS = 250;
const TOKEN_SECONDS = 3600;

/** Whether a pod is one of the chart's. */
export function isChartPod({ metadata }: ApiObject): boolean {
  return (
    metadata?.namespace === NAMESPACE && metadata.labels?.['app.kubernetes.io/name'] === 'holdfast'
  );
}

interface RunPod {
  readonly uid: string;
  readonly folder: string;
  readonly child: RunningChild;
  isEnding: boolean;
  wasReady: boolean;
}

export interface ChartPods {
  /** Where the journal of this claim, or of the pod with this name where it has none, lies. */
  readonly journalOf: (name: string) => string;
  /** What each running pod serves its metrics at. */
  readonly metricsUrls: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** From now on runs the chart's pods. */
export function startChartPods(cluster: Cluster, address: ServiceAddress): ChartPods {
  const kubelet = new ChartKubelet(cluster, address);
  const rounds = repeat(() => kubelet.servePods(), TICK_MS);
  cluster.onStop(rounds.stop);
  return {
    metricsUrls: () => kubelet.metricsUrls(),
    journalOf: (name) => join(cluster.folder, 'volumes', name, 'journal'),
    stop: rounds.stop,
  };
}

class ChartKubelet {
  readonly #cluster: Cluster;
  readonly #address: ServiceAddress;
  readonly #running = new Map<string, RunPod>();
  readonly #ports = new Map<string, readonly number[]>();

  constructor(cluster: Cluster, address: ServiceAddress) {
    this.#cluster = cluster;
    this.#address = address;
  }

  metricsUrls(): readonly string[] {
    return [...this.#running]
      .filter(([, { child }]) => !child.hasExited())
      .map(([name]) => `http://127.0.0.1:${String(this.#ports.get(name)?.[1])}/metrics`);
  }

  async servePods(): Promise<void> {
    const { body } = await this.#cluster.request('root', `${CORE}/pods`);
    for (const pod of (body.items ?? []).filter(isChartPod)) await this.#serve(pod);
  }

  async #serve(pod: ApiObject): Promise<void> {
    const { name = '', uid = '', deletionTimestamp } = pod.metadata ?? {};
    const running = this.#running.get(name);
    if (deletionTimestamp !== undefined) return this.#end(name, uid, running);
    if (pod.spec?.['nodeName'] === undefined) {
      const body = bindingOf(pod);
      await this.#cluster.request('scheduler', `${CORE}/pods/${name}/binding`, {
        method: 'POST',
        body,
      });
    } else if (running?.uid !== uid) {
      await this.#start(name, pod);
    } else {
      await this.#mountConfiguration(name, running.folder);
      await this.#mountCertificate(running.folder);
      await this.#reportReadiness(name, pod, running);
    }
  }

  async #start(name: string, pod: ApiObject): Promise<void> {
    const claim = claimOf(pod);
    const uid = pod.metadata?.uid ?? '';
    const folder = join(this.#cluster.folder, 'volumes', claim ?? name);
    await mkdir(folder, { recursive: true });
    // The kubelet waits for the Secret.
    if (!(await this.#mountCertificate(folder))) return;
    if (!this.#ports.has(name)) this.#ports.set(name, await findFreePorts(2));
    await this.#cluster.addUser(name, await this.#askForToken(name, uid));
    await this.#mountConfiguration(name, folder);
    const child = await startChild(process.execPath, {
      argv: [PROGRAM, 'serve', '--config', 'holdfast.yaml'],
      cwd: folder,
      logFile: join(folder, 'holdfast.log'),
      environment: {
        POD_NAME: name,
        POD_NAMESPACE: NAMESPACE,
        XDG_CACHE_HOME: join(folder, 'cache'),
      },
    });
    this.#cluster.adopt(child);
    this.#running.set(name, { uid, folder, child, isEnding: false, wasReady: false });
    const [port = 0, metricsPort = 0] = this.#ports.get(name) ?? [];
    this.#address.add({ name, port, readyUrl: `http://127.0.0.1:${metricsPort}/readyz` });
    await this.#patchStatus(name, runningStatus(pod, false));
  }

  async #end(name: string, uid: string, running: RunPod | undefined): Promise<void> {
    if (running !== undefined && running.uid === uid && !running.isEnding) {
      running.isEnding = true;
      // Not waited for: the other pods go on meanwhile.
      void this.#address.withdraw(name);
      void running.child.stop('SIGTERM');
    }
    if (running !== undefined && running.uid === uid && !running.child.hasExited()) return;
    const body = { gracePeriodSeconds: 0, preconditions: { uid } };
    await this.#cluster.request('kubelet', `${CORE}/pods/${name}`, { method: 'DELETE', body });
  }

  async #reportReadiness(name: string, pod: ApiObject, running: RunPod): Promise<void> {
    const isReady = this.#address.ready().includes(name);
    if (isReady === running.wasReady) return;
    running.wasReady = isReady;
    await this.#patchStatus(name, runningStatus(pod, isReady));
  }

  async #patchStatus(name: string, body: object): Promise<void> {
    const patchType = 'application/strategic-merge-patch+json';
    const path = `${CORE}/pods/${name}/status`;
    await this.#cluster.request('kubelet', path, { method: 'PATCH', patchType, body });
  }

  /** As the kubelet does, for a pod of its node whose volumes name the token. */
  async #askForToken(name: string, uid: string): Promise<string> {
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid };
    const answer = await this.#cluster.request(
      'kubelet',
      `${CORE}/serviceaccounts/holdfast/token`,
      {
        method: 'POST',
        body: { spec: { boundObjectRef, expirationSeconds: TOKEN_SECONDS } },
      },
    );
    const token = answer.body.status?.['token'];
    if (typeof token === 'string') return token;
    throw new Error(`No token for ${name}: ${answer.code} ${answer.body.message}`);
  }

  async #mountCertificate(folder: string): Promise<boolean> {
    const { code, body } = await this.#cluster.request('root', `${CORE}/secrets/holdfast-tls`);
    if (code !== 200) return false;
    for (const [name, value] of Object.entries(body.data ?? {})) {
      const file = join(folder, name);
      const bytes = Buffer.from(value, 'base64');
      const mounted = await readFile(file).catch(() => undefined);
      if (mounted?.equals(bytes) !== true) await writeFile(file, bytes, { mode: 0o600 });
    }
    return true;
  }

  /** As the kubelet does for a ConfigMap: what changes there changes in the pod a moment later. */
  async #mountConfiguration(name: string, folder: string): Promise<void> {
    const { body } = await this.#cluster.request('root', `${CORE}/configmaps/holdfast`);
    const text = body.data?.['holdfast.yaml'];
    if (text === undefined) return;
    const [port = 0, metricsPort = 0] = this.#ports.get(name) ?? [];
    const local = await localize(text, {
      port,
      metricsPort,
      kubeconfigFile: this.#cluster.kubeconfigOf(name),
    });
    const file = join(folder, 'holdfast.yaml');
    if ((await readFile(file, 'utf8').catch(() => '')) !== local) await writeFile(file, local);
  }
}

/** The configuration of the ConfigMap with the places of this machine. */
async function localize(
  text: string,
  place: { readonly port: number; readonly metricsPort: number; readonly kubeconfigFile: string },
): Promise<string> {
  const parsed = parseYaml(text, { dialect: 'kubernetes', aliasesMax: 0 });
  const value = parsed.ok ? parsed.documents[0]?.value : undefined;
  if (!isRecord(value)) throw new Error('The ConfigMap holds no configuration');
  const host = '127.0.0.1';
  const policies = isRecord(value['policies']) ? value['policies'] : {};
  const audit = isRecord(value['audit']) ? value['audit'] : {};
  const journal = isRecord(audit['journal']) ? audit['journal'] : {};
  return formatYaml({
    ...value,
    server: {
      host,
      port: place.port,
      tls: { certificateFile: 'tls.crt', keyFile: 'tls.key' },
      metrics: { host, port: place.metricsPort },
    },
    policies: { ...policies, bundle: await bundleFolder() },
    audit: { ...audit, journal: { ...journal, folder: 'journal' } },
    kubernetes: { kubeconfigFile: place.kubeconfigFile },
  });
}

function claimOf(pod: ApiObject): string | undefined {
  const volumes: unknown = pod.spec?.['volumes'];
  const found: unknown = Array.isArray(volumes)
    ? volumes.find((volume: unknown) => isRecord(volume) && volume['name'] === 'journal')
    : undefined;
  const claim = isRecord(found) ? found['persistentVolumeClaim'] : undefined;
  return isRecord(claim) ? String(claim['claimName']) : undefined;
}
