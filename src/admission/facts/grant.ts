/** The break-glass grant of a request that is judged again after a refusal: nobody has one before. */
import { defineFact } from './fact.ts';

/** Absent in the first round, set by hand in the second. */
export const grantFact = defineFact('grant', {
  needs: [],
  gather: () => ({ status: 'known', value: undefined }),
  // A record tells of the use that was taken, which is known only after the decision.
  record: () => ({}),
});
