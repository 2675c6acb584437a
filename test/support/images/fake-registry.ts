/**
 * A registry in this process: what the OCI distribution specification asks of one, and every way in which a registry can fail.
 *
 * It is strict: a request that no client should send is refused with 400 or 405, a token counts for its scope alone, and every
 * request is kept, so that tests see which header went where.
 */
import { createHash } from 'node:crypto';
import { createServer as createPlainServer } from 'node:http';
import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { TestPair } from '../certificates.ts';
import type { ClosingHooks } from '../closing-hooks.ts';

export interface FakeRegistryOptions {
  /** Absent: http. With `requestCert`, clients show a certificate. */
  readonly tls?: TestPair & Pick<ServerOptions, 'ca' | 'requestCert' | 'rejectUnauthorized'>;
  /** Whether there is a list of referrers. @default true */
  readonly hasReferrers?: boolean;
  /** Artifacts on a page of that list. @default 100 */
  readonly pageSize?: number;
  /** How long each answer takes at least. @default 0 */
  readonly delayMs?: number;
  readonly authentication?: RegistryAuthentication;
  /** Whether anything can be pushed: here, or to a store elsewhere. @default nothing */
  readonly uploads?: 'here' | { readonly store: string };
  /** Looked at before anything else: an answer of its own, `hang` for none. */
  readonly intercept?: (request: IncomingMessage, host: string) => FakeAnswer | 'hang' | undefined;
}

export type RegistryAuthentication =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'bearer';
      /** Absent: tokens are given to everybody. */
      readonly credential?: { readonly username: string; readonly password: string };
      /** Given for a refresh token alone. */
      readonly refreshToken?: string;
      readonly expiresInSeconds?: number;
    };

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a manifest says of other content. */
export interface FakeDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface StoredManifest {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const NAME = String.raw`[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*`;
const UPLOAD_PATH = new RegExp(`^/v2/(?<name>${NAME})/blobs/uploads/(?<id>\\d*)$`, 'u');
const PATH = new RegExp(
  `^/v2/(?<name>${NAME})/(?<kind>manifests|blobs|referrers)/(?<reference>[^/]+)$`,
  'u',
);

/** The digest of bytes by SHA-256. */
export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** `start()` listens on a free port of 127.0.0.1, until the test ends. */
export class FakeRegistry {
  readonly requests: SeenRequest[] = [];
  readonly #options: FakeRegistryOptions;
  readonly #manifests = new Map<string, StoredManifest>();
  readonly #blobs = new Map<string, Buffer>();
  readonly #referrers = new Map<string, FakeDescriptor[]>();
  readonly #tokens = new Map<string, string>();
  #uploads = 0;
  #port = 0;

  private constructor(options: FakeRegistryOptions) {
    this.#options = options;
  }

