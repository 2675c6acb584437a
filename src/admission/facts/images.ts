/** Which images the object lets run. */
import { describeImages } from '../../image/images-fact.ts';
import { defineFact } from './fact.ts';

/** Computed from the request alone, without look-ups. A finding names its image; nothing else of them is recorded. */
export const imagesFact = defineFact('images', {
  needs: [],
  gather: ({ request }) => ({ status: 'known', value: describeImages(request) }),
  record: () => ({}),
});
