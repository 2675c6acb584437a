/** The commands of a document as one shell session, and what each must print. */

/** One command, or a block that is pasted as a whole. */
export interface Step {
  readonly command: string;
  /** Lines that must be printed; `undefined`: whatever it prints, it must succeed. */
  readonly output: readonly string[] | undefined;
}

/** What a step of a session came to. */
export interface StepResult {
  readonly output: string;
  readonly status: number;
}

// A block after this note is typed by another test, which the note names.
const BLOCK =
  /(?:^<!-- typed by (?<test>\S+) -->\n)?^```(?<language>sh|console)\n(?<text>[\s\S]*?)^```$/gm;

/** The steps of every `sh` and `console` block, in order. */
export function listSteps(document: string): readonly Step[] {
  return listBlocks(document)
    .filter(({ test }) => test === undefined)
    .flatMap(parseBlock);
}

/** The steps of the blocks that a test types besides the session of the document. */
export function listStepsOf(document: string, test: string): readonly Step[] {
  return listBlocks(document)
    .filter((block) => block.test === test)
    .flatMap(parseBlock);
}

/** The tests that type the blocks which this session leaves out. */
export function listOtherTests(document: string): readonly string[] {
  return listBlocks(document).flatMap(({ test }) => test ?? []);
}

interface Block {
  readonly language: string;
  readonly text: string;
  readonly test: string | undefined;
}

function listBlocks(document: string): readonly Block[] {
  return [...document.matchAll(BLOCK)].map(({ groups }) => ({
    language: groups?.['language'] ?? '',
    text: groups?.['text'] ?? '',
    test: groups?.['test'],
  }));
}

/** A block of the language `sh` is pasted as a whole. */
function parseBlock({ language, text }: Block): readonly Step[] {
  return language === 'console' ? parseConsole(text) : [{ command: text, output: undefined }];
}

/** Lines that begin with `$ ` are typed; the lines after each are what it prints. */
function parseConsole(text: string): readonly Step[] {
  const steps: { command: string; output: string[] }[] = [];
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: [] });
    else steps.at(-1)?.output.push(line);
  }
  return steps;
}

/** One bash script that runs all steps in one shell and marks where each ends, with its status. */
export function formatSession(steps: readonly Step[], marker: string): string {
  const parts = steps.map(
    ({ command }, index) =>
      // Each step finds the status of the one before in $?.
      `(exit $__status)\n${command.trimEnd()}\n__status=$?; printf '%s %s %s\\n' ${marker} ${index} $__status\n`,
  );
  return ['exec 2>&1', '__status=0', ...parts].join('\n');
}

/** What each step printed, as far as the session came. */
export function parseSession(output: string, marker: string): readonly StepResult[] {
  const results: StepResult[] = [];
  let lines: string[] = [];
  for (const line of output.split('\n')) {
    const [before = '', mark] = line.split(`${marker} `);
    if (mark === undefined) {
      lines.push(line);
      continue;
    }
    if (before !== '') lines.push(before);
    results.push({ output: lines.join('\n'), status: Number(mark.split(' ')[1]) });
    lines = [];
  }
  return results;
}

/** Whether the output is what the document shows: `…` is any text, alone on a line any lines. */
export function matchesOutput(output: string, expected: readonly string[]): boolean {
  const pattern = expected
    .map((line) =>
      line === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escapePattern).join('.*')}\\n`,
    )
    .join('');
  return new RegExp(`^${pattern}$`, 'u').test(`${output.trimEnd()}\n`);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
