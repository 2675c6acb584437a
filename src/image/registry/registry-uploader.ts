/**
 * Writes blobs and manifests. It is no part of the client that reads: what verifies images must not be able to change them, and the
 * transport refuses to write where it was not opened for it.
 *
 * Source: OCI distribution specification 1.1, section "Push".
 */
import { digestOf, type Digest } from '../match-digest.ts';
import { rejectImage, type ImageFailure } from '../image-failure.ts';
import { sendAuthorized, urlOfRepository, type RegistryParts } from './authorized-request.ts';
import type { Scope } from './registry-authorizer.ts';
import type { TransportAnswer } from './registry-transport.ts';
import { REGISTRY_LIMITS } from './settings.ts';

export type Upload = { readonly status: 'uploaded'; readonly digest: Digest } | ImageFailure;

export interface NamedManifest {
  /** A tag, or the digest of the bytes. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What a registry explains of a refusal. */
const ANSWER_BYTES_MAX = REGISTRY_LIMITS['image.registry.tokenBytesMax'].default;
const TIMEOUT_MS = REGISTRY_LIMITS['image.registry.totalTimeoutMs'].default;

const CREATED = 201;
const ACCEPTED = 202;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;
const NOTHING = new Uint8Array(0);

/** Writes to any repository. */
export class RegistryUploader {
  readonly #parts: RegistryParts;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  /** In one piece. A blob that is there already is written again. Never rejects. */
  async putBlob(scope: Scope, bytes: Uint8Array): Promise<Upload> {
    const digest = digestOf(bytes);
    const start = urlOfRepository(this.#parts.transport, scope, 'blobs/uploads/');
    const begun = await this.#send(scope, { method: 'POST', url: start, bytes: NOTHING });
    if (begun.status !== 'answered') return begun;
    if (begun.httpStatus !== ACCEPTED) return explain(begun, scope);
    const { location } = begun.headers;
    if (location === undefined || !URL.canParse(location, start.href)) {
      return lie(`${scope.registry} does not say where a blob is written to`);
    }
    const place = new URL(location, start);
    place.searchParams.set('digest', digest.text);
    const put = { method: 'PUT', url: place, bytes } as const;
    // A store elsewhere knows the upload by its address: our credential is for the registry alone.
    const written =
      place.origin === start.origin
        ? await this.#send(scope, put)
        : await this.#parts.transport.send(formatWrite(put));
    if (written.status !== 'answered') return written;
    return written.httpStatus === CREATED
      ? { status: 'uploaded', digest }
      : explain(written, scope);
  }

  /** After the blobs that it names. Never rejects. */
  async putManifest(scope: Scope, { name, mediaType, bytes }: NamedManifest): Promise<Upload> {
    const digest = digestOf(bytes);
    const url = urlOfRepository(this.#parts.transport, scope, `manifests/${name}`);
    const written = await this.#send(scope, { method: 'PUT', url, bytes, mediaType });
    if (written.status !== 'answered') return written;
    if (written.httpStatus !== CREATED) return explain(written, scope);
    const stored = written.headers['docker-content-digest'];
    // One that rewrites manifests has something else than what we say is there.
    if (stored !== undefined && stored !== digest.text) {
      return lie(`${scope.registry} has stored the manifest as ${String(stored)}`);
    }
    return { status: 'uploaded', digest };
  }

  async #send(scope: Scope, write: Write): Promise<TransportAnswer | ImageFailure> {
    return await sendAuthorized(this.#parts, scope, formatWrite(write));
  }
}

interface Write {
  readonly method: 'POST' | 'PUT';
  readonly url: URL;
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
}

function formatWrite({ method, url, bytes, mediaType = 'application/octet-stream' }: Write) {
  return {
    method,
    url,
    accept: 'application/json',
    content: { mediaType, bytes },
    answerBytesMax: ANSWER_BYTES_MAX,
    timeoutMs: TIMEOUT_MS,
    follows: false,
  };
}

function explain({ httpStatus }: TransportAnswer, { registry, repository }: Scope): ImageFailure {
  switch (httpStatus) {
    case UNAUTHORIZED:
    case FORBIDDEN:
      return rejectImage(
        'image_access_denied',
        `${registry} does not let us write to ${repository}`,
      );
    case NOT_FOUND:
      return rejectImage('image_absent', `${registry} has no repository ${repository}`);
    default:
      return rejectImage(
        'image_registry_refused',
        `${registry} takes no upload to ${repository}: it answered with status ${httpStatus}`,
      );
  }
}

function lie(reason: string): ImageFailure {
  return rejectImage('image_registry_lied', reason);
}
