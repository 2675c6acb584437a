/** Records through a Loki that answers as the real one does, which passes the same tests in the stage of the targets. */
import { startFakeLoki } from '../support/sinks/fake-loki.ts';
import { testLoki } from '../support/sinks/loki-cases.ts';

testLoki('the fake Loki', startFakeLoki);
