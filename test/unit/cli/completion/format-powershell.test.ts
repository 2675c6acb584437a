import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPowershell } from '../../../../src/cli/completion/format-powershell.ts';

test('the tables of PowerShell have each command, quoted, and nothing that is empty', () => {
  const script = formatPowershell([
    {
      path: '',
      commands: [{ word: "it's", summary: 'x' }],
      options: [{ names: ['-h', '--help'], summary: 'x', value: { kind: 'none' } }],
      argument: { kind: 'none' },
    },
    {
      path: 'draw',
      commands: [],
      options: [{ names: ['--form'], summary: 'x', value: { kind: 'words', words: ['a', 'b'] } }],
      argument: { kind: 'file' },
    },
  ]);

  const tables = script.slice(script.indexOf('  $commands'), script.indexOf("  $path = ''"));
  assert.deepEqual(tables.trimEnd().split('\n'), [
    '  $commands = @{',
    "    '' = @('it''s')",
    '  }',
    '  $options = @{',
    "    '' = @('-h', '--help')",
    "    'draw' = @('--form')",
    '  }',
    '  $arguments = @{',
    "    'draw' = @('file')",
    '  }',
    '  $values = @{',
    "    'draw --form' = @('words', 'a', 'b')",
    '  }',
  ]);
});
