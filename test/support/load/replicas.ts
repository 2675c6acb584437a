/**
 * Two replicas of Holdfast behind one address, made of a Holdfast that is registered already: each with a journal and ports of its
 * own, started and stopped as the kubelet does it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../../../src/base/is-record.ts';
import { startChild } from '../cluster/child-process.ts';
import type { RunningChild } from '../cluster/child-process.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { waitUntilAsked } from '../cluster/holdfast.ts';
import type { ShopCluster } from '../cluster/shop-cluster.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { makeMemoryGroup } from '../memory-group.ts';
import type { MemoryGroup } from '../memory-group.ts';
import { startTcpProxy } from '../tcp-proxy.ts';
import type { TcpProxy } from '../tcp-proxy.ts';
import { startServiceAddress } from './service-address.ts';
import type { ServiceAddress } from './service-address.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** What Node runs unless told otherwise. */
export const CURRENT_ENTRY = join(ROOT, 'src', 'main.ts');
/** Worker threads inherit it. */
const PRELOAD = `--import=${new URL('./shifted-clock.ts', import.meta.url).href}`;
const NAMESPACE = 'holdfast-system';
const READY_DEADLINE_MS = 5 * 60_000;
/** As in the values of the chart. */
const DRAIN_DELAY_MS = 5000;
const CONFIGURATION_FILE = 'holdfast.yaml';
const RELOADS = 'holdfast_configuration_reloads_total{outcome="loaded"}';
const REFUSED_RELOADS = 'holdfast_configuration_reloads_total{outcome="failed"}';

/** As it stands in the file. */
export type Configuration = Readonly<Record<string, unknown>>;
type ConfigurationChange = (configuration: Configuration) => Configuration;

export interface ReplicasOptions {
  /** How the configuration of each replica differs from the one that is registered; `url` is the address of both. */
  readonly configure?: (configuration: Configuration, url: string) => Configuration;
  /** What Node runs first. @default this checkout */
  readonly entry?: string;
  /** How far the clock of the second replica is ahead. @default 0 */
  readonly clockShiftMs?: number;
  /** The memory that the kernel lets each replica have, where control groups can be written. @default all */
  readonly memoryBytes?: number;
}

export interface Replica {
  readonly name: string;
  readonly folder: string;
  /** What the replica asks the cluster goes through it. */
  readonly apiServerProxy: TcpProxy;
  /** As the kubelet starts a container; resolves once its readiness has brought it connections. */
  readonly start: (entry?: string) => Promise<void>;
  /** As the kubelet stops a pod that is being deleted: the endpoint is withdrawn while the process ends. */
  readonly stop: () => Promise<void>;
  /** Ends it without a word; nobody is told. */
  readonly kill: () => Promise<void>;
  /** Stops its threads for so long, as a virtual machine that is moved; its sockets stay open. */
  readonly standStill: (durationMs: number) => Promise<void>;
  /** Changes its configuration file. */
  readonly writeConfiguration: (change: ConfigurationChange) => Promise<void>;
  /** The same, and resolves when the new one is in force. */
  readonly configure: (change: ConfigurationChange) => Promise<void>;
  /** Writes half of its configuration, waits until that is refused, and writes it whole again. */
  readonly breakConfiguration: () => Promise<void>;
  /** How often the kernel ended it for the memory that it took. */
  readonly memoryKills: () => number;
  /** A figure of its metrics: the sum of all series that begin so. */
  readonly readMetric: (beginning: string) => Promise<number>;
}

export interface Replicas {
  readonly address: ServiceAddress;
  readonly all: readonly [Replica, Replica];
  /** As a StatefulSet does it: the last one first, the next when it is ready. `between` has the stopped one. */
  readonly roll: (entry?: string, between?: (replica: Replica) => Promise<void>) => Promise<void>;
  /** Registers their address again, with this checkout. */
  readonly register: () => Promise<void>;
}

/** Starts both, registers their address, and stops the Holdfast that was there. */
export async function startReplicas(
  { cluster, holdfast }: ShopCluster,
  options: ReplicasOptions = {},
): Promise<Replicas> {
  const { configure = (same) => same, entry = CURRENT_ENTRY, clockShiftMs = 0 } = options;
  const address = await startServiceAddress();
  cluster.onStop(address.stop);
  const url = `https://127.0.0.1:${address.port}`;
  const configuration = configure(await readConfiguration(holdfast.folder), url);
  const create = (name: string, shiftMs: number): Promise<Replica> =>
    createReplica(name, {
      cluster,
      address,
      configuration,
      holdfast,
      shiftMs,
      memoryBytes: options.memoryBytes,
    });
  const all = [await create('holdfast-0', 0), await create('holdfast-1', clockShiftMs)] as const;
  await Promise.all(all.map((replica) => replica.start(entry)));
  const register = async (): Promise<void> => {
    const target = ['--url', url, '--ca-file', 'certs/ca.crt', '--namespace', NAMESPACE];
    const input = await holdfast.run(['manifests', '--config', 'holdfast.yaml', ...target]);
    await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], { input });
  };
  await register();
  await holdfast.stop();
  // The API server hears of the new address a moment later.
  await waitUntilAsked(cluster);
  return {
    address,
    all,
    register,
    roll: async (next, between) => {
      for (const replica of all.toReversed()) {
        await replica.stop();
        await between?.(replica);
        await replica.start(next);
      }
    },
  };
}

interface ReplicaParts extends Pick<ShopCluster, 'cluster' | 'holdfast'> {
  readonly address: ServiceAddress;
  readonly configuration: Configuration;
  readonly shiftMs: number;
  readonly memoryBytes: number | undefined;
}

