/** What the operating system says about a file, in words: a person should not have to know its error numbers. */
import { errorCode, errorText } from './error-details.ts';

/** Each completes a sentence. Source: errno(3), and nodejs.org "Common system errors". */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EBUSY: 'it is in use',
  EDQUOT: 'the quota of the disk is used up',
  EEXIST: 'it is there already',
  EFBIG: 'it is too large for the file system',
  EINVAL: 'the file system does not allow it',
  EIO: 'the disk failed',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead round in a circle',
  EMFILE: 'this process has too many files open',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'this machine has too many files open',
  ENOENT: 'there is no such file',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file and no folder',
  ENOTEMPTY: 'the folder is not empty',
  ENOTSUP: 'the file system above it takes no new folders',
  ENXIO: 'it is a socket or a device that nothing serves',
  EPERM: 'it is not permitted',
  EROFS: 'the file system can only be read',
};

/** The clause for a file that is not there. */
export const NO_SUCH_FILE = 'there is no such file';

/** `permission is denied`; the system's own words where the number is rare. */
export function describeFileError(error: unknown): string {
  return REASONS[errorCode(error) ?? ''] ?? errorText(error);
}

/** The file of a system error that nobody has caught where it was known what the file is for; else `undefined`. */
export function findFailedFile(error: unknown): string | undefined {
  if (REASONS[errorCode(error) ?? ''] === undefined || !(error instanceof Error)) return undefined;
  const path: unknown = Reflect.get(error, 'path');
  return typeof path === 'string' ? path : undefined;
}
