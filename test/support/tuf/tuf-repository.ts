/** A TUF repository with keys of its own, signed here and served on loopback: it can rotate, expire, lie, and be away. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import type { ClosingHooks } from '../closing-hooks.ts';

const ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const;
type Role = (typeof ROLES)[number];

interface Key {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly json: object;
}

const DAY_MS = 86_400_000;
const OK = 200;
const NOT_FOUND = 404;

/** What is signed next. */
export interface Publication {
  readonly target?: string | Buffer;
  /** Absent: in a day. Negative: that long ago. */
  readonly expiresInMs?: Partial<Record<Role, number>>;
  /** Absent: one more than before. */
  readonly version?: number;
  /** Signs instead of the key of the role. */
  readonly signers?: Partial<Record<Role, readonly Key[]>>;
  /** The description of the target, if not that of its bytes. */
  readonly described?: object;
}

/** `undefined` serves the file. */
export type Intercept = (path: string, response: ServerResponse) => boolean;

export class TufRepository {
  /** By the path below the mirror. */
  readonly files = new Map<string, Buffer>();
  readonly asked: string[] = [];
  /** Answers instead of the repository where it returns true. */
  intercept: Intercept = () => false;
  #keys: Record<Role, readonly Key[]> = {
    root: [makeKey(), makeKey()],
    timestamp: [makeKey()],
    snapshot: [makeKey()],
    targets: [makeKey()],
  };
  #rootVersion = 0;
  #version = 0;
  #url = '';

  /** With a first root and the target. */
  static async start(hooks: ClosingHooks, target: string): Promise<TufRepository> {
    const repository = new TufRepository();
    repository.rotateRoot();
    repository.publish({ target });
    await repository.#listen(hooks);
    return repository;
  }

  get url(): string {
    return this.#url;
  }

  get host(): string {
    return new URL(this.#url).host;
  }

  /** The first root, as an operator gets it. */
  get firstRoot(): string {
    return this.files.get('1.root.json')?.toString() ?? '';
  }

  get keys(): Readonly<Record<Role, readonly Key[]>> {
    return this.#keys;
  }

  /** Replaces keys of these roles: the root is signed by its old and its new keys. */
  rotateRoot(
    roles: readonly Role[] = [],
    { expiresInMs = DAY_MS, signers }: { expiresInMs?: number; signers?: readonly Key[] } = {},
  ): void {
    const old = this.#keys.root;
    for (const role of roles) {
      this.#keys = { ...this.#keys, [role]: this.#keys[role].map(() => makeKey()) };
    }
    this.#rootVersion += 1;
    const keys = Object.values(this.#keys).flat();
    const signed = {
      ...described('root', this.#rootVersion, expiresInMs),
      consistent_snapshot: true,
      keys: Object.fromEntries(keys.map(({ id, json }) => [id, json])),
      roles: Object.fromEntries(
        ROLES.map((role) => {
          const keyids = this.#keys[role].map(({ id }) => id);
          return [role, { keyids, threshold: keyids.length }];
        }),
      ),
    };
    const by = signers ?? [...new Set([...old, ...this.#keys.root])];
    this.files.set(`${this.#rootVersion}.root.json`, signDocument(signed, by));
  }

  /** Signs targets, snapshot and timestamp. */
  publish({ target, expiresInMs = {}, version, signers = {}, described: own }: Publication): void {
    this.#version = version ?? this.#version + 1;
    const number = this.#version;
    const bytes = Buffer.from(target ?? '{}');
    const hash = sha256(bytes);
    const put = (role: Role, name: string, body: object): Buffer => {
      const signed = { ...described(role, number, expiresInMs[role] ?? DAY_MS), ...body };
      const document = signDocument(signed, signers[role] ?? this.#keys[role]);
      this.files.set(name, document);
      return document;
    };
    const listed = own ?? { length: bytes.length, hashes: { sha256: hash } };
    const targets = put('targets', `${number}.targets.json`, {
      targets: { 'trusted_root.json': listed },
    });
    const snapshot = put('snapshot', `${number}.snapshot.json`, {
      meta: { 'targets.json': { version: number, hashes: { sha256: sha256(targets) } } },
    });
    put('timestamp', 'timestamp.json', {
      meta: { 'snapshot.json': { version: number, hashes: { sha256: sha256(snapshot) } } },
    });
    this.files.set(`targets/${hash}.trusted_root.json`, bytes);
  }

  async #listen(hooks: ClosingHooks): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    hooks.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    this.#url = `http://127.0.0.1:${port}`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').slice(1);
    this.asked.push(path);
    if (this.intercept(path, response)) return;
    const bytes = this.files.get(path);
    response.writeHead(bytes === undefined ? NOT_FOUND : OK);
    response.end(bytes);
  }
}

export function makeKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const json = {
    keytype: 'ed25519',
    scheme: 'ed25519',
    keyval: { public: Buffer.from(x, 'base64url').toString('hex') },
  };
  return { id: sha256(Buffer.from(canonicalJson(json))), privateKey, json };
}

function described(type: Role, version: number, expiresInMs: number): object {
  const expires = new Date(Date.now() + expiresInMs).toISOString();
  // Without milliseconds, as the specification has it.
  return { _type: type, spec_version: '1.0.31', version, expires: expires.replace(/\.\d+/u, '') };
}

function signDocument(signed: object, keys: readonly Key[]): Buffer {
  const bytes = Buffer.from(canonicalJson(signed));
  const signatures = keys.map(({ id, privateKey }) => ({
    keyid: id,
    sig: sign(null, bytes, privateKey).toString('hex'),
  }));
  return Buffer.from(JSON.stringify({ signatures, signed }));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
