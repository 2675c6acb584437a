/** Which files are renamed and removed so that a new one can be begun. */

export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** In order: the oldest first, so that no rename overwrites what is not renamed yet. The last one replaces what it meets. */
export function planRotation(file: string, filesMax: number): readonly Rename[] {
  return Array.from({ length: filesMax }, (_, index) => {
    const number = filesMax - index;
    return { from: number === 1 ? file : `${file}.${number - 1}`, to: `${file}.${number}` };
  });
}
