/** The worker thread's entry. */
import { parentPort, workerData } from 'node:worker_threads';

import { runWorker } from './worker-loop.ts';
import type { WorkerStart } from './worker-messages.ts';

function isWorkerStart(given: unknown): given is WorkerStart {
  return typeof given === 'object' && given !== null && 'module' in given && 'status' in given;
}

// Imported anywhere else than in a worker of ours, this file does nothing.
if (parentPort && isWorkerStart(workerData)) runWorker(parentPort, workerData);
