/** Which fields change, and who owns them. */
import { defineFact } from './fact.ts';

/** Computed from the request alone, without look-ups. */
export const changeFact = defineFact('change', {
  needs: [],
  gather: ({ request, sources }) => ({ status: 'known', value: sources.diffChange(request) }),
  record: (change) => ({ change }),
});
