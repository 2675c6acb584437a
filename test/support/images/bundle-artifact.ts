/** A bundle in a registry of the tests, as `policy push` writes it, or spoilt. */
import { gunzipSync } from 'node:zlib';
import { formatArtifact } from '../../../src/policy/registry/format-artifact.ts';
import type { FakeDescriptor, FakeRegistry } from './fake-registry.ts';

export interface ArtifactSample {
  readonly archive: Uint8Array;
  /** @default prod */
  readonly tag?: string;
  /** How often the archive is a layer of it. @default 1 */
  readonly layers?: number;
}

/** What its manifest is. */
export function putArtifact(
  registry: FakeRegistry,
  name: string,
  { archive, tag = 'prod', layers = 1 }: ArtifactSample,
): FakeDescriptor {
  const { configuration, manifest, mediaType } = formatArtifact(archive, decompress(archive));
  registry.putBlob(name, Buffer.from(configuration), mediaType);
  registry.putBlob(name, Buffer.from(archive), mediaType);
  const written = JSON.parse(Buffer.from(manifest).toString()) as {
    readonly layers: readonly object[];
  };
  const all = Array.from({ length: layers }, () => written.layers[0]);
  return registry.putManifest(name, { ...written, layers: all }, tag);
}

/** What is no archive is named by its own hash. */
function decompress(archive: Uint8Array): Uint8Array {
  try {
    return gunzipSync(archive);
  } catch {
    return archive;
  }
}
