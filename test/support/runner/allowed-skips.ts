/** Why a test may be skipped. Any other reason fails the run: a test that nobody runs proves nothing. */

export interface AllowedSkip {
  /** As the test says it. */
  readonly reason: string;
  /** The systems on which it holds. */
  readonly platforms: readonly NodeJS.Platform[];
}

/** The table. */
export const ALLOWED_SKIPS: readonly AllowedSkip[] = [
  // Only Linux has the program.
  { reason: 'needs prlimit (util-linux) to limit the size of files', platforms: ['darwin'] },
  // It is preloaded as Linux does it; an image may have no compiler.
  { reason: 'needs Linux and cc to build a disk that fails', platforms: ['darwin', 'linux'] },
  // They belong to other projects and are not in the repository; each case is also made on the spot.
  {
    reason: 'needs the public signature vectors beside the checkout',
    platforms: ['darwin', 'linux'],
  },
  // A shallow clone has no commit to take it from.
  {
    reason: 'needs the history of the repository to run the previous version',
    platforms: ['darwin', 'linux'],
  },
  // A container without rights over its own control group has no other limit of memory to test.
  { reason: 'needs a control group that can be written', platforms: ['darwin', 'linux'] },
  { reason: 'needs root to give files away', platforms: ['darwin', 'linux'] },
  // Who sets HOLDFAST_ASSETS needs no Go.
  {
    reason: 'needs the go command to read the sources of the API',
    platforms: ['darwin', 'linux'],
  },
];
