/** The reference: OPA's own server with the same policies, the same generated entry point and the same input documents. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';
import { ENTRY_POINT, formatEntryModules } from '../../src/authoring/format-entry-module.ts';
import { findFreePort, startServer, type RunningServer } from './server-process.ts';

export interface OpaServerOptions {
  readonly opaPath: string;
  readonly policyFolder: string;
  /** Where the generated entry point may be written. */
  readonly workFolder: string;
  readonly descriptors: readonly PolicyDescriptor[];
  /** Absent: plain HTTP. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string } | undefined;
}

/** Starts `opa run --server`, silent, since it would else log every request. */
export async function startOpa(options: OpaServerOptions): Promise<RunningServer> {
  const entryFolder = join(options.workFolder, 'opa-entry');
  await mkdir(entryFolder, { recursive: true });
  for (const [file, text] of formatEntryModules(options.descriptors)) {
    await writeFile(join(entryFolder, file), text);
  }
  const { tls } = options;
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${await findFreePort()}`;
  return startServer({
    command: options.opaPath,
    argv: [
      'run',
      '--server',
      '--log-level=error',
      '--skip-version-check',
      `--addr=${origin}`,
      ...(tls === undefined
        ? []
        : ['--tls-cert-file', tls.certificateFile, '--tls-private-key-file', tls.keyFile]),
      options.policyFolder,
      entryFolder,
    ],
    logFile: join(options.workFolder, 'opa.log'),
    probe: { origin, body: '{"input":{}}' },
    path: `/v1/data/${ENTRY_POINT}`,
  });
}
