/** What must not be written, each with what to write instead. */
import type { SourceFile } from './source-file.ts';
import { place } from './source-file.ts';

export interface Ban {
  readonly name: string;
  readonly pattern: RegExp;
  readonly instead: string;
  /** Which files the ban holds in. */
  readonly files: RegExp;
  /** Files that are the one place for it, path → why. */
  readonly allowed?: Readonly<Record<string, string>>;
  /** What is searched. @default 'code' */
  readonly search?: 'code' | 'text';
}

/** Every breach of a ban, and every permission that nothing needs any more. */
export function findBanned(files: readonly SourceFile[], bans: readonly Ban[]): readonly string[] {
  return bans.flatMap((ban) => {
    const used = new Set<string>();
    const breaches = files
      .filter(({ path }) => ban.files.test(path))
      .flatMap((file) => {
        const searched = ban.search === 'text' ? file.text : file.code;
        const matches = [...searched.matchAll(ban.pattern)];
        if (matches.length > 0 && ban.allowed?.[file.path] !== undefined) {
          used.add(file.path);
          return [];
        }
        return matches.map((match) => `${place(file, match.index)}: ${ban.name}: ${ban.instead}`);
      });
    const stale = Object.keys(ban.allowed ?? {})
      .filter((path) => !used.has(path))
      .map(
        (path) =>
          `${path} no longer needs its permission for ${ban.name}: remove it from the table`,
      );
    return [...breaches, ...stale];
  });
}
