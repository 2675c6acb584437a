/** Which freezes cover the object of a request. */
import { defineFact } from './fact.ts';

/** Not recorded: a finding names them. */
export const freezeFact = defineFact('freeze', {
  needs: ['actor', 'object'],
  gather: ({ request, sources, deadlineAtMs }, written) =>
    sources.describeFreezes(request, written, deadlineAtMs),
  record: () => ({}),
});
