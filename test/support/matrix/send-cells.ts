/** Tries acts in the names of identities: many at once over few connections, each as a dry run. */
import { Agent, request } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { Cluster } from '../cluster/cluster.ts';
import { readDenial } from '../cluster/denial.ts';
import type { ClusterCredential } from '../cluster/users.ts';
import type { Identity } from './identities.ts';
import type { Act } from './plan-acts.ts';

/** What came of one act in one name. */
export type CellOutcome =
  | { readonly kind: 'refused'; readonly webhook: string; readonly findings: readonly string[] }
  /** By the authorizer, or by an admission plugin of the API server such as NodeRestriction. */
  | { readonly kind: 'forbidden'; readonly message: string }
  /** It reached storage, or the connection was tried. */
  | { readonly kind: 'allowed' }
  /** The API server dropped what was to be changed before anybody was asked: the kind's status keeps its metadata. */
  | { readonly kind: 'without effect' }
  /** Neither refused nor done: the request is none that the API server can serve. */
  | { readonly kind: 'impossible'; readonly code: number; readonly message: string };

export interface Cell {
  readonly identity: Identity;
  readonly act: Act;
}

export interface JudgedCell extends Cell {
  readonly outcome: CellOutcome;
}

const AT_ONCE = 24;
const TIMEOUT_MS = 60_000;
/** An API server that is too busy says so, and the request is sent again. */
const ATTEMPTS_MAX = 5;

/** Sends all cells; the answers are in the order of the cells. */
export async function sendCells(
  cluster: Cluster,
  cells: readonly Cell[],
): Promise<readonly JudgedCell[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE, ca: cluster.ca });
  const judged: JudgedCell[] = [];
  const credentials = cluster.credentials();
  const queue = cells.entries();
  const work = async (): Promise<void> => {
    for (const [index, cell] of queue) {
      const token = bearerToken(credentials[cell.identity.bearer]);
      judged[index] = { ...cell, outcome: await sendCell({ cluster, agent, token }, cell) };
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    agent.destroy();
  }
  return judged;
}

/** People show tokens; the names of the control plane are impersonated. */
function bearerToken(credential: ClusterCredential | undefined): string {
  return credential !== undefined && 'token' in credential ? credential.token : '';
}

interface Answer {
  readonly code: number;
  /** Of a failure. */
  readonly message: string;
  /** The object as it would be stored. */
  readonly state: object;
}

interface Connection {
  readonly cluster: Cluster;
  readonly agent: Agent;
  readonly token: string;
}

async function sendCell(connection: Connection, cell: Cell): Promise<CellOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const isStale = cell.act.isFromStored && attempt > 1;
    const body = isStale ? await refresh(connection.cluster, cell.act) : cell.act.body;
    const answer = await sendOnce(connection, cell, body);
    if (!isWorthAnother(answer, cell.act) || attempt === ATTEMPTS_MAX) {
      return classifyAnswer(answer, cell.act);
    }
  }
}

function isWorthAnother({ code }: Answer, { isConnection, isFromStored }: Act): boolean {
  if (code === 429) return true;
  return (code === 503 && !isConnection) || (code === 409 && isFromStored);
}

/** What an answer of the API server says about the act. */
export function classifyAnswer({ code, message, state }: Answer, act: Act): CellOutcome {
  const denial = readDenial({ stderr: message });
  if (denial !== undefined) {
    return { kind: 'refused', webhook: denial.webhook, findings: denial.findings };
  }
  if (code === 403) return { kind: 'forbidden', message };
  if (code < 300) {
    const isDropped = act.what.startsWith('status') && isUnchanged(state, act);
    return { kind: isDropped ? 'without effect' : 'allowed' };
  }
  // What comes after admission: no kubelet answers, and a pod that has a node gets no second one.
  if (act.isConnection && code !== 404 && code !== 405) return { kind: 'allowed' };
  if (act.resource === 'pods/binding' && code === 409) return { kind: 'allowed' };
  return { kind: 'impossible', code, message };
}

function isUnchanged(state: object, { target, what }: Act): boolean {
  const { stored } = target;
  if (what === 'status') {
    const before: unknown = stored.status;
    return isDeepStrictEqual(Reflect.get(state, 'status') ?? {}, before ?? {});
  }
  const metadata: unknown = Reflect.get(state, 'metadata');
  return ['annotations', 'labels', 'finalizers', 'ownerReferences'].every((field) =>
    isDeepStrictEqual(
      Reflect.get(isRecord(metadata) ? metadata : {}, field),
      Reflect.get(stored.metadata ?? {}, field),
    ),
  );
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function sendOnce(
  { cluster, agent, token }: Connection,
  { identity, act }: Cell,
  body: object | undefined,
): Promise<Answer> {
  const url = new URL(act.path, cluster.url);
  if (!act.isConnection) url.searchParams.set('dryRun', 'All');
  const headers = {
    ...identity.headers,
    authorization: `Bearer ${token}`,
    'content-type': act.contentType,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: act.method, agent, headers: mutable(headers), timeout: TIMEOUT_MS },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({ code: incoming.statusCode ?? 0, ...readAnswer(text) });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`No answer to ${act.path}`)));
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A whole object that is sent back must be of the newest version, and controllers write into some of them. */
async function refresh(cluster: Cluster, { path, body }: Act): Promise<object> {
  const object = path.endsWith('/finalize') ? path.slice(0, -'/finalize'.length) : path;
  const { resourceVersion } = (await cluster.request('root', object)).body.metadata ?? {};
  const metadata: unknown = Reflect.get(body ?? {}, 'metadata');
  return {
    ...body,
    metadata: { ...(typeof metadata === 'object' ? metadata : {}), resourceVersion },
  };
}

function mutable(
  headers: Readonly<Record<string, string | readonly string[]>>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [...value],
    ]),
  );
}

function readAnswer(text: string): Omit<Answer, 'code'> {
  const value: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
  if (!isRecord(value)) return { message: text, state: {} };
  const message: unknown = Reflect.get(value, 'message');
  return { message: typeof message === 'string' ? message : '', state: value };
}
