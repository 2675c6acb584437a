/** Parses where a custom resource has images, as the configuration writes it: `spec.template.spec`, `spec.steps.*.image`. */
import type { ImagePath } from './find-images.ts';

export type ImagePathReading =
  | { readonly ok: true; readonly path: ImagePath }
  | {
      readonly ok: false;
      /** Completes `"…" is no path: `. */
      readonly reason: string;
    };

/** Deeper than any known type; each `*` multiplies what is looked at. */
const KEYS_MAX = 32;

const KEY = /^[A-Za-z0-9_-]+$/u;

/** Keys from the root of the object, with dots between; `*` is each item of a list, or each value of a map. Never throws. */
export function parseImagePath(text: string): ImagePathReading {
  const path = text.split('.');
  if (text.includes('[')) {
    return refuse('write .* for the items of a list, as in spec.containers.*.image');
  }
  if (/^[$.{]/u.test(text)) return refuse('it begins with a key, as in spec.template.spec');
  if (path.length > KEYS_MAX) return refuse(`it has more than ${KEYS_MAX} keys`);
  if (path.includes('')) return refuse('a key is empty');
  if (path[0] === '*') return refuse('it begins with a key of the object, and not with *');
  const unknown = path.find((key) => key !== '*' && !KEY.test(key));
  if (unknown === undefined) return { ok: true, path };
  return refuse(
    unknown.includes('*')
      ? `"${unknown}" is neither a key nor *, which stands alone between dots`
      : `"${unknown}" is no key: expected letters, digits, "-" or "_"`,
  );
}

function refuse(reason: string): ImagePathReading {
  return { ok: false, reason };
}
