/**
 * Who is connected, and who may hold how much of the server.
 *
 * A port that a cluster can reach is reached by strangers too: by any pod. What is scarce (connections, bytes of bodies, places) has a
 * part that only the API server gets, and where something must go, it is what the source holds that holds most, strangers first. Else
 * whoever opens connections and stays silent would decide that every write to the cluster is refused, or passes unjudged.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { AddressRanges } from '../base/address-ranges.ts';
import type { MonotonicMs } from '../base/clock.ts';
import { classifySource } from './classify-source.ts';
import { SERVER_LIMITS } from './settings.ts';

/**
 * - `proven`: has shown a client certificate of the API server, or comes from one of its configured addresses
 * - `answered`: comes from one of the first addresses whose reviews were answered. Anyone may become that who asks before the API server
 *   does, so that it is a preference and proves nothing
 * - `stranger`: everyone else
 */
export type Standing = 'proven' | 'answered' | 'stranger';

const RANKS: Readonly<Record<Standing, number>> = { stranger: 0, answered: 1, proven: 2 };

export interface ClientsOptions {
  readonly connectionsMax: number;
  /** How many of them strangers may have. */
  readonly strangersMax: number;
  readonly apiServerAddresses: AddressRanges;
  readonly monotonicMs: () => MonotonicMs;
  /** Called for each connection that is closed to make room, or for want of it. */
  readonly onDropped: () => void;
}

/** One connection. */
export class Client {
  readonly source: Source;
  /** Requests whose answer is not over. */
  requests = 0;
  /** Its reviews that are being judged, and how many of them entered as a stranger's. */
  places = 0;
  strangerPlaces = 0;
  /** The larger, the later it was used. */
  lastUse = 0;
  #isProven = false;
  #socket: Socket;

  constructor(source: Source, socket: Socket) {
    this.source = source;
    this.#socket = socket;
  }

  get isProven(): boolean {
    return this.#isProven;
  }

