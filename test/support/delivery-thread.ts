/** The real delivery thread over a real journal, for tests of what it serves. */
import type { TestContext } from 'node:test';
import type { Journal } from '../../src/audit/journal.ts';
import { systemClock } from '../../src/base/clock.ts';
import { DeliverySupervisor } from '../../src/compose/delivery-supervisor.ts';
import type { DeliverySupervisorOptions } from '../../src/compose/delivery-supervisor.ts';
import { recordTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';

export interface TestDelivery {
  readonly delivery: DeliverySupervisor;
  readonly telemetry: RecordingTelemetry;
}

/** Starts the thread; it is closed when the test ends, if not before. */
export async function startTestDelivery(
  test: Pick<TestContext, 'after'>,
  journal: Journal,
  options: Omit<DeliverySupervisorOptions, 'environment' | 'replica'> &
    Partial<Pick<DeliverySupervisorOptions, 'environment' | 'replica'>>,
): Promise<TestDelivery> {
  const telemetry = recordTelemetry();
  const delivery = new DeliverySupervisor(
    { environment: {}, replica: 'holdfast-0', ...options },
    { journal, clock: systemClock, ...telemetry },
  );
  await delivery.start();
  test.after(() => delivery.close());
  return { delivery, telemetry };
}
