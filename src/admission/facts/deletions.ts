/** How many objects of its application are being deleted. */
import { defineFact } from './fact.ts';

/** Not recorded: a finding says the counts. */
export const deletionsFact = defineFact('deletions', {
  needs: ['object'],
  gather: ({ request, sources, deadlineAtMs }, { object }) =>
    sources.describeDeletions(request, object, deadlineAtMs),
  record: () => ({}),
});