  static async start(t: ClosingHooks, options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
    const registry = new FakeRegistry(options);
    const listener: RequestListener = (request, response) => {
      void registry.#receive(request, response);
    };
    const { tls } = options;
    const server = tls === undefined ? createPlainServer(listener) : createServer(tls, listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address() as AddressInfo;
    registry.#port = address.port;
    return registry;
  }

  /** As in a reference. */
  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get origin(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://${this.host}`;
  }

  /** Stores a manifest under its digest and a tag, and lists it for its subject. */
  putManifest(name: string, manifest: object, tag?: string): FakeDescriptor {
    const bytes = Buffer.from(JSON.stringify(manifest));
    const {
      mediaType = OCI_MANIFEST,
      subject,
      artifactType,
      annotations,
    } = manifest as {
      readonly mediaType?: string;
      readonly subject?: FakeDescriptor;
      readonly artifactType?: string;
      readonly annotations?: Readonly<Record<string, string>>;
    };
    const descriptor = { mediaType, digest: sha256(bytes), size: bytes.length };
    this.#manifests.set(`${name}@${descriptor.digest}`, { bytes, mediaType });
    if (tag !== undefined) this.#manifests.set(`${name}@${tag}`, { bytes, mediaType });
    if (subject !== undefined) {
      const listed = {
        ...descriptor,
        ...(artifactType && { artifactType }),
        ...(annotations && { annotations }),
      };
      const key = `${name}@${subject.digest}`;
      this.#referrers.set(key, [...(this.#referrers.get(key) ?? []), listed]);
    }
    return descriptor;
  }

  putBlob(name: string, bytes: Buffer, mediaType: string): FakeDescriptor {
    const digest = sha256(bytes);
    this.#blobs.set(`${name}@${digest}`, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
    const { method = '', url = '', headers } = request;
    const bytes = Buffer.concat(chunks);
    const body = bytes.toString('utf8');
    this.requests.push({ method, path: url, headers, body });
    const own = this.#options.intercept?.(request, this.host);
    if (own === 'hang') return;
    const { delayMs = 0 } = this.#options;
    if (delayMs > 0) await wait(delayMs);
    const answer = own ?? this.#answer({ method, path: url, headers, body }, bytes);
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  #answer(request: SeenRequest, bytes: Buffer): FakeAnswer {
    const url = new URL(request.path, this.origin);
    if (url.pathname === '/token') return this.#giveToken(request, url);
    if (request.method === 'POST' || request.method === 'PUT') {
      return this.#take(request, url, bytes);
    }
    if (request.method !== 'GET') return error(405, 'UNSUPPORTED');
    const { name, kind, reference } = PATH.exec(url.pathname)?.groups ?? {};
    if (name === undefined || reference === undefined) return error(400, 'NAME_INVALID');
    const challenge = this.#challenge(request.headers.authorization, name);
    if (challenge !== undefined) return challenge;
    if (kind === 'blobs') return this.#giveBlob(name, reference);
    if (kind === 'manifests') return this.#giveManifest(name, reference, request.headers);
    return this.#options.hasReferrers === false
      ? error(404, 'NOT_FOUND')
      : this.#giveReferrers(name, reference, url);
  }

  /** A blob in one piece, after an upload was begun; a manifest when all that it names is there. */
  #take({ method, headers }: SeenRequest, url: URL, bytes: Buffer): FakeAnswer {
    const { uploads } = this.#options;
    if (uploads === undefined) return error(405, 'UNSUPPORTED');
    const upload = UPLOAD_PATH.exec(url.pathname)?.groups;
    const { name = upload?.['name'], kind, reference = '' } = PATH.exec(url.pathname)?.groups ?? {};
    if (name === undefined) return error(400, 'NAME_INVALID');
    const challenge = this.#challenge(headers.authorization, name, 'push');
    if (challenge !== undefined) return challenge;
    if (upload !== undefined && method === 'POST' && bytes.length === 0) {
      this.#uploads += 1;
      const store = uploads === 'here' ? '' : uploads.store;
      const location = `${store}/v2/${name}/blobs/uploads/${this.#uploads}?_state=a%2Bb`;
      return { status: 202, headers: { location } };
    }
    if (upload !== undefined && method === 'PUT') {
      const isOwn = url.searchParams.get('_state') === 'a+b' && upload['id'] !== '';
      if (!isOwn || url.searchParams.get('digest') !== sha256(bytes)) {
        return error(400, 'DIGEST_INVALID');
      }
      this.putBlob(name, bytes, '');
      return { status: 201 };
    }
    if (kind !== 'manifests' || method !== 'PUT') return error(400, 'UNSUPPORTED');
    return this.#takeManifest(name, { bytes, tag: reference, type: headers['content-type'] });
  }

