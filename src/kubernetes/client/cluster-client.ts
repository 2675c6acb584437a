/** Reads from and writes to the API server: what the house needs of a client, and nothing else. */
import type { MonotonicMs } from '../../base/clock.ts';
import type { WatchEnd, WatchOptions } from '../watch/open-watch.ts';

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
  readonly deadlineAtMs: MonotonicMs;
  /** @default application/json */
  readonly accept?: string | undefined;
}

export interface ClusterClient {
  /** Where the API server is, for messages. */
  readonly server: string;
  readonly read: (path: string, options: ReadOptions) => Promise<ApiReading>;
  /** Follows a collection until something ends it; never rejects. Each watch has a connection of its own. */
  readonly watch: (path: string, options: Omit<WatchOptions, 'lineBytesMax'>) => Promise<WatchEnd>;
  /** Ends what is under way. */
  readonly close: () => void;
}

/** What came of one write. Nothing is thrown for anything a network or a server may do. */
export type ApiWriting =
  | { readonly status: 'written'; readonly body: unknown }
  /** 409: it exists already, or somebody else wrote since our `resourceVersion`. */
  | { readonly status: 'conflict'; readonly reason: string }
  | { readonly status: 'absent' }
  /** The same write would be refused again: forbidden, invalid, too large. */
  | {
      readonly status: 'refused';
      readonly reason: string;
      /** Absent where the API server was not asked. */
      readonly httpStatus?: number | undefined;
    }
  /** It may have been written or not. */
  | {
      readonly status: 'unavailable';
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
    };

export interface WriteOptions {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  /** Sent as JSON. */
  readonly body: unknown;
  /** Milliseconds since the epoch. */
  readonly deadlineAtMs: MonotonicMs;
  /** For PATCH. @default application/json */
  readonly contentType?: string | undefined;
}

/** Writes our own small objects (leases, events): nothing of anybody else's. */
export interface ClusterWriter {
  readonly write: (path: string, options: WriteOptions) => Promise<ApiWriting>;
}

/** A connection that can do both. */
export interface ConnectedCluster extends ClusterClient, ClusterWriter {}
