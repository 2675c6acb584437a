/**
 * Parses what an application follows (`targetRevision`, `ref`) into the refs whose history counts.
 *
 * Sources: git-check-ref-format(1), argo-cd util/git client.go (resolution of a revision), Masterminds/semver
 * constraints.
 */
import { isObjectId } from '../parse-revision.ts';

export type TrackedRef =
  /** One ref of several possible names: `main` is a branch or a tag. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** Any tag: a range of versions chooses among them. */
  | { readonly kind: 'tags' }
  /** Any branch or tag: a commit was named, and forges also serve commits of strangers' forks by their id. */
  | { readonly kind: 'any' };

export type ParsedTrackedRef =
  | { readonly ok: true; readonly tracked: TrackedRef }
  | { readonly ok: false; readonly reason: string };

/** Longer than the 255 bytes that a file system allows for each part of a ref. */
const REF_CHARS_MAX = 1024;

const RANGE = /[*~^<>|,=! ]|(?:^|\.)x(?:\.|$)/iu;
const ABBREVIATED_ID = /^[0-9a-f]{7,63}$/u;
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\s~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)/u;

/** Parses any text; never throws. Empty text means `HEAD`. */
export function parseTrackedRef(text: string): ParsedTrackedRef {
  if (text.length > REF_CHARS_MAX) {
    return { ok: false, reason: `The tracked ref is longer than ${REF_CHARS_MAX} characters` };
  }
  if (text === '' || text === 'HEAD') return known({ kind: 'names', names: ['HEAD'] });
  if (text.startsWith('-')) {
    return { ok: false, reason: 'The tracked ref begins with "-", like an option' };
  }
  if (isObjectId(text)) return known({ kind: 'any' });
  if (RANGE.test(text)) return known({ kind: 'tags' });
  if (FORBIDDEN.test(text) || /^[./@]$|^[./]|[./]$/u.test(text)) {
    return { ok: false, reason: 'The tracked ref is no valid name of a branch or tag' };
  }
  if (text.startsWith('refs/')) return known({ kind: 'names', names: [text] });
  return known({ kind: 'names', names: [`refs/heads/${text}`, `refs/tags/${text}`] });
}

/** What a name can mean besides, where the repository has no such branch or tag; `undefined`: nothing. */
export function parseTrackedFallback(text: string): TrackedRef | undefined {
  if (ABBREVIATED_ID.test(text)) return { kind: 'any' };
  // `1.2` is the range of all its patch versions.
  return /^v?\d+(?:\.\d+)?$/u.test(text) ? { kind: 'tags' } : undefined;
}

function known(tracked: TrackedRef): ParsedTrackedRef {
  return { ok: true, tracked };
}
