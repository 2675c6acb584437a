/** A sample of the seeds, and those that have failed once; many more run with `npm run test:rest`. */
import { testKeptSeeds, testSimulation } from '../support/simulation/simulation-tests.ts';

testKeptSeeds();
testSimulation({ seeds: '1-20', steps: 2500 });
