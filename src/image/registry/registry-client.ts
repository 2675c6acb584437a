/**
 * Reads manifests, blobs and lists of referrers. Every byte is compared with its digest: what is returned is what was asked for,
 * whatever the registry or a proxy in between does.
 *
 * Source: OCI distribution specification 1.1.
 */
import { parseDigest, digestOf, matchDigest, type Digest } from '../match-digest.ts';
import { imageUnavailable, rejectImage, type ImageFailure } from '../image-failure.ts';
import { sendAuthorized, urlOfRepository, type RegistryParts } from './authorized-request.ts';
import { INDEX_TYPE, MANIFEST_TYPES, parseManifest } from './parse-manifest.ts';
import type { Descriptor, Manifest } from './parse-manifest.ts';
import { parseNextLink } from './parse-next-link.ts';
import type { RegistryAuthorizer, Scope } from './registry-authorizer.ts';
import type { RegistryTransport, TransportAnswer } from './registry-transport.ts';
import { REGISTRY_LIMITS } from './settings.ts';

export type ManifestReading =
  | {
      readonly status: 'read';
      readonly digest: Digest;
      readonly manifest: Manifest;
      readonly bytes: Uint8Array;
    }
  | ImageFailure;

export type BlobReading = { readonly status: 'read'; readonly bytes: Uint8Array } | ImageFailure;

export type ReferrersReading =
  | {
      readonly status: 'read';
      /** Undefined: the registry has no such list. */
      readonly descriptors: readonly Descriptor[] | undefined;
      /** There were more pages than are read. */
      readonly isCut: boolean;
    }
  | ImageFailure;

const MANIFEST_BYTES_MAX = REGISTRY_LIMITS['image.registry.manifestBytesMax'].default;
const BLOB_BYTES_MAX = REGISTRY_LIMITS['image.registry.blobBytesMax'].default;
const PAGES_MAX = REGISTRY_LIMITS['image.registry.referrerPagesMax'].default;

const OK = 200;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;
/** How registries without a list of referrers say so. */
const UNSUPPORTED: ReadonlySet<number> = new Set([400, NOT_FOUND, 405]);

/** Other limits than those of images. */
export interface ReadLimits {
  readonly bytesMax?: number | undefined;
  /** Of one request. */
  readonly timeoutMs?: number | undefined;
}

/** Reads of any repository. */
export class RegistryClient {
  readonly #parts: RegistryParts;

  constructor(transport: RegistryTransport, authorizer: RegistryAuthorizer) {
    this.#parts = { transport, authorizer };
  }