  #takeManifest(
    name: string,
    pushed: { readonly bytes: Buffer; readonly tag: string; readonly type: string | undefined },
  ): FakeAnswer {
    const manifest = JSON.parse(pushed.bytes.toString()) as {
      readonly mediaType: string;
      readonly config: FakeDescriptor;
      readonly layers: readonly FakeDescriptor[];
    };
    if (pushed.type !== manifest.mediaType) return error(400, 'MANIFEST_INVALID');
    const named = [manifest.config, ...manifest.layers];
    if (named.some(({ digest }) => !this.#blobs.has(`${name}@${digest}`))) {
      return error(400, 'MANIFEST_BLOB_UNKNOWN');
    }
    const { digest } = this.putManifest(name, manifest, pushed.tag);
    return { status: 201, headers: { 'docker-content-digest': digest } };
  }

  #challenge(
    authorization: string | undefined,
    name: string,
    action: 'pull' | 'push' = 'pull',
  ): FakeAnswer | undefined {
    const { authentication } = this.#options;
    if (authentication === undefined) return undefined;
    if (authentication.kind === 'basic') {
      if (authorization === formatBasic(authentication)) return undefined;
      return error(401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="fake"' });
    }
    const scope = `repository:${name}:pull`;
    const token = authorization?.replace(/^Bearer /u, '') ?? '';
    const [, given, actions] = this.#tokens.get(token)?.split(':') ?? [];
    if (given === name && actions?.split(',').includes(action) === true) return undefined;
    const realm = `Bearer realm="${this.origin}/token",service="fake",scope="${scope},push"`;
    return error(401, 'UNAUTHORIZED', { 'www-authenticate': realm });
  }

  #giveToken({ method, headers, body }: SeenRequest, url: URL): FakeAnswer {
    const { authentication } = this.#options;
    if (authentication?.kind !== 'bearer') return error(404, 'NOT_FOUND');
    const { credential, refreshToken, expiresInSeconds } = authentication;
    const fields = method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    const isAllowed =
      method === 'POST'
        ? fields.get('grant_type') === 'refresh_token' &&
          fields.get('refresh_token') === refreshToken
        : refreshToken === undefined &&
          (credential === undefined || headers.authorization === formatBasic(credential));
    if (!isAllowed) return error(401, 'UNAUTHORIZED');
    const scope = fields.get('scope') ?? '';
    if (fields.get('service') !== 'fake' || !/^repository:[^:]+:pull(?:,push)?$/u.test(scope)) {
      return error(400, 'INVALID');
    }
    const token = `token-${this.#tokens.size}`;
    this.#tokens.set(token, scope);
    const life = expiresInSeconds === undefined ? {} : { expires_in: expiresInSeconds };
    const given = method === 'POST' ? { access_token: token, ...life } : { token, ...life };
    return json(given, 'application/json');
  }

  #giveBlob(name: string, reference: string): FakeAnswer {
    const blob = this.#blobs.get(`${name}@${reference}`);
    if (blob === undefined) return error(404, 'BLOB_UNKNOWN');
    return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: blob };
  }

  #giveManifest(name: string, reference: string, { accept }: IncomingHttpHeaders): FakeAnswer {
    const stored = this.#manifests.get(`${name}@${reference}`);
    if (stored === undefined) return error(404, 'MANIFEST_UNKNOWN');
    const { bytes, mediaType } = stored;
    if (accept?.split(', ').includes(mediaType) !== true) return error(404, 'MANIFEST_UNKNOWN');
    const headers = { 'content-type': mediaType, 'docker-content-digest': sha256(bytes) };
    return { status: 200, headers, body: bytes };
  }

  #giveReferrers(name: string, digest: string, url: URL): FakeAnswer {
    const { pageSize = 100 } = this.#options;
    const all = this.#referrers.get(`${name}@${digest}`) ?? [];
    const start = Number(url.searchParams.get('last') ?? '0');
    const page = {
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: all.slice(start, start + pageSize),
    };
    const next = start + pageSize;
    const link = next < all.length ? { link: `<${url.pathname}?last=${next}>; rel="next"` } : {};
    return json(page, OCI_INDEX, link);
  }
}

function formatBasic({
  username,
  password,
}: {
  readonly username: string;
  readonly password: string;
}) {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function json(
  value: object,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): FakeAnswer {
  return {
    status: 200,
    headers: { 'content-type': type, ...headers },
    body: JSON.stringify(value),
  };
}

function error(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): FakeAnswer {
  const body = JSON.stringify({
    errors: [{ code, message: 'as the specification writes it '.repeat(10) }],
  });
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}
