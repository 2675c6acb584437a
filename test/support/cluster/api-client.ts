/** A small JSON client for the API server, for what kubectl is too slow or too polite for. */
import { request } from 'node:https';
import type { Agent } from 'node:https';
import type { ClusterCredential } from './users.ts';

const TIMEOUT_MS = 2 * 60_000;

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined;
  readonly body?: unknown;
  /** For PATCH. @default 'application/merge-patch+json' */
  readonly patchType?: string | undefined;
  /** Beside those of the body and the credential, as `impersonate-user`; kubectl has no option for forged extras. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
}

export interface ApiAnswer {
  readonly code: number;
  readonly body: ApiObject;
}

/** What tests read of an answer; everything else is reached by narrowing. */
export interface ApiObject {
  readonly kind?: string;
  readonly message?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly Readonly<Record<string, unknown>>[];
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  /** Of an Application: what Argo CD is to do. */
  readonly operation?: Readonly<Record<string, unknown>>;
  readonly items?: readonly ApiObject[];
}

/** Sends one request with a bearer token or a client certificate. */
export function sendApiRequest(
  server: { readonly url: string; readonly ca: string; readonly agent: Agent },
  path: string,
  options: ApiRequest & { readonly credential: ClusterCredential },
): Promise<ApiAnswer> {
  const { credential } = options;
  const method = options.method ?? 'GET';
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const contentType =
    method === 'PATCH' ? (options.patchType ?? 'application/merge-patch+json') : 'application/json';
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, server.url),
      {
        method,
        ca: server.ca,
        ...('certificate' in credential ? credential.certificate : {}),
        agent: server.agent,
        timeout: TIMEOUT_MS,
        headers: {
          ...('token' in credential ? { authorization: `Bearer ${credential.token}` } : {}),
          accept: 'application/json',
          ...copyHeaders(options.headers),
          ...(body === undefined
            ? {}
            : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({
            code: incoming.statusCode ?? 0,
            body: parseAnswer(Buffer.concat(chunks).toString('utf8')),
          });
        });
      },
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`No answer to ${method} ${path} within ${TIMEOUT_MS} ms`)),
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function copyHeaders(headers: ApiRequest['headers'] = {}): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [...value],
    ]),
  );
}

/** Some endpoints (`/readyz`) answer plain text, which is kept as a message. */
function parseAnswer(text: string): ApiObject {
  try {
    const value: unknown = JSON.parse(text);
    return isApiObject(value) ? value : { message: text };
  } catch {
    return { message: text };
  }
}

function isApiObject(value: unknown): value is ApiObject {
  return typeof value === 'object' && value !== null;
}
