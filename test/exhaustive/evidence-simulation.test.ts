/** The same as the integration test of this name, with more seeds. */
import { testSimulation } from '../support/simulation/simulation-tests.ts';

testSimulation({ seeds: '1001-1100', steps: 2500 });
