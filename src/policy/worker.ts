/** The worker thread's entry. */
import { parentPort, workerData } from 'node:worker_threads';

import { runWorker } from './worker-loop.ts';
import type { WorkerStart } from './worker-messages.ts';

function isWorkerStart(given: unknown): given is WorkerStart {
  return typeof given === 'object' && given !== null && 'module' in given && 'status' in given;
}

// Outside of one of our worker threads, importing this file does nothing.
if (parentPort && isWorkerStart(workerData)) await runWorker(parentPort, workerData);
