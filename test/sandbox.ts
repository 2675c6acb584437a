/**
 * `npm run sandbox`: a real API server on loopback with Holdfast registered, until Ctrl-C.
 *
 * `npm run sandbox -- --bundle BUNDLE --key KEY` judges with a bundle of yours instead of the policies that come with Holdfast, and enforces
 * all of it. `npm run sandbox -- --record-day` plays the recorded day again instead, and writes its fixture anew.
 */
import { isAbsolute, join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../src/base/cache-folder.ts';
import { prepareAssets } from './support/assets/assets.ts';
import { RECORDED_DAY, recordDay } from './support/sandbox/record-day.ts';
import { startSandbox } from './support/sandbox/start-sandbox.ts';

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function runSandbox(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'record-day': { type: 'boolean', default: false },
      bundle: { type: 'string' },
      key: { type: 'string', multiple: true, default: [] },
    },
  });
  // While it builds or starts, a signal just ends the process: the cluster's reaper cleans up behind it.
  await prepareAssets({ cacheFolder: cacheFolder(), print });
  if (values['record-day']) {
    await recordDay(RECORDED_DAY, print);
    return;
  }
  const bundle =
    values.bundle === undefined
      ? undefined
      : { path: fromCaller(values.bundle), keys: values.key.map(fromCaller) };
  const { cluster } = await startSandbox({ print, bundle });
  await stopSignal();
  print('\nStopping');
  await cluster.stop();
  print('Stopped: no process and no folder is left');
}

/** npm runs a script in the folder of the package, and says where it was called from. */
function fromCaller(path: string): string {
  return isAbsolute(path) ? path : join(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/** Resolves with the first signal. npm and the terminal may both send one: the second must not cut the end short. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
  });
}

await runSandbox();
