/** A real nats-server with JetStream on loopback, and a look into its streams from outside. */
import { writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { prepareSinkTarget } from '../assets/sink-targets.ts';
import { serverCertificatesOf } from '../certificates.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { makeTargetFolder, startTargetProcess } from './target-process.ts';
import type { TargetProcess } from './target-process.ts';

export interface NatsServer extends TargetProcess {
  readonly url: string;
  readonly port: number;
  /** PEM; the server's own authority where it speaks TLS. */
  readonly caFile: string;
  readonly addStream: (name: string, subjects: readonly string[]) => Promise<void>;
  readonly deleteMessages: (stream: string, sequences: readonly number[]) => Promise<void>;
  /** What the stream holds, in its order. */
  readonly messages: (stream: string) => Promise<readonly StoredMessage[]>;
}

export interface StoredMessage {
  readonly subject: string;
  readonly payload: string;
  readonly id: string;
}

export interface NatsServerOptions {
  /** Lines of the section `authorization`. */
  readonly authorization?: string;
  readonly tls?: boolean;
  /** How tests look in: the same credentials as the sink has. */
  readonly access?: Pick<NodeConnectionOptions, 'token' | 'user' | 'pass' | 'authenticator'>;
  /** Further lines of the configuration. */
  readonly configuration?: readonly string[];
  readonly payloadBytesMax?: number;
}

/** Starts it; it ends with the test. */
export async function startNatsServer(
  t: TestContext,
  options: NatsServerOptions = {},
): Promise<NatsServer> {
  const program = await prepareSinkTarget('nats-server');
  const folder = await makeTargetFolder();
  const [port = 0] = await findFreePorts(1);
  const { authority, server: pair } = serverCertificatesOf('nats');
  await writeFile(join(folder, 'ca.crt'), authority.cert);
  await writeFile(join(folder, 'tls.crt'), pair.cert);
  await writeFile(join(folder, 'tls.key'), pair.key, { mode: 0o600 });
  await writeFile(join(folder, 'nats.conf'), formatConfiguration(port, options));
  const running = await startTargetProcess(t, {
    program,
    argv: ['--config', 'nats.conf'],
    folder,
    isReady: () => isListening(port),
  });
  const caFile = join(folder, 'ca.crt');
  const look = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    withSession({ port, caFile, options }, work);
  return {
    ...running,
    // The library holds a certificate against a host name alone.
    url: options.tls === true ? `tls://localhost:${port}` : `nats://127.0.0.1:${port}`,
    port,
    caFile,
    addStream: (name, subjects) =>
      look(async ({ manager }) => {
        await manager.streams.add({ name, subjects: [...subjects] });
      }),
    deleteMessages: (stream, sequences) =>
      look(async ({ manager }) => {
        for (const sequence of sequences) await manager.streams.deleteMessage(stream, sequence);
      }),
    messages: (stream) => look((session) => readMessages(session, stream)),
  };
}

function formatConfiguration(port: number, options: NatsServerOptions): string {
  return [
    `listen: "127.0.0.1:${port}"`,
    'jetstream { store_dir: "store" }',
    ...(options.payloadBytesMax === undefined ? [] : [`max_payload: ${options.payloadBytesMax}`]),
    ...(options.authorization === undefined ? [] : [`authorization { ${options.authorization} }`]),
    ...(options.tls === true ? ['tls { cert_file: "tls.crt", key_file: "tls.key" }'] : []),
    ...(options.configuration ?? []),
    '',
  ].join('\n');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectPlain(port, '127.0.0.1');
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

type Session = Awaited<ReturnType<typeof openSession>>;

interface Place {
  readonly port: number;
  readonly caFile: string;
  readonly options: NatsServerOptions;
}

async function openSession({ port, caFile, options }: Place) {
  const connection = await connect({
    servers: `localhost:${port}`,
    ...options.access,
    ...(options.tls === true ? { tls: { caFile } } : {}),
  });
  return { connection, manager: await jetstreamManager(connection) };
}

async function withSession<T>(place: Place, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(place);
  try {
    return await work(session);
  } finally {
    await session.connection.close();
  }
}

async function readMessages(
  { manager }: Session,
  stream: string,
): Promise<readonly StoredMessage[]> {
  const { state } = await manager.streams.info(stream);
  const messages: StoredMessage[] = [];
  for (let sequence = state.first_seq; sequence <= state.last_seq && sequence > 0; sequence += 1) {
    const stored = await manager.streams.getMessage(stream, { seq: sequence });
    if (stored === null) continue;
    messages.push({
      subject: stored.subject,
      payload: stored.string(),
      id: stored.header.get('Nats-Msg-Id'),
    });
  }
  return messages;
}
