import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FindingIntake } from '../../../../src/drift/intake/finding-intake.ts';
import type { ObservedFinding } from '../../../../src/drift/intake/observed-finding.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import { sampleObservedFinding } from '../../../support/observed-samples.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { clockOf } from '../../../support/simulated-time.ts';

function stage(recordsPerMinuteMax = 100) {
  let nowMs = 0;
  const recorded: ObservedFinding[] = [];
  const faults = { left: 0 };
  const telemetry = recordTelemetry();
  const intake = new FindingIntake({
    recordsPerMinuteMax,
    clock: clockOf(() => nowMs),
    metrics: telemetry.metrics,
    record: (finding) => {
      if (faults.left > 0) {
        faults.left -= 1;
        return Promise.resolve(undefined);
      }
      recorded.push(finding);
      return Promise.resolve('D1');
    },
  });
  const take = (id: string, ...causes: readonly string[]) =>
    intake.take({
      source: 'kubernetes-audit',
      id,
      findings: () =>
        Promise.resolve(causes.map((cause) => ({ cause, finding: sampleObservedFinding() }))),
    });
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { intake, take, recorded, faults, pass, telemetry };
}

const isCode = (code: string) => (fault: unknown) =>
  fault instanceof HoldfastError && fault.code === code;

describe('FindingIntake', () => {
  it('takes an event once, however often it is sent', async () => {
    const { take, recorded, telemetry } = stage();
    await take('a', 'cause');
    await take('a', 'other');
    await take('b');
    assert.equal(recorded.length, 1);
    const source = 'source="kubernetes-audit"';
    assert.deepEqual((await telemetry.exposed('holdfast_intake_events_total{')).toSorted(), [
      `holdfast_intake_events_total{${source},outcome="finding"} 1`,
      `holdfast_intake_events_total{${source},outcome="nothing"} 1`,
      `holdfast_intake_events_total{${source},outcome="repeated"} 1`,
    ]);
    assert.deepEqual(await telemetry.exposed('holdfast_intake_records_total{'), [
      `holdfast_intake_records_total{${source},code="write_unjudged"} 1`,
    ]);
  });

  it('records a cause once a minute, and then how often it came', async () => {
    const { intake, take, recorded, pass } = stage();
    for (let number = 0; number < 1000; number += 1) await take(`e${number}`, 'cause');
    await intake.tick();
    assert.equal(recorded.length, 1);
    pass(60_000);
    await intake.tick();
    assert.equal(recorded.length, 2);
    assert.equal(recorded[1]?.observed.repeated, 998);
    await take('later', 'cause');
    assert.equal(recorded.length, 3);
  });

  it('records what was counted when it ends', async () => {
    const { intake, take, recorded } = stage();
    await take('a', 'cause');
    await take('b', 'cause');
    await intake.close();
    assert.equal(recorded.length, 2);
  });

  it('has an event that is not recorded sent again, and records then what was not', async () => {
    const { take, recorded, faults } = stage();
    faults.left = 1;
    await assert.rejects(take('a', 'cause'), isCode('intake_not_recorded'));
    await take('a', 'cause');
    assert.equal(recorded.length, 1);
  });

  it('ends although what was counted cannot be recorded', async () => {
    const { intake, take, recorded, faults } = stage();
    await take('a', 'cause');
    await take('b', 'cause');
    faults.left = 1;
    await intake.close();
    assert.equal(recorded.length, 1);
  });

  it('takes so many records a minute, and the rest in the next one', async () => {
    const { take, recorded, pass } = stage(2);
    await take('a', 'one');
    await take('b', 'two');
    await assert.rejects(take('c', 'three'), isCode('intake_overloaded'));
    await take('d', 'one');
    assert.equal(recorded.length, 2, 'what is counted needs no record');
    pass(60_000);
    await take('c', 'three');
    assert.equal(recorded.length, 3);
  });
});
