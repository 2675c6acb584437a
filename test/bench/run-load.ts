/** Runs the load generator beside a server and reads what both took from the machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import type { LoadOrder, LoadReport } from './load-client.ts';
import { readCpuMs, readMachineCpuMs, readThreadCpu, type ThreadCpu } from './process-usage.ts';
import type { RunningServer } from './server-process.ts';

const CLIENT = join(import.meta.dirname, 'load-client.ts');

/** One round of load against one server. */
export interface Round extends Omit<LoadReport, 'processCpuMs'> {
  readonly requestsPerSecond: number;
  readonly serverCpuUsPerRequest: number;
  readonly clientCpuUsPerRequest: number;
  /** The server's time for one request by thread: the main thread, worker threads, V8's helpers. */
  readonly threadCpuUsPerRequest: {
    readonly main: number;
    readonly workers: number;
    readonly v8: number;
  };
  /** The part of the machine's processors that neither the server nor the load generator used, but someone did. */
  readonly disturbance: number;
}

/** Sends the load from a process of its own, so that the measuring and the measured share no event loop. */
export async function runLoad(
  server: RunningServer,
  order: Omit<LoadOrder, 'url'>,
): Promise<Round> {
  const startMs = performance.now();
  const machineBeforeMs = await readMachineCpuMs();
  const cpuBeforeMs = await readCpuMs(server.pid);
  const threadsBefore = await readThreadCpu(server.pid);
  const { processCpuMs, ...report } = await runClient({ ...order, url: server.url.href });
  const cpuMs = (await readCpuMs(server.pid)) - cpuBeforeMs;
  const threads = await readThreadCpu(server.pid);
  const machineMs = (await readMachineCpuMs()) - machineBeforeMs;
  const capacityMs = (performance.now() - startMs) * availableParallelism();
  const requests = Math.max(1, report.requests);
  // A thread that ended meanwhile took its time with it.
  const growthUs = (part: keyof ThreadCpu): number =>
    Math.max(0, threads[part] - threadsBefore[part]) * 1000;
  return {
    ...report,
    requestsPerSecond: (report.requests / report.durationMs) * 1000,
    serverCpuUsPerRequest: (cpuMs * 1000) / requests,
    clientCpuUsPerRequest: (report.cpuMs * 1000) / requests,
    threadCpuUsPerRequest: {
      main: growthUs('mainMs') / requests,
      workers: growthUs('workersMs') / requests,
      v8: growthUs('v8Ms') / requests,
    },
    disturbance: Math.max(0, machineMs - cpuMs - processCpuMs) / capacityMs,
  };
}

async function runClient(order: LoadOrder): Promise<LoadReport> {
  const child = spawn(process.execPath, [CLIENT], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(order));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  if (child.exitCode !== 0) {
    throw new Error(`The load generator must end with 0: found exit code ${child.exitCode}`);
  }
  const report: LoadReport = JSON.parse(Buffer.concat(chunks).toString());
  return report;
}
