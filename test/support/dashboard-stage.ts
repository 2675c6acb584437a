/** A dashboard over a real journal, on loopback. Who has which token, and who may see what, are tables. */
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type { AuditRecord } from '../../src/audit/audit-record.ts';
import { SharedSequence } from '../../src/audit/journal/shared-sequence.ts';
import type { ReviewAccess, ReviewToken, Viewer } from '../../src/dashboard/access/viewer.ts';
import { Dashboard } from '../../src/dashboard/dashboard.ts';
import { dashboardSchema } from '../../src/dashboard/settings.ts';
import { buildJournal } from './journal/build-journal.ts';
import { sampleRecord } from './journal/sample-record.ts';
import { recordTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';
import { clockOf } from './simulated-time.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export interface DashboardStageOptions {
  readonly folder: string;
  /** The section of the configuration. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly lastSequence?: number;
  readonly sinkNames?: readonly string[];
  readonly hasAlertTargets?: boolean;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface DashboardStage {
  readonly url: string;
  readonly host: string;
  readonly newest: SharedSequence;
  readonly telemetry: RecordingTelemetry;
  readonly dashboard: Dashboard;
  /** By token. */
  readonly viewers: Map<string, Viewer>;
  /** Usernames by namespace; `*` for all of them. */
  readonly allowed: Map<string, Set<string>>;
  /** Set to have no answer from the API server. */
  readonly outage: { isOn: boolean };
  /** How often the API server was asked, and the time of the dashboard. */
  readonly asked: { tokens: number; access: number };
  readonly time: { nowMs: number };
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<PageAnswer>;
  readonly post: (
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<PageAnswer>;
  /** The cookie of a session. */
  readonly signIn: (token: string) => Promise<string>;
}

export const ALICE: Viewer = { username: 'alice', groups: ['dev'], extra: {} };
export const ROOT: Viewer = { username: 'root', groups: ['system:masters'], extra: {} };

/** `tokenOf('alice')` is accepted as hers. */
export function tokenOf(username: string): string {
  return `token-of-${username}`;
}

/** Who has which token, and who may see what: a stand-in for the API server. */
function makeTables() {
  const viewers = new Map([ALICE, ROOT].map((viewer) => [tokenOf(viewer.username), viewer]));
  const allowed = new Map([
    ['shop', new Set(['alice'])],
    ['*', new Set(['root'])],
  ]);
  const outage = { isOn: false };
  const asked = { tokens: 0, access: 0 };
  const reviewToken: ReviewToken = (token) => {
    asked.tokens += 1;
    const viewer = viewers.get(token);
    if (outage.isOn) return Promise.resolve({ status: 'unavailable', reason: 'It is away' });
    return Promise.resolve(
      viewer === undefined ? { status: 'rejected' } : { status: 'accepted', viewer },
    );
  };
  const reviewAccess: ReviewAccess = ({ username }, namespace = '*') => {
    asked.access += 1;
    if (outage.isOn) return Promise.resolve('unavailable');
    return Promise.resolve(allowed.get(namespace)?.has(username) === true ? 'allowed' : 'denied');
  };
  return { viewers, allowed, outage, asked, reviewToken, reviewAccess };
}

/** Listens until the test ends. Alice may see the namespace shop, and root everything. */
export async function startDashboardStage(
  t: TestContext,
  options: DashboardStageOptions,
): Promise<DashboardStage> {
  const { folder, settings = {}, lastSequence = 0 } = options;
  const { sinkNames = [], hasAlertTargets = false } = options;
  const telemetry = recordTelemetry();
  const newest = new SharedSequence();
  newest.publish(lastSequence);
  const { reviewToken, reviewAccess, ...tables } = makeTables();
  const time = { nowMs: Date.UTC(2026, 10, 30, 8) };
  const dashboard = new Dashboard(
    {
      settings: dashboardSchema.parse(settings),
      folder,
      cluster: 'prod-eu-1',
      replica: 'holdfast-0',
      sinkNames,
      hasAlertTargets,
    },
    { newest, reviewToken, reviewAccess, clock: clockOf(() => time.nowMs), ...telemetry },
  );
  const host = await listen(t, dashboard);
  const url = `http://${host}`;
  const post: DashboardStage['post'] = (path, form, headers = {}) => {
    const type = 'application/x-www-form-urlencoded';
    const body = new URLSearchParams(form).toString();
    return ask(url, { path, headers: { origin: url, 'content-type': type, ...headers }, body });
  };
  const signIn = async (token: string): Promise<string> => {
    const { headers } = await post('/sign-in', { token, wayOn: '/' });
    const [cookie = ''] = headers['set-cookie'] ?? [];
    return cookie.replace(/;.*$/u, '');
  };
  const get: DashboardStage['get'] = (path, headers = {}) => ask(url, { path, headers });
  return { url, host, newest, telemetry, dashboard, ...tables, time, get, post, signIn };
}

async function listen(t: TestContext, dashboard: Dashboard): Promise<string> {
  const server = createServer(dashboard.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    await dashboard.close();
    server.close();
    server.closeAllConnections();
  });
  const bound = server.address();
  return `127.0.0.1:${String(typeof bound === 'object' && bound?.port)}`;
}

export interface JournalStageOptions extends Omit<
  DashboardStageOptions,
  'folder' | 'lastSequence'
> {
  readonly record?: (number: number) => AuditRecord;
  /** How many entries each has. @default 4 and 5 */
  readonly segments?: readonly number[];
}

export interface JournalStage extends DashboardStage {
  readonly folder: string;
  /** The headers of who is signed in. */
  readonly alice: Readonly<Record<string, string>>;
  readonly root: Readonly<Record<string, string>>;
}

/** Nine records in three namespaces, of which Alice sees three; both are signed in. */
export async function startJournalStage(
  t: TestContext,
  { record = sampleRecord, segments = [4, 5], ...options }: JournalStageOptions = {},
): Promise<JournalStage> {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(folder, { segments, record });
  const lastSequence = segments.reduce((sum, count) => sum + count, 0);
  const stage = await startDashboardStage(t, { folder, lastSequence, ...options });
  const alice = { cookie: await stage.signIn(tokenOf('alice')) };
  const root = { cookie: await stage.signIn(tokenOf('root')) };
  return { ...stage, folder, alice, root };
}

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Without following redirects, and with any header, as a browser would not let us. */
function ask(url: string, { path, headers, body }: Asked): Promise<PageAnswer> {
  const { hostname, port } = new URL(url);
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, path, method, headers, agent: false },
      (response) => {
        text(response).then(
          (answer) => {
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer });
          },
          (fault: unknown) => {
            reject(fault instanceof Error ? fault : new Error(String(fault)));
          },
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
