/**
 * The versions of what a journal folder holds. What a newer version of Holdfast has written is refused before anything is changed: read
 * as an older form, it would be set aside as damaged, and its chain would end.
 */
import { HoldfastError } from '../../errors.ts';

/** `format` in the meta of a segment, as a later version would raise it. */
export const SEGMENT_FORMAT = 1;

/** `user_version` of the state database: cursors, dead letters, incidents. Databases of the first versions have 0. */
export const STATE_VERSION = 1;

/** Whether a segment's format is one that a later version may have introduced; anything else that is unknown is damage. */
export function isNewerFormat(format: string | undefined): boolean {
  return /^[1-9]\d{0,5}$/u.test(format ?? '') && Number(format) > SEGMENT_FORMAT;
}

/** The refusal of a segment. */
export function refuseNewerSegment(path: string, format: string): HoldfastError {
  return refuseNewer(path, `format ${format}; this one knows ${SEGMENT_FORMAT}`);
}

/** The refusal of a state database. */
export function refuseNewerState(path: string, version: number): HoldfastError {
  return refuseNewer(path, `version ${version}; this one knows ${STATE_VERSION}`);
}

function refuseNewer(path: string, versions: string): HoldfastError {
  return new HoldfastError(
    'journal_version_newer',
    `"${path}" was written by a newer version of Holdfast (${versions}). Run that version again, or give this one another folder (audit.journal.folder) and keep the old one as evidence`,
  );
}
