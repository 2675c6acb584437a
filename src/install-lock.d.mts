/** What the tests see of `install-lock.mjs`, which is plain JavaScript because it runs before TypeScript can. */

export interface InstallLockOptions {
  readonly onWait?: (holder: number, file: string) => void;
  readonly isAlive?: (pid: number) => boolean;
  readonly pollMs?: number;
}

export interface InstallLockAttempt {
  readonly file: string;
  readonly release?: () => void;
  readonly holder?: number;
}

export function withInstallLock<T>(prefix: string, work: () => T, options?: InstallLockOptions): T;
export function tryInstallLock(
  prefix: string,
  isAlive?: (pid: number) => boolean,
): InstallLockAttempt;
