/** Which freezes cover the object of a request. */
import { defineFact } from './fact.ts';

/** Not recorded: a finding names them. */
export const freezeFact = defineFact('freeze', {
  needs: ['object'],
  gather: ({ request, sources, deadlineAtMs }, { object }) =>
    sources.describeFreezes(request, object, deadlineAtMs),
  record: () => ({}),
});
