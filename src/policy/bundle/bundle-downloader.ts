/** From where bundles come while the process runs. */

/** What one attempt gave. */
export type BundleFetch =
  | {
      readonly status: 'read';
      readonly bytes: Uint8Array;
      /** Of these bytes: the ETag of a server, the digest of a manifest. */
      readonly etag: string | undefined;
    }
  | { readonly status: 'unchanged' }
  | {
      /** What is there is no bundle: it is not asked for again until there is something else. */
      readonly status: 'refused';
      readonly reason: string;
      readonly etag: string | undefined;
    }
  | {
      readonly status: 'failed';
      /** Contains no credential. */
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
    };

export interface BundleAsked {
  /** Of the bundle that is there already. */
  readonly etag: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A server, or a repository of a registry. */
export interface BundleDownloader {
  /** A URL or a reference: for messages, and to know what is kept. */
  readonly place: string;
  /** Where the last good bundle is kept. */
  readonly folder: string;
  readonly pollMs: number;
  /** The configuration says which bundle it is: an older one than before, too. */
  readonly isPinned: boolean;
  /** Never rejects. Nothing of the bundle is verified. */
  readonly download: (asked: BundleAsked) => Promise<BundleFetch>;
}
