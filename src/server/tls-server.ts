/** An HTTPS server that reloads its certificate, key and client CA. */
import { createServer, type Server } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { watchFiles, type FilesWatch } from '../base/watch-files.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import {
  readServingCertificate,
  type ServingCertificate,
  type ServingCertificateFiles,
} from './serving-certificate.ts';
import type { ServerLimits } from './settings.ts';

export interface TlsOptions extends ServingCertificateFiles {
  /** Every supported API server supports TLS 1.3. @default TLSv1.3 */
  readonly minimumVersion?: 'TLSv1.3' | 'TLSv1.2' | undefined;
}

/** Time-outs of connections. */
export type HttpTimeouts = Pick<
  ServerLimits,
  'headerTimeoutMs' | 'requestTimeoutMs' | 'keepAliveMs'
>;

export interface TlsDependencies {
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Told what is served, in PEM, the leaf first: at the start and after each change. */
  readonly onCertificate?: ((certificatePem: string) => void) | undefined;
}

/** How often files are compared; changes that the file system reports are noticed at once. */
const POLL_MS = 10_000;
/** Waits for the second file: certificate and key are written one after the other. */
const SETTLE_MS = 100;
/** The API server's headers take a few hundred bytes; a client certificate is not a header. */
const HEADER_BYTES_MAX = 16 * 1024;
/**
 * How often the server looks for connections that exceed their time-outs. It closes all of them in one turn of the event loop: strangers who
 * came within a second would delay reviews by a hundred milliseconds.
 */
const TIMEOUT_CHECKS_MS = 50;

/** Creates the HTTPS server; it does not listen yet. */
export function createTlsServer({ tls, certificate, timeouts }: TlsServerOptions): Server {
  const { headerTimeoutMs, requestTimeoutMs, keepAliveMs } = timeouts;
  const server = createServer({
    ...contextOf(tls, certificate),
    // A client without a trusted certificate gets a 401 that says why, not a broken handshake.
    requestCert: tls.clientCaFile !== undefined,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: headerTimeoutMs,
    headersTimeout: headerTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(TIMEOUT_CHECKS_MS, headerTimeoutMs),
    maxHeaderSize: HEADER_BYTES_MAX,
    noDelay: true,
    // Until the handshake begins, nothing is read: see `followHandshakes`.
    pauseOnConnect: true,
  });
  server.maxRequestsPerSocket = 0;
  server.on('secureConnection', (socket) => {
    socket.resume();
  });
  return server;
}

export interface TlsServerOptions {
  readonly tls: TlsOptions;
  readonly certificate: ServingCertificate;
  readonly timeouts: HttpTimeouts;
}

/** Reads the files for the first time. Throws if they are not valid: there is no last good pair yet. */
export async function readFirstCertificate(
  files: ServingCertificateFiles,
  dependencies: TlsDependencies,
): Promise<ServingCertificate> {
  const certificate = await readServingCertificate(files);
  publish(certificate, dependencies);
  return certificate;
}

/**
 * Reloads the files until closed. New connections get the new certificate, open ones continue; an invalid pair
 * changes nothing.
 */
export async function followTlsFiles(
  server: Server,
  tls: TlsOptions,
  dependencies: TlsDependencies,
): Promise<FilesWatch> {
  const { metrics, logger } = dependencies;
  const paths = [tls.certificateFile, tls.keyFile, ...(tls.clientCaFile ? [tls.clientCaFile] : [])];
  return watchFiles(paths, {
    pollMs: POLL_MS,
    settleMs: SETTLE_MS,
    onChange: async () => {
      try {
        const certificate = await readServingCertificate(tls);
        server.setSecureContext(contextOf(tls, certificate));
        publish(certificate, dependencies);
        metrics.increment('holdfast_certificate_reloads_total', { outcome: 'loaded' });
        logger.info('Loaded the changed serving certificate', describe(certificate));
      } catch (error) {
        metrics.increment('holdfast_certificate_reloads_total', { outcome: 'failed' });
        logger.warn('The changed certificate files are unusable; the last good pair serves on', {
          code: 'certificate_reload_failed',
          error,
        });
      }
    },
  });
}

function contextOf(tls: TlsOptions, { cert, key, ca }: ServingCertificate): SecureContextOptions {
  return { cert, key, ...(ca && { ca }), minVersion: tls.minimumVersion ?? 'TLSv1.3' };
}

function publish(
  { cert, expiresAtMs }: ServingCertificate,
  { metrics, onCertificate }: TlsDependencies,
): void {
  const labels = { certificate: 'served' };
  metrics.set('holdfast_certificate_expiry_timestamp_seconds', expiresAtMs / 1000, labels);
  onCertificate?.(cert);
}

function describe({
  expiresAtMs,
  fingerprint,
}: ServingCertificate): Readonly<Record<string, unknown>> {
  return { expires: new Date(expiresAtMs).toISOString(), fingerprint };
}
