/** Author, committer and tagger: `Name <email> seconds zone`. Source: git, ident.c; `git fsck` refuses the same. */
import type { WallMs } from '../../base/clock.ts';

export interface Identity {
  readonly name: string;
  /** As written: nobody has verified it. */
  readonly email: string;
  /** The time that the object claims. Whoever makes the object chooses it. */
  readonly atMs: WallMs;
  /** The claimed offset from UTC: `+0200`. */
  readonly zone: string;
}

const IDENTITY =
  /^(?<name>[^<>\n]*) <(?<email>[^<>\n]*)> (?<seconds>0|[1-9]\d{0,11}) (?<zone>[+-]\d{4})$/u;
const MS_PER_SECOND = 1000;

/** Reads an identity; `undefined` where it has another form. */
export function parseIdentity(value: Buffer): Identity | undefined {
  const fields = IDENTITY.exec(decodeText(value))?.groups;
  const { name, email, seconds, zone } = fields ?? {};
  if (name === undefined || email === undefined || zone === undefined) return undefined;
  return { name: name.trim(), email: email.trim(), atMs: Number(seconds) * MS_PER_SECOND, zone };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Text as UTF-8, else as Latin-1. The header `encoding` is not followed: it may name an encoding in which the bytes of an
 * address read as another address.
 */
export function decodeText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
