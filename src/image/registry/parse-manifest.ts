/** Manifests and indexes. Source: OCI image specification, manifest.md and image-index.md; Docker image manifest version 2, schema 2. */
import { z } from 'zod';
import { formatIssuePath } from '../../base/format-issue-path.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { parseDigest, type Digest } from '../match-digest.ts';

/** What it says of other content; nothing of it is verified. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

export type Manifest =
  | {
      readonly kind: 'image';
      readonly mediaType: string;
      readonly artifactType: string | undefined;
      readonly layers: readonly Descriptor[];
    }
  | {
      readonly kind: 'index';
      readonly mediaType: string;
      readonly manifests: readonly Descriptor[];
    };

export type ManifestParsing =
  | { readonly ok: true; readonly manifest: Manifest }
  | {
      readonly ok: false;
      /** Completes `The manifest cannot be used: `. */
      readonly reason: string;
    };

/** Media types of manifests and indexes, as a client asks for them. */
export const MANIFEST_TYPES: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** The media type of an index. */
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

const INDEX_TYPES: ReadonlySet<string> = new Set([
  INDEX_TYPE,
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/** A manifest nests four levels. */
const DEPTH_MAX = 16;

const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest: z.string().transform((text, context): Digest => {
    const digest = parseDigest(text);
    if (digest !== undefined) return digest;
    context.addIssue({ code: 'custom', message: 'Expected a digest' });
    return z.NEVER;
  }),
  size: z.int().min(0),
  artifactType: z.string().optional(),
  annotations: z
    .record(z.string(), z.string())
    .nullish()
    .transform((annotations) => annotations ?? {}),
});

const manifestSchema = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: z.looseObject({ mediaType: z.string() }).optional(),
  layers: z.array(descriptorSchema).nullish(),
  manifests: z.array(descriptorSchema).nullish(),
});

/** `contentType`: of the answer; it counts where the document itself does not say what it is. */
export function parseManifest(bytes: Uint8Array, contentType: string): ManifestParsing {
  const json = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  if (!json.ok) return refuse(json.message);
  const document = manifestSchema.safeParse(json.value);
  if (!document.success) {
    return refuse(`it is not as expected${formatIssuePath(document.error.issues)}`);
  }
  const { layers, manifests, config, artifactType } = document.data;
  const mediaType = document.data.mediaType ?? contentType;
  // A document that is both would be one image for who verifies and another for who runs it (CVE-2021-41190).
  if (layers && manifests) return refuse('it is a manifest and an index at once');
  if (MANIFEST_TYPES.includes(contentType) && contentType !== mediaType) {
    return refuse(`it says that it is "${mediaType}", and the registry "${contentType}"`);
  }
  if (INDEX_TYPES.has(mediaType) === !manifests) {
    return refuse(`its content is not that of "${mediaType}"`);
  }
  if (manifests) return { ok: true, manifest: { kind: 'index', mediaType, manifests } };
  if (!layers) return refuse('it has neither layers nor manifests');
  // Before version 1.1 the type of an artifact was that of its configuration.
  const type = artifactType ?? config?.mediaType;
  return {
    ok: true,
    manifest: { kind: 'image', mediaType, artifactType: type, layers },
  };
}

function refuse(reason: string): ManifestParsing {
  return { ok: false, reason };
}
