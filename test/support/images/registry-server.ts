/** Real registries on loopback: that of the distribution project, and that of go-containerregistry with a list of referrers. */
import { createHash, sign, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareImageTool } from '../assets/image-tools.ts';
import { issueTestCertificate, type TestPair } from '../certificates.ts';
import type { ClosingHooks } from '../closing-hooks.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import {
  makeTargetFolder,
  startTargetProcess,
  type TargetProcess,
} from '../sinks/target-process.ts';

export interface AttachedSample {
  /** The digest of the image. */
  readonly image: string;
  readonly layer: {
    readonly bytes: Buffer;
    readonly mediaType: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** Absent: an artifact that refers to the image, in the index that stands in for the list of referrers where there is none. */
  readonly suffix?: 'sig' | 'att';
}

export interface RegistryServerOptions {
  /** Whether it lists what refers to an image: that of go-containerregistry does. */
  readonly hasReferrers?: boolean;
  /** Whether it asks for tokens, which a server beside it gives to everybody. */
  readonly asksForTokens?: boolean;
}

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const TOKEN_SECONDS = 300;

/** `start()` finds or builds the program; it ends with the test. */
export class RegistryServer {
  /** As in a reference. */
  readonly host: string;
  readonly #hasReferrers: boolean;
  readonly #tokens: TokenServer | undefined;
  /** Of its data. */
  readonly folder: string;
  /** Stops and starts the program; what it has stays. */
  readonly process: TargetProcess;

  private constructor(
    host: string,
    parts: {
      readonly hasReferrers: boolean;
      readonly tokens?: TokenServer | undefined;
      readonly folder: string;
      readonly process: TargetProcess;
    },
  ) {
    this.host = host;
    this.folder = parts.folder;
    this.process = parts.process;
    this.#hasReferrers = parts.hasReferrers;
    this.#tokens = parts.tokens;
  }

  static async start(
    t: ClosingHooks,
    options: RegistryServerOptions = {},
  ): Promise<RegistryServer> {
    const { hasReferrers = false } = options;
    const program = await prepareImageTool(hasReferrers ? 'referrers-registry' : 'registry');
    const folder = await makeTargetFolder();
    const [port = 0] = await findFreePorts(1);
    const host = `127.0.0.1:${port}`;
    const isReady = async (): Promise<boolean> => (await fetch(`http://${host}/v2/`)).status < 500;
    if (hasReferrers) {
      const process = await startTargetProcess(t, { program, argv: [host], folder, isReady });
      return new RegistryServer(host, { hasReferrers, folder, process });
    }
    const tokens = options.asksForTokens === true ? await TokenServer.start(t) : undefined;
    const lines = [
      'version: 0.1',
      'storage: { filesystem: { rootdirectory: data } }',
      `http: { addr: "${host}" }`,
      ...(tokens === undefined ? [] : [tokens.configuration]),
    ];
    await writeFile(join(folder, 'registry.yaml'), `${lines.join('\n')}\n`);
    if (tokens !== undefined) await writeFile(join(folder, 'root.pem'), tokens.certificate);
    const process = await startTargetProcess(t, {
      program,
      argv: ['serve', 'registry.yaml'],
      folder,
      isReady,
    });
    return new RegistryServer(host, { hasReferrers, tokens, folder, process });
  }

  /** Where tokens are given, `host:port`. */
  get tokenHost(): string {
    return this.#tokens?.host ?? '';
  }

  /** How many tokens were asked for. */
  get tokensGiven(): number {
    return this.#tokens?.given ?? 0;
  }

  /** Stores an image of this content; its digest. */
  async push(name: string, content: string, tag = content): Promise<string> {
    const config = await this.#putBlob(name, Buffer.from('{"architecture":"amd64","os":"linux"}'));
    const layer = await this.#putBlob(name, Buffer.from(`the layer of ${content}`));
    const manifest = {
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { ...config, mediaType: 'application/vnd.oci.image.config.v1+json' },
      layers: [{ ...layer, mediaType: 'application/vnd.oci.image.layer.v1.tar' }],
    };
    return await this.#putManifest(name, tag, Buffer.from(JSON.stringify(manifest)));
  }

