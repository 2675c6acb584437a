/** The real server of the intake on a free port, with sources that the test chooses. */
import { systemClock } from '../../src/base/clock.ts';
import {
  startIntakeServer,
  type IntakeServerOptions,
  type IntakeSource,
} from '../../src/server/intake-server.ts';
import { issueTestCertificate, makeTestFolder, serverCertificatesOf } from './certificates.ts';
import { createHttpsClient, type HttpsClient, type HttpsClientOptions } from './https-client.ts';
import { recordTelemetry } from './recording-telemetry.ts';
import type { ClosingHooks } from './closing-hooks.ts';

export interface IntakeStageOptions extends Partial<IntakeServerOptions> {
  readonly sources: readonly IntakeSource[];
  /** @default true */
  readonly asksForCertificates?: boolean;
}

export async function startIntakeStage(
  test: ClosingHooks,
  { asksForCertificates = true, ...options }: IntakeStageOptions,
) {
  const folder = makeTestFolder();
  const { authority, server: pair } = serverCertificatesOf('holdfast');
  const telemetry = recordTelemetry();
  const caFile = folder.write('ca.crt', authority.cert);
  const server = await startIntakeServer(
    {
      host: '127.0.0.1',
      port: 0,
      tls: {
        certificateFile: folder.write('tls.crt', pair.cert),
        keyFile: folder.write('tls.key', pair.key),
        clientCaFile: asksForCertificates ? caFile : undefined,
      },
      timeouts: { headerTimeoutMs: 5000, requestTimeoutMs: 10_000, keepAliveMs: 120_000 },
      connectionsMax: 16,
      bodyBytesMax: 1024,
      heldBodyBytesMax: 16 * 1024 * 1024,
      waitingRequestsMax: 1,
      requestsPerSecondMax: 100,
      ...options,
    },
    { ...telemetry, clock: systemClock },
  );
  const clients: HttpsClient[] = [];
  test.after(async () => {
    for (const client of clients) client.close();
    await server.close();
    folder.remove();
  });
  return {
    ...telemetry,
    server,
    authority,
    client: (more: Partial<HttpsClientOptions> = {}) => {
      const client = createHttpsClient(server.url, { ca: authority.cert, ...more });
      clients.push(client);
      return client;
    },
    certificateOf: (commonName: string) =>
      issueTestCertificate({ commonNames: [commonName], purpose: 'client', issuer: authority }),
  };
}

/** Posts a report with a bearer token. */
export function report(
  client: HttpsClient,
  { path, token, body }: { readonly path: string; readonly token: string; readonly body: string },
) {
  return client.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  });
}
