/** The settings section `server`: addresses, TLS, client authentication, and limits of a request. */
import { z } from 'zod';
import { isAddressRange } from '../base/address-ranges.ts';
import {
  GIB,
  KIB,
  MIB,
  MINUTE,
  SECOND,
  fixedLimit,
  limit,
  type LimitRows,
} from '../settings/limit.ts';
import { hostSchema, pathSchema, portSchema, section } from '../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const SERVER_LIMITS = {
  'limits.bodyBytesMax': {
    default: 8 * MIB,
    minimum: 64 * KIB,
    maximum: 64 * MIB,
    unit: 'bytes',
    reason:
      'An UPDATE carries two objects of up to 1.5 MiB: 2.99 MiB of plain text, 5.81 MiB where each character is escaped once, were measured; only text that consists of <, > or & is longer (17.95 MiB)',
    overflow: 'Denied with review_too_large',
    metric: 'holdfast_http_rejected_total',
  },
  'limits.requestDeadlineMs': {
    default: 4 * SECOND,
    minimum: 50,
    maximum: 29 * SECOND,
    unit: 'milliseconds',
    reason:
      'Shorter than the webhook timeout of 5 s, so that the answer is ours and not the API server’s',
    overflow:
      'Policies that are not evaluated by then are unavailable, and their failure mode applies',
    metric: 'holdfast_decisions_total',
  },
  'limits.concurrentRequestsMax': {
    default: 512,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason: 'One process answers this many requests well within the deadline',
    overflow: 'Answered 503 at once, so that the API server can ask another replica',
    metric: 'holdfast_http_rejected_total',
  },
  'limits.connectionsMax': {
    default: 2048,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason: 'A few API servers keep a few connections each; thousands come from other clients',
    overflow:
      'One is closed: a stranger’s, of the source that holds most, the one that was silent for longest',
    metric: 'holdfast_http_connections_dropped_total',
  },
  'limits.operationsConnectionsMax': fixedLimit(64, {
    unit: 'items',
    reason: 'The kubelet and a few scrapers; each of the ports for health and metrics has so many',
    overflow: 'As for limits.connectionsMax, so that the kubelet is answered whoever else asks',
    metric: 'holdfast_http_connections_dropped_total',
  }),
  'limits.heldBodyBytesMax': {
    default: 64 * MIB,
    minimum: 128 * KIB,
    maximum: 4 * GIB,
    unit: 'bytes',
    reason:
      'Of bodies that are received or judged: eight of the largest, an eighth of the memory of the container',
    overflow:
      'Of the source that holds most, strangers first, the largest unfinished body is denied with review_bodies_exceeded',
    metric: 'holdfast_http_rejected_total',
  },
  'limits.strangersShare': fixedLimit(50, {
    unit: 'percent',
    reason:
      'Of connections, places and bytes of bodies. Strangers have shown no certificate, come from no configured address and were never answered',
    overflow: 'A stranger’s connection is closed, its body denied, its review answered 503',
    metric: 'holdfast_http_connections_dropped_total',
  }),
  'limits.strangersHandshakesPerSecond': fixedLimit(100, {
    unit: 'items',
    reason: 'Each takes a millisecond of the thread that admits: a tenth of it at most',
    overflow: 'A stranger’s TLS handshake waits for its turn, by turns of their sources',
    metric: 'holdfast_http_handshakes_waiting',
  }),
  'limits.sourceHandshakesPerSecond': fixedLimit(20, {
    unit: 'items',
    reason:
      'An API server that nobody knows yet opens a few connections and is answered; whoever keeps a thousand pays for their handshakes with time of the thread that admits',
    overflow:
      'Further handshakes of the source wait: of strangers alone, and as many at once as in a second',
    metric: 'holdfast_http_handshakes_waiting',
  }),
  'limits.strangersHandshakeWaitMs': fixedLimit(SECOND, {
    unit: 'milliseconds',
    reason:
      'An API server with a new address is a stranger at first, and must not wait for its time-out',
    overflow: 'More handshakes begin: so many that the first of each source waits no longer',
    metric: 'holdfast_http_handshakes_waiting',
  }),
  'limits.strangersReadAtOnce': fixedLimit(32, {
    unit: 'items',
    reason:
      'What so many have sent takes a millisecond of the thread that admits, before it comes to the API server',
    overflow:
      'The connection is not read until its turn, by turns of their sources; the kernel keeps what is sent on it',
    metric: 'holdfast_http_reads_waiting',
  }),
  'limits.strangersReadTurnMs': fixedLimit(25, {
    unit: 'milliseconds',
    reason:
      'A thousand connections are each read more than once a second, and to change those that are read takes a hundredth of the thread that admits',
    overflow: 'The next connections are read',
    metric: 'holdfast_http_reads_waiting',
  }),
  'limits.answeredSourcesMax': fixedLimit(16, {
    unit: 'items',
    reason: 'A cluster has a few API servers',
    overflow: 'Reviews from other addresses are answered, and stay those of strangers',
    metric: 'none',
  }),
  'limits.answeredSourceMs': fixedLimit(10 * MINUTE, {
    unit: 'milliseconds',
    reason: 'An API server that asks nothing for longer is gone or has another address',
    overflow: 'The address gives way to another one whose review was answered',
    metric: 'none',
  }),
  'limits.headerTimeoutMs': {
    default: 5 * SECOND,
    minimum: 100,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'The API server sends its headers at once; a slow client blocks a connection',
    overflow: 'Answered 408 and closed',
    metric: 'holdfast_http_rejected_total',
  },
  'limits.requestTimeoutMs': {
    default: 10 * SECOND,
    minimum: 100,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'No webhook call lasts longer than 30 s, and ours time out after 5 s',
    overflow: 'Answered 408 and closed',
    metric: 'holdfast_http_rejected_total',
  },
  'limits.keepAliveMs': {
    default: 2 * MINUTE,
    minimum: SECOND,
    maximum: 60 * MINUTE,
    unit: 'milliseconds',
    reason:
      'The API server drops idle connections after 90 s; the server must not close them first, or a request fails on a closed socket',
    overflow: 'The idle connection is closed',
    metric: 'none',
  },
  'limits.drainDelayMs': {
    default: 0,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason:
      'Behind a Service, requests still arrive for some seconds after a pod starts to terminate; on loopback none do. In its second half connections are closed behind their answers',
    overflow: 'The server accepts no more connections, and drains',
    metric: 'none',
  },
  'limits.drainMs': {
    default: 20 * SECOND,
    minimum: 0,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason: 'Kubernetes kills a pod 30 s after SIGTERM; every request ends long before',
    overflow: 'Requests in flight are aborted, and the log says how many',
    metric: 'holdfast_http_requests_in_flight',
  },
} as const satisfies LimitRows;

