/** `holdfast completion`: what a shell needs to complete the commands, options and values of Holdfast. */
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { formatBash, formatKubectl } from './format-bash.ts';
import { formatFish } from './format-fish.ts';
import { formatPowershell } from './format-powershell.ts';
import { formatZsh } from './format-zsh.ts';
import { planCompletion, type CommandTable, type CompletedCommand } from './plan-completion.ts';

const FORMATS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: formatBash,
  zsh: formatZsh,
  fish: formatFish,
  powershell: formatPowershell,
  kubectl: formatKubectl,
};

/** The table is read when the command runs: it holds this command, too. */
export function createCompletionCommand(table: () => CommandTable): CommandDefinition {
  return {
    name: 'completion',
    summary: 'Print the script that completes commands in a shell',
    description:
      'The script answers by itself, without starting Holdfast: print it again after an upgrade. For kubectl holdfast, write\n' +
      'the one of kubectl to a program named kubectl_complete-holdfast on your PATH.',
    arguments: [
      {
        name: 'SHELL',
        summary: 'for which shell, or for the plugin of kubectl',
        choices: Object.keys(FORMATS),
        required: true,
      },
    ],
    examples: [
      {
        line: 'completion bash > ~/.local/share/bash-completion/completions/holdfast',
        note: 'for every new bash',
      },
      { line: 'completion zsh > "${fpath[1]}/_holdfast"', note: 'for every new zsh' },
      {
        line: 'completion fish > ~/.config/fish/completions/holdfast.fish',
        note: 'for every new fish',
      },
    ],
    run: (context: CommandContext, input: CommandInput): Promise<ExitStatus> => {
      const commands = planCompletion(table());
      for (const [shell, format] of Object.entries(FORMATS)) {
        if (shell === input.arguments[0]) context.print(format(commands));
      }
      return Promise.resolve('ok');
    },
  };
}
