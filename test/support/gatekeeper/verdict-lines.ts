/** What two programs that run the same suites must say alike: names and verdicts, without times and reasons. */

const VERDICT = /^ *(?:===|---) |^(?:ok|FAIL|PASS)/u;

/** The lines of the output of `gator verify -v`, or of `holdfast policy verify -v`. */
export function formatVerdictLines(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => VERDICT.test(line))
    .map((line) => {
      const [what = '', path = ''] = line.split('\t');
      // Beginning at the folder that both were given.
      return /^(?:ok|FAIL)$/u.test(what) ? `${what} ${path.replace(/^.*gatekeeper\//u, '')}` : what;
    })
    .map((line) => line.replace(/^(ok|FAIL) \/?\.*\/?/u, '$1 ').trimEnd());
}