async function createReplica(name: string, parts: ReplicaParts): Promise<Replica> {
  const { cluster, holdfast, configuration } = parts;
  const folder = join(cluster.folder, name);
  await mkdir(folder);
  const [port = 0, metricsPort = 0] = await findFreePorts(2);
  const apiServerProxy = await startTcpProxy(Number(new URL(cluster.url).port));
  cluster.onStop(apiServerProxy.stop);
  const kubeconfigFile = join(folder, 'kubeconfig');
  const kubeconfig = await readFile(cluster.kubeconfigOf('holdfast'), 'utf8');
  const proxyUrl = `https://127.0.0.1:${apiServerProxy.port}`;
  await writeFile(kubeconfigFile, kubeconfig.replace(cluster.url, proxyUrl), { mode: 0o600 });
  const certificates = join(holdfast.folder, 'certs');
  const tls = {
    certificateFile: join(certificates, 'tls.crt'),
    keyFile: join(certificates, 'tls.key'),
  };
  await writeConfiguration(folder, {
    ...configuration,
    server: { port, tls, metrics: { port: metricsPort } },
    kubernetes: { ...sectionOf(configuration, 'kubernetes'), kubeconfigFile },
    limits: { ...sectionOf(configuration, 'limits'), drainDelayMs: DRAIN_DELAY_MS },
  });
  const group =
    parts.memoryBytes === undefined ? undefined : makeMemoryGroup(parts.memoryBytes, name);
  const place = { name, folder, port, metricsPort, apiServerProxy, group, ...parts };
  const replica = new ReplicaProcess(place);
  cluster.onStop(async () => {
    if (group === undefined) return;
    await replica.kill();
    await waitFor(`${name} has ended`, () => group.isEmpty());
    group.remove();
  });
  return replica;
}

interface ReplicaPlace extends Pick<ReplicaParts, 'cluster' | 'address' | 'shiftMs'> {
  readonly name: string;
  readonly group: MemoryGroup | undefined;
  readonly folder: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly apiServerProxy: TcpProxy;
}

class ReplicaProcess implements Replica {
  readonly name: string;
  readonly folder: string;
  readonly apiServerProxy: TcpProxy;
  readonly #place: ReplicaPlace;
  #child: RunningChild | undefined;

  constructor(place: ReplicaPlace) {
    ({ name: this.name, folder: this.folder, apiServerProxy: this.apiServerProxy } = place);
    this.#place = place;
  }

  readonly start = async (entry = CURRENT_ENTRY): Promise<void> => {
    const { name, folder, port, metricsPort, cluster, address, shiftMs, group } = this.#place;
    const command = [...(group?.prefix ?? []), process.execPath];
    const preloads = shiftMs === 0 ? [] : [PRELOAD];
    const child = await startChild(command[0] ?? process.execPath, {
      argv: [...command.slice(1), ...preloads, entry, 'serve', '--config', 'holdfast.yaml'],
      cwd: folder,
      logFile: join(folder, 'holdfast.log'),
      environment: {
        POD_NAME: name,
        POD_NAMESPACE: NAMESPACE,
        CLOCK_SHIFT_MS: String(shiftMs),
      },
    });
    this.#child = child;
    cluster.adopt(child);
    address.add({ name, port, readyUrl: `http://127.0.0.1:${metricsPort}/readyz` });
    await waitFor(`${name} is ready`, () => address.ready().includes(name), {
      deadlineMs: READY_DEADLINE_MS,
      assertPossible: child.assertRunning,
    });
  };

  readonly stop = async (): Promise<void> => {
    const { address, name } = this.#place;
    await Promise.all([address.withdraw(name), this.#child?.stop('SIGTERM')]);
  };

  readonly kill = async (): Promise<void> => {
    await this.#child?.stop('SIGKILL');
  };

  readonly standStill = async (durationMs: number): Promise<void> => {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run`);
    process.kill(pid, 'SIGSTOP');
    try {
      await pause(durationMs);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  };

  readonly writeConfiguration = async (change: ConfigurationChange): Promise<void> => {
    await writeConfiguration(this.folder, change(await readConfiguration(this.folder)));
  };

  readonly configure = async (change: ConfigurationChange): Promise<void> => {
    await this.#whileCounting(RELOADS, () => this.writeConfiguration(change));
  };

  readonly breakConfiguration = async (): Promise<void> => {
    const file = join(this.folder, CONFIGURATION_FILE);
    const text = await readFile(file, 'utf8');
    await this.#whileCounting(REFUSED_RELOADS, () =>
      writeFile(file, text.slice(0, text.length / 2)),
    );
    await writeFile(file, text);
  };

  readonly readMetric = async (beginning: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${this.#place.metricsPort}/metrics`);
    const lines = (await answer.text()).split('\n').filter((line) => line.startsWith(beginning));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };

  readonly memoryKills = (): number => this.#place.group?.kills() ?? 0;

  /** Does something, and waits until this counter has grown. */
  async #whileCounting(counter: string, action: () => Promise<void>): Promise<void> {
    const before = await this.readMetric(counter);
    await action();
    await waitFor(`${this.name} has read its configuration`, async () => {
      return (await this.readMetric(counter)) > before;
    });
  }
}

async function readConfiguration(folder: string): Promise<Configuration> {
  const value: unknown = JSON.parse(await readFile(join(folder, CONFIGURATION_FILE), 'utf8'));
  if (!isRecord(value)) throw new Error(`${folder} holds no configuration`);
  return value;
}

async function writeConfiguration(folder: string, configuration: Configuration): Promise<void> {
  const text = JSON.stringify(configuration, undefined, 2);
  await writeFile(join(folder, CONFIGURATION_FILE), text);
}

function sectionOf(configuration: Configuration, name: string): Configuration {
  const section = configuration[name];
  return isRecord(section) ? section : {};
}