  /** It has shown a certificate of the API server. */
  prove(): void {
    if (this.#isProven) return;
    this.#isProven = true;
    this.source.provenConnections += 1;
  }

  get standing(): Standing {
    if (this.#isProven || this.source.isConfigured) return 'proven';
    return this.source.isAnswered ? 'answered' : 'stranger';
  }

  /** The connection is TLS from now on. */
  secure(socket: Socket): void {
    this.#socket = socket;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** What has one address. */
export class Source {
  readonly key: string;
  readonly isConfigured: boolean;
  isAnswered = false;
  answeredAtMs = 0;
  connections = 0;
  /** Those of them that have shown a certificate of the API server. */
  provenConnections = 0;
  /** Of bodies that were received and not answered yet. */
  bodyBytes = 0;
  /** Reviews that are being judged. */
  places = 0;

  constructor(key: string, isConfigured: boolean) {
    this.key = key;
    this.isConfigured = isConfigured;
  }
}

const ANSWERED_MAX = SERVER_LIMITS['limits.answeredSourcesMax'].default;
const ANSWERED_MS = SERVER_LIMITS['limits.answeredSourceMs'].default;

/** The share of strangers in something scarce: at least one, or nobody could ever begin. */
export function strangersShareOf(total: number): number {
  return Math.max(1, Math.floor((total * SERVER_LIMITS['limits.strangersShare'].default) / 100));
}

/** The connections of one port. */
export class Clients {
  readonly #options: ClientsOptions;
  readonly #sources = new Map<string, Source>();
  readonly #open = new Set<Client>();
  /** Plain and TLS sockets. */
  readonly #bySocket = new WeakMap<Socket, Client>();
  /** A TLS socket does not name the plain one below it, but has its port and address. */
  readonly #byPeer = new Map<string, Client>();
  readonly #answered = new Set<Source>();
  #uses = 0;

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  get connections(): number {
    return this.#open.size;
  }

  /** Follows the connections of a server, with or without TLS. */
  follow(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.#accept(socket);
    });
    server.on('secureConnection', (socket: Socket) => {
      const client = this.#byPeer.get(peerOf(socket));
      if (client === undefined) return;
      client.secure(socket);
      this.#bySocket.set(socket, client);
    });
    server.on('request', ({ socket }, response) => {
      const client = this.of(socket);
      client.requests += 1;
      client.lastUse = this.#uses += 1;
      response.on('close', () => {
        client.requests -= 1;
      });
    });
  }

  /** The client of a connection; one that was never seen is a stranger. */
  of(socket: Socket): Client {
    return this.#bySocket.get(socket) ?? this.#begin(socket);
  }

  /** Remembers the source of a review that was answered as one: 200. */
  answered({ source }: Client, httpStatus: number): void {
    if (httpStatus !== 200) return;
    const nowMs = this.#options.monotonicMs();
    source.answeredAtMs = nowMs;
    if (source.isAnswered) return;
    // First come, first kept: addresses that are silent for long give way, and no others, or strangers could push the API server out.
    if (this.#answered.size >= ANSWERED_MAX) {
      for (const old of this.#answered) {
        if (nowMs - old.answeredAtMs > ANSWERED_MS) this.#forget(old);
      }
    }
    if (this.#answered.size >= ANSWERED_MAX) return;
    source.isAnswered = true;
    this.#answered.add(source);
  }

  #forget(source: Source): void {
    source.isAnswered = false;
    this.#answered.delete(source);
    this.#drop(source);
  }

  #accept(socket: Socket): void {
    const client = this.#begin(socket);
    const { standing } = client;
    const strangers = standing === 'stranger' ? this.#countStrangers() : 0;
    const { connectionsMax, strangersMax, onDropped } = this.#options;
    if (this.#open.size <= connectionsMax && strangers <= strangersMax) return;
    onDropped();
    (this.#findRoom(client) ?? client).close();
  }

  /** Over sources, which are fewer: this is asked for each connection. */
  #countStrangers(): number {
    let count = 0;
    for (const source of this.#sources.values()) {
      if (source.isConfigured || source.isAnswered) continue;
      count += source.connections - source.provenConnections;
    }
    return count;
  }

  /** The connection that goes for a new one: never of a better standing, and never one whose review is being judged. */
  #findRoom(newcomer: Client): Client | undefined {
    let found: Client | undefined;
    for (const client of this.#open) {
      if (client === newcomer || client.places > 0) continue;
      if (RANKS[client.standing] > RANKS[newcomer.standing]) continue;
      if (found === undefined || goesBefore(client, found)) found = client;
    }
    // A source that holds most of all has no claim to the room of others.
    return found !== undefined && holdsMore(newcomer, found) ? undefined : found;
  }

  #begin(socket: Socket): Client {
    const client = new Client(this.#sourceOf(socket), socket);
    const peer = peerOf(socket);
    client.lastUse = this.#uses += 1;
    client.source.connections += 1;
    this.#bySocket.set(socket, client);
    this.#byPeer.set(peer, client);
    this.#open.add(client);
    socket.once('close', () => {
      this.#open.delete(client);
      if (this.#byPeer.get(peer) === client) this.#byPeer.delete(peer);
      client.source.connections -= 1;
      if (client.isProven) client.source.provenConnections -= 1;
      this.#drop(client.source);
    });
    return client;
  }

  #sourceOf({ remoteAddress }: Socket): Source {
    const key = classifySource(remoteAddress);
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const isConfigured =
      remoteAddress !== undefined && this.#options.apiServerAddresses.has(remoteAddress);
    const source = new Source(key, isConfigured);
    this.#sources.set(key, source);
    return source;
  }

  /** Sources are as many as connections, and those that are remembered. */
  #drop(source: Source): void {
    if (source.connections === 0 && !source.isAnswered) this.#sources.delete(source.key);
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}|${remotePort}`;
}

/** The order in which connections go: by standing, then of the source that holds most, silent ones first, the oldest first. */
function goesBefore(one: Client, other: Client): boolean {
  const byRank = RANKS[one.standing] - RANKS[other.standing];
  if (byRank !== 0) return byRank < 0;
  const bySource = one.source.connections - other.source.connections;
  if (bySource !== 0) return bySource > 0;
  const byRequests = one.requests - other.requests;
  return byRequests === 0 ? one.lastUse < other.lastUse : byRequests < 0;
}

function holdsMore(newcomer: Client, found: Client): boolean {
  return (
    RANKS[newcomer.standing] === RANKS[found.standing] &&
    newcomer.source.connections > found.source.connections
  );
}
