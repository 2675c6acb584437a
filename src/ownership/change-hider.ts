/** Which values of a change must not leave the process, beside those of Secrets, and what stands for them. */
export interface ChangeHider {
  readonly isHidden: (segments: readonly (string | number)[], value: unknown) => boolean;
  readonly hide: (value: unknown) => string;
}

/** Hides the values of Secrets alone, all behind one word. */
export const HIDE_SECRETS: ChangeHider = { isHidden: () => false, hide: () => '(hidden)' };
