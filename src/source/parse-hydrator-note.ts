/**
 * Parses the note that Argo CD's hydrator writes on a hydrated commit: which commit it was rendered from. Whoever may push
 * can write a note, so the result is a hint. Source: argo-cd commitserver/commit (refs/notes/hydrator.metadata).
 */
import { z } from 'zod';
import { parseStrictJson } from '../base/strict-json.ts';
import { parseGitHint } from './parse-revision.ts';
import type { RevisionHint } from './revision-hint.ts';

/** The ref of the notes. */
export const HYDRATOR_NOTES_REF = 'refs/notes/hydrator.metadata';

/** The note has one level. */
const DEPTH_MAX = 8;

// The spelling of the note, and that of the file hydrator.metadata.
const noteSchema = z.looseObject({ drySha: z.string().nullish(), drySHA: z.string().nullish() });

/** `undefined` if the note names no commit. */
export function parseHydratorNote(bytes: Uint8Array): RevisionHint | undefined {
  const json = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  const parsed = noteSchema.safeParse(json.ok ? json.value : undefined);
  if (!parsed.success) return undefined;
  return parseGitHint(parsed.data.drySha ?? parsed.data.drySHA, 'hydrator');
}
