/** Starts the bare servers: what HTTPS and JSON cost without a decision. */
import { join } from 'node:path';
import type { HoldfastServerOptions } from './holdfast-server.ts';
import { startServer, type RunningServer } from './server-process.ts';

const SCRIPT = join(import.meta.dirname, 'bare-server.ts');
const READY = /^ready (https:\/\/\S+)$/m;

/** Starts `bare-server.ts`, and resolves when it listens. */
export function startBareServer(
  mode: 'constant' | 'parse',
  { workFolder, tls }: Pick<HoldfastServerOptions, 'workFolder' | 'tls'>,
): Promise<RunningServer> {
  return startServer({
    command: process.execPath,
    argv: [SCRIPT, mode, tls.certificateFile, tls.keyFile],
    logFile: join(workFolder, `bare-${mode}.log`),
    findUrl: (output) => READY.exec(output)?.[1],
    path: '/validate',
  });
}
