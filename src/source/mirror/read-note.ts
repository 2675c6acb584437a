/** Reads the note that a ref of notes has on a commit. Source: git-notes(1). */
import { isObjectId } from '../parse-revision.ts';
import { rejectRevision, type RevisionFailure } from './mirror-failure.ts';
import { parseObjectOutput } from './parse-object-output.ts';
import { parseRefList } from './parse-ref-list.ts';
import { explainOutcome, remainingMs, type ReadContext } from './read-revision.ts';
import type { RemoteAccess } from './remote-access.ts';

export interface NoteRequest {
  /** The commit that the note is on; it is in the mirror. */
  readonly objectId: string;
  /** In full: `refs/notes/…`. */
  readonly notesRef: string;
}

export type NoteReading =
  | { readonly status: 'found'; readonly bytes: Uint8Array }
  | { readonly status: 'absent' }
  | RevisionFailure;

/** Asks the server each time: a note can be written again. */
export async function readRemoteNote(
  { objectId, notesRef }: NoteRequest,
  access: RemoteAccess,
  context: ReadContext,
): Promise<NoteReading> {
  const { mirror } = context;
  const listed = await mirror.listRefs(access, [notesRef], remainingMs(context));
  if (listed.status !== 'done') return explainOutcome(listed, access);
  const text = Buffer.from(listed.output).toString('utf8');
  const [tip] = parseRefList(text, { kind: 'names', names: [notesRef] });
  if (tip === undefined) return { status: 'absent' };
  const fetched = await mirror.fetchNotes(access, tip.objectId, remainingMs(context));
  context.onFetch(fetched.status);
  if (fetched.status !== 'done') return explainOutcome(fetched, access);
  const found = await mirror.findNote(objectId);
  if (found.status === 'failed' && found.exitCode === 1) return { status: 'absent' };
  if (found.status !== 'done') return explainOutcome(found, access);
  const noteId = Buffer.from(found.output).toString('latin1').trim();
  return isObjectId(noteId) ? await readNoteBytes(noteId, context) : { status: 'absent' };
}

async function readNoteBytes(noteId: string, { mirror }: ReadContext): Promise<NoteReading> {
  const output = await mirror.readObject(noteId);
  const parsed = output.status === 'done' ? parseObjectOutput(output.output, noteId) : undefined;
  return parsed?.status === 'found' && parsed.kind === 'blob'
    ? { status: 'found', bytes: parsed.bytes }
    : rejectRevision('object_malformed', 'The note on the commit cannot be read');
}