const tlsSchema = section({
  certificateFile: pathSchema
    .default('certs/tls.crt')
    .describe(
      'The certificate chain of the webhook, in PEM. It is read again when the file changes.',
    ),
  keyFile: pathSchema
    .default('certs/tls.key')
    .describe('The private key of the certificate, in PEM.'),
  minimumVersion: z
    .enum(['TLSv1.2', 'TLSv1.3'])
    .default('TLSv1.3')
    .describe('The oldest version of TLS that is accepted.'),
});

const clientAuthenticationSchema = section({
  caFile: pathSchema.describe("The CA that signed the API server's client certificate."),
  commonNames: z
    .array(z.string().min(1).max(253))
    .min(1)
    .readonly()
    .describe(
      "The common names of the API server's certificates. A CA often signs other certificates too.",
    ),
});

/** The addresses of the webhook and the metrics, TLS, and client authentication. */
export const serverSchema = section({
  host: hostSchema
    .default('127.0.0.1')
    .describe(
      'The address to listen on. Loopback by default, so that nobody opens it to a network by accident.',
    ),
  port: portSchema.default(8443).describe('The port of the webhook. 0 lets the system choose one.'),
  tls: tlsSchema.prefault({}).describe('The certificate of the webhook.'),
  clientAuthentication: clientAuthenticationSchema
    .optional()
    .describe(
      'Accept requests of the API server only, by its client certificate. Absent: any client may ask.',
    ),
  apiServerAddresses: z
    .array(
      z.string().max(64).refine(isAddressRange, {
        error: 'Expected an IP address or a range, as in "10.0.0.10" or "10.0.0.0/28"',
      }),
    )
    .max(256)
    .readonly()
    .prefault([])
    .describe(
      'Addresses that API servers ask from, where they show no client certificate. Nobody else gets their part of connections, places and memory. Never a range that pods have.',
    ),
  metrics: section({
    host: hostSchema.default('127.0.0.1').describe('The address to listen on.'),
    port: portSchema.default(8080).describe('The port. 0 lets the system choose one.'),
  })
    .prefault({})
    .describe(
      'Where `/metrics` listens, over plain HTTP; without `health` also `/livez` and `/readyz`.',
    ),
  health: section({
    host: hostSchema.default('127.0.0.1').describe('The address to listen on.'),
    port: portSchema.default(8081).describe('The port. 0 lets the system choose one.'),
  })
    .optional()
    .describe(
      'Where `/livez` and `/readyz` listen, over plain HTTP, so that a network policy can keep everybody but the kubelet away.',
    ),
});

/** Keys of the section `limits`. */
export const serverLimitsShape = {
  bodyBytesMax: limit(SERVER_LIMITS['limits.bodyBytesMax']),
  requestDeadlineMs: limit(SERVER_LIMITS['limits.requestDeadlineMs']),
  concurrentRequestsMax: limit(SERVER_LIMITS['limits.concurrentRequestsMax']),
  connectionsMax: limit(SERVER_LIMITS['limits.connectionsMax']),
  heldBodyBytesMax: limit(SERVER_LIMITS['limits.heldBodyBytesMax']),
  headerTimeoutMs: limit(SERVER_LIMITS['limits.headerTimeoutMs']),
  requestTimeoutMs: limit(SERVER_LIMITS['limits.requestTimeoutMs']),
  keepAliveMs: limit(SERVER_LIMITS['limits.keepAliveMs']),
  drainDelayMs: limit(SERVER_LIMITS['limits.drainDelayMs']),
  drainMs: limit(SERVER_LIMITS['limits.drainMs']),
};

export type ServerSettings = z.output<typeof serverSchema>;

/** The limits of one request and of the whole server. */
export type ServerLimits = z.output<ReturnType<typeof section<typeof serverLimitsShape>>>;
