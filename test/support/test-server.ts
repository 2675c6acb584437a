/** The real server on a free port, with certificates of its own and an `admit` that the test chooses. */
import { X509Certificate } from 'node:crypto';
import { systemClock } from '../../src/base/clock.ts';
import type { AdmissionHandler } from '../../src/server/admission-routes.ts';
import type { ReadinessCheck } from '../../src/server/operations-routes.ts';
import {
  startServer,
  type RunningServer,
  type ServerOptions,
  type ServerDependencies,
} from '../../src/server/server.ts';
import {
  serverCertificatesOf,
  makeTestFolder,
  type TestFolder,
  type TestPair,
} from './certificates.ts';
import { createHttpsClient, type HttpsClient, type HttpsClientOptions } from './https-client.ts';
import { recordTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';

export const TEST_LIMITS: ServerOptions['limits'] = {
  bodyBytesMax: 64 * 1024,
  requestDeadlineMs: 4000,
  concurrentRequestsMax: 64,
  connectionsMax: 64,
  heldBodyBytesMax: 16 * 1024 * 1024,
  headerTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  keepAliveMs: 120_000,
  drainMs: 5000,
};

export interface TestServer extends RecordingTelemetry {
  readonly server: RunningServer;
  readonly folder: TestFolder;
  readonly authority: TestPair;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly fingerprint: string;
  /** A client that is closed with the server. */
  readonly client: (options?: Partial<HttpsClientOptions>) => HttpsClient;
  readonly stop: () => Promise<void>;
}

export interface TestServerOptions {
  readonly admit?: AdmissionHandler;
  readonly limits?: Partial<ServerOptions['limits']>;
  readonly readinessChecks?: readonly ReadinessCheck[];
  readonly minimumVersion?: 'TLSv1.2';
  /** Asks for client certificates of the test's authority. */
  readonly commonNames?: readonly string[];
  readonly withMetricsPort?: boolean;
  readonly withHealthPort?: boolean;
  readonly apiServerAddresses?: readonly string[];
  readonly authenticator?: ServerDependencies['authenticator'];
  readonly traces?: ServerDependencies['traces'];
}

/** Answers every review with its own size, so that a test sees whether the whole body arrived. */
export const answerSize: AdmissionHandler = async (route, body) => ({
  httpStatus: 200,
  body: JSON.stringify({ route, bytes: body.length }),
});

/** Starts a server; `stop` ends it, its clients and its files. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = makeTestFolder();
  const { authority, server: pair } = serverCertificatesOf('holdfast');
  const certificateFile = folder.write('tls.crt', pair.cert);
  const keyFile = folder.write('tls.key', pair.key);
  const telemetry = recordTelemetry();
  const server = await startServer(
    serverOptions(options, {
      certificateFile,
      keyFile,
      caFile: folder.write('ca.crt', authority.cert),
    }),
    {
      ...telemetry,
      admit: options.admit ?? answerSize,
      readinessChecks: options.readinessChecks ?? [],
      clock: systemClock,
      authenticator: options.authenticator,
      traces: options.traces,
    },
  );
  const clients: HttpsClient[] = [];
  return {
    ...telemetry,
    server,
    folder,
    authority,
    certificateFile,
    keyFile,
    fingerprint: new X509Certificate(pair.cert).fingerprint256,
    client: (clientOptions = {}) => {
      const client = createHttpsClient(server.url, { ca: authority.cert, ...clientOptions });
      clients.push(client);
      return client;
    },
    stop: async () => {
      for (const client of clients) client.close();
      await server.drain();
      folder.remove();
    },
  };
}

function serverOptions(
  options: TestServerOptions,
  files: { readonly certificateFile: string; readonly keyFile: string; readonly caFile: string },
): ServerOptions {
  const { limits, minimumVersion, commonNames, apiServerAddresses } = options;
  const { caFile, ...tls } = files;
  return {
    host: '127.0.0.1',
    port: 0,
    tls: { ...tls, minimumVersion },
    clientAuthentication: commonNames && { caFile, commonNames },
    apiServerAddresses: apiServerAddresses ?? [],
    metrics: options.withMetricsPort ? { host: '127.0.0.1', port: 0 } : undefined,
    health: options.withHealthPort ? { host: '127.0.0.1', port: 0 } : undefined,
    limits: { ...TEST_LIMITS, ...limits },
  };
}
