/** The flags, width and precision of one directive of Go's `fmt`. */

/** The flags of one directive; width and precision are read after the flags. */
export interface GoFlags {
  readonly sharp: boolean;
  /** `%#v`: Go syntax. */
  readonly sharpV: boolean;
  /** `%+v`: field names, of which only structures have any; `big.Int` takes it for a plus. */
  readonly plusV: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  zero: boolean;
  minus: boolean;
  width: number | undefined;
  precision: number | undefined;
}

/** Those of `%v`. */
export const NO_FLAGS: GoFlags = {
  sharp: false,
  sharpV: false,
  plusV: false,
  plus: false,
  space: false,
  zero: false,
  minus: false,
  width: undefined,
  precision: undefined,
};

/** Pads to the width; characters count, not bytes. */
export function padGo(text: string, { width, minus, zero }: GoFlags): string {
  const missing = (width ?? 0) - Array.from(text).length;
  if (missing <= 0) return text;
  return minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text;
}
