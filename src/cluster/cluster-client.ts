/** Reads from the API server: what the rest of this folder needs of a client, and nothing else. */

/** What came of one read. Nothing is thrown for anything a network or a server may do. */
export type ApiReading =
  | { readonly status: 'read'; readonly body: unknown }
  | { readonly status: 'absent' }
  | { readonly status: 'unavailable'; readonly code: LookupFailureCode; readonly reason: string };

/** Codes of the error table. */
export type LookupFailureCode =
  | 'lookup_failed'
  | 'lookup_forbidden'
  | 'lookup_not_configured'
  | 'lookup_overloaded'
  | 'lookup_timed_out';

export interface ReadOptions {
  /** Milliseconds since the epoch. */
  readonly deadlineAtMs: number;
  /** @default application/json */
  readonly accept?: string | undefined;
}

export interface ClusterClient {
  /** Where the API server is, for messages. */
  readonly server: string;
  readonly read: (path: string, options: ReadOptions) => Promise<ApiReading>;
  readonly close: () => void;
}
