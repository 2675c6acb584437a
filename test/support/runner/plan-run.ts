/** Decides what a run consists of: its stages with their files, and the programs that are built for them. */
import type { ProgramName } from '../assets/programs.ts';
import type { RunOptions } from './parse-options.ts';
import { LOKI_FILE, STAGE_NAMES, STAGES } from './stages.ts';
import type { FilesWork, StageName } from './stages.ts';

export interface PlannedStage {
  readonly name: StageName;
  /** Relative to the root; empty where the stage runs no test files. */
  readonly files: readonly string[];
  /** Programs that the stage waits for. */
  readonly needs: readonly ProgramName[];
}

export type PlannedRun =
  | {
      readonly status: 'planned';
      readonly stages: readonly PlannedStage[];
      /** Each once, in the order in which stages need them. */
      readonly programs: readonly ProgramName[];
    }
  | { readonly status: 'refused'; readonly message: string };

/** Plans a run. `testFiles` are all test files of the repository, relative to its root. */
export function planRun(options: RunOptions, testFiles: readonly string[]): PlannedRun {
  const homeless = testFiles.find((file) => !STAGE_NAMES.some((name) => ownsFile(name, file)));
  if (homeless !== undefined) {
    return refuse(
      `Every test file must belong to a stage: found "${homeless}", which no stage runs`,
    );
  }
  const { selection, filters, withLoki } = options;
  const names = STAGE_NAMES.filter((name) => isWanted(name, options));
  if (withLoki && !names.includes('targets')) {
    return refuse('--with-loki must go with the stage targets: add --only targets, or --all');
  }
  const stages = names
    .map((name) => planStage(name, { filters, withLoki }, testFiles))
    .filter(({ files }) => filters.length === 0 || files.length > 0);
  if (stages.length === 0) {
    const where = selection.kind === 'named' ? ` of ${selection.names.join(', ')}` : '';
    return refuse(
      `The path of a test file${where} must contain ${filters.join(' or ')}: found none`,
    );
  }
  const programs = [...new Set(stages.flatMap(({ needs }) => needs))];
  return { status: 'planned', stages, programs };
}

function refuse(message: string): PlannedRun {
  return { status: 'refused', message };
}

function isWanted(name: StageName, { selection, filters }: RunOptions): boolean {
  const { work, group } = STAGES[name];
  if (filters.length > 0 && work.kind !== 'files') return false;
  switch (selection.kind) {
    case 'named':
      return selection.names.includes(name) || (name === 'coverage' && isWhole(selection.names));
    case 'all':
      return true;
    case 'default':
      return group !== 'rest';
    case 'checks':
    case 'rest':
      return group === selection.kind;
  }
}

/** Coverage is only worth judging where everything that counts towards it runs. */
function isWhole(names: readonly StageName[]): boolean {
  return STAGE_NAMES.every((name) => STAGES[name].isCovered !== true || names.includes(name));
}

function planStage(
  name: StageName,
  { filters, withLoki }: Pick<RunOptions, 'filters' | 'withLoki'>,
  testFiles: readonly string[],
): PlannedStage {
  const { needs } = STAGES[name];
  const wanted = testFiles.filter(
    (file) =>
      ownsFile(name, file) &&
      (withLoki || file !== LOKI_FILE) &&
      (filters.length === 0 || filters.some((filter) => file.includes(filter))),
  );
  const files = slowestFirst(name, wanted);
  return { name, files, needs: files.includes(LOKI_FILE) ? [...needs, 'loki'] : needs };
}

function slowestFirst(name: StageName, files: readonly string[]): readonly string[] {
  const { work } = STAGES[name];
  const slow = work.kind === 'files' ? (work.files.first ?? []) : [];
  const first = slow.filter((file) => files.includes(file));
  return [...first, ...files.filter((file) => !first.includes(file))];
}

function ownsFile(name: StageName, file: string): boolean {
  const { work } = STAGES[name];
  return work.kind === 'files' && matchesFile(work.files, file);
}

function matchesFile({ paths, except = [] }: FilesWork, file: string): boolean {
  const isBelow = (path: string): boolean =>
    path.endsWith('/') ? file.startsWith(path) : file === path;
  return paths.some(isBelow) && !except.some(isBelow);
}
