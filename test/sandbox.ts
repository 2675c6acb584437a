/**
 * `npm run sandbox`: a real API server on loopback with Holdfast registered, until Ctrl-C.
 *
 * `npm run sandbox -- --record-day` plays the recorded day again instead, and writes its fixture anew.
 */
import { cacheFolder } from '../src/base/cache-folder.ts';
import { prepareAssets } from './support/assets/assets.ts';
import { RECORDED_DAY, recordDay } from './support/sandbox/record-day.ts';
import { startSandbox } from './support/sandbox/start-sandbox.ts';

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function runSandbox(): Promise<void> {
  // While it builds or starts, a signal just ends the process: the cluster's reaper cleans up behind it.
  await prepareAssets({ cacheFolder: cacheFolder(), print });
  if (process.argv.includes('--record-day')) {
    await recordDay(RECORDED_DAY, print);
    return;
  }
  const { cluster } = await startSandbox({ print });
  await stopSignal();
  print('\nStopping');
  await cluster.stop();
  print('Stopped: no process and no folder is left');
}

/** Resolves with the first signal. npm and the terminal may both send one: the second must not cut the end short. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
  });
}

await runSandbox();
