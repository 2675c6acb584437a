/** Which commit a hydrated one was rendered from, by the hydrator's note on it. */
import type { Mirrors } from '../source/mirror/mirrors.ts';
import type { RevisionRequest } from '../source/mirror/read-revision.ts';
import { HYDRATOR_NOTES_REF, parseHydratorNote } from '../source/parse-hydrator-note.ts';
import type { RevisionHint } from '../source/revision-hint.ts';

/** `undefined` if there is no such commit, no note, or no answer. */
export async function findDryHint(
  hydrated: RevisionRequest,
  mirrors: Pick<Mirrors, 'read' | 'readNote'>,
): Promise<RevisionHint | undefined> {
  // The note is on a commit that the mirror has.
  if ((await mirrors.read(hydrated)).status !== 'found') return undefined;
  const note = await mirrors.readNote(hydrated, HYDRATOR_NOTES_REF);
  return note.status === 'found' ? parseHydratorNote(note.bytes) : undefined;
}
