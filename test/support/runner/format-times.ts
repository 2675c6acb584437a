/** Says at the end of a run where its time went. */
import type { Build, Wait } from './background-builds.ts';
import type { StageName } from './stages.ts';

export interface StageTime {
  readonly name: StageName;
  /** Without the waits. */
  readonly tookMs: number;
  readonly waits: readonly Wait[];
}

const NAME_WIDTH = 13;
const TIME_WIDTH = 9;

/** One line for each stage, the sum, and what was built meanwhile. */
export function formatTimes(
  stages: readonly StageTime[],
  builds: readonly Build[],
): readonly string[] {
  const waitedMs = stages
    .flatMap(({ waits }) => waits)
    .reduce((sum, wait) => sum + wait.waitedMs, 0);
  const tookMs = stages.reduce((sum, stage) => sum + stage.tookMs, 0);
  const built = builds.map(({ program, tookMs: ms }) => `${program} ${formatSeconds(ms)}`);
  return [
    `${'stage'.padEnd(NAME_WIDTH)}${'took'.padStart(TIME_WIDTH)}   waited for builds`,
    ...stages.map(formatStage),
    `${'all'.padEnd(NAME_WIDTH)}${formatSeconds(tookMs).padStart(TIME_WIDTH)}   ${formatSeconds(waitedMs)}`,
    ...(built.length === 0 ? [] : [`built beside the stages: ${built.join(', ')}`]),
  ];
}

function formatStage({ name, tookMs, waits }: StageTime): string {
  const waited = waits.map(({ program, waitedMs }) => `${formatSeconds(waitedMs)} for ${program}`);
  const line = `${name.padEnd(NAME_WIDTH)}${formatSeconds(tookMs).padStart(TIME_WIDTH)}`;
  return waited.length === 0 ? line : `${line}   ${waited.join(', ')}`;
}

function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
