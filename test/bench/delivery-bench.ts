/** What sinks cost the answers: servers with none, one and ten of them, each with a receiver on loopback, side by side. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { waitUntil } from '../support/wait-until.ts';
import { startHoldfast, type HoldfastServerOptions } from './holdfast-server.ts';
import {
  buildRefusingBundle,
  CLOSED_CONNECTIONS,
  makeCertificate,
  measureRound,
  PACE,
  warmUp,
  WHOLE,
} from './journal-bench.ts';
import { describeMachine, type Machine } from './machine.ts';
import type { Round } from './run-load.ts';
import type { RunningServer } from './server-process.ts';

const RECEIVER = join(import.meta.dirname, 'delivery-receiver.ts');
const SINK_COUNTS = [0, 1, 10];
/** What ten sinks have not delivered by the end of a round is delivered before the next server is measured. */
const DRAIN_MS = 300_000;

export interface DeliveryBenchPlan {
  readonly workFolder: string;
  readonly rounds: number;
  readonly roundMs: number;
  readonly progress: (line: string) => void;
}

/** The rounds of one server. */
export interface SinkFigures {
  readonly sinks: number;
  /** At a fixed pace: latency counts from when a request was due. */
  readonly paced: Round[];
  /** As fast as answers come. */
  readonly closed: Round[];
  /** How long after each round the last sink had everything. */
  readonly drainMs: number[];
}

/** Everything a run of this bench found out. */
export interface DeliveryBenchResults {
  readonly date: string;
  readonly machine: Machine;
  readonly plan: Pick<DeliveryBenchPlan, 'rounds' | 'roundMs'>;
  readonly pace: typeof PACE;
  readonly closedConnections: number;
  readonly servers: readonly SinkFigures[];
}

interface MeasuredServer {
  readonly figures: SinkFigures;
  readonly server: RunningServer;
  readonly receivers: Receivers;
}

/** Measures the servers in turn, round by round, with one refused review. */
export async function measureDelivery(plan: DeliveryBenchPlan): Promise<DeliveryBenchResults> {
  const machine = describeMachine();
  const tls = await makeCertificate(plan.workFolder);
  const bundleFolder = await buildRefusingBundle(plan.workFolder);
  const servers: MeasuredServer[] = [];
  try {
    for (const sinks of SINK_COUNTS) {
      servers.push(await startServer(sinks, { workFolder: plan.workFolder, bundleFolder, tls }));
    }
    for (let number = 1; number <= plan.rounds; number += 1) {
      for (const measured of servers) await measureServer(measured, number, plan);
    }
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()));
    for (const { receivers } of servers) receivers.stop();
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    machine,
    plan,
    pace: PACE,
    closedConnections: CLOSED_CONNECTIONS,
    servers: servers.map(({ figures }) => figures),
  };
}

async function measureServer(
  { figures, server, receivers }: MeasuredServer,
  number: number,
  { roundMs, progress }: DeliveryBenchPlan,
): Promise<void> {
  const { paced, closed } = await measureRound(server, roundMs);
  figures.paced.push(paced);
  figures.closed.push(closed);
  figures.drainMs.push(await receivers.drain());
  progress(
    `round ${number}: ${figures.sinks} sinks: ${closed.requestsPerSecond.toFixed(0)} refusals/s, p99 ${(paced.latency.p99Us / 1000).toFixed(2)} ms`,
  );
}

async function startServer(
  sinks: number,
  common: Pick<HoldfastServerOptions, 'workFolder' | 'bundleFolder' | 'tls'>,
): Promise<MeasuredServer> {
  const receivers = await Receivers.start(sinks);
  const folder = join(common.workFolder, `journal-of-${sinks}-sinks`);
  await mkdir(folder, { recursive: true });
  const server = await startHoldfast({
    ...common,
    name: `sinks-${sinks}`,
    audit: {
      journal: { folder, folding: WHOLE },
      sinks: receivers.ports.map((port, index) => ({
        type: 'webhook',
        name: `receiver-${index}`,
        url: `http://127.0.0.1:${port}/`,
        mode: 'batch',
      })),
    },
  });
  await warmUp(server);
  await receivers.drain();
  return { figures: { sinks, paced: [], closed: [], drainMs: [] }, server, receivers };
}

/** The receivers of one server. */
class Receivers {
  readonly ports: readonly number[];
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, ports: readonly number[]) {
    this.#child = child;
    this.ports = ports;
  }

  static async start(count: number): Promise<Receivers> {
    const child = fork(RECEIVER, [String(count)]);
    const [ports]: readonly (readonly number[])[] = await once(child, 'message');
    return new Receivers(child, ports ?? []);
  }

  /** Resolves, with the milliseconds it took, when every receiver has as many events as the others and none comes any more. */
  async drain(): Promise<number> {
    const beganMs = performance.now();
    let before = await this.#counts();
    let changedAtMs = beganMs;
    await waitUntil(async () => {
      const now = await this.#counts();
      if (now.join() !== before.join()) changedAtMs = performance.now();
      before = now;
      // A batch waits 200 ms for others.
      return new Set(now).size <= 1 && performance.now() - changedAtMs > 1000;
    }, DRAIN_MS);
    return changedAtMs - beganMs;
  }

  stop(): void {
    this.#child.kill();
  }

  async #counts(): Promise<readonly number[]> {
    this.#child.send('counts');
    const [counts]: readonly (readonly number[])[] = await once(this.#child, 'message');
    return counts ?? [];
  }
}
