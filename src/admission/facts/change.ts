/** Which fields change, and who owns them. */
import { defineFact } from './fact.ts';

/** Compared within the request: nobody is asked. */
export const changeFact = defineFact('change', {
  needs: [],
  gather: ({ request, sources }) => ({ status: 'known', value: sources.diffChange(request) }),
  record: (change) => ({ change }),
});