  /** By tag or digest. */
  async readManifest(
    scope: Scope,
    wanted: string | Digest,
    { bytesMax = MANIFEST_BYTES_MAX, timeoutMs }: ReadLimits = {},
  ): Promise<ManifestReading> {
    const name = typeof wanted === 'string' ? wanted : wanted.text;
    const answer = await this.#get(scope, {
      url: this.#urlOf(scope, `manifests/${name}`),
      accept: MANIFEST_TYPES.join(', '),
      bytesMax,
      timeoutMs,
    });
    if (answer.status !== 'answered') return answer;
    if (answer.httpStatus !== OK) return explain(answer, `${scope.repository} ${name}`);
    const digest = typeof wanted === 'string' ? readDigest(answer) : wanted;
    if (digest === undefined || !matchDigest(answer.bytes, digest)) {
      return lie(`${scope.registry} answers for ${name} with a manifest of another digest`);
    }
    const parsing = parseManifest(answer.bytes, contentTypeOf(answer));
    if (!parsing.ok) return lie(`The manifest ${name} cannot be used: ${parsing.reason}`);
    return { status: 'read', digest, manifest: parsing.manifest, bytes: answer.bytes };
  }

  async readBlob(
    scope: Scope,
    { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
    { bytesMax = BLOB_BYTES_MAX, timeoutMs }: ReadLimits = {},
  ): Promise<BlobReading> {
    if (size > bytesMax) {
      return rejectImage(
        'image_limit_exceeded',
        `The blob ${digest.text} has ${size} bytes, at most ${bytesMax} are read`,
      );
    }
    const answer = await this.#get(scope, {
      url: this.#urlOf(scope, `blobs/${digest.text}`),
      accept: '*/*',
      // An error that the registry explains can be longer than the blob.
      bytesMax,
      timeoutMs,
    });
    if (answer.status !== 'answered') return answer;
    if (answer.httpStatus !== OK) return explain(answer, `blob ${digest.text}`);
    if (answer.bytes.length !== size || !matchDigest(answer.bytes, digest)) {
      return lie(`${scope.registry} answers for the blob ${digest.text} with other bytes`);
    }
    return { status: 'read', bytes: answer.bytes };
  }

  /** All pages. */
  async listReferrers(scope: Scope, { text }: Digest): Promise<ReferrersReading> {
    const first = this.#urlOf(scope, `referrers/${text}`);
    const found = new Map<string, Descriptor>();
    let url: URL | undefined = first;
    for (let page = 0; page < PAGES_MAX && url !== undefined; page += 1) {
      const answer = await this.#get(scope, {
        url,
        accept: INDEX_TYPE,
        bytesMax: MANIFEST_BYTES_MAX,
      });
      if (answer.status !== 'answered') return answer;
      if (page === 0 && UNSUPPORTED.has(answer.httpStatus)) {
        return { status: 'read', descriptors: undefined, isCut: false };
      }
      if (answer.httpStatus !== OK) return explain(answer, 'list of referrers');
      const parsing = parseManifest(answer.bytes, contentTypeOf(answer));
      if (!parsing.ok || parsing.manifest.kind !== 'index') {
        return lie(`${scope.registry} answers with no list of referrers`);
      }
      for (const one of parsing.manifest.manifests) found.set(one.digest.text, one);
      const next = findNextPage(answer, url, first);
      if (next === 'elsewhere') {
        return lie(`${scope.registry} continues its list of referrers in another place`);
      }
      url = next;
    }
    return { status: 'read', descriptors: [...found.values()], isCut: url !== undefined };
  }

  #urlOf(scope: Scope, path: string): URL {
    return urlOfRepository(this.#parts.transport, scope, path);
  }

  async #get(scope: Scope, asked: AskedResource): Promise<TransportAnswer | ImageFailure> {
    const { url, accept, bytesMax: answerBytesMax, timeoutMs } = asked;
    const request = { url, accept, answerBytesMax, timeoutMs, follows: true };
    return await sendAuthorized(this.#parts, scope, request);
  }
}

interface AskedResource extends ReadLimits {
  readonly url: URL;
  readonly accept: string;
  readonly bytesMax: number;
}

/** The registry may use another algorithm than ours for what a tag points at. */
function readDigest({ headers, bytes }: TransportAnswer): Digest | undefined {
  const header = headers['docker-content-digest'];
  return typeof header === 'string' ? parseDigest(header) : digestOf(bytes);
}

function contentTypeOf({ headers }: TransportAnswer): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function findNextPage(
  { headers }: TransportAnswer,
  current: URL,
  first: URL,
): URL | 'elsewhere' | undefined {
  const { link } = headers;
  const target = parseNextLink(typeof link === 'string' ? link : link?.join(', '));
  if (target === undefined) return undefined;
  if (!URL.canParse(target, current.href)) return 'elsewhere';
  const next = new URL(target, current);
  // It is asked with our token: the list goes on where it began.
  return next.origin === first.origin && next.pathname === first.pathname ? next : 'elsewhere';
}

function explain({ httpStatus }: TransportAnswer, what: string): ImageFailure {
  switch (httpStatus) {
    case NOT_FOUND:
      return rejectImage('image_absent', `The registry has no ${what}`);
    case UNAUTHORIZED:
    case FORBIDDEN:
      return rejectImage('image_access_denied', `The registry does not let us read ${what}`);
    default:
      return imageUnavailable(`The registry answered with status ${httpStatus} for ${what}`);
  }
}

function lie(reason: string): ImageFailure {
  return rejectImage('image_registry_lied', reason);
}
