/** The settings section `dashboard`: read-only pages, on a port of their own. */
import { z } from 'zod';
import { fixedLimit, HOUR, KIB, limit, MINUTE, SECOND, type LimitRows } from '../settings/limit.ts';
import { hostSchema, portSchema, section } from '../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const DASHBOARD_LIMITS = {
  'dashboard.connectionsMax': fixedLimit(128, {
    unit: 'items',
    reason: 'A few dozen people, each with a stream and a page',
    overflow: 'The connection that was silent for longest is closed',
    metric: 'holdfast_http_connections_dropped_total',
  }),
  'dashboard.concurrentPagesMax': fixedLimit(16, {
    unit: 'items',
    reason: 'Pages wait for the API server; journals are read one at a time',
    overflow: 'Answered 503 after a second, with Retry-After',
    metric: 'holdfast_dashboard_requests_total',
  }),
  'dashboard.requestsPerSecond': fixedLimit(20, {
    unit: 'items',
    reason: 'Of one session. A person reads; a script asks holdfast audit query',
    overflow: 'Answered 429, with Retry-After',
    metric: 'holdfast_dashboard_requests_total',
  }),
  'dashboard.signInsPerSecond': fixedLimit(2, {
    unit: 'items',
    reason: 'Of all together: each asks the API server whose token it is',
    overflow: 'Answered 429, with Retry-After; who is signed in notices nothing',
    metric: 'holdfast_dashboard_sign_ins_total',
  }),
  'dashboard.formBytesMax': fixedLimit(32 * KIB, {
    unit: 'bytes',
    reason: 'A form has one token; those of identity providers take a few kilobytes',
    overflow: 'Answered 400',
    metric: 'holdfast_dashboard_requests_total',
  }),
  'dashboard.urlCharactersMax': fixedLimit(4096, {
    unit: 'characters',
    reason: 'Five filters, of names that are at most a kilobyte',
    overflow: 'Answered 414',
    metric: 'holdfast_dashboard_requests_total',
  }),
  'dashboard.sessionMs': {
    default: 8 * HOUR,
    minimum: MINUTE,
    maximum: 24 * HOUR,
    unit: 'milliseconds',
    reason: 'A day of work; tokens usually end before',
    overflow: 'The person signs in again',
    metric: 'holdfast_dashboard_sessions',
  },
  'dashboard.sessionsMax': fixedLimit(500, {
    unit: 'items',
    reason: 'Each keeps a token in memory: a few kilobytes',
    overflow: 'The one that was not used for longest ends',
    metric: 'holdfast_dashboard_sessions',
  }),
  'dashboard.accessMs': fixedLimit(MINUTE, {
    unit: 'milliseconds',
    reason: 'How long a right or a token that was taken away is still believed',
    overflow: 'The API server is asked again: a token that ended ends its session and its streams',
    metric: 'holdfast_dashboard_access_reviews_total',
  }),
  'dashboard.accessEntriesMax': fixedLimit(20_000, {
    unit: 'items',
    reason: 'A hundred people in two hundred namespaces each',
    overflow: 'The oldest answer is forgotten, and asked for again',
    metric: 'holdfast_dashboard_access_reviews_total',
  }),
  'dashboard.accessTimeoutMs': fixedLimit(5 * SECOND, {
    unit: 'milliseconds',
    reason: 'The API server answers a review in milliseconds',
    overflow: 'The page is answered 503: who may not be asked about sees nothing',
    metric: 'holdfast_dashboard_access_reviews_total',
  }),
  'dashboard.pageRecordsMax': fixedLimit(50, {
    unit: 'items',
    reason: 'Two screens; the next page is a link',
    overflow: 'The rest is behind the link to older records',
    metric: 'none',
  }),
  'dashboard.scannedRecordsMax': fixedLimit(1000, {
    unit: 'items',
    reason: 'Records of namespaces that the person may not see are passed over',
    overflow: 'The page ends with the link to older records',
    metric: 'none',
  }),
  'dashboard.searchMs': fixedLimit(3 * SECOND, {
    unit: 'milliseconds',
    reason: 'A million records are searched in less, but for texts that no index has',
    overflow: 'The page says how far it looked, and names holdfast audit query',
    metric: 'none',
  }),
  'dashboard.streamsMax': fixedLimit(64, {
    unit: 'items',
    reason: 'Half of the connections: pages always find one',
    overflow: 'Answered 503; the page works by loading it again',
    metric: 'holdfast_dashboard_streams',
  }),
  'dashboard.streamRecordsMax': fixedLimit(500, {
    unit: 'items',
    reason: 'What a stream that was cut off gets afterwards; nobody reads more as it passes',
    overflow: 'The page is loaded again',
    metric: 'holdfast_dashboard_streams',
  }),
  'dashboard.streamBufferBytesMax': fixedLimit(256 * KIB, {
    unit: 'bytes',
    reason: 'What a browser that does not read may keep in memory here',
    overflow: 'The stream is closed; the browser resumes where it stopped',
    metric: 'holdfast_dashboard_streams',
  }),
  'dashboard.tickMs': fixedLimit(5 * SECOND, {
    unit: 'milliseconds',
    reason: 'A page that says how old it is must be sent that nothing happened',
    overflow: 'The page says that it is not connected',
    metric: 'none',
  }),
} as const satisfies LimitRows;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/u;

/** `{replica}` stands for the name of a pod, as in `holdfast-0`. */
const urlSchema = z
  .string()
  .max(512)
  .refine((text) => URL.canParse(fillReplica(text, 'replica')), {
    error: 'Expected a URL',
    abort: true,
  })
  .refine((text) => isOrigin(new URL(fillReplica(text, 'replica'))), {
    error:
      'Expected a URL without a path, query, user or fragment, as in "https://holdfast.example.com"',
    abort: true,
  })
  .refine((text) => isProtected(new URL(fillReplica(text, 'replica'))), {
    error: 'Expected an https URL: tokens and cookies must not cross a network in the clear',
  })
  .transform((text) => text.replace(/\/$/u, ''));

/** The address of the dashboard of a replica. Each has a journal, and so pages, of its own. */
export function fillReplica(url: string, replica: string): string {
  return url.replaceAll('{replica}', replica);
}

function isOrigin({ href, origin }: URL): boolean {
  return href === `${origin}/`;
}

function isProtected({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' ||
    (protocol === 'http:' && LOOPBACK.test(hostname.replaceAll(/[[\]]/gu, '')))
  );
}

/** Read-only pages. */
export const dashboardSchema = section({
  host: hostSchema
    .default('127.0.0.1')
    .describe(
      'The address to listen on, over plain HTTP. Loopback: `kubectl port-forward` reaches it, and no pod does. Another one needs `url` with https.',
    ),
  port: portSchema.default(8082).describe('The port. 0 lets the system choose one.'),
  url: urlSchema
    .optional()
    .describe(
      'Where people reach the pages, as in `https://{replica}.holdfast.example.com`: what ends TLS there passes requests on to the pod of that name. Notices link to it. Absent: only by `kubectl port-forward`.',
    ),
  sessionMs: limit(DASHBOARD_LIMITS['dashboard.sessionMs']),
}).refine(({ host, url }) => LOOPBACK.test(host) || url?.startsWith('https:') === true, {
  error:
    'Expected a loopback address, or an https "url": tokens must not cross a network in the clear',
  path: ['host'],
});

export type DashboardSettings = z.output<typeof dashboardSchema>;
