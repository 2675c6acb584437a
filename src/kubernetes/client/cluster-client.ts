/** The interface of the API server client: reads, watches and writes. */
import type { MonotonicMs } from '../../base/clock.ts';
import type { Unavailable } from '../../base/known.ts';
import type { WatchEnd, WatchOptions } from '../watch/open-watch.ts';

/** The result of one read. A failure of the network or the server is a value; nothing is thrown. */
export type ApiReading =
  | { readonly status: 'read'; readonly body: unknown }
  | { readonly status: 'absent' }
  | Unavailable<LookupFailureCode>;

/** Codes of the error table. */
export type LookupFailureCode =
  | 'hub_unavailable'
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
  /** The URL of the API server, for messages. */
  readonly server: string;
  readonly read: (path: string, options: ReadOptions) => Promise<ApiReading>;
  /** Watches a collection until the watch ends; never rejects. Each watch uses its own connection. */
  readonly watch: (path: string, options: Omit<WatchOptions, 'lineBytesMax'>) => Promise<WatchEnd>;
  /** Aborts all requests in flight. */
  readonly close: () => void;
}

/** The result of one write. A failure of the network or the server is a value; nothing is thrown. */
export type ApiWriting =
  | {
      readonly status: 'written';
      readonly body: unknown;
      /** The warnings of webhooks, as one header: RFC 7234 section 5.5. Absent where nobody warned. */
      readonly warning?: string;
    }
  /** 409: the object exists already, or was changed since our `resourceVersion`. */
  | { readonly status: 'conflict'; readonly reason: string }
  | { readonly status: 'absent' }
  /** The same write would be refused again: forbidden, invalid, too large. */
  | {
      readonly status: 'refused';
      readonly reason: string;
      /** Absent if the request was not sent. */
      readonly httpStatus?: number | undefined;
    }
  /** Unknown whether it was written. */
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

/** Writes our own small objects (leases, events), and no others. */
export interface ClusterWriter {
  readonly write: (path: string, options: WriteOptions) => Promise<ApiWriting>;
}

/** A client that reads and writes. */
export interface ConnectedCluster extends ClusterClient, ClusterWriter {}

/** An answer as it is, for what is no object: a version, a page of metrics of a pod behind the API server. */
export type TextReading =
  | {
      readonly status: 'read';
      readonly text: string;
      /** The clock of whoever answered, in whole seconds; absent where it told none. */
      readonly servedAtMs?: number | undefined;
    }
  | { readonly status: 'absent' }
  | Unavailable<LookupFailureCode>;

/** Looks behind objects, for `holdfast doctor`. */
export interface ProbedCluster extends ConnectedCluster {
  /** A 503 is an answer, too: of what is not ready. */
  readonly readText: (path: string, options: ReadOptions) => Promise<TextReading>;
}
