/** Objects of the cluster that policies compare with. */
import { defineFact } from './fact.ts';

/** Not recorded: it may be as large as the cluster. */
export const inventoryFact = defineFact('inventory', {
  needs: [],
  gather: ({ sources }) => sources.readInventory(),
  record: () => ({}),
});
