/** Asks a registry for a bundle. Every byte is compared with its digest; the signature is verified by whoever takes it. */
import type { ImageFailure } from '../../image/image-failure.ts';
import type { Digest } from '../../image/match-digest.ts';
import type { Scope } from '../../image/registry/registry-authorizer.ts';
import type { RegistryClient } from '../../image/registry/registry-client.ts';
import type { BundleFetch } from '../bundle/bundle-downloader.ts';
import { BUNDLE_LIMITS } from '../bundle/settings.ts';
import { classifyArtifact } from './classify-artifact.ts';
import { BUNDLE_REGISTRY_LIMITS } from './settings.ts';

const ARCHIVE_BYTES_MAX = BUNDLE_LIMITS['bundle.archiveBytesMax'].default;
const MANIFEST_BYTES_MAX = BUNDLE_REGISTRY_LIMITS['bundle.artifactManifestBytesMax'].default;

/** How the client of images is used: it can only read. */
export type ArtifactReader = Pick<RegistryClient, 'readManifest' | 'readBlob'>;

export interface PulledReference {
  readonly scope: Scope;
  /** A tag, or a digest that pins what it names. */
  readonly wanted: string | Digest;
}

export interface PullOptions {
  /** The digest of the manifest that is there already. */
  readonly etag: string | undefined;
  /** Of one request. */
  readonly timeoutMs: number;
}

/** One attempt: the archive is asked for only where the digest is another one. Never rejects. */
export async function pullBundle(
  client: ArtifactReader,
  { scope, wanted }: PulledReference,
  { etag, timeoutMs }: PullOptions,
): Promise<BundleFetch> {
  // What is pinned cannot become something else.
  if (typeof wanted !== 'string' && wanted.text === etag) return { status: 'unchanged' };
  const reading = await client.readManifest(scope, wanted, {
    bytesMax: MANIFEST_BYTES_MAX,
    timeoutMs,
  });
  if (reading.status !== 'read') return failed(reading);
  const digest = reading.digest.text;
  if (digest === etag) return { status: 'unchanged' };
  const layer = classifyArtifact(reading.manifest);
  if (!layer.ok) return { status: 'refused', reason: layer.reason, etag: digest };
  const blob = await client.readBlob(scope, layer.value, {
    bytesMax: ARCHIVE_BYTES_MAX,
    timeoutMs,
  });
  if (blob.status !== 'read') return failed(blob);
  return { status: 'read', bytes: blob.bytes, etag: digest };
}

function failed(failure: ImageFailure): BundleFetch {
  const { reason } = failure;
  return failure.status === 'unavailable'
    ? { status: 'failed', reason, retryAfterMs: failure.retryAfterMs }
    : { status: 'failed', reason };
}
