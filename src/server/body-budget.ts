/**
 * How many bytes of bodies the server keeps: of those that are still being received, and of those that are being judged.
 *
 * Where they are too many, the reading of a body is cut: what was received of it is forgotten, but for the beginning, which has the
 * review's uid. So its sender still gets a denial, and no 413 or 503, which would let pass what is registered to fail open.
 */
import { strangersShareOf, type Client, type Standing } from './clients.ts';

/**
 * What a chunk costs besides its bytes, in bytes: V8's objects and the allocator. A body that comes byte by byte takes hundreds of times
 * its length.
 */
const CHUNK_BYTES = 256;

const RANKS: Readonly<Record<Standing, number>> = { stranger: 0, answered: 1, proven: 2 };

/** A body, from its first byte until its answer is over. */
export class HeldBody {
  readonly client: Client;
  readonly isStranger: boolean;
  /** What is kept of it, in bytes. */
  bytes = 0;
  /** Where it stands among the bodies that are being received; -1 if it does not. */
  place = -1;
  readonly #cut: () => void;

  /** `cut` is called at most once, while the body is being received. */
  constructor(client: Client, cut: () => void) {
    this.client = client;
    this.isStranger = client.standing === 'stranger';
    this.#cut = cut;
  }

  cut(): void {
    this.#cut();
  }
}

/** The bytes of all bodies. Strangers have a share of them. */
export class BodyBudget {
  readonly #bytesMax: number;
  readonly #strangerBytesMax: number;
  /**
   * In no order. Not a Set: V8's table of one refers to the table that replaced it, so under constant change one dead table in the old
   * generation keeps all later ones alive, with the bodies in them, until the next full collection.
   */
  readonly #receiving: HeldBody[] = [];
  #bytes = 0;
  #strangerBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#strangerBytesMax = strangersShareOf(bytesMax);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Counts a chunk of a body that is being received; afterwards it, or another body, may have been cut. */
  take(body: HeldBody, bytes: number): void {
    if (body.place < 0) body.place = this.#receiving.push(body) - 1;
    this.#add(body, bytes + CHUNK_BYTES);
    while (this.#isExceeded()) {
      const victim = this.#findVictim();
      if (victim === undefined) return;
      this.release(victim);
      victim.cut();
    }
  }

  /** The body is whole: from now on it is kept until it is released. */
  complete(body: HeldBody): void {
    const { place } = body;
    if (place < 0) return;
    body.place = -1;
    const last = this.#receiving.pop();
    if (last === undefined || last === body) return;
    this.#receiving[place] = last;
    last.place = place;
  }

  /** Nothing of the body is kept any longer. */
  release(body: HeldBody): void {
    this.complete(body);
    this.#add(body, -body.bytes);
  }

  #add(body: HeldBody, bytes: number): void {
    body.bytes += bytes;
    body.client.source.bodyBytes += bytes;
    this.#bytes += bytes;
    if (body.isStranger) this.#strangerBytes += bytes;
  }

  #isExceeded(): boolean {
    return this.#bytes > this.#bytesMax || this.#strangerBytes > this.#strangerBytesMax;
  }

  /** Of the lowest standing, the source that holds most: its largest body. */
  #findVictim(): HeldBody | undefined {
    let found: HeldBody | undefined;
    const strangersOnly = this.#strangerBytes > this.#strangerBytesMax;
    for (const body of this.#receiving) {
      if (strangersOnly && !body.isStranger) continue;
      if (found === undefined || goesBefore(body, found)) found = body;
    }
    return found;
  }
}

function goesBefore(one: HeldBody, other: HeldBody): boolean {
  const byRank = RANKS[one.client.standing] - RANKS[other.client.standing];
  if (byRank !== 0) return byRank < 0;
  const bySource = one.client.source.bodyBytes - other.client.source.bodyBytes;
  return bySource === 0 ? one.bytes > other.bytes : bySource > 0;
}
