/** The options that every command has. */
import type { OptionDefinition } from './command.ts';

/** Before everything that a variable or a terminal says. */
export const noColorOption: OptionDefinition = {
  name: 'no-color',
  summary: 'print no colours (default: on a terminal, without NO_COLOR)',
};

/** Built into the parser, and listed here for completion. */
export const helpOption: OptionDefinition = {
  name: 'help',
  short: 'h',
  summary: 'print this help',
};