  /** Stores an index of images under a tag; its digest. */
  async pushIndex(name: string, tag: string, digests: readonly string[]): Promise<string> {
    const described = await Promise.all(digests.map((digest) => this.#describe(name, digest)));
    const manifests = described.map((one) => ({
      ...one,
      platform: { architecture: 'amd64', os: 'linux' },
    }));
    const index = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests };
    return await this.#putManifest(name, tag, Buffer.from(JSON.stringify(index)));
  }

  /** Stores a layer beside an image, as an artifact or under a tag of cosign. */
  async attach(name: string, { image, layer, suffix }: AttachedSample): Promise<void> {
    const { bytes, mediaType, annotations } = layer;
    const config = await this.#putBlob(name, Buffer.from('{}'));
    const isReferrer = suffix === undefined && this.#hasReferrers;
    const pushed = { ...(await this.#putBlob(name, bytes)), mediaType };
    const manifest = {
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      ...(suffix === undefined && { artifactType: mediaType }),
      config: { ...config, mediaType: 'application/vnd.oci.empty.v1+json' },
      layers: [{ ...pushed, ...(annotations && { annotations }) }],
      ...(isReferrer && { subject: await this.#describe(name, image) }),
    };
    const body = Buffer.from(JSON.stringify(manifest));
    const tag = image.replace(':', '-');
    if (suffix !== undefined) {
      await this.#putManifest(name, `${tag}.${suffix}`, body);
      return;
    }
    const digest = await this.#putManifest(name, digestOf(body), body);
    if (this.#hasReferrers) return;
    const listed = { mediaType: MANIFEST_TYPE, digest, size: body.length, artifactType: mediaType };
    const index = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [listed] };
    await this.#putManifest(name, tag, Buffer.from(JSON.stringify(index)));
  }

  /** Stores what is under one tag under another, too. */
  async copyTag(name: string, from: string, to: string): Promise<void> {
    const found = await this.#fetch(name, `manifests/${from}`, {
      headers: { accept: MANIFEST_TYPE },
    });
    await this.#putManifest(name, to, Buffer.from(await found.arrayBuffer()));
  }

  /** As in the field `subject` of what refers to it. */
  async #describe(name: string, digest: string) {
    const headers = { accept: MANIFEST_TYPE };
    const found = await this.#fetch(name, `manifests/${digest}`, { headers });
    return { mediaType: MANIFEST_TYPE, digest, size: (await found.arrayBuffer()).byteLength };
  }

  async #putBlob(name: string, bytes: Buffer) {
    const digest = digestOf(bytes);
    const opened = await this.#fetch(name, 'blobs/uploads/', { method: 'POST' });
    const place = new URL(opened.headers.get('location') ?? '', `http://${this.host}`);
    place.searchParams.set('digest', digest);
    const type = 'application/octet-stream';
    await this.#put(name, { place: place.href, type, bytes });
    return { digest, size: bytes.length };
  }

  async #putManifest(name: string, tag: string, bytes: Buffer): Promise<string> {
    const type = bytes.includes(INDEX_TYPE) ? INDEX_TYPE : MANIFEST_TYPE;
    await this.#put(name, { place: `manifests/${tag}`, type, bytes });
    return digestOf(bytes);
  }

  async #put(
    name: string,
    {
      place,
      type,
      bytes,
    }: { readonly place: string; readonly type: string; readonly bytes: Buffer },
  ): Promise<void> {
    const body = Uint8Array.from(bytes);
    const headers = { 'content-type': type };
    const put = await this.#fetch(name, place, { method: 'PUT', headers, body });
    if (put.status !== 201) {
      throw new Error(`The registry answered with ${put.status} for ${place}`);
    }
  }

  async #fetch(name: string, place: string, init: RequestInit = {}): Promise<Response> {
    const token = this.#tokens?.issue(name, ['pull', 'push']);
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    const url = new URL(place, `http://${this.host}/v2/${name}/`);
    return await fetch(url, { ...init, headers });
  }
}

/** Gives tokens that the registry accepts. Source: distribution, docs/spec/auth/jwt.md. */
class TokenServer {
  given = 0;
  #port = 0;
  readonly #pair: TestPair = issueTestCertificate({
    commonNames: ['tokens'],
    purpose: 'authority',
  });

  static async start(t: ClosingHooks): Promise<TokenServer> {
    const tokens = new TokenServer();
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      const [, name = '', actions = ''] = (searchParams.get('scope') ?? '').split(':');
      tokens.given += 1;
      response.end(JSON.stringify({ token: tokens.issue(name, actions.split(',')) }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    tokens.#port = port;
    return tokens;
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Its section of the registry's file. */
  get configuration(): string {
    const realm = `http://${this.host}/token`;
    return `auth: { token: { realm: "${realm}", service: tests, issuer: tests, rootcertbundle: root.pem } }`;
  }

  /** Whose tokens count, in PEM. */
  get certificate(): string {
    return this.#pair.cert;
  }

  issue(name: string, actions: readonly string[]): string {
    const seconds = Math.floor(Date.now() / 1000);
    const x5c = [new X509Certificate(this.#pair.cert).raw.toString('base64')];
    const claims = {
      iss: 'tests',
      sub: 'anybody',
      aud: 'tests',
      exp: seconds + TOKEN_SECONDS,
      nbf: seconds - TOKEN_SECONDS,
      iat: seconds,
      jti: `${seconds}`,
      access: [{ type: 'repository', name, actions }],
    };
    const text = [{ typ: 'JWT', alg: 'RS256', x5c }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${text}.${sign('sha256', Buffer.from(text), this.#pair.key).toString('base64url')}`;
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
