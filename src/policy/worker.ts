/** The worker thread: takes batches of inputs, answers with results. It is ended from outside when it takes too long. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

import { EvaluationError, WasmHost } from './wasm-host.ts';
import {
  JOB_COMPLETED,
  JOB_FAILED,
  JOB_OUT_OF_MEMORY,
  STATUS_RUNNING,
  STATUS_TAKEN_BACK,
  WORKER_READY,
  type WorkerBatch,
  type WorkerStart,
} from './worker-messages.ts';

function start({ module, data, memoryPagesMax, niceness, status }: WorkerStart): void {
  lowerPriority(niceness);
  const host = new WasmHost(module, { memoryPagesMax, data });
  const shared = new BigInt64Array(status);
  parentPort?.on('message', (batch: WorkerBatch) => {
    parentPort?.postMessage(runBatch(host, batch, shared));
  });
  parentPort?.postMessage(WORKER_READY);
}

function runBatch(
  host: WasmHost,
  { jobs, inputs, nowMs }: WorkerBatch,
  shared: BigInt64Array,
): readonly (number | string)[] {
  const results: (number | string)[] = [];
  let offset = 0;
  for (let index = 0; index + 1 < jobs.length; index += 2) {
    const number = jobs[index] ?? 0;
    const length = jobs[index + 1] ?? 0;
    const input = new Uint8Array(inputs, offset, length);
    offset += length;
    // Somebody else has it by now: this worker was stuck in the job before.
    if (BigInt(number) <= Atomics.load(shared, STATUS_TAKEN_BACK)) continue;
    Atomics.store(shared, STATUS_RUNNING, BigInt(number));
    results.push(number, ...evaluate(host, input, nowMs));
  }
  Atomics.store(shared, STATUS_RUNNING, 0n);
  return results;
}

function evaluate(host: WasmHost, input: Uint8Array, nowMs: number): readonly [number, string] {
  try {
    return [JOB_COMPLETED, host.evaluate([input], { nowMs })];
  } catch (fault) {
    if (!(fault instanceof EvaluationError)) throw fault;
    return [fault.outOfMemory ? JOB_OUT_OF_MEMORY : JOB_FAILED, fault.message];
  }
}

/** On Linux a priority belongs to a thread: a policy that runs away must not keep the main thread from its sockets. */
function lowerPriority(niceness: number): void {
  try {
    setPriority(niceness);
  } catch {
    // Some sandboxes forbid it. Evaluation is the same without.
  }
}

function isWorkerStart(given: unknown): given is WorkerStart {
  return typeof given === 'object' && given !== null && 'module' in given && 'status' in given;
}

// Imported anywhere else than in a worker of ours, this file does nothing.
if (isWorkerStart(workerData)) start(workerData);
