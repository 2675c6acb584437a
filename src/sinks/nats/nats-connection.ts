/** Publishes to JetStream, and reads from it. The only importer of the NATS libraries; independent of records. */
import {
  DiscardPolicy,
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { connect, credsAuthenticator, headers, nkeyAuthenticator } from '@nats-io/transport-node';
import type { Authenticator, NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import type { TlsMaterial } from '../../base/tls-files.ts';

export interface NatsConnectOptions {
  readonly servers: readonly string[];
  /** Absent: no TLS, which is allowed only for a server on this machine. */
  readonly tls: TlsMaterial | undefined;
  readonly credentials: NatsCredentials;
  readonly timeoutMs: number;
  readonly name: string;
}

/** The secret values; at most one kind. */
export interface NatsCredentials {
  readonly token?: string;
  readonly user?: { readonly username: string; readonly password: string };
  /** The seed of an nkey. */
  readonly nkeySeed?: string;
  /** The text of a credentials file. */
  readonly credentialsFile?: string;
}

/** A stream to create if it does not exist. */
export interface StreamPlan {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly replicas: number;
  readonly maxAgeMs: number;
  readonly duplicateWindowMs: number;
}

export interface NatsMessage {
  readonly subject: string;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Within its window, the stream keeps one message with this id. */
  readonly messageId: string;
}

export interface OpenNats {
  readonly isClosed: () => boolean;
  /** The largest message in bytes that the server accepts. */
  readonly payloadBytesMax: () => number;
  /** Resolves when the stream has acknowledged the message. */
  readonly publish: (
    message: NatsMessage,
    options: { readonly stream: string; readonly timeoutMs: number },
  ) => Promise<void>;
  /** Creates the stream, unless it exists. */
  readonly ensureStream: (plan: StreamPlan) => Promise<void>;
  /** What the stream holds now, in its order; what comes meanwhile is left out. Rejects where there is no such stream. */
  readonly readStream: (
    name: string,
    options: { readonly timeoutMs: number },
  ) => AsyncGenerator<Uint8Array>;
  readonly close: () => Promise<void>;
}

const NANOSECONDS_IN_MS = 1_000_000;
const STREAM_NOT_FOUND = 10_059;
/** At a time: at the size that a server takes by default, 64 MiB. */
const FETCHED_MESSAGES = 64;

/** Rejects if no server can be reached in time or accepts the credentials. */
export async function connectNats(options: NatsConnectOptions): Promise<OpenNats> {
  const connection = await connect(connectionOptions(options));
  const client = jetstream(connection);
  return {
    isClosed: () => connection.isClosed(),
    payloadBytesMax: () => connection.info?.max_payload ?? 0,
    publish: async (message, { stream, timeoutMs }) => {
      const messageHeaders = headers();
      for (const [name, value] of Object.entries(message.headers)) messageHeaders.set(name, value);
      await client.publish(message.subject, message.payload, {
        msgID: message.messageId,
        headers: messageHeaders,
        expect: { streamName: stream },
        timeout: timeoutMs,
        retries: 0,
      });
    },
    ensureStream: (plan) => ensureStream(connection, plan),
    readStream: (name, { timeoutMs }) => readStream(connection, name, timeoutMs),
    close: () => connection.close(),
  };
}

function connectionOptions(options: NatsConnectOptions): NodeConnectionOptions {
  const { credentials } = options;
  const authenticator = authenticate(credentials);
  return {
    servers: [...options.servers],
    name: options.name,
    timeout: options.timeoutMs,
    // A lost connection fails pending requests at once; delivery decides when to retry. With the library's own
    // reconnects, messages would accumulate in its buffer.
    reconnect: false,
    // Advertised servers are ignored: a server could otherwise redirect our records.
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    tls: options.tls === undefined ? null : { ...options.tls },
    ...(credentials.token !== undefined && { token: credentials.token }),
    ...(credentials.user !== undefined && {
      user: credentials.user.username,
      pass: credentials.user.password,
    }),
    ...(authenticator !== undefined && { authenticator }),
  };
}

function authenticate({ nkeySeed, credentialsFile }: NatsCredentials): Authenticator | undefined {
  const encoder = new TextEncoder();
  if (nkeySeed !== undefined) return nkeyAuthenticator(encoder.encode(nkeySeed.trim()));
  // Secrets are read without their final newline, but the library requires one.
  if (credentialsFile !== undefined) {
    return credsAuthenticator(encoder.encode(`${credentialsFile}\n`));
  }
  return undefined;
}

async function ensureStream(connection: NatsConnection, plan: StreamPlan): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  try {
    await manager.streams.info(plan.name);
    return;
  } catch (error) {
    if (codeOfApiError(error) !== STREAM_NOT_FOUND) throw error;
  }
  await manager.streams.add({
    name: plan.name,
    subjects: [...plan.subjects],
    num_replicas: plan.replicas,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    // A full stream rejects new messages: existing ones are evidence, and ours wait in the journal.
    discard: DiscardPolicy.New,
    max_age: plan.maxAgeMs * NANOSECONDS_IN_MS,
    duplicate_window: Math.min(plan.duplicateWindowMs, plan.maxAgeMs) * NANOSECONDS_IN_MS,
  });
}

/** By an ordered consumer, which the server forgets by itself, and in which no message can be missing unseen. */
async function* readStream(
  connection: NatsConnection,
  name: string,
  timeoutMs: number,
): AsyncGenerator<Uint8Array> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const { state } = await manager.streams.info(name);
  const consumer = await jetstream(connection).consumers.get(name);
  for (let last = 0; last < state.last_seq;) {
    const before = last;
    const messages = await consumer.fetch({ max_messages: FETCHED_MESSAGES, expires: timeoutMs });
    for await (const message of messages) {
      if (message.seq > state.last_seq) return;
      last = message.seq;
      yield message.data;
      // The last ones may have been deleted.
      if (message.info.pending === 0) return;
    }
    if (last === before) throw new Error('the stream gave no message in time');
  }
}

/** The JetStream API code of an error, if it has one. */
export function codeOfApiError(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}
