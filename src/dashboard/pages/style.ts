/** The style of all pages: light and dark by what the person has chosen, one column on a phone. */

/** Contrasts are at least 4.5:1 in both. Source: WCAG 2.2, 1.4.3. */
export const STYLE = `:root {
  color-scheme: light dark;
  --text: light-dark(#1b1f24, #e6e9ee);
  --soft: light-dark(#525a65, #a3acb9);
  --back: light-dark(#ffffff, #14171c);
  --raised: light-dark(#f3f5f8, #1e232b);
  --line: light-dark(#d4dae2, #353d49);
  --link: light-dark(#0b57b0, #84b8ff);
  --good: light-dark(#17663a, #74d99f);
  --bad: light-dark(#a81c1c, #ff9d94);
  --open: light-dark(#7a4b00, #f0c060);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, pre:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { position: static; }
header { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; align-items: center; padding: 0.75rem 1.5rem; border-bottom: 1px solid var(--line); background: var(--raised); }
header p, header ul { margin: 0; }
.brand { font-weight: 700; }
.place, .said, .owner, .state { color: var(--soft); font-weight: 400; }
nav ul { display: flex; gap: 1rem; padding: 0; list-style: none; }
nav a { display: inline-block; padding: 0.4rem 0; }
nav a[aria-current] { color: var(--text); font-weight: 700; text-decoration: none; border-bottom: 2px solid var(--link); }
.viewer { margin-left: auto; overflow-wrap: anywhere; }
main { padding: 0 1.5rem 3rem; max-width: 90rem; margin: 0 auto; }
main:focus { outline: none; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
button, input, select { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--soft); border-radius: 4px; padding: 0.35rem 0.6rem; max-width: 100%; }
button { cursor: pointer; background: var(--raised); }
.filters { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; }
.filters label { display: flex; flex-direction: column; color: var(--soft); font-size: 0.875rem; }
.filters input, .filters select { color: var(--text); width: 12rem; }
.sign-in { display: flex; flex-direction: column; gap: 0.75rem; max-width: 30rem; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: 0.75rem; overflow-x: auto; user-select: all; }
code { font: 0.9em ui-monospace, monospace; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 0.925rem; }
th { text-align: left; color: var(--soft); font-weight: 600; white-space: nowrap; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td[data-name='time'] { white-space: nowrap; }
.verdict { font-weight: 700; white-space: nowrap; }
.denied, .rejected, .error, .critical, .bad > .said { color: var(--bad); }
.warned, .unjudged, .unavailable, .granted, .warning, .open > .said { color: var(--open); }
.allowed, .passed, .verified, .good > .said { color: var(--good); }
.problem { border-left: 4px solid var(--bad); padding: 0.5rem 1rem; background: var(--raised); }
.lead { font-size: 1.15rem; }
.message { white-space: pre-wrap; overflow-wrap: anywhere; }
dl > div { display: grid; grid-template-columns: 12rem 1fr; gap: 0.25rem 1rem; padding: 0.25rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.chain, .policies, .diff, .incidents { padding: 0; list-style: none; }
.chain li, .policies li, .diff li, .incidents li { padding: 0.5rem 0 0.5rem 1rem; border-left: 4px solid var(--line); margin-bottom: 0.5rem; overflow-wrap: anywhere; }
.chain .good { border-color: var(--good); }
.chain .bad { border-color: var(--bad); }
.chain .open { border-color: var(--open); }
.chain strong { display: inline-block; min-width: 7rem; }
.incidents p { margin: 0.15rem 0; }
.diff del, .diff ins { display: block; text-decoration: none; white-space: pre-wrap; font: 0.9em ui-monospace, monospace; }
.diff del { color: var(--bad); }
.diff ins { color: var(--good); }
.kind { color: var(--soft); }
@media (prefers-reduced-motion: no-preference) {
  .new { animation: arrive 2s; }
  @keyframes arrive { from { background: var(--raised); } }
}
@media (max-width: 48rem) {
  header, main { padding-left: 1rem; padding-right: 1rem; }
  .viewer { margin-left: 0; }
  .filters label, .filters input, .filters select { width: 100%; }
  .records thead { position: absolute; left: -100vw; }
  .records, .records tbody, .records tr { display: block; }
  .records tr { border: 1px solid var(--line); border-radius: 4px; margin-bottom: 0.75rem; padding: 0.5rem 0.75rem; }
  .records td { display: grid; grid-template-columns: 6rem 1fr; gap: 0.5rem; border: 0; padding: 0.15rem 0; }
  .records td::before { content: attr(data-label); color: var(--soft); }
  .records td:empty { display: none; }
  dl > div { grid-template-columns: 1fr; gap: 0; }
}
`;
