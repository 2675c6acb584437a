/** The loop of a worker thread: receives batches of inputs, returns results. */
import { readlinkSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';

import { formatInput, formatParameters } from './wasm/format-input.ts';
import { loadRequiredBuiltins } from './wasm/load-required-builtins.ts';
import { EvaluationError, WasmHost, type EvaluationContext } from './wasm/wasm-host.ts';
import {
  JOB_COMPLETED,
  JOB_FAILED,
  JOB_OUT_OF_MEMORY,
  STATUS_RUNNING,
  STATUS_TAKEN_BACK,
  type WorkerBatch,
  type WorkerReady,
  type WorkerStart,
} from './worker-messages.ts';

/** A document that asks for no policy. */
const NOTHING = formatInput({
  requestJson: new TextEncoder().encode('{}'),
  facts: {},
  parametersJson: formatParameters([]),
});

/** Listens until the thread is ended from outside. */
export async function runWorker(
  port: MessagePort,
  { module, data, memoryPagesMax, status }: WorkerStart,
): Promise<void> {
  const builtins = await loadRequiredBuiltins(module);
  const host = new WasmHost(module, { memoryPagesMax, data, builtins });
  // Of no policy: what every evaluation needs is loaded before the first request waits for it.
  host.evaluate([NOTHING], { nowMs: 0 });
  const shared = new BigInt64Array(status);
  port.on('message', (batch: WorkerBatch) => {
    port.postMessage(runBatch(host, batch, shared));
  });
  const ready: WorkerReady = { osThreadId: readOsThreadId() };
  port.postMessage(ready);
}

function runBatch(
  host: WasmHost,
  { jobs, inputs, nowMs, builtins }: WorkerBatch,
  shared: BigInt64Array,
): readonly (number | string)[] {
  const results: (number | string)[] = [];
  let offset = 0;
  for (let index = 0; index + 1 < jobs.length; index += 2) {
    const number = jobs[index] ?? 0;
    const length = jobs[index + 1] ?? 0;
    const input = new Uint8Array(inputs, offset, length);
    offset += length;
    // Another worker has this job: this one was stuck in the previous job.
    if (BigInt(number) <= Atomics.load(shared, STATUS_TAKEN_BACK)) continue;
    Atomics.store(shared, STATUS_RUNNING, BigInt(number));
    const context = { ...builtins?.[index / 2], nowMs };
    const startedAtMs = performance.now();
    results.push(number, ...evaluate(host, input, context), performance.now() - startedAtMs);
  }
  Atomics.store(shared, STATUS_RUNNING, 0n);
  return results;
}

function evaluate(
  host: WasmHost,
  input: Uint8Array,
  context: EvaluationContext,
): readonly [number, string] {
  try {
    return [JOB_COMPLETED, host.evaluate([input], context)];
  } catch (fault) {
    if (!(fault instanceof EvaluationError)) throw fault;
    return [fault.exceeded === 'memory' ? JOB_OUT_OF_MEMORY : JOB_FAILED, fault.message];
  }
}

/** Linux shows a thread its own id: `/proc/thread-self` leads to `<process>/task/<thread>`. */
function readOsThreadId(): number | undefined {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  } catch {
    // Not Linux. A runaway job then keeps its share of the CPU until its deadline.
    return undefined;
  }
}
