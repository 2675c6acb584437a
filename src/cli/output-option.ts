/** `-o, --output`: the form in which a command prints its answer. The one place that knows what each form means. */
import { formatYaml } from '../base/parse-yaml.ts';
import type { CommandContext, CommandInput, OptionDefinition } from './command.ts';

/**
 * - `table`: for people
 * - `wide`: the same with more columns, and nothing shortened
 * - `json`, `yaml`: one document with every fact
 * - `jsonl`: one JSON object a line, as soon as it is known
 * - `markdown`: for a ticket
 * - `junit`: a report of tests as JUnit's XML, for a build server
 */
export type OutputForm = 'table' | 'wide' | 'json' | 'jsonl' | 'yaml' | 'markdown' | 'junit';

/** The option of a command that has these forms; the first one is the default. */
export function outputOption(forms: readonly [OutputForm, ...OutputForm[]]): OptionDefinition {
  return {
    name: 'output',
    short: 'o',
    value: 'FORM',
    summary: 'how the answer is printed',
    choices: forms,
    default: forms[0],
  };
}

/** How to format one answer. YAML is made from the JSON, so that both always have the same facts. */
export interface Answer {
  readonly table: () => string;
  readonly wide?: () => string;
  readonly json: () => string;
  readonly markdown?: () => string;
  readonly junit?: () => string;
}

/** Prints the answer in the form that was asked for. */
export function printAnswer(context: CommandContext, input: CommandInput, answer: Answer): void {
  context.print(FORMATS[readForm(input)](answer));
}

const FORMATS: Readonly<Record<OutputForm, (answer: Answer) => string>> = {
  table: ({ table }) => table(),
  wide: ({ wide, table }) => (wide ?? table)(),
  json: ({ json }) => json(),
  jsonl: ({ json }) => json(),
  yaml: ({ json }) => toYaml(json()),
  markdown: ({ markdown, table }) => (markdown ?? table)(),
  junit: ({ junit, table }) => (junit ?? table)(),
};

export interface AnswerPrinter {
  /** `json` is one object without line breaks. */
  readonly add: (answer: Pick<Answer, 'table' | 'json'>) => void;
  /** Ends the document, where the form is one. `table` is a last line for people. */
  readonly end: (table?: string) => void;
}

/** Prints answers as they come; `json` and `yaml` are one document, and wait for the last one. */
export function createAnswerPrinter(context: CommandContext, input: CommandInput): AnswerPrinter {
  const form = readForm(input);
  const waiting: string[] = [];
  return {
    add: (answer) => {
      if (form === 'json' || form === 'yaml') waiting.push(answer.json());
      else context.print(FORMATS[form](answer));
    },
    end: (table) => {
      if (form === 'json') context.print(toJsonList(waiting));
      else if (form === 'yaml') context.print(toYaml(toJsonList(waiting)));
      else if (form === 'table' && table !== undefined) context.print(table);
    },
  };
}

function toJsonList(items: readonly string[]): string {
  return `[${items.join(',\n')}]`;
}

function toYaml(json: string): string {
  return formatYaml(JSON.parse(json)).trimEnd();
}

const FORMS: readonly OutputForm[] = [
  'table',
  'wide',
  'json',
  'jsonl',
  'yaml',
  'markdown',
  'junit',
];

function readForm(input: CommandInput): OutputForm {
  return FORMS.find((form) => form === input.text('output')) ?? 'table';
}
