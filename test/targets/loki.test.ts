/** Records through the real Loki: each once and in order, split where Loki refuses one, kept while it is away. */
import { testLoki } from '../support/sinks/loki-cases.ts';
import { startLoki } from '../support/sinks/loki-server.ts';

testLoki('the real Loki', startLoki);
