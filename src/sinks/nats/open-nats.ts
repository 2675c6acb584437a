/** A connection by the settings of a sink, with its secrets as they are now. */
import { readTlsFiles } from '../../base/tls-files.ts';
import { readSecret } from '../../settings/secret.ts';
import { SECRET_LIMITS } from '../../settings/secret-reference.ts';
import type { SinkContext } from '../../delivery/sink.ts';
import { connectNats } from './nats-connection.ts';
import type { NatsCredentials, OpenNats } from './nats-connection.ts';
import type { NatsSinkSettings } from './settings.ts';

export type OpenedNats =
  | {
      readonly ok: true;
      readonly open: OpenNats;
    }
  | { readonly ok: false; readonly reason: string };

export interface OpenNatsOptions {
  readonly environment: SinkContext['environment'];
  /** How the server shows the connection. */
  readonly name: string;
  /** Told the values that no message may show, before anything is connected. */
  readonly onSecrets: (secrets: readonly string[]) => void;
}

/** Rejects if no server can be reached in time or accepts the credentials. */
export async function openNats(
  settings: NatsSinkSettings,
  { environment, name, onSecrets }: OpenNatsOptions,
): Promise<OpenedNats> {
  const read = await readCredentials(settings, environment);
  if (!read.ok) return read;
  onSecrets(read.secrets);
  const tls = await readTlsFiles(settings.tls, SECRET_LIMITS['secret.bytesMax'].default);
  if (!tls.ok) return tls;
  const open = await connectNats({
    servers: settings.servers,
    tls: settings.servers.some(isEncrypted) ? tls.material : undefined,
    credentials: read.credentials,
    timeoutMs: settings.delivery.timeoutMs,
    name,
  });
  return { ok: true, open };
}

function isEncrypted(server: string): boolean {
  return server.startsWith('tls:');
}

type Credentials =
  | {
      readonly ok: true;
      readonly credentials: NatsCredentials;
      readonly secrets: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

async function readCredentials(
  { token, user, nkeySeed, credentials }: NatsSinkSettings,
  environment: SinkContext['environment'],
): Promise<Credentials> {
  const reference = token ?? user?.password ?? nkeySeed ?? credentials;
  if (reference === undefined) return { ok: true, credentials: {}, secrets: [] };
  const read = await readSecret(reference, environment);
  if (!read.ok) return read;
  const { secret } = read;
  const secrets = [secret, ...secret.split('\n').filter((line) => line.length > 16)];
  if (token !== undefined) return { ok: true, credentials: { token: secret }, secrets };
  if (user !== undefined) {
    const { username } = user;
    return { ok: true, credentials: { user: { username, password: secret } }, secrets };
  }
  if (nkeySeed !== undefined) return { ok: true, credentials: { nkeySeed: secret }, secrets };
  return { ok: true, credentials: { credentialsFile: secret }, secrets };
}
