/** What a verdict about an image depends on. */
export interface ImageKey {
  /** In its one form, with digest or tag. */
  readonly image: string;
  /** The rule that judges. */
  readonly rule: string;
  /** Whose credentials read it: no tenant learns of an image that only another one may read. */
  readonly scope: string;
  /** Of the rules and of every file of keys: a change of either asks again. */
  readonly trustHash: string;
}

/** A control character separates the parts: none of them contains one. */
export function formatImageKey({ trustHash, scope, image, rule }: ImageKey): string {
  return [trustHash, scope, image, rule].join('\u0000');
}
